"""The door of the engine: a folder of logs turned events that can be searched for a million values at once.

On disk::

    manifest.sqlite3                                  what is in the lake (see `manifest`)
    events/organisation=<name>/day=<UTC day>/*.parquet  events (see `schema`)
    index/2/epoch=<first of 60 UTC days>/**           who saw which value when (see `index`, `index_files`)
    keys/*.parquet                                    what many values equal (see `key_files`)
    staging/                                          work in progress, empty at rest
"""

import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from noroshi.hunting.engine.covering import Covering
from noroshi.hunting.engine.detections.running import Session, Window
from noroshi.hunting.engine.detections.seeing import Seen, seen_in
from noroshi.hunting.engine.disk import disk_told, full_disk_told
from noroshi.hunting.engine.engines import DuckEngine, Engine
from noroshi.hunting.engine.hunt import Hunt
from noroshi.hunting.engine.index_compaction import Merge, compact_index
from noroshi.hunting.engine.ingest import Order, ProgressCallback, ingest
from noroshi.hunting.engine.key_files import KeyFiles
from noroshi.hunting.engine.manifest import Arrival, Manifest, microseconds, moment
from noroshi.hunting.engine.needles import Keys
from noroshi.hunting.engine.plan import Question, Store
from noroshi.hunting.engine.reasons import LakeError
from noroshi.hunting.engine.records import (
    CompactReport,
    HuntProgress,
    HuntResult,
    IngestReport,
    Needle,
    QuarantinedLine,
    Removed,
    Replayed,
    SourceStatus,
    Spread,
    VerifyReport,
)
from noroshi.hunting.engine.replay import replay
from noroshi.hunting.engine.report import NOTHING_KNOWN, Earliest, Report
from noroshi.hunting.engine.timestamps import Bounds
from noroshi.hunting.engine.upkeep import Upkeep

MIN_KEY: Final = 16
MAX_KEY: Final = 64
MAX_EVENTS: Final = 10_000
MAX_SOURCES: Final = 1_000

HuntCallback = Callable[[HuntProgress], None]

_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_OLDEST_OF_A_STREAM: Final = timedelta(days=400)
_SLACK: Final = timedelta(days=1)  # zones that were taken for another, and clocks that are a little ahead
# Columns that only serve joins; a person reads the address beside them.
_JOIN_COLUMNS: Final = frozenset({"src_v4", "src_v6_hi", "src_v6_lo", "dst_v4", "dst_v6_hi", "dst_v6_lo"})


class Lake:
    """The log lake in ``root``. Safe to use from several threads and processes at once.

    ``key`` (16 to 64 bytes, secret, the same for the lake's whole life) makes the pseudonyms of users, sessions and
    accounts. ``memory_limit`` bounds DuckDB ("1GB"); larger work spills to ``staging/``. ``clock`` tells the time, by
    which an event of the future is known. ``engine`` answers hunts: DuckDB in this process, if it is None.

    Whatever the disk has no room for raises `DiskError`, and leaves what is there whole.
    """

    def __init__(
        self,
        root: Path,
        *,
        key: bytes,
        memory_limit: str = "1GB",
        clock: Callable[[], datetime] | None = None,
        engine: Engine | None = None,
    ) -> None:
        if not MIN_KEY <= len(key) <= MAX_KEY:
            raise LakeError(f"The pseudonym key must have {MIN_KEY} to {MAX_KEY} bytes.")
        self._root = root.absolute()
        self._staging = self._root / "staging"
        with full_disk_told():
            self._staging.mkdir(parents=True, exist_ok=True)
            self._manifest = Manifest(self._root)
        self._key = key
        self._memory_limit = memory_limit
        self._clock = clock or _now
        self._engine = engine or DuckEngine()
        self._store = Store(self._root, self._manifest, memory_limit)
        self._keys = KeyFiles(self._root, key, memory_limit, self._store.spill)
        self._upkeep = Upkeep(self._root, self._manifest, key, memory_limit)

    def ingest(  # noqa: PLR0913 - each is named where it is given
        self,
        organisation: str,
        source: str,
        files: Sequence[Path],
        *,
        mapping: Mapping[str, str] | None = None,
        timezone: str = "Asia/Tokyo",
        format: str | None = None,  # noqa: A002 - what it is called wherever a log is read
        progress: ProgressCallback | None = None,
        stream: bool = False,
    ) -> IngestReport:
        """Read log files in; a file whose content the organisation's lake knows adds nothing.

        Files of a ``stream`` are its batches: one whose content and name are known adds nothing.
        ``mapping`` gives the role (see `schema.ROLES`) of fields with unusual names; times without an offset are
        taken in ``timezone``; ``format`` (see `readers.FORMATS`) is recognised if it is None. A refused file or line
        is in the report or the quarantine and stops nothing. Raises `LakeError` for a bad name, mapping, format or
        time zone, or when the disk fails.
        """
        if source not in (known := self._manifest.sources(organisation)) and len(known) >= MAX_SOURCES:
            raise LakeError(f"The organisation has {MAX_SOURCES:,} sources already: name one of them.")
        order = Order(
            _slug(organisation),
            _slug(source),
            files,
            mapping,
            _zone(timezone),
            self._bounds(stream=stream),
            progress,
            format,
            stream,
        )
        return ingest(self._root, self._manifest, order, self._key, self._memory_limit)

    def replay(
        self,
        organisation: str,
        source: str,
        *,
        mapping: Mapping[str, str] | None = None,
        timezone: str = "Asia/Tokyo",
        format: str | None = None,  # noqa: A002 - what it is called wherever a log is read
    ) -> Replayed:
        """Read a source's quarantine again, as `ingest` would now; a line that becomes an event leaves it, once.

        Raises `LakeError` as `ingest` does.
        """
        bounds = self._bounds(stream=False)
        order = Order(_slug(organisation), _slug(source), (), mapping, _zone(timezone), bounds, None, format)
        return replay(self._root, self._manifest, order, self._key, self._memory_limit)

    def _bounds(self, *, stream: bool) -> Bounds:
        """Return the times that can be right.

        What a stream brings has just been written: one wild clock among many devices must not make parts of thousands
        of days, nor have the batch of all of them refused.
        """
        now = self._clock()
        latest = microseconds(now + _SLACK)
        return Bounds(microseconds(now - _OLDEST_OF_A_STREAM), latest) if stream else Bounds(latest=latest)

    def hunt(  # noqa: PLR0913 - each is named where it is given
        self,
        needles: Iterable[Needle] | Keys,
        *,
        organisations: Collection[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        samples: bool = True,
        known: Earliest = NOTHING_KNOWN,
        index: bool = True,
        progress: HuntCallback | None = None,
    ) -> HuntResult:
        """Look for many needles in the logs of many organisations (None: all) with since <= time < until.

        Hits come sorted by organisation, then by the order of the needles, each under the needle as given. Without
        ``samples`` they name no events, which costs a reading of each day that has some; where the earliest before some
        arrived are ``known``, they name those that follow. Without the ``index`` all events are read, and the answer is
        the same. ``progress`` is told what is known so far, organisation by organisation; what it raises ends the hunt.
        """
        wall, cpu = time.perf_counter(), time.process_time()
        keys = needles if isinstance(needles, Keys) else self.prepare(needles)
        question = Question(organisations, _bound(since), _bound(until), index=index)
        report = Report(self._manifest, keys, known)
        if keys.needles:
            with self._asking(keys, question) as hunt:
                for answer in hunt.answers():
                    if answer.organisations:
                        hits = report.add(answer, hunt if samples else None)
                    elif progress:
                        hits = report.so_far(answer)
                    if progress:
                        effort = (hunt.parts, hunt.files, hunt.files_read)
                        progress(HuntProgress(answer.organisations, answer.waiting, hits, *effort))
        return report.result(time.perf_counter() - wall, time.process_time() - cpu)

    def events(self, organisation: str, needle: Needle, limit: int) -> list[dict[str, Any]]:
        """Return the earliest events of one organisation that match, at most 10,000, without empty columns.

        The caller has checked that the reader belongs to the organisation.
        """
        keys = self.prepare([needle])
        if not keys.needles:
            return []
        with self._asking(keys, Question([organisation])) as hunt:
            return self.readable(hunt.events(organisation, max(0, min(limit, MAX_EVENTS))))

    def daily_counts(
        self, organisation: str, needle: Needle, *, timezone: str = "Asia/Tokyo"
    ) -> list[tuple[date, int]]:
        """Return (day, events) of the days on which one organisation's logs match."""
        keys = self.prepare([needle])
        if not keys.needles:
            return []
        with self._asking(keys, Question([organisation])) as hunt:
            return hunt.daily_counts(organisation, str(_zone(timezone)))

    def spread(self, organisation: str, needle: Needle) -> Spread:
        """Return how common a value is in one organisation's logs."""
        keys = self.prepare([needle])
        found = (0, 0, 0, 0, 0)
        if keys.needles:
            with self._asking(keys, Question([organisation])) as hunt:
                found = hunt.spread(organisation)
        return Spread(*found, *self._manifest.extent(organisation))

    def prepare(self, needles: Iterable[Needle]) -> Keys:
        """Turn needles into keys, for many batches or hunts; those of many values are kept beside the lake."""
        return self._keys.prepare(needles)

    def covering(self, needles: Iterable[Needle]) -> Covering:
        """Return what tells which of some needles, some ten thousand at most, stands for another one."""
        return Covering(needles, self._key)

    def met_since(self, organisation: str, after: int, keys: Keys) -> list[Needle]:
        """Return those needles that an organisation's events show which came in after the arrival of that number.

        The index that every batch brings with it is joined with the keys. Some that only earlier events show can be
        among them, once the index was compacted; `hunt` tells when and how often.
        """
        if not keys.needles:
            return []
        question = Question([organisation], after=after)
        with full_disk_told(), Hunt(DuckEngine(), self._store, keys, question) as hunt:  # a few small files
            met = {total.needle for answer in hunt.answers() for total in answer.totals}
        return [keys.needles[number] for number in sorted(met)]

    @contextmanager
    def _asking(self, keys: Keys, question: Question) -> Iterator[Hunt]:
        with full_disk_told(), Hunt(self._engine, self._store, keys, question) as hunt:
            yield hunt

    def compact_index(self, merge: Merge = Merge.ALL) -> CompactReport:
        """Index what is not indexed yet, and merge parts of the index.

        Hunts and ingests go on meanwhile. Raises `DiskError` when the disk is in the way; the lake stays whole.
        """
        with disk_told():
            self._keys.sweep()
            return compact_index(self._store, self._key, merge)

    def status(self) -> list[SourceStatus]:
        """Return the state of each organisation and source."""
        return self._manifest.status()

    def quarantine(
        self, organisation: str, source: str, limit: int, offset: int = 0, reason: str | None = None
    ) -> list[QuarantinedLine]:
        """Return lines that became no event, of one reason or of all, in the order they were read."""
        return self._manifest.quarantine(organisation, source, limit, offset, reason)

    def quarantine_reasons(self, organisation: str, source: str) -> list[tuple[str, int]]:
        """Return (reason, lines whose text is kept), the most frequent first."""
        return self._manifest.quarantine_reasons(organisation, source)

    def arrived(self, organisation: str, after: int) -> Arrival | None:
        """Return what has arrived of an organisation's logs since the arrival of that number; None for nothing."""
        return self._manifest.arrived(organisation, after)

    def arrivals_after(self, organisation: str, after: int) -> int:
        """Return how many deliveries of an organisation's logs have come in after the arrival of that number."""
        return self._manifest.arrivals_after(organisation, after)

    def detections(self, organisation: str, window: Window, *, timezone: str = "Asia/Tokyo") -> Session:
        """Return a session in which rules are asked about the organisation's events of a window, or of a part of it.

        Hours and days in rules are those of ``timezone``. The caller has checked that the reader belongs to the
        organisation.
        """
        parts = [self._root / path for path in self._manifest.parts([organisation], window.since, window.until)]
        zone = str(_zone(timezone))
        return Session(self._engine.events(self._store, parts) if parts else None, key=self._key, zone=zone)

    def seen(self, organisation: str, window: Window) -> list[Seen]:
        """Return which sources of the organisation hold which classes of events, and which columns have data."""
        parts = [self._root / path for path in self._manifest.parts([organisation], window.since, window.until)]
        return seen_in(parts, memory_limit=self._memory_limit, spill=self._staging)

    def readable(self, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return events of a session as `events` does: named files, aware times, no empty columns."""
        files = self._manifest.files({row["file"] for row in rows})
        return [_readable(row, *files[row["file"]]) for row in rows]

    def days(self, organisation: str | None, since: date) -> list[tuple[str, str, date, int]]:
        """Return (organisation, source, UTC day, events) of the days from one on; None: of all organisations."""
        rows = self._manifest.days(organisation, since.isoformat())
        return [(name, source, date.fromisoformat(day), events) for name, source, day, events in rows]

    def verify(self, *, deep: bool = False) -> VerifyReport:
        """Compare every part with the manifest; ``deep`` reads every value. Files that nobody knows are deleted."""
        return self._upkeep.verify(deep=deep)

    def age(self, organisation: str, source: str, before: date) -> Removed:
        """Take out a source's events before a UTC day, and what was put in quarantine before."""
        return self._upkeep.age(_slug(organisation), source, before.isoformat())

    def compact(self, organisation: str, before: date) -> tuple[int, int]:
        """Make many small parts one for each source and UTC day before one; return the parts before and after."""
        return self._upkeep.compact(_slug(organisation), before.isoformat())

    def forget(self, organisation: str, subject: str) -> Removed:
        """Take out an organisation's events of a user, account, session, mail or IP address or device, at once."""
        removed = self._upkeep.forget(_slug(organisation), subject)
        if removed.events:
            self.compact_index(Merge.TORN)  # else the index would still know
        return removed

    def organisations(self) -> list[str]:
        """Return the organisations with logs in the lake, sorted."""
        return self._manifest.organisations()


def is_slug(name: str) -> bool:
    """Tell whether a name is safe in a path and in SQL."""
    return bool(_SLUG.fullmatch(name))


def _slug(name: str) -> str:
    if not is_slug(name):
        raise LakeError(f"“{name[:80]}” cannot name an organisation or source: use letters, digits, “.”, “_” and “-”.")
    return name


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise LakeError(f"“{name[:80]}” is not a time zone.") from None


def _now() -> datetime:
    return datetime.now(UTC)


def _bound(at: datetime | None) -> int | None:
    if at is not None and at.tzinfo is None:
        raise LakeError("A time window needs times with a time zone.")
    return None if at is None else microseconds(at)


def _readable(row: dict[str, Any], digest: str, name: str) -> dict[str, Any]:
    shown = {column: value for column, value in row.items() if value is not None and column not in _JOIN_COLUMNS}
    return shown | {"time": moment(row["time"]), "file": name, "file_digest": digest}
