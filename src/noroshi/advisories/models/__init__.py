"""Models of the advisories room."""

from noroshi.advisories.models.bulletins import Bulletin, Category, Numbering, Template

__all__ = ["Bulletin", "Category", "Numbering", "Template"]
