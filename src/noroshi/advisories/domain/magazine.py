"""What may be mailed to an address without an account, how fast, and what became of it: plain decisions."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from noroshi.core.domain.tlp import TLP

CEILINGS: Final = (TLP.CLEAR, TLP.GREEN)
"""How far a list may go at most. From AMBER on, mail carries content only encrypted to a person (POLICY, channels)."""

MINUTE: Final = timedelta(minutes=1)
MOST_A_MINUTE: Final = 1_000
LINK_HOLDS: Final = timedelta(hours=48)
"""So long the link in a mail that asks for a confirmation works."""

MOST_TRIES: Final = 5
FIRST_WAIT: Final = timedelta(minutes=5)

LOST_AFTER: Final = timedelta(minutes=10)
"""A mail that was begun so long ago and of which nothing was heard: whoever sent it is gone."""


class Obstacle(StrEnum):
    """Why a mailing does not go, or does not go on."""

    ABOVE = "above"
    """Its marking is above what the list may carry."""
    NARROW = "narrow"
    """It is for some members alone: of an address nobody can say whether it is one of them."""
    EMBARGO = "embargo"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    STOPPED = "stopped"
    """An operator has stopped it."""

    @property
    def passes(self) -> bool:
        """Whether the mailing waits for it to end; any other ends the mailing."""
        return self is Obstacle.EMBARGO


def obstacle_of(tlp: TLP, ceiling: TLP, *, is_public: bool, is_for_all_members: bool) -> Obstacle | None:
    """Return what keeps a bulletin from a list that goes up to `ceiling`; None where it may go.

    `is_public` is the policy's answer for a visitor, `is_for_all_members` whether the whole community was meant and
    nobody left out.
    """
    if tlp not in CEILINGS or tlp > ceiling:
        return Obstacle.ABOVE
    reaches = is_public if tlp is TLP.CLEAR else is_for_all_members
    return None if reaches else Obstacle.NARROW


def wait_after(tries: int) -> timedelta | None:
    """Return how long to wait after so many refusals that may pass; None when it was tried often enough."""
    return FIRST_WAIT * 2 ** (tries - 1) if tries < MOST_TRIES else None
