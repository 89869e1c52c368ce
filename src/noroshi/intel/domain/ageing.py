"""How a value loses its worth with time, by its type: MISP's decaying model.

The score falls from 100 by ``100 * (1 - (t / lifetime) ** (1 / speed))``, t since anybody told or saw the value last
(MISP, "Decaying of Indicators", the polynomial model): quickly at first for a speed above 1, to 0 at the end of the
lifetime. An address is rented by somebody else within weeks; a file stays the same file. The score says how much trust
is left, never that a value is harmless: nothing is dropped for it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from noroshi.intel.domain.observables import ObservableType

FULL: Final = 100
STALE_BELOW: Final = 30
"""MISP's threshold of its standard models."""
FRESH_FROM: Final = 60


@dataclass(frozen=True)
class Decay:
    """How long a type of value keeps any worth, and how quickly that falls at first."""

    lifetime: timedelta
    speed: float = 2.0

    def score(self, age: timedelta) -> int:
        """Return what is left after `age`, from 100 down to 0."""
        part = max(0.0, min(1.0, age / self.lifetime))
        left: float = 1.0 - part ** (1 / self.speed)
        return round(FULL * left)

    @property
    def stale_after(self) -> timedelta:
        """The age at which the score falls below `STALE_BELOW`."""
        part: float = (1 - STALE_BELOW / FULL) ** self.speed
        return self.lifetime * part


DECAY: Final[dict[ObservableType, Decay]] = {
    ObservableType.IPV4: Decay(timedelta(days=60)),  # stale after 29 days
    ObservableType.IPV6: Decay(timedelta(days=60)),
    ObservableType.CIDR: Decay(timedelta(days=180)),  # 88 days: whole networks change hands more slowly
    ObservableType.DOMAIN: Decay(timedelta(days=180)),
    ObservableType.URL: Decay(timedelta(days=30)),  # 15 days: a phishing page lives for hours to days
    ObservableType.EMAIL: Decay(timedelta(days=365)),  # 179 days
    ObservableType.ACCOUNT: Decay(timedelta(days=365)),
    ObservableType.USER_AGENT: Decay(timedelta(days=365)),
    ObservableType.MD5: Decay(timedelta(days=1095)),  # 537 days
    ObservableType.SHA1: Decay(timedelta(days=1095)),
    ObservableType.SHA256: Decay(timedelta(days=1095)),
}
"""By type. The lifetimes are ours: MISP's phishing and NIDS models say days and months for the same."""


class Worth(StrEnum):
    """What the score means to somebody who decides what to do with a value."""

    FRESH = "fresh"
    AGEING = "ageing"
    STALE = "stale"


@dataclass(frozen=True)
class Age:
    """What is left of a value's worth at a moment."""

    last: datetime
    """When somebody told or saw it last."""
    score: int

    @property
    def worth(self) -> Worth:
        """The score in one word."""
        if self.score < STALE_BELOW:
            return Worth.STALE
        return Worth.FRESH if self.score >= FRESH_FROM else Worth.AGEING

    @property
    def is_stale(self) -> bool:
        """Whether it is likely that the value means nothing any more."""
        return self.worth is Worth.STALE


def age_of(kind: ObservableType, last: datetime, now: datetime) -> Age:
    """Return how much a value told or seen last at `last` is worth now."""
    return Age(last, DECAY[kind].score(now - last))
