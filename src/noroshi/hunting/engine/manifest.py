"""What the lake holds, in SQLite: log files read, Parquet parts, lines in quarantine.

The number of a log file in the parts is made of its organisation and content: no counter to share between processes.
A part or line exists when the manifest says so and not before: readers never glob. One transaction brings whole log
files in, so a process killed at any moment leaves either all of a file or nothing.
"""

import fcntl
import hashlib
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self

from noroshi.hunting.engine import index_parts
from noroshi.hunting.engine.disk import full_disk_told
from noroshi.hunting.engine.index_parts import Coverage, IndexPart
from noroshi.hunting.engine.records import QuarantinedLine, SourceStatus

MAX_QUARANTINED_TEXT: Final = 2000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS file (
    id INTEGER PRIMARY KEY, organisation TEXT NOT NULL, source TEXT NOT NULL, digest TEXT NOT NULL, name TEXT NOT NULL,
    bytes INTEGER NOT NULL, lines INTEGER NOT NULL, events INTEGER NOT NULL, quarantined INTEGER NOT NULL,
    ingested_at TEXT NOT NULL, UNIQUE (organisation, digest)
) STRICT;
CREATE TABLE IF NOT EXISTS part (
    path TEXT PRIMARY KEY, organisation TEXT NOT NULL, source TEXT NOT NULL, day TEXT NOT NULL,
    events INTEGER NOT NULL, bytes INTEGER NOT NULL, first_time INTEGER NOT NULL, last_time INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS part_by_organisation ON part (organisation, source, day);
CREATE TABLE IF NOT EXISTS arrival (
    number INTEGER PRIMARY KEY AUTOINCREMENT, organisation TEXT NOT NULL,
    first_time INTEGER NOT NULL, last_time INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS arrival_by_organisation ON arrival (organisation, number);
CREATE TABLE IF NOT EXISTS quarantine (
    file INTEGER NOT NULL REFERENCES file, line INTEGER NOT NULL, reason TEXT NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (file, line)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS head (
    file INTEGER NOT NULL REFERENCES file, line INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (file, line)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS heads_leave_with_quarantine AFTER DELETE ON quarantine
WHEN NOT EXISTS (SELECT 1 FROM quarantine WHERE file = old.file) BEGIN
    DELETE FROM head WHERE file = old.file;
END;
"""
_ORGANISATIONS = "SELECT DISTINCT organisation FROM file ORDER BY 1"
_STATUS = """
SELECT f.organisation, f.source, f.files, coalesce(p.events, 0), f.quarantined, p.first_time, p.last_time,
       coalesce(p.bytes, 0), f.last_ingest
FROM (SELECT organisation, source, count(*) AS files, sum(quarantined) AS quarantined, max(ingested_at) AS last_ingest
      FROM file GROUP BY 1, 2) AS f
LEFT JOIN (SELECT organisation, source, sum(events) AS events, min(first_time) AS first_time,
                  max(last_time) AS last_time, sum(bytes) AS bytes
           FROM part GROUP BY 1, 2) AS p USING (organisation, source)
ORDER BY f.organisation, f.source
"""
_QUARANTINE = """
SELECT f.digest, f.name, q.line, q.reason, q.text FROM quarantine AS q JOIN file AS f ON f.id = q.file
WHERE f.organisation = ? AND f.source = ? AND (? IS NULL OR q.reason = ?)
ORDER BY f.ingested_at, f.id, q.line LIMIT ? OFFSET ?
"""


@dataclass(frozen=True, slots=True)
class LogFile:
    """A log file that was read; in the order of its table."""

    id: int
    organisation: str
    source: str
    digest: str
    name: str
    bytes: int
    lines: int
    events: int
    quarantined: int
    ingested_at: str


@dataclass(frozen=True, slots=True)
class Part:
    """A Parquet file of one organisation, source and day; ``path`` is relative to the lake, times in microseconds."""

    path: str
    organisation: str
    source: str
    day: str
    events: int
    bytes: int
    first_time: int
    last_time: int


@dataclass(slots=True)
class Refused:
    """Lines of log files that became no event, and the lines before them that say how they are read.

    ``lines`` are (file id, line, reason, text), ``heads`` (file id, line, text).
    """

    lines: list[tuple[int, int, str, str]] = field(default_factory=list)
    heads: list[tuple[int, int, str]] = field(default_factory=list)

    def __iadd__(self, more: "Refused") -> Self:
        self.lines += more.lines
        self.heads += more.heads
        return self


@dataclass(slots=True)
class Written:
    """Files on disk that the manifest does not know yet: parts, and parts of the index with the paths they cover."""

    parts: list[Part] = field(default_factory=list)
    index: list[tuple[IndexPart, list[str]]] = field(default_factory=list)

    def __iadd__(self, more: "Written") -> Self:
        self.parts += more.parts
        self.index += more.index
        return self


@dataclass(frozen=True, slots=True)
class Arrival:
    """Events that came into the lake: the number of the last commit, and their first and last time, in microseconds.

    Numbers rise; a reader that remembers the last one it knows misses nothing, however late a log tells of its events.
    """

    number: int
    first_time: int
    last_time: int


def file_number(organisation: str, digest: str) -> int:
    """Return the number by which an organisation's log file is known: 60 bits, so that any engine can hold it."""
    return int(hashlib.sha256(f"{organisation}:{digest}".encode()).hexdigest()[:15], 16)


def moment(microseconds: int) -> datetime:
    """Return microseconds since 1970 as an aware UTC time."""
    seconds, rest = divmod(microseconds, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


def microseconds(at: datetime) -> int:
    """Return an aware time as microseconds since 1970: the inverse of `moment`."""
    return (at - _EPOCH) // _MICROSECOND


class Manifest:
    """The SQLite file of a lake."""

    def __init__(self, root: Path) -> None:
        self._path = root / "manifest.sqlite3"
        self._locks = root / "locks"
        self._locks.mkdir(exist_ok=True)
        with self.transaction() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_SCHEMA + index_parts.SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One transaction on a connection of its own: engines are used from many threads."""
        with full_disk_told(), closing(sqlite3.connect(self._path, timeout=60)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            with connection:
                yield connection

    def _rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        with self.transaction() as connection:
            return connection.execute(sql, parameters).fetchall()

    @contextmanager
    def ingest_lock(self, organisation: str) -> Iterator[None]:
        """Hold the right to add an organisation's logs; another process waits. The system frees it when one dies."""
        with self._lock(organisation):
            yield

    @contextmanager
    def compaction_lock(self) -> Iterator[None]:
        """Hold the right to compact the index in the same way."""
        with self._lock(".index"):  # no organisation has this name
            yield

    @contextmanager
    def _lock(self, name: str) -> Iterator[None]:
        with full_disk_told(), (self._locks / name).open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def commit(
        self,
        files: Sequence[LogFile],
        written: Written,
        refused: Refused,
        released: Sequence[tuple[int, int]] = (),
    ) -> None:
        """Bring whole log files in, what was ``refused`` of them into quarantine.

        Lines that are ``released`` (file id, line) became events and leave the quarantine.
        """
        parts = written.parts
        with self.transaction() as connection:
            connection.executemany("INSERT INTO file VALUES (?,?,?,?,?,?,?,?,?,?)", map(astuple, files))
            connection.executemany("INSERT INTO part VALUES (?,?,?,?,?,?,?,?)", map(astuple, parts))
            connection.executemany(
                "INSERT INTO arrival (organisation, first_time, last_time) VALUES (?,?,?)",
                _spans_by_organisation(parts),
            )
            for made, covered in written.index:
                index_parts.add(connection, made, covered)
            connection.executemany("INSERT OR IGNORE INTO quarantine VALUES (?,?,?,?)", refused.lines)
            connection.executemany("INSERT OR IGNORE INTO head VALUES (?,?,?)", refused.heads)
            connection.executemany("DELETE FROM quarantine WHERE file = ? AND line = ?", released)
            counts = [(number, number, file) for file, number in Counter(file for file, _line in released).items()]
            connection.executemany(
                "UPDATE file SET events = events + ?, quarantined = quarantined - ? WHERE id = ?", counts
            )

    def quarantined(self, organisation: str, source: str, limit: int) -> list[tuple[int, int, str, str, str]]:
        """Return (file id, line, reason, text, when the file was read) of a source's quarantine, file by file."""
        sql = (
            "SELECT q.file, q.line, q.reason, q.text, f.ingested_at "
            "FROM quarantine AS q JOIN file AS f ON f.id = q.file "
            "WHERE f.organisation = ? AND f.source = ? ORDER BY q.file, q.line LIMIT ?"
        )
        return self._rows(sql, (organisation, source, limit))

    def heads(self, file: int) -> list[tuple[int, str]]:
        """Return (line, text) of the lines of a file that say how those after them are read.

        An empty text: what says so of the lines from here on was not kept.
        """
        return self._rows("SELECT line, text FROM head WHERE file = ? ORDER BY line", (file,))

    def arrived(self, organisation: str, after: int) -> Arrival | None:
        """Return what has arrived of an organisation since the arrival of that number, or None for nothing."""
        number, first, last = self._rows(
            "SELECT max(number), min(first_time), max(last_time) FROM arrival WHERE organisation = ? AND number > ?",
            (organisation, after),
        )[0]
        return None if number is None else Arrival(number, first, last)

    def arrivals_after(self, organisation: str, after: int) -> int:
        """Return how many deliveries of an organisation have come in after the arrival of that number."""
        sql = "SELECT count(*) FROM arrival WHERE organisation = ? AND number > ?"
        return int(self._rows(sql, (organisation, after))[0][0])

    def knows(self, organisation: str, digest: str) -> bool:
        """Tell whether an organisation's log file with this content was read before."""
        return bool(self._rows("SELECT 1 FROM file WHERE organisation = ? AND digest = ?", (organisation, digest)))

    def files(self, ids: Collection[int]) -> dict[int, tuple[str, str]]:
        """Return (digest, name) of log files by their number."""
        found: dict[int, tuple[str, str]] = {}
        for number in ids:
            found[number] = self._rows("SELECT digest, name FROM file WHERE id = ?", (number,))[0]
        return found

    def parts(self, organisations: Collection[str] | None, since: int | None, until: int | None) -> list[str]:
        """Return the paths of the parts that can hold events of these organisations in [since, until)."""
        rows = self._rows(
            "SELECT organisation, path FROM part WHERE last_time >= ? AND first_time < ? ORDER BY path",
            (since if since is not None else -(1 << 62), until if until is not None else 1 << 62),
        )
        return [path for organisation, path in rows if organisations is None or organisation in organisations]

    def index(self) -> Coverage:
        """Return what tells which events the index covers."""
        return Coverage(self._rows)

    @contextmanager
    def opened(self) -> Iterator[tuple[list[str], Coverage]]:
        """Within the block, the organisations and what `index` returns, asked of one connection."""
        with self.transaction() as connection:

            def rows(sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
                return connection.execute(sql, parameters).fetchall()

            yield [name for (name,) in rows(_ORGANISATIONS)], Coverage(rows)

    def part_paths(self, organisation: str) -> set[str]:
        """Return the paths of all parts of an organisation."""
        return {path for (path,) in self._rows("SELECT path FROM part WHERE organisation = ?", (organisation,))}

    def part_rows(self, organisation: str) -> list[Part]:
        """Return all parts of an organisation, by source and day."""
        rows = self._rows("SELECT * FROM part WHERE organisation = ? ORDER BY source, day, path", (organisation,))
        return [Part(*row) for row in rows]

    def replace(self, old: Sequence[str], new: Sequence[Part], *, same_events: bool = False) -> None:
        """Put parts in the place of others, which are given by their paths, in one transaction.

        Where they hold the ``same_events``, the part of the index that speaks for all of the old speaks for the new.
        """
        with self.transaction() as connection:
            speaking = index_parts.take_leave(connection, old) if same_events else None
            connection.executemany("DELETE FROM part WHERE path = ?", [(path,) for path in old])
            connection.executemany("INSERT INTO part VALUES (?,?,?,?,?,?,?,?)", map(astuple, new))
            if speaking:
                index_parts.let_speak(connection, speaking, [part.path for part in new])

    def forget_quarantined(self, organisation: str, source: str, before: str) -> int:
        """Delete the lines in quarantine of log files that were read before a day; return how many."""
        return self._delete_quarantined("source = ? AND ingested_at < ?", (organisation, source, before))

    def forget_quarantined_text(self, organisation: str, text: str) -> int:
        """Delete an organisation's lines in quarantine that hold a text; return how many."""
        return self._delete_quarantined("true", (organisation,), "AND instr(lower(text), lower(?))", (text,))

    def _delete_quarantined(
        self, files: str, values: tuple[str, ...], lines: str = "", texts: tuple[str, ...] = ()
    ) -> int:
        chosen = f"SELECT id FROM file WHERE organisation = ? AND {files}"  # noqa: S608 - constants of this class
        with self.transaction() as connection:
            sql = f"DELETE FROM quarantine WHERE file IN ({chosen}) {lines}"  # noqa: S608 - the same
            return connection.execute(sql, (*values, *texts)).rowcount

    def days(self, organisation: str | None, since: str) -> list[tuple[str, str, str, int]]:
        """Return (organisation, source, day, events) of the days from one on (ISO, UTC), in that order."""
        return self._rows(
            "SELECT organisation, source, day, sum(events) FROM part "
            "WHERE day >= ? AND (? IS NULL OR organisation = ?) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            (since, organisation, organisation),
        )

    def extent(self, organisation: str) -> tuple[int, int, int]:
        """Return how many events an organisation has, of how many days and sources."""
        sql = "SELECT coalesce(sum(events), 0), count(DISTINCT day), count(DISTINCT source) FROM part"
        found: tuple[int, int, int] = self._rows(f"{sql} WHERE organisation = ?", (organisation,))[0]
        return found

    def sources(self, organisation: str) -> set[str]:
        """Return the names of an organisation's sources."""
        return {
            name for (name,) in self._rows("SELECT DISTINCT source FROM file WHERE organisation = ?", (organisation,))
        }

    def organisations(self) -> list[str]:
        """Return the organisations that have sent a log file, sorted."""
        return [name for (name,) in self._rows(_ORGANISATIONS)]

    def status(self) -> list[SourceStatus]:
        """Return one entry for each organisation and source."""
        return [_status(*row) for row in self._rows(_STATUS)]

    def quarantine(
        self, organisation: str, source: str, limit: int, offset: int, reason: str | None = None
    ) -> list[QuarantinedLine]:
        """Return lines in quarantine, of one reason or of all, in the order they were read."""
        rows = self._rows(_QUARANTINE, (organisation, source, reason, reason, limit, offset))
        return [QuarantinedLine(*row) for row in rows]

    def quarantine_reasons(self, organisation: str, source: str) -> list[tuple[str, int]]:
        """Return (reason, lines whose text is kept), the most frequent first."""
        return self._rows(
            "SELECT q.reason, count(*) FROM quarantine AS q JOIN file AS f ON f.id = q.file "
            "WHERE f.organisation = ? AND f.source = ? GROUP BY 1 ORDER BY 2 DESC, 1",
            (organisation, source),
        )


def _spans_by_organisation(parts: Sequence[Part]) -> list[tuple[str, int, int]]:
    spans: dict[str, tuple[int, int]] = {}
    for part in parts:
        first, last = spans.get(part.organisation, (part.first_time, part.last_time))
        spans[part.organisation] = min(first, part.first_time), max(last, part.last_time)
    return [(organisation, *span) for organisation, span in spans.items()]


def _status(*row: Any) -> SourceStatus:
    organisation, source, files, events, quarantined, first, last, size, ingested = row
    times = (None if first is None else moment(first), None if last is None else moment(last))
    return SourceStatus(
        organisation, source, files, events, quarantined, *times, size, datetime.fromisoformat(ingested)
    )
