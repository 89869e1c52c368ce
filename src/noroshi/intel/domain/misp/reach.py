"""How far an event may go by its `distribution` (core format, 2.2.1.14), and what becomes of two of them together."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final


class Width(IntEnum):
    """How wide, the narrowest first."""

    ORGANISATION = 0
    GROUP = 1
    COMMUNITY = 2
    EVERYBODY = 3


@dataclass(frozen=True)
class Reach:
    """How far something may go; for a sharing group, to the organisations of these names."""

    width: Width
    organisations: frozenset[str] = frozenset()

    def within(self, other: "Reach") -> "Reach":
        """Return what both allow: never more than either."""
        if self.width is other.width is Width.GROUP:
            both = self.organisations & other.organisations
            return Reach(Width.GROUP, both) if both else OWN
        return min(self, other, key=lambda each: each.width)


OWN: Final = Reach(Width.ORGANISATION)
COMMUNITY: Final = Reach(Width.COMMUNITY)
EVERYBODY: Final = Reach(Width.EVERYBODY)

_WIDTHS: Final = {"0": OWN, "1": COMMUNITY, "2": COMMUNITY, "3": EVERYBODY}
_GROUP: Final = "4"
INHERITED: Final = "5"


def reach_of(distribution: Any, group: Any = None, inherited: Reach = OWN) -> Reach:
    """Return the reach that a distribution means, with its `SharingGroup`; what is unknown stays at home.

    An attribute inherits that of its event where it says so or says nothing, and is never wider.
    """
    said = str(distribution) if isinstance(distribution, int | str) else ""
    if said in {INHERITED, ""}:
        return inherited
    if said == _GROUP:
        names = frozenset(_names_in(group))
        return Reach(Width.GROUP, names) if names else OWN
    return _WIDTHS.get(said, OWN)


def _names_in(group: Any) -> Iterable[str]:
    rows = group.get("SharingGroupOrg") if isinstance(group, dict) else None
    for row in rows if isinstance(rows, list) else []:
        organisation = row.get("Organisation") if isinstance(row, dict) else None
        name = organisation.get("name") if isinstance(organisation, dict) else None
        if isinstance(name, str) and name.strip():
            yield name.strip().casefold()
