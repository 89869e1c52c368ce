"""What the room does when something has happened."""

from noroshi.advisories.receivers import bulletins, daily, explainers, inquiries, inventories, magazine, sources, stix

__all__ = ["bulletins", "daily", "explainers", "inquiries", "inventories", "magazine", "sources", "stix"]
