"""What the room does when something has happened."""

from noroshi.advisories.receivers import bulletins

__all__ = ["bulletins"]
