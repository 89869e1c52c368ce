"""What a reader is given of a collection, in the order of its arrival at him; each time decided by the policy anew.

The policy is asked about parcels, not about objects: these are read in stretches of what lies next to each other in the
reader's order. Of most objects there is one row. Where there are more (`StixObject.others`), those that the reader may
see decide which of them is the first version, the last one, or somebody else's: who brought him an object first is
whose versions of it he is given, so nobody can put words into another's mouth.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from noroshi.core.actor import Actor
from noroshi.intel.domain.wanted import Version, Wanted
from noroshi.intel.models import Arrival, Reader, Source, StixObject
from noroshi.intel.queries.collections import Collection

RUNS: Final = 100
"""Runs of arrivals asked for at once."""

SMALL: Final = 1_000
"""Objects of a parcel that is read whole, together with others."""

WIDEST: Final = 50_000
"""Positions looked through at once where little of them is wanted."""


class Delivered(NamedTuple):
    """One version of an object, and when it arrived at this reader, in microseconds since 1970 (UTC)."""

    added: int
    stix_id: str
    type: str
    modified: int
    raw: bytes
    signal: UUID | None
    """The signal that it was written for, which is then what the reader has got."""


def delivered(
    actor: Actor, reader: Reader, collection: Collection, wanted: Wanted, *, limit: int, after: int = 0
) -> list[Delivered]:
    """Return at most `limit` objects of a collection that arrived at the reader after `after`, the earliest first.

    `reader` is the actor's own, looked after a moment ago (`actions.look_after`). Who asks for one more than he hands
    on knows whether there is more; the moment of the last one handed on is where to go on.
    """
    view = _View(actor, reader, collection)
    found = _named(view, wanted, after) if wanted.ids else _in_order(view, wanted, after, limit)
    return list(islice(found, limit))


_ROW: Final = ("parcel", "position", "stix_id", "type", "modified", "others", "raw")


class _Row(NamedTuple):
    """A row of an object: what is asked for by `_ROW`."""

    parcel: UUID
    position: int
    stix_id: str
    type: str
    modified: int
    others: bool
    raw: bytes


class _Run(NamedTuple):
    """Objects of a parcel, of `size` in all, that lie behind each other in the order of arrival."""

    parcel: UUID
    first: int
    length: int
    begins: int
    size: int
    source: str

    @property
    def signal(self) -> UUID | None:
        """The signal whose parcel it is of."""
        return self.parcel if self.source == Source.SIGNAL else None

    def added(self, position: int) -> int:
        return self.begins + position - self.first

    def holds(self, position: int) -> bool:
        return self.first <= position < self.first + self.length

    def head(self, room: int) -> "_Run":
        """Return the first of it, at most `room` objects."""
        return self._replace(length=min(room, self.length))

    def without(self, skipped: int) -> "_Run":
        """Return what is left of it behind so many objects."""
        return self._replace(first=self.first + skipped, length=self.length - skipped, begins=self.begins + skipped)


@dataclass(frozen=True)
class _View:
    """One reader's view of one collection."""

    actor: Actor
    reader: Reader
    collection: Collection

    def runs_behind(self, after: int) -> Iterator[_Run]:
        """Yield the runs that arrived later than `after`; of the one in which it lies, what comes behind it."""
        for run in _runs(self._arrivals.filter(begins__lte=after).order_by("-begins")[:1]):
            if run.begins + run.length - 1 > after:
                yield run.without(after - run.begins + 1)
        while runs := _runs(self._arrivals.filter(begins__gt=after).order_by("begins")[:RUNS]):
            yield from runs
            after = runs[-1].begins

    def runs_of(self, parcels: Iterable[UUID]) -> dict[UUID, list[_Run]]:
        """Return what has arrived of some parcels."""
        return _by_parcel(_runs(self._arrivals.filter(parcel__in=set(parcels))))

    @property
    def _arrivals(self) -> QuerySet[Arrival]:
        mine = Arrival.objects.visible_to(self.actor).filter(reader=self.reader)
        return mine.filter(self.collection.filter(self.actor.acting_organisation, "parcel__"))


def _runs(arrivals: QuerySet[Arrival]) -> list[_Run]:
    return [
        _Run(*row)
        for row in arrivals.values_list("parcel", "first", "count", "begins", "parcel__size", "parcel__source")
    ]


def _by_parcel(runs: Iterable[_Run]) -> dict[UUID, list[_Run]]:
    found: dict[UUID, list[_Run]] = {}
    for run in runs:
        found.setdefault(run.parcel, []).append(run)
    return found


def _named(view: _View, wanted: Wanted, after: int) -> Iterator[Delivered]:
    """What is asked for by its identifier is looked for by it: there is little of it."""
    rows = _rows(StixObject.everything.filter(stix_id__in=wanted.ids), wanted)
    runs = view.runs_of(row.parcel for row in rows)
    yield from (each for each in _chosen(view, wanted, rows, runs) if each.added > after)


def _in_order(view: _View, wanted: Wanted, after: int, limit: int) -> Iterator[Delivered]:
    for stretch in _stretches(view.runs_behind(after), limit):
        yield from _chosen(view, wanted, _rows(_objects_in(stretch), wanted), _by_parcel(stretch))


def _stretches(runs: Iterable[_Run], limit: int) -> Iterator[list[_Run]]:
    """Yield runs to be read at once: some of small parcels, or a piece of one of a large parcel; wider each time."""
    rooms = _doubling(limit)
    room = next(rooms)
    stretch: list[_Run] = []
    for run in runs:
        if stretch and (run.size > SMALL or sum(each.length for each in stretch) >= room):
            yield stretch
            stretch, room = [], next(rooms)
        if run.size > SMALL:
            yield from _pieces(run, rooms)
        else:
            stretch.append(run)
    if stretch:
        yield stretch


def _doubling(room: int) -> Iterator[int]:
    while True:
        yield room
        room = min(2 * room, WIDEST)


def _pieces(run: _Run, rooms: Iterator[int]) -> Iterator[list[_Run]]:
    while run.length:
        piece = run.head(next(rooms))
        yield [piece]
        run = run.without(piece.length)


def _objects_in(stretch: list[_Run]) -> QuerySet[StixObject]:
    if len(stretch) > 1:
        return StixObject.everything.filter(parcel__in={run.parcel for run in stretch})
    (run,) = stretch
    return StixObject.everything.filter(parcel=run.parcel, position__gte=run.first, position__lt=run.first + run.length)


def _rows(objects: QuerySet[StixObject], wanted: Wanted) -> list[_Row]:
    """Read objects of the types and, as far as one can tell of one alone, of the versions that are wanted."""
    if wanted.types:
        objects = objects.filter(type__in=wanted.types)
    rows = [_Row(*row) for row in objects.values_list(*_ROW)]
    if not wanted.versions.isdisjoint(Version):
        return rows
    return [row for row in rows if row.modified in wanted.versions]


def _chosen(view: _View, wanted: Wanted, rows: list[_Row], runs: dict[UUID, list[_Run]]) -> list[Delivered]:
    """Return those of `rows` that lie in `runs` and are the versions that are wanted, in the order of arrival."""
    doubtful = {row.stix_id for row in rows if row.others}
    kept = _kept(view, wanted, doubtful) if doubtful else set()
    return sorted(
        Delivered(run.added(row.position), row.stix_id, row.type, row.modified, bytes(row.raw), run.signal)
        for row in rows
        if not row.others or (row.parcel, row.position) in kept
        for run in runs.get(row.parcel, ())
        if run.holds(row.position)
    )


class _Candidate(NamedTuple):
    """One of several rows of an object, as its reader sees it."""

    added: int
    modified: int
    owner: UUID
    place: tuple[UUID, int]


def _kept(view: _View, wanted: Wanted, names: set[str]) -> set[tuple[UUID, int]]:
    """Return the places of those rows, of objects of which there are several, that the reader is given."""
    fields = ("stix_id", "modified", "parcel__owner", "parcel", "position")
    rows = list(StixObject.everything.filter(stix_id__in=names).values_list(*fields))
    runs = view.runs_of(row[3] for row in rows)
    candidates: dict[str, list[_Candidate]] = {}
    for name, modified, owner, parcel, position in rows:
        for run in runs.get(parcel, ()):
            if run.holds(position):
                candidates.setdefault(name, []).append(
                    _Candidate(run.added(position), modified, owner, (parcel, position))
                )
    return {place for several in candidates.values() for place in _wanted_of(sorted(several), wanted)}


def _wanted_of(several: list[_Candidate], wanted: Wanted) -> Iterator[tuple[UUID, int]]:
    """Yield what is wanted of the versions of one object, in the order of arrival: those of who brought it first."""
    versions: dict[int, tuple[UUID, int]] = {}
    for each in several:
        if each.owner == several[0].owner:
            versions.setdefault(each.modified, each.place)
    places = {Version.FIRST: {min(versions)}, Version.LAST: {max(versions)}, Version.ALL: set(versions)}
    for wish in wanted.versions:
        moments = places[wish] if isinstance(wish, Version) else {wish} & versions.keys()
        yield from (versions[moment] for moment in moments)
