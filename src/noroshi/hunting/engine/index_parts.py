"""Which part of the index covers which part of the events: the index's tables in the manifest.

A part of the index speaks for an organisation only as long as it covers all the events it was made of. Whoever takes a
part of the events away, for whatever reason, takes this voice with it: a trigger sees to that. What no part of the
index speaks for is scanned, until the lake is compacted.

A part of the index knows the last arrival (see `manifest.Arrival`) of each organisation's events in it: a watch joins
what came after the arrival it knows. Parts made one know the later arrival, so that a watch may meet events again, but
misses none.
"""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from noroshi.hunting.engine.index_files import INDEX, bytes_of, bytes_to_read

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS index_part (
    path TEXT PRIMARY KEY, epoch INTEGER NOT NULL, rows INTEGER NOT NULL, bytes INTEGER NOT NULL,
    organisations INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS indexed (
    part TEXT PRIMARY KEY, index_part TEXT NOT NULL, organisation TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS indexed_by ON indexed (index_part, organisation);
CREATE TABLE IF NOT EXISTS news (
    organisation TEXT NOT NULL, index_part TEXT NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (organisation, index_part)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS news_leave_with_index AFTER DELETE ON index_part BEGIN
    DELETE FROM news WHERE index_part = old.path;
END;
CREATE TRIGGER IF NOT EXISTS part_leaves_index AFTER DELETE ON part BEGIN
    DELETE FROM indexed WHERE organisation = old.organisation
        AND index_part = (SELECT index_part FROM indexed WHERE part = old.path);
END;
"""
_PARTS = """
SELECT i.path, i.epoch, i.rows, i.bytes, i.organisations, coalesce(group_concat(x.organisation), '')
FROM index_part AS i LEFT JOIN (SELECT DISTINCT index_part, organisation FROM indexed) AS x ON x.index_part = i.path
GROUP BY i.path ORDER BY i.path
"""
_UNCOVERED = """
SELECT p.organisation, p.path, p.first_time, p.last_time FROM part AS p
WHERE NOT EXISTS (SELECT 1 FROM indexed AS x WHERE x.part = p.path) ORDER BY p.path
"""
_COVERED_BY = """
SELECT p.organisation, p.path, p.first_time, p.last_time FROM indexed AS x JOIN part AS p ON p.path = x.part
WHERE x.index_part = ? ORDER BY p.path
"""

_COVERED = """
SELECT p.organisation, p.path, p.first_time, p.last_time, x.index_part
FROM part AS p JOIN indexed AS x ON x.part = p.path WHERE p.organisation = ? ORDER BY p.path
"""

_NEWS = """
SELECT x.index_part FROM (SELECT DISTINCT index_part FROM indexed WHERE organisation = ?1) AS x
LEFT JOIN news AS n ON n.organisation = ?1 AND n.index_part = x.index_part
WHERE coalesce(n.number, 1) > ?2
"""
_ARRIVED = "INSERT OR REPLACE INTO news SELECT ?1, ?2, coalesce(max(number), 0) FROM arrival WHERE organisation = ?1"
_ARRIVED_LAST = """
INSERT OR REPLACE INTO news
SELECT organisation, ?1, max(number) FROM news WHERE index_part IN (SELECT value FROM json_each(?2)) GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class IndexPart:
    """A file of the index, or a folder of files; its epoch begins on the day ``epoch`` (since 1970).

    ``path`` is relative to the lake. ``organisations`` are those it speaks for; ``whole`` tells whether it has rows of
    no other.
    """

    path: str
    epoch: int
    rows: int
    bytes: int
    organisations: tuple[str, ...]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class EventPart:
    """A file of events of one organisation, with its first and last time in microseconds."""

    organisation: str
    path: str
    first_time: int
    last_time: int


def is_complete(root: Path, part: IndexPart) -> bool:
    """Tell whether a part of the index is on disk as it was written, in the format that we read."""
    try:
        return part.path.startswith(f"{INDEX}/") and bytes_of(root / part.path) == part.bytes
    except OSError:
        return False


def was_complete(root: Path, part: IndexPart) -> bool:
    """Tell the same as far as this process needs it: what it has once found complete and vanishes, it cannot read."""
    try:
        return part.path.startswith(f"{INDEX}/") and bytes_to_read(root / part.path) == part.bytes
    except OSError:
        return False


class GoneError(Exception):
    """Events were taken out of the lake while they were indexed."""


class Coverage:
    """Reads the index's tables; each call on a connection of its own."""

    def __init__(self, rows: Callable[..., list[Any]]) -> None:
        self._rows = rows

    def parts(self) -> list[IndexPart]:
        """Return all parts of the index."""
        return [_index_part(*row) for row in self._rows(_PARTS)]

    def speaking(self) -> list[IndexPart]:
        """Return those that speak for an organisation."""
        return [part for part in self.parts() if part.organisations]

    def uncovered(self) -> list[EventPart]:
        """Return the events that no part of the index speaks for."""
        return [EventPart(*row) for row in self._rows(_UNCOVERED)]

    def covered_by(self, index_part: str) -> list[EventPart]:
        """Return the events that a part of the index speaks for."""
        return [EventPart(*row) for row in self._rows(_COVERED_BY, (index_part,))]

    def covered(self, organisation: str, index_parts: Collection[str]) -> list[EventPart]:
        """Return the events of an organisation that one of some parts of the index speaks for."""
        parts = self._rows(_COVERED, (organisation,))
        return [EventPart(*row) for *row, index_part in parts if index_part in index_parts]

    def news(self, organisation: str, after: int) -> frozenset[str]:
        """Return the paths of the parts that speak for events of an organisation that came after an arrival."""
        return frozenset(path for (path,) in self._rows(_NEWS, (organisation, after)))


def add(connection: sqlite3.Connection, made: IndexPart, parts: Iterable[str]) -> None:
    """Let a part of the index speak for parts of the events, which are given by their paths, and are noted as arrived.

    Raises `GoneError` if one of these is not there any more: the index would count what is not in the lake.
    """
    connection.execute(
        "INSERT INTO index_part VALUES (?,?,?,?,?)",
        (made.path, made.epoch, made.rows, made.bytes, len(made.organisations)),
    )
    connection.executemany(_ARRIVED, [(organisation, made.path) for organisation in made.organisations])
    let_speak(connection, made.path, parts)


def let_speak(connection: sqlite3.Connection, index_part: str, parts: Iterable[str]) -> None:
    """Let a part of the index that is known speak for parts of the events; raises `GoneError` as `add` does."""
    for part in parts:
        known = "INSERT OR REPLACE INTO indexed SELECT path, ?, organisation FROM part WHERE path = ?"
        if not connection.execute(known, (index_part, part)).rowcount:
            raise GoneError(part)


def take_leave(connection: sqlite3.Connection, parts: Sequence[str]) -> str | None:
    """Return the one part of the index that speaks for all of some parts, which it then does no longer; or None."""
    found = [connection.execute("SELECT index_part FROM indexed WHERE part = ?", (part,)).fetchone() for part in parts]
    if not found or None in found or len(set(found)) > 1:
        return None
    connection.executemany("DELETE FROM indexed WHERE part = ?", [(part,) for part in parts])
    return str(found[0][0])


def replace(connection: sqlite3.Connection, old: Collection[str], made: IndexPart) -> None:
    """Let one part of the index speak for all that others spoke for, and forget those."""
    add(connection, made, ())
    connection.execute(_ARRIVED_LAST, (made.path, json.dumps(list(old))))
    for path in old:
        connection.execute("UPDATE indexed SET index_part = ? WHERE index_part = ?", (made.path, path))
        connection.execute("DELETE FROM index_part WHERE path = ?", (path,))


def forget(connection: sqlite3.Connection, paths: Iterable[str]) -> None:
    """Forget parts of the index; what they spoke for is scanned until it is indexed anew."""
    for path in paths:
        connection.execute("DELETE FROM indexed WHERE index_part = ?", (path,))
        connection.execute("DELETE FROM index_part WHERE path = ?", (path,))


def _index_part(path: str, epoch: int, rows: int, size: int, organisations: int, names: str) -> IndexPart:
    spoken_for = tuple(sorted(names.split(","))) if names else ()
    return IndexPart(path, epoch, rows, size, spoken_for, whole=len(spoken_for) == organisations)
