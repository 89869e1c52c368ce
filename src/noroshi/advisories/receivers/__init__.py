"""What the room does when something has happened."""

from noroshi.advisories.receivers import (
    bulletins,
    daily,
    explainers,
    findings,
    inquiries,
    inventories,
    magazine,
    sources,
    stix,
    watching,
)

__all__ = [
    "bulletins",
    "daily",
    "explainers",
    "findings",
    "inquiries",
    "inventories",
    "magazine",
    "sources",
    "stix",
    "watching",
]
