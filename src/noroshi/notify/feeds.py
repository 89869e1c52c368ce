"""Feeds and calendar: what a reader's own programs fetch. Each room adds what it has.

    @feeds("sharing.signal")
    def signals_in_feed(actor, limit):
        return [Entry(...), ...]           # newest first, from visible_to(actor)

    @marks_days
    def days_of_signals(actor):
        return [Day(...), ...]

`actor` asks by the channel FEED, so TLP:CLEAR and TLP:GREEN alone (POLICY, channels). What is made of the entries
depends on them and on nothing else, so an ETag tells two answers apart only where the reader sees a difference.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.translation import gettext as _

from noroshi.core.actor import Actor

MOST_ENTRIES: Final = 100
MOST_DAYS: Final = 1_000
NEVER: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""The age of a feed in which nothing stands: a constant, so that it tells nothing."""


@dataclass(frozen=True)
class Entry:
    """Something in a feed. `url` is a path of this portal; `text` is plain."""

    subject: str
    id: UUID
    title: str
    url: str
    text: str
    author: str
    published_at: datetime
    changed_at: datetime
    follows_up: bool = False
    """Whether it corrects or takes back what a feed has brought: it comes as new, whatever a feed is narrowed to."""

    @property
    def place(self) -> tuple[datetime, UUID]:
        """Its place in the order of a feed."""
        return (self.changed_at if self.follows_up else self.published_at, self.id)


@dataclass(frozen=True)
class Day:
    """A moment in the calendar; `key` tells the moments of one thing apart."""

    subject: str
    id: UUID
    key: str
    at: datetime
    title: str
    url: str
    changed_at: datetime


Source = Callable[[Actor, int], Sequence[Entry]]
Days = Callable[[Actor], Iterable[Day]]

_sources: Final[dict[str, Source]] = {}
_days: Final[list[Days]] = []


def feeds(subject: str) -> Callable[[Source], Source]:
    """Register the decorated source of entries about `subject`."""

    def register(source: Source) -> Source:
        _sources[subject] = source
        return source

    return register


def marks_days(source: Days) -> Days:
    """Register the decorated source of moments for the calendar."""
    _days.append(source)
    return source


def entries_for(actor: Actor) -> list[Entry]:
    """Return the newest entries of all rooms that `actor` sees, newest first."""
    found = [entry for source in _sources.values() for entry in source(actor, MOST_ENTRIES)]
    return sorted(found, key=lambda entry: entry.place, reverse=True)[:MOST_ENTRIES]


def days_for(actor: Actor) -> list[Day]:
    """Return the moments of all rooms that `actor` sees, in order."""
    found = [day for source in _days for day in source(actor)]
    return sorted(found, key=lambda day: (day.at, day.id, day.key))[:MOST_DAYS]


class _Dated(SyndicationFeed):
    """A feed whose date is its content's: the moment of asking would make every answer another."""

    def latest_post_date(self) -> datetime:
        """Return when the last entry changed."""
        dates = [item["updateddate"] for item in self.items]
        return max(dates, default=NEVER)


class Rss(_Dated, Rss201rev2Feed):
    """RSS 2.0."""


class Atom(_Dated, Atom1Feed):
    """Atom 1.0."""


def write_feed(kind: type[SyndicationFeed], entries: Sequence[Entry]) -> bytes:
    """Return the entries as a feed. Its own address, which holds the reader's token, is not in it."""
    feed = kind(title="Noroshi", link=f"{settings.BASE_URL}/", description=_("What your organisation was told"))
    for entry in entries:
        feed.add_item(
            title=entry.title,
            link=settings.BASE_URL + entry.url,
            description=entry.text,
            author_name=entry.author or None,
            pubdate=entry.published_at,
            updateddate=entry.changed_at,
            unique_id=f"urn:uuid:{entry.id}",
            unique_id_is_permalink=False,
        )
    return feed.writeString("utf-8").encode()


def write_calendar(days: Sequence[Day]) -> bytes:
    """Return the moments as iCalendar (RFC 5545)."""
    from icalendar import Calendar, Event  # noqa: PLC0415 - two megabytes of every process, for this alone

    calendar: Any = Calendar()
    calendar.add("prodid", "-//Noroshi//Noroshi//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Noroshi")
    for day in days:
        event: Any = Event()
        event.add("uid", f"{day.id}-{day.key}@noroshi")
        event.add("dtstamp", day.changed_at.astimezone(UTC))
        event.add("dtstart", day.at.astimezone(UTC))
        event.add("summary", day.title)
        event.add("url", settings.BASE_URL + day.url)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def etag_of(body: bytes) -> str:
    """Return the ETag of an answer: of what stands in it, and of nothing else."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'
