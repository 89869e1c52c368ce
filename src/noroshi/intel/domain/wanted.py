"""What of a collection a reader wants."""

from dataclasses import dataclass
from enum import StrEnum


class Version(StrEnum):
    """Versions of an object by their place (TAXII 2.1, 3.4.1)."""

    LAST = "last"
    FIRST = "first"
    ALL = "all"


@dataclass(frozen=True)
class Wanted:
    """What of a collection is wanted: identifiers and types, none meaning all; versions by place or exactly."""

    ids: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    versions: frozenset[Version | int] = frozenset({Version.LAST})
    """Places, and exact versions as microseconds since 1970."""
