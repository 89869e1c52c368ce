"""Lines in quarantine are read again, as their source's logs are read now: what becomes an event leaves it, once.

An event keeps the place of its line in the file that it came from. What the quarantine does not hold whole stays in it:
a line longer than what is kept of one, and one of a file whose header said how to read it.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Final, NamedTuple

import duckdb

from noroshi.hunting.engine.aliases import FieldRoles
from noroshi.hunting.engine.ingest import BATCH, Order
from noroshi.hunting.engine.log_file import Record, survey
from noroshi.hunting.engine.manifest import MAX_QUARANTINED_TEXT, Manifest
from noroshi.hunting.engine.parts import PartWriter, sweep
from noroshi.hunting.engine.readers import reader_for
from noroshi.hunting.engine.reasons import BadLineError, LakeError, RefusedFileError
from noroshi.hunting.engine.records import Replayed
from noroshi.hunting.engine.rows import RowWriter, columns_by_role

Place = tuple[int, int]
"""The number of a line's file, and its number in it."""

MAX_LINES: Final = 1_000_000
"""Lines that one replay reads."""


class Kept(NamedTuple):
    """A line in quarantine, and when its file was read (ISO 8601)."""

    file: int
    line: int
    text: str
    read_at: str


def replay(root: Path, manifest: Manifest, order: Order, key: bytes, memory_limit: str) -> Replayed:
    """Read a source's quarantine again; ``order`` names no files. Raises `LakeError` when the disk is in the way."""
    roles = FieldRoles(order.mapping)
    with manifest.ingest_lock(order.organisation):
        sweep(root, order.organisation, manifest.part_paths(order.organisation))
        writer = PartWriter(root, order.organisation, order.source, key, memory_limit)
        make_row = RowWriter(columns_by_role(key, order.local, order.bounds)).row
        with closing(writer):
            try:
                return _read_again(manifest, order, writer, make_row, roles)
            except (duckdb.Error, sqlite3.Error, OSError) as error:
                raise LakeError(f"The lake could not be written; it is as it was before. ({error})") from error


def _read_again(
    manifest: Manifest, order: Order, writer: PartWriter, make_row: Callable[..., str], roles: FieldRoles
) -> Replayed:
    kept = [Kept(*row) for row in manifest.quarantined(order.organisation, order.source, MAX_LINES)]
    rows: list[str] = []
    places: list[Place] = []
    events = 0
    for _file, group in groupby(kept, attrgetter("file")):
        lines = [line for line in group if len(line.text) < MAX_QUARANTINED_TEXT and "\n" not in line.text]
        for number, _raw, fields in _records(lines, writer.scratch / "again.txt", roles, order.format):
            place = (lines[number - 1].file, lines[number - 1].line)
            try:
                rows.append(make_row(*place, fields))
            except BadLineError:
                continue
            places.append(place)
        if len(rows) >= BATCH:
            events += _commit(manifest, writer, rows, places)
    events += _commit(manifest, writer, rows, places)
    return Replayed(events, len(kept) - events)


def _records(lines: Sequence[Kept], scratch: Path, roles: FieldRoles, name: str | None) -> Iterator[Record]:
    """Yield what the source's reader makes of one file's lines; its clock is that of the day they came."""
    if not lines:
        return
    scratch.write_text("".join(f"{line.text}\n" for line in lines), encoding="utf-8")
    read_at = datetime.fromisoformat(lines[0].read_at).timestamp()
    os.utime(scratch, (read_at, read_at))
    try:
        surveyed = survey(scratch)
        yield from reader_for(surveyed.sample, roles, name)(surveyed, roles, _stays)
    except RefusedFileError:
        return


def _stays(_line: int, _reason: object, _raw: object) -> None:
    """Leave a line where it is."""


def _commit(manifest: Manifest, writer: PartWriter, rows: list[str], places: list[Place]) -> int:
    """Bring events in and take their lines out of the quarantine, in one transaction; return how many."""
    events = len(rows)
    if events:
        manifest.commit([], writer.write(rows), [], released=places)
        rows.clear()
        places.clear()
    return events
