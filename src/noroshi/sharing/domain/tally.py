"""How many read something, as far as it may be told: never a number about fewer than three organisations."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from noroshi.sharing.domain.moments import to_the_hour

FEWEST: Final = 3


@dataclass(frozen=True)
class Reading:
    """Somebody got it: a person, or a program of the organisation, by a channel, first at a moment."""

    organisation: UUID
    person: UUID | None
    channel: str
    first_at: datetime


@dataclass(frozen=True)
class Tally:
    """Numbers of those whose organisations are not named. All empty where there are fewer than three of them."""

    organisations: int | None = None
    people: int | None = None
    since: datetime | None = None
    channels: dict[str, int] = field(default_factory=dict)


def tally(readings: Collection[Reading], named: Collection[UUID]) -> Tally:
    """Count `readings` by organisations that do not let themselves be named: those in `named` are told apart anyway.

    A channel's number is told only where neither it nor what it leaves of the whole is about one or two.
    """
    unnamed = [reading for reading in readings if reading.organisation not in named]
    whole = _organisations(unnamed)
    if whole < FEWEST:
        return Tally()
    by_channel = {channel: _organisations(_by(unnamed, channel)) for channel in {row.channel for row in unnamed}}
    return Tally(
        organisations=whole,
        people=len({reading.person for reading in unnamed if reading.person}),
        since=to_the_hour(min(reading.first_at for reading in unnamed)),
        channels={
            channel: count
            for channel, count in sorted(by_channel.items())
            if count >= FEWEST and not 0 < whole - count < FEWEST
        },
    )


def _by(readings: Collection[Reading], channel: str) -> list[Reading]:
    return [reading for reading in readings if reading.channel == channel]


def _organisations(readings: Collection[Reading]) -> int:
    return len({reading.organisation for reading in readings})
