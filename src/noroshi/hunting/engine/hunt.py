"""A hunt: look up what the index covers, scan what it does not, and add the two up.

Scanned are events that are not indexed yet or whose index cannot be read; and, for single needles, the days on which
only the events can tell: a time window begins or ends between two events that the index counts together, or a URL goes
deeper than the index does. The answer says how many files were read for which reason.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import starmap
from typing import Any, Final, Self

from noroshi.hunting.engine.disk import is_full
from noroshi.hunting.engine.engines import Engine, Found, Seen
from noroshi.hunting.engine.index import DAY, EPOCH_DAYS
from noroshi.hunting.engine.index_parts import EventPart, IndexPart
from noroshi.hunting.engine.lookup import Days
from noroshi.hunting.engine.needles import Keys
from noroshi.hunting.engine.plan import Plan, Question, Store
from noroshi.hunting.engine.reasons import ScanReason
from noroshi.hunting.engine.scan import FEW, MAX_SAMPLES, Total
from noroshi.hunting.engine.timestamps import LATEST

SLICE: Final = 256 * 2**20
"""Bytes of events that are read at once: after each slice it is told how far a hunt has come, and it can be stopped."""


@dataclass(frozen=True, slots=True)
class Answer:
    """All that some organisations' events have to say; of none: what is known so far of the one that is being read.

    With it: how many of their files were read for what, and how many organisations are still to be asked.
    """

    organisations: tuple[str, ...]
    totals: tuple[Total, ...]
    scanned: Mapping[ScanReason, int]
    waiting: int


@dataclass(frozen=True, slots=True)
class _Reading:
    """Some of an organisation's events that must be read for a reason, for some needles (None: all)."""

    reason: ScanReason
    parts: Sequence[EventPart]
    needles: Sequence[int] | None = None


class Hunt:
    """One question about some needles. Use it as a context manager."""

    def __init__(self, engine: Engine, store: Store, keys: Keys, question: Question) -> None:
        self._engine = engine
        self._store = store
        self._keys = keys
        self._question = question
        self._plan = Plan(store, question)
        self.files = self.files_read = 0
        """Files of events that must be read, as far as that is known, and that have been."""

    def __enter__(self) -> Self:
        self._opened = self._engine.open(self._store, self._keys)
        self._lookup = self._look_up()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._opened.close()

    @property
    def parts(self) -> int:
        """How many parts of the index were looked up."""
        return len(self._plan.index)

    def answers(self) -> Iterator[Answer]:
        """Yield what the index knows at once, then, one by one, the organisations whose events must be read."""
        totals: dict[str, list[Total]] = defaultdict(list)
        for total in self._lookup.totals():
            totals[total.organisation].append(total)
        cuts: dict[str, list[Days]] = defaultdict(list)
        for cut in self._lookup.cuts():
            cuts[cut.organisation].append(cut)
        names = self._plan.organisations
        late = [name for name in names if name in cuts or name in self._plan.events]
        readings = {name: self._readings(name, cuts[name]) for name in late}
        self.files = sum(len(reading.parts) for some in readings.values() for reading in some)
        silent = tuple(name for name in names if name not in late and name not in totals)
        speaking = [name for name in names if name not in late and name in totals]
        yield Answer(silent, (), {}, len(late) + len(speaking))
        for waiting, name in zip(reversed(range(len(late), len(late) + len(speaking))), speaking, strict=True):
            yield Answer((name,), tuple(totals[name]), {}, waiting)
        for waiting, name in zip(reversed(range(len(late))), late, strict=True):
            yield from self._read(name, totals[name], readings[name], waiting)

    def samples(
        self, organisation: str, needles: Sequence[int], since: int | None = None
    ) -> dict[int, list[dict[str, Any]]]:
        """Return references of the earliest events behind hits, from a time on, by needle; without any it was no hit.

        The latter shares its key with another value: once in 2^63 pairs.
        """
        if not needles:
            return {}
        question = self._question if since is None else self._question.narrowed([(since, LATEST)])
        days: dict[int, list[int]] = defaultdict(list)
        found = self._lookup.days(organisation, needles)
        for seen in found:
            days[seen.needle] += [day for day in _days(seen) if question.touches(day * DAY, (day + 1) * DAY - 1)]
        # Each of these days has an event, but for the one on which the window begins.
        earliest = {day for its_days in days.values() for day in its_days[: MAX_SAMPLES + 1]}
        unknown = self._plan.events.get(organisation, ())
        parts = [*self._covered(organisation, earliest), *unknown]
        parts = [part for part in parts if question.touches(part.first_time, part.last_time)]
        if earliest and not unknown:
            spans = _spans(found)
            question = question.narrowed([span for span in spans if span[0] // DAY in earliest])
        return self._scan(parts, needles, question).samples() if parts else {}

    def events(self, organisation: str, limit: int) -> list[dict[str, Any]]:
        """Return an organisation's earliest events that show any of the needles, column by column."""
        behind = self._behind(organisation)
        return behind.events(limit) if behind else []

    def daily_counts(self, organisation: str, timezone: str) -> list[tuple[date, int]]:
        """Return (day in that time zone, events) of the days on which an organisation's events show a needle."""
        behind = self._behind(organisation)
        return behind.daily_counts(timezone) if behind else []

    def spread(self, organisation: str) -> tuple[int, int, int, int, int]:
        """Return how an organisation's events that show a needle are spread (see `Scan.spread`)."""
        behind = self._behind(organisation)
        return behind.spread() if behind else (0, 0, 0, 0, 0)

    def _behind(self, organisation: str) -> Seen | None:
        """Return what an organisation's events show of all needles; None where none can show any.

        Where the index knows all of them, only what lies between the first and the last is read.
        """
        needles = range(len(self._keys.needles))
        found = self._lookup.days(organisation, needles)
        unknown = self._plan.events.get(organisation, ())
        parts = [*self._covered(organisation, {day for seen in found for day in _days(seen)}), *unknown]
        if not parts:
            return None
        question = self._question
        if not unknown:
            question = question.narrowed(_spans(found))
        return self._scan(parts, needles if len(needles) <= FEW else None, question)

    def _look_up(self) -> Found:
        try:
            return self._found_in(self._plan.index)
        except self._opened.unreadable as error:
            if is_full(error):
                raise
            self._plan = Plan(self._store, self._question)  # a compaction may have put other files into their place
            for part in [part for part in self._plan.index if not self._can_be_read(part)]:
                self._plan.distrust(part, ScanReason.UNREADABLE)
            return self._found_in(self._plan.index)

    def _found_in(self, parts: Sequence[IndexPart]) -> Found:
        return self._opened.look_up(parts, self._question)

    def _can_be_read(self, part: IndexPart) -> bool:
        try:
            self._found_in([part])
        except self._opened.unreadable:
            return False
        return True

    def _readings(self, organisation: str, cuts: Sequence[Days]) -> list[_Reading]:
        """Return what must be read in an organisation's events."""
        by_reason: dict[ScanReason, list[EventPart]] = defaultdict(list)
        for part, reason in self._plan.events.get(organisation, {}).items():
            by_reason[reason].append(part)
        readings = list(starmap(_Reading, by_reason.items()))
        for epoch in sorted({cut.epoch for cut in cuts}):
            asked = [cut for cut in cuts if cut.epoch == epoch]
            parts = self._covered(organisation, {day for cut in asked for day in _days(cut)})
            readings.append(_Reading(ScanReason.CUT, parts, [cut.needle for cut in asked]))
        return readings

    def _read(
        self, organisation: str, known: Iterable[Total], readings: Sequence[_Reading], waiting: int
    ) -> Iterator[Answer]:
        """Answer for one organisation with what must be read in its events, and before with what is known so far."""
        totals = list(known)
        scanned: Counter[ScanReason] = Counter()
        for reading in readings:
            scanned[reading.reason] += len(reading.parts)
            for some in self._slices(reading.parts):
                yield Answer((), tuple(_summed(totals)), {}, waiting + 1)
                totals += self._totals(some, reading.needles)
                self.files_read += len(some)
        yield Answer((organisation,), tuple(_summed(totals)), scanned, waiting)

    def _slices(self, parts: Iterable[EventPart]) -> Iterator[list[EventPart]]:
        """Yield parts of up to `SLICE` bytes together, or one."""
        some: list[EventPart] = []
        size = 0
        for part in parts:
            path = self._store.root / part.path
            length = path.stat().st_size if path.exists() else 0  # who reads it will say that it is missing
            if some and size + length > SLICE:
                yield some
                some, size = [], 0
            some, size = [*some, part], size + length
        if some:
            yield some

    def _covered(self, organisation: str, days: Collection[int]) -> list[EventPart]:
        return [part for part in self._plan.covered(organisation) if part.first_time // DAY in days]

    def _totals(self, parts: Sequence[EventPart], needles: Sequence[int] | None = None) -> list[Total]:
        return self._scan(parts, needles).totals() if parts else []

    def _scan(
        self, parts: Iterable[EventPart], needles: Sequence[int] | None = None, question: Question | None = None
    ) -> Seen:
        paths = [self._store.root / part.path for part in parts]
        return self._opened.scan(paths, question or self._question, needles)


def _summed(totals: Iterable[Total]) -> Iterator[Total]:
    found: dict[int, Total] = {}
    for total in totals:
        before = found.get(total.needle)
        found[total.needle] = total.plus(before) if before else total
    return iter(found.values())


def _spans(found: Iterable[Days]) -> list[tuple[int, int]]:
    """Return from when to when (both included) events lie on the days on which needles were seen, in order."""
    return sorted({span for seen in found for span in _spans_of(seen)})


def _spans_of(seen: Days) -> Iterator[tuple[int, int]]:
    """Yield the span of each day; where each has one event, the first and the last are known to the microsecond."""
    days = list(_days(seen))
    for day in days:
        first, last = max(seen.first, day * DAY), min(seen.last, (day + 1) * DAY - 1)
        if seen.events == len(days) and day in {days[0], days[-1]}:
            first = last = seen.first if day == days[0] else seen.last
        yield first, last


def _days(seen: Days) -> Iterator[int]:
    return (seen.epoch + bit for bit in range(EPOCH_DAYS) if seen.days >> bit & 1)
