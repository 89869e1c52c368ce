"""What the room does when something has happened."""

from noroshi.advisories.receivers import bulletins, daily, sources

__all__ = ["bulletins", "daily", "sources"]
