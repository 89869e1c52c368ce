"""What a reader is given of a collection, in the order of its arrival at him; each time decided by the policy anew.

The policy is asked about parcels, not about objects: these are read in stretches of what lies next to each other in the
reader's order. Of most objects there is one row. Where there are more (`StixObject.others`), those that the reader may
see decide which of them is the first version, the last one, or somebody else's: who brought him an object first is
whose versions of it he is given, so nobody can put words into another's mouth.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet, Sum
from django.db.models.functions import Length

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.intel.domain.wanted import Version, Wanted
from noroshi.intel.models import Arrival, Reader, Source, StixObject
from noroshi.intel.queries.collections import Collection

FIRST_RUNS: Final = 10
RUNS: Final = 100
"""Runs of arrivals asked for at once: at first, and where these were not enough."""

SMALL: Final = 200
"""Objects of a parcel that is read whole, together with others."""

FEWEST: Final = 10
"""Positions looked through at once at least."""

MOST_BYTES: Final = 16 * 1024 * 1024
"""Of what is handed on at once, but for the last object, and of what is read at once, but for the first."""

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

    Of what is not asked for by name it ends with the first one by which they have more than `MOST_BYTES`: so with fewer
    than `limit` where there may be more. `reader` is the actor's own, looked after a moment ago (`actions.look_after`).
    Who asks for one more than he hands on, and hands on none that is past these bytes, knows whether there is more; the
    moment of the last one handed on is where to go on.
    """
    view = _View(actor, reader, collection)
    found = _named(view, wanted, after) if wanted.ids else _until_full(_in_order(view, wanted, after, limit))
    return list(islice(found, limit))


def _until_full(rows: Iterable[Delivered]) -> Iterator[Delivered]:
    room = MOST_BYTES
    for row in rows:
        yield row
        room -= len(row.raw)
        if room < 0:
            return


class _Row(NamedTuple):
    """A row of an object: `_COLUMNS`."""

    position: int
    stix_id: str
    type: str
    modified: int
    others: int
    raw: bytes


_COLUMNS: Final = ("position", "stix_id", "type", "modified", "others", "raw")

_Rows = dict[UUID, list[_Row]]
"""Rows by their parcel."""


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
        if after >= self.reader.last:
            return
        begins, number, arrivals = self._begin_of(after), FIRST_RUNS, self._arrivals
        while runs := _runs(arrivals.filter(begins__gte=begins).order_by("begins")[:number]):
            for run in runs:
                if run.begins + run.length - 1 > after:
                    yield run.without(max(0, after - run.begins + 1))
            begins, number = runs[-1].begins + 1, RUNS

    def _begin_of(self, after: int) -> int:
        """Return where the run begins in which `after` lies, of whatever collection: no other one reaches behind it."""
        before = Arrival.everything.filter(reader=self.reader, begins__lte=after).order_by("-begins")
        return before.values_list("begins", flat=True).first() or 0

    def runs_of(self, parcels: Iterable[UUID]) -> dict[UUID, list[_Run]]:
        """Return what has arrived of some parcels."""
        return _by_parcel(_runs(self._arrivals.filter(parcel__in=set(parcels))))

    @property
    def _arrivals(self) -> QuerySet[Arrival]:
        """What arrived of what is out: drafts, and what waits for its release, travel by no such way."""
        mine = Arrival.objects.visible_to(self.actor).filter(reader=self.reader, parcel__state=State.PUBLISHED)
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
    rows = _by_parcels(_narrowed(StixObject.everything.filter(stix_id__in=wanted.ids), wanted))
    runs = [run for several in view.runs_of(rows).values() for run in several]
    yield from (each for each in _chosen(view, wanted, rows, runs) if each.added > after)


def _in_order(view: _View, wanted: Wanted, after: int, limit: int) -> Iterator[Delivered]:
    """What is not asked for by name is read in stretches: of what is missing; wider, where they bring little of it."""
    line = _Line(view.runs_behind(after))
    room = missing = limit
    while stretch := line.lighten(line.take(room)):
        found = _chosen(view, wanted, _rows(stretch, wanted), stretch)
        yield from found
        missing -= len(found)
        is_thin = 2 * len(found) < sum(run.length for run in stretch)
        room = min(2 * room, WIDEST) if is_thin else max(missing, FEWEST)


class _Line:
    """Runs one behind the other, of which stretches are taken to be read at once."""

    def __init__(self, runs: Iterator[_Run]) -> None:
        self._runs = runs
        self._rest: _Run | None = None

    def take(self, room: int) -> list[_Run]:
        """Take at most `room` objects: some runs of small parcels, or a piece of one of a large parcel."""
        taken: list[_Run] = []
        while room and (run := self._rest or next(self._runs, None)):
            if taken and (run.size > SMALL or taken[0].size > SMALL):
                self._rest = run
                break
            taken.append(run.head(room))
            room -= taken[-1].length
            self._rest = run.without(taken[-1].length) if taken[-1].length < run.length else None
        return taken

    def lighten(self, stretch: list[_Run]) -> list[_Run]:
        """Return as much of a stretch as may be read at once, at least one object; the rest is taken again."""
        if not stretch or _weight(stretch) <= MOST_BYTES:
            return stretch
        run = stretch[0]
        light = run.head(_lightest(run))
        behind = [run.without(light.length), *stretch[1:]]
        self._runs = chain(filter(_is_left, [*behind, *([self._rest] if self._rest else [])]), self._runs)
        self._rest = None
        return [light]


def _is_left(run: _Run) -> bool:
    return run.length > 0


def _weight(stretch: list[_Run]) -> int:
    """Return the bytes of what is read for a stretch; the database knows them without reading any."""
    return _lying(stretch).aggregate(bytes=Sum(Length("raw")))["bytes"] or 0


def _lightest(run: _Run) -> int:
    """Return how many of the first objects of a run may be read at once."""
    lengths = _lying([run]).order_by("position").values_list(Length("raw"), flat=True)
    number, room = 0, MOST_BYTES
    for length in lengths.iterator():
        room -= length
        if room < 0:
            break
        number += 1
    return max(number, 1)


def _lying(stretch: list[_Run]) -> QuerySet[StixObject]:
    """Return the rows that lie in a stretch: of several runs, all of their parcels, which are small."""
    if len(stretch) > 1:
        return StixObject.everything.filter(parcel__in={run.parcel for run in stretch})
    (run,) = stretch
    end = run.first + run.length
    return StixObject.everything.filter(parcel=run.parcel, position__gte=run.first, position__lt=end)


def _rows(stretch: list[_Run], wanted: Wanted) -> _Rows:
    rows = _narrowed(_lying(stretch), wanted)
    return _by_parcels(rows) if len(stretch) > 1 else {stretch[0].parcel: _as_they_lie(rows)}


def _as_they_lie(objects: QuerySet[StixObject]) -> list[_Row]:
    """Read rows as the database has them: turned over by Django value by value they cost twice as much."""
    statement, parameters = objects.values_list(*_COLUMNS).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [_Row(*row) for row in cursor.fetchall()]


def _narrowed(objects: QuerySet[StixObject], wanted: Wanted) -> QuerySet[StixObject]:
    """Narrow objects to the types and, as far as one can tell of one alone, to the versions that are wanted."""
    if wanted.types:
        objects = objects.filter(type__in=wanted.types)
    return objects.filter(modified__in=wanted.versions) if wanted.versions.isdisjoint(Version) else objects


def _by_parcels(objects: QuerySet[StixObject]) -> _Rows:
    found: _Rows = {}
    for parcel, *row in objects.values_list("parcel", *_COLUMNS):
        found.setdefault(parcel, []).append(_Row(*row))
    return found


def _chosen(view: _View, wanted: Wanted, rows: _Rows, runs: Iterable[_Run]) -> list[Delivered]:
    """Return those of `rows` that lie in `runs` and are the versions that are wanted, in the order of arrival."""
    doubtful = {row.stix_id for some in rows.values() for row in some if row.others}
    kept = _kept(view, wanted, doubtful) if doubtful else set()
    return sorted(chain.from_iterable(_of_run(run, rows.get(run.parcel, []), kept) for run in runs))


def _of_run(run: _Run, rows: list[_Row], kept: set[tuple[UUID, int]]) -> list[Delivered]:
    """Return what lies in one run, without what stands back behind another row of its object."""
    parcel, first, end = run.parcel, run.first, run.first + run.length
    offset, signal = run.begins - run.first, run.signal
    return [
        Delivered(offset + row.position, row.stix_id, row.type, row.modified, bytes(row.raw), signal)
        for row in rows
        if first <= row.position < end and (not row.others or (parcel, row.position) in kept)
    ]


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
