"""Traffic Light Protocol: FIRST's standard, version 2.0 (August 2022), and the two readings of it.

`first` is the standard; `f-isac-jp` is the table of the Financials ISAC Japan, in which AMBER+STRICT stays with
the named group and does not reach the rest of the reader's own organisation.
"""

from enum import StrEnum
from typing import Final


class TLP(StrEnum):
    """A level; comparison follows how narrow it is (CLEAR < GREEN < AMBER < AMBER+STRICT < RED)."""

    CLEAR = "CLEAR"
    GREEN = "GREEN"
    AMBER = "AMBER"
    AMBER_STRICT = "AMBER+STRICT"
    RED = "RED"

    @property
    def rank(self) -> int:
        """0 for CLEAR up to 4 for RED."""
        return _RANKS[self]

    @property
    def label(self) -> str:
        """The marking as the standard writes it: `TLP:AMBER+STRICT`."""
        return f"TLP:{self.value}"

    @classmethod
    def up_to(cls, ceiling: "TLP | None") -> "frozenset[TLP]":
        """The levels not above `ceiling`; none where there is no ceiling to speak of."""
        return frozenset() if ceiling is None else _UP_TO[ceiling]

    def __lt__(self, other: str) -> bool:
        return self.rank < TLP(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= TLP(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > TLP(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= TLP(other).rank


_RANKS: Final = {level: rank for rank, level in enumerate(TLP)}
_UP_TO: Final = {ceiling: frozenset(level for level in TLP if level <= ceiling) for ceiling in TLP}
"""Worked out once: the policy asks this some twenty times for each reader of each item."""


class Profile(StrEnum):
    """Which reading of the levels an item was published under; frozen at publication."""

    FIRST = "first"
    F_ISAC_JP = "f-isac-jp"


def read_as(level: TLP, profile: Profile, to: Profile) -> TLP:
    """Return the level that readers of the reading `to` understand as no wider than `level` is under `profile`.

    AMBER+STRICT of `f-isac-jp` stays with the named group; the standard has no such level but RED, and would read it as
    open to the reader's whole organisation (POLICY, invariant 7). The other way round each level is read at least as
    narrowly as before.
    """
    stays_with_a_group = profile is Profile.F_ISAC_JP and level is TLP.AMBER_STRICT
    return TLP.RED if stays_with_a_group and to is Profile.FIRST else level
