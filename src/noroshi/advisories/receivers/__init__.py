"""What the room does when something has happened."""

from noroshi.advisories.receivers import bulletins, sources

__all__ = ["bulletins", "sources"]
