"""What the room does when something has happened."""

from noroshi.advisories.receivers import bulletins, daily, inventories, magazine, sources, stix

__all__ = ["bulletins", "daily", "sources", "stix"]
from noroshi.advisories.receivers import inquiries

__all__ = ["bulletins", "daily", "inquiries", "sources"]
__all__ = ["bulletins", "daily", "inventories", "magazine", "sources", "stix"]
