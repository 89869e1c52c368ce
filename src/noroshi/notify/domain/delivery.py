"""When mail goes out and how much it may say: plain decisions, no database."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from noroshi.core.domain.tlp import TLP

DIGEST_AT: Final = time(8)
"""Local time of the digests until somebody chooses another: before the morning's round."""

MOST_TOGETHER: Final = 3
"""Mails of their own that go to one person in one go; a mass of news comes in one mail."""

MOST_A_MINUTE: Final = 5
MOST_AN_HOUR: Final = 12
"""Mails of their own that one person gets within an hour; what is more waits and comes in one."""

FOLDING: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)

SETTLING: Final = timedelta(minutes=1)
"""A change waits so long for others like it: who corrects a signal corrects it twice."""


class Form(StrEnum):
    """How much of a notice a mail shows (POLICY, channels, row "mail")."""

    CONTENT = "content"
    KIND = "kind"
    NEUTRAL = "neutral"


def form_of(tlp: TLP, *, content_travels: bool) -> Form:
    """Return what a mail may say about an item of this level. `content_travels` is the policy's own answer."""
    if content_travels:
        return Form.CONTENT
    return Form.KIND if tlp <= TLP.AMBER else Form.NEUTRAL


def next_hour(now: datetime) -> datetime:
    """Return the first full hour after `now`."""
    return now.replace(minute=0, second=0, microsecond=0) + HOUR


def next_day_at(now: datetime, at: time) -> datetime:
    """Return the first moment after `now` (aware, local) at which the clock on the wall shows `at`."""
    today = datetime.combine(now.date(), at, tzinfo=now.tzinfo)
    return today if today > now else datetime.combine(now.date() + timedelta(days=1), at, tzinfo=now.tzinfo)


def next_week_at(now: datetime, weekday: int, at: time) -> datetime:
    """Return the first moment after `now` (aware, local) on `weekday` (Monday is 0) at `at`."""
    day = now.date() + timedelta(days=(weekday - now.weekday()) % 7)
    due = datetime.combine(day, at, tzinfo=now.tzinfo)
    return due if due > now else datetime.combine(day + timedelta(days=7), at, tzinfo=now.tzinfo)


@dataclass(frozen=True)
class Quiet:
    """The hours of the day in which a person wants no mail; they may go over midnight."""

    begins: time
    ends: time

    def end_for(self, now: datetime) -> datetime | None:
        """Return when the quiet that `now` (aware, local) falls into ends; None outside of it."""
        over_midnight = self.begins > self.ends
        here = now.time()
        within = (here >= self.begins or here < self.ends) if over_midnight else self.begins <= here < self.ends
        return next_day_at(now, self.ends) if within else None
