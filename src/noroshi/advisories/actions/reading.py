"""The bytes of a fetch, read: chunk by chunk, each written in one transaction with how far that is.

A process that is killed leaves whole chunks; whoever goes on begins behind the last of them.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.db import transaction

from noroshi.advisories.actions.catalogues import edition_of, follow_catalogue
from noroshi.advisories.actions.stories import take_into_stories
from noroshi.advisories.actions.telling import tell_of_health
from noroshi.advisories.actions.writing import (
    BATCH,
    REPLACED,
    Readable,
    clean,
    letter_of,
    newest_moment,
    readable,
    write_letters,
    write_records,
)
from noroshi.advisories.domain.documents import SALT, Document, fingerprint
from noroshi.advisories.domain.health import has_changed_shape, has_gap, is_regressed
from noroshi.advisories.domain.kev_changes import Verdict
from noroshi.advisories.domain.numbers import Numbers, Pairs
from noroshi.advisories.domain.readers import READERS, Given
from noroshi.advisories.domain.records import Found, Language, Record, Refused, RefusedBecause
from noroshi.advisories.domain.sources import SourceKind
from noroshi.advisories.models import DeadLetter, Fetch, Item, Origin, Outcome, Source, SourceState
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor

if TYPE_CHECKING:
    from datetime import datetime

WINDOWS: Final = frozenset({SourceKind.FEED, SourceKind.JPCERT, SourceKind.JVN_RSS})
"""Kinds that answer with a window of their newest items: what falls out of it unseen is lost."""
CATALOGUES: Final = frozenset({SourceKind.KEV, SourceKind.EPSS})
"""Kinds that answer with all they have: one that is older than the last is set aside as a whole."""
MOST_IN_WINDOW: Final = 5_000
HEAVY: Final = 1024 * 1024
"""Bytes of documents that are enough for a chunk: what is read of them takes ten times as much in memory."""


@dataclass
class Chunk:
    """What is written at once: the documents up to a place, what was read of them and what was not."""

    place: int
    records: list[Readable] = field(default_factory=list)
    letters: list[DeadLetter] = field(default_factory=list)
    known: int = 0
    """Documents that say to the letter what is known already: they are not read."""
    weight: int = 0

    @property
    def is_full(self) -> bool:
        """Whether it is as much as is written well at once."""
        return self.weight >= HEAVY or len(self.records) + len(self.letters) >= BATCH


class Reading:
    """One reading of a fetch: what it found so far."""

    def __init__(self, fetch: Fetch, source: Source) -> None:
        self.fetch = fetch
        self.source = source
        self.seen = Numbers()
        """What stands for the identity of each item."""
        self.told = _Told(fetch, source)
        self.window: list[str] = []
        self.newest: datetime | None = None
        self.whole_refused = False
        self.verdict: Verdict | None = None
        """What its edition is beside those before; None where nobody says when it was released."""
        self._now = clock.now()
        self._given = Given(
            zone=ZoneInfo(source.zone),
            language=Language(source.language),
            address=fetch.address,
            content_type=str(fetch.headers.get("content-type", "")),
            selector=source.selector,
        )

    def chunks(self, documents: Iterable[Document]) -> Iterator[Chunk]:
        """Yield what the documents behind the fetch's place hold, so much at once as is written well."""
        chunk = Chunk(self.fetch.place)
        for document in documents:
            if document.number <= self.fetch.place:
                continue
            if (name := self.told.name_of(document)) is not None and name not in self.seen:
                self.seen.add(name)
                chunk.known += 1
                chunk.place = document.number
                continue
            chunk.weight += len(document.body)
            for found in self.told.alone(self._found(document)):
                self._take(chunk, document, found)
                if chunk.is_full:
                    yield chunk
                    chunk = Chunk(document.number - 1)
            chunk.place = document.number
        yield chunk

    def _found(self, document: Document) -> Iterator[Found]:
        if document.refused is not None:
            return iter((document.refused,))
        reader = READERS.get(self.source.reads)
        if reader is None:
            return iter((Refused(0, RefusedBecause.SHAPE, "no reader"),))
        return reader(document.body, self._given)

    def _take(self, chunk: Chunk, document: Document, found: Found) -> None:
        known = found if isinstance(found, Refused) else self._storable(found)
        if isinstance(known, Refused):
            is_part = bool(self.fetch.cursor) and document.name != self.fetch.address  # one of many that were gathered
            self.whole_refused |= known.place == 0 and document.number == 1 and known is found and not is_part
            chunk.letters.append(letter_of(self.fetch, known, document=document.number, name=document.name))
            return
        chunk.records.append(known)
        if len(self.window) < MOST_IN_WINDOW:
            self.window.append(known.record.native_id)
        moments = (self.newest, newest_moment((known.record,), self._now))
        self.newest = max((each for each in moments if each is not None), default=None)

    def is_older_than(self, high_water: "datetime | None") -> bool:
        """Return whether what was read is older than what was read before.

        An edition says so itself. Its newest entry does not: that may be the one that was taken out of it.
        """
        if self.verdict is not None:
            return self.verdict is Verdict.REGRESSED
        return is_regressed(self.newest, high_water)

    def _storable(self, record: Record) -> Readable | Refused:
        found = readable(record, self.told.fingerprint)
        if found is None:
            return Refused(0, RefusedBecause.NO_IDENTITY, clean(record.native_id)[:300], record.title[:2_000])
        if (name := hash(record.native_id)) in self.seen:
            return Refused(0, RefusedBecause.NO_IDENTITY, f"twice: {record.native_id}"[:300], record.title[:2_000])
        self.seen.add(name)
        return found


class _Told:
    """Which documents of files the items of a source were last read from, each from one that says nothing else.

    Where the same document is there again, the same would be read of it. Of what is asked of the net all is read: by
    what it says, a source is told to have gone back. Another version of Noroshi may read otherwise, and reads all anew.
    """

    def __init__(self, fetch: Fetch, source: Source) -> None:
        said = "|".join((version("noroshi"), source.kind, source.zone, source.language, source.selector))
        self._is_kept = fetch.origin == Origin.FILE
        self._read_as = hashlib.sha256(said.encode()).digest()[:SALT]
        items = Item.objects.filter(source=source, fingerprint__isnull=False).order_by("fingerprint")
        rows = items.values_list("fingerprint", "native_id").iterator() if self._is_kept else ()
        self._known = Pairs((mark, hash(name)) for mark, name in rows if mark is not None)
        self._this: int | None = None
        self.fingerprint: int | None = None
        """Of the document that is being read, if nothing else is in it."""

    def name_of(self, document: Document) -> int | None:
        """Return what stands for the identity of the item that a document says again; None where it is another one."""
        if not self._is_kept or document.refused is not None:
            self._this = None
            return None
        self._this = fingerprint(document, self._read_as)
        return self._known.get(self._this)

    def alone(self, found: Iterable[Found]) -> Iterator[Found]:
        """Yield what was found in the document; by what stands alone, it is known again."""
        stream = iter(found)
        first = next(stream, None)
        if first is None:
            return
        second = next(stream, None)
        self.fingerprint = self._this if second is None else None
        yield first
        if second is not None:
            yield second
            yield from stream


def read_fetch(fetch: Fetch, documents: Iterable[Document]) -> Fetch:
    """Read what a fetch brought and write it down; return the fetch as it ended.

    A catalogue that is older than one before is set aside whole: nothing of it is written.
    """
    source = Source.everything.select_related("state").get(pk=fetch.source_id)
    reading = Reading(fetch, source)
    if source.reads is SourceKind.KEV:
        documents = list(documents)
        edition = edition_of(documents)
        reading.verdict = follow_catalogue(fetch, edition) if edition is not None else None
        if reading.verdict is Verdict.REGRESSED:
            return _finish(reading, Outcome.SET_ASIDE)
    chunks = reading.chunks(documents)
    if source.reads in CATALOGUES and fetch.origin == Origin.NET:
        gathered = list(chunks)
        if reading.is_older_than(source.state.high_water):
            return _finish(reading, Outcome.SET_ASIDE)
        chunks = iter(gathered)
    for chunk in chunks:
        _write(reading, chunk)
    return _finish(reading, Outcome.GOOD)


@transaction.atomic
def _write(reading: Reading, chunk: Chunk) -> None:
    fetch = reading.fetch
    written = write_records(fetch, chunk.records, replaces=reading.source.reads in REPLACED)
    write_letters(fetch, chunk.letters)
    take_into_stories(reading.source, written.revisions)
    fetch.new += written.new
    fetch.changed += written.changed
    fetch.read += len(chunk.records) + chunk.known
    fetch.refused += len(chunk.letters)
    fetch.place = chunk.place
    fetch.save(update_fields=["new", "changed", "read", "refused", "place"])


@transaction.atomic
def _finish(reading: Reading, outcome: Outcome) -> Fetch:
    """Say how a fetch ended and how far its source has come by it."""
    fetch = reading.fetch
    state = SourceState.objects.select_for_update().select_related("source").get(pk=fetch.source_id)
    fetch.outcome = outcome
    _judge(reading, state)
    now = clock.now()
    if fetch.new + fetch.changed:
        state.new_at = now
    if fetch.origin == Origin.NET and not reading.whole_refused:
        state.checked_at = now
        _advance(reading, state)
    fetch.save()
    tell_of_health(state)
    state.save()
    if fetch.new + fetch.changed:
        ledger.record(
            Actor.system("advisories", fetch.source.world),
            "advisories.source.read",
            state.source,
            fetch=str(fetch.pk),
            new=fetch.new,
            changed=fetch.changed,
        )
    return fetch


def _judge(reading: Reading, state: SourceState) -> None:
    """Note a gap, a regression or another shape; a gap stays until a person settles it.

    What a person reads in says nothing of how the source is.
    """
    fetch, now = reading.fetch, clock.now()
    fetch.is_misshapen = has_changed_shape(fetch.read, fetch.refused, whole=reading.whole_refused)
    if fetch.origin != Origin.NET:
        return
    fetch.has_gap = reading.source.reads in WINDOWS and has_gap(state.window, reading.window)
    # a page of a window holds what was asked for, whatever was read before it
    fetch.is_regressed = not fetch.cursor and reading.is_older_than(state.high_water)
    state.gap_since = state.gap_since or (now if fetch.has_gap else None)
    state.regressed_since = (state.regressed_since or now) if fetch.is_regressed else None
    state.shape_since = (state.shape_since or now) if fetch.is_misshapen else None


def _advance(reading: Reading, state: SourceState) -> None:
    """Go on behind this answer. One that was set aside is no place to go on from."""
    fetch = reading.fetch
    if fetch.outcome != Outcome.GOOD:
        return
    state.etag = str(fetch.headers.get("etag", ""))[:500]
    state.last_modified = str(fetch.headers.get("last-modified", ""))[:100]
    state.digest = fetch.digest
    state.cursor = fetch.cursor
    if reading.window:
        state.window = reading.window if reading.source.reads in WINDOWS else []
    moments = (state.high_water, reading.newest)
    state.high_water = max((each for each in moments if each is not None), default=None)
