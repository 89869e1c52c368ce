"""How a source is: told from what is known of it, never guessed, so that silence always has a meaning.

Taken most serious first: what hides others is said first.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

FAILING_FROM: Final = 3
"""One failure is the weather; so many in a row are a failing source."""

OVERDUE: Final = 3
"""After so many times its own interval without an answer, nobody is looking at it any more."""

_SLACK: Final = timedelta(minutes=15)

_MOSTLY: Final = 2
"""Where at least one of so many items cannot be read, the source has become another."""


class Health(StrEnum):
    """How a source is."""

    OFF = "off"
    """Nobody asks it."""
    FAILING = "failing"
    """It does not answer as it should, several times in a row."""
    CHANGED_SHAPE = "changed_shape"
    """It answers, and what it sends is not what its reader reads."""
    REGRESSED = "regressed"
    """It sent what is older than what it sent before; that was set aside."""
    GAP = "gap"
    """Nothing of its last answer was in this one: what came between was not seen."""
    LATE = "late"
    """It was not asked when it should have been, or had nothing new for longer than it ever has."""
    WAITING = "waiting"
    """It has not been asked yet."""
    QUIET = "quiet"
    """It was asked, and had nothing new."""
    OK = "ok"
    """It was asked, and had something new."""


ALARMING: Final = frozenset({Health.FAILING, Health.CHANGED_SHAPE, Health.REGRESSED, Health.GAP, Health.LATE})
"""What a person is told of."""


@dataclass(frozen=True)
class Facts:
    """What is known of a source."""

    enabled: bool
    since: datetime
    """When it was last switched on."""
    every: timedelta
    """How often it is asked."""
    rhythm: timedelta | None = None
    """For how long it has nothing new at most, as a person expects it."""
    checked_at: datetime | None = None
    """When it last answered as it should, something new or not."""
    new_at: datetime | None = None
    """When it last had something new."""
    failures: int = 0
    """In a row."""
    failing_since: datetime | None = None
    shape_since: datetime | None = None
    regressed_since: datetime | None = None
    gap_since: datetime | None = None


@dataclass(frozen=True)
class Verdict:
    """How a source is, and since when; `since` is None where there is nothing to count from."""

    health: Health
    since: datetime | None = None


def verdict_on(facts: Facts, now: datetime) -> Verdict:
    """Say how a source is at `now`."""
    if not facts.enabled:
        return Verdict(Health.OFF)
    if facts.failures >= FAILING_FROM:
        return Verdict(Health.FAILING, facts.failing_since)
    for health, since in (
        (Health.CHANGED_SHAPE, facts.shape_since),
        (Health.REGRESSED, facts.regressed_since),
        (Health.GAP, facts.gap_since),
    ):
        if since is not None:
            return Verdict(health, since)
    return _of_silence(facts, now)


def _of_silence(facts: Facts, now: datetime) -> Verdict:
    asked = facts.checked_at or facts.since
    if not facts.failures and now - asked > facts.every * OVERDUE + _SLACK:
        return Verdict(Health.LATE, asked)
    heard = max(facts.new_at or facts.since, facts.since)
    if facts.rhythm is not None and now - heard > facts.rhythm:
        return Verdict(Health.LATE, heard)
    if facts.checked_at is None:
        return Verdict(Health.WAITING, facts.since)
    if facts.new_at is not None and facts.new_at >= facts.checked_at:
        return Verdict(Health.OK, facts.new_at)
    return Verdict(Health.QUIET, facts.new_at)


def has_gap(before: Collection[str], now: Collection[str]) -> bool:
    """Whether a window of the newest items has moved on too far: it shares nothing with the one before."""
    return bool(before) and bool(now) and set(before).isdisjoint(now)


def is_regressed(newest: datetime | None, high_water: datetime | None) -> bool:
    """Whether an answer is older as a whole than one before it."""
    return newest is not None and high_water is not None and newest < high_water


def has_changed_shape(read: int, refused: int, *, whole: bool) -> bool:
    """Whether an answer with so many items read and refused is not what its reader reads; `whole` if all was refused.

    An answer without any items is an empty one, and no fault.
    """
    return whole or (refused > 0 and refused * _MOSTLY >= read + refused)
