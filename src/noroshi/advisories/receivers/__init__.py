"""What the room does when something has happened."""

from noroshi.advisories.receivers import (
    bulletins,
    daily,
    explainers,
    findings,
    inquiries,
    inventories,
    magazine,
    returns,
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
    "returns",
    "sources",
    "stix",
    "watching",
]
