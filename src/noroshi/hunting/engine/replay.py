"""Lines in quarantine are read again, as their source's logs are read now: what becomes an event leaves it, once.

An event keeps the place of its line in the file that it came from. Where lines of the file said how those after them
are read (a header), these are read before them again. What the quarantine does not hold whole stays in it: a line
longer than what is kept of one, one that is not in its file's encoding, and one with an open quotation mark, which
would take a line from elsewhere for its end.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from itertools import groupby, starmap, takewhile
from operator import attrgetter
from pathlib import Path
from typing import Final, NamedTuple

from noroshi.hunting.engine.aliases import FieldRoles
from noroshi.hunting.engine.disk import disk_told
from noroshi.hunting.engine.ingest import BATCH, Order
from noroshi.hunting.engine.log_file import ignore, survey
from noroshi.hunting.engine.manifest import MAX_QUARANTINED_TEXT, Manifest, Refused
from noroshi.hunting.engine.parts import PartWriter, sweep
from noroshi.hunting.engine.readers import reader_for
from noroshi.hunting.engine.reasons import BadLineError, LineReason, RefusedFileError
from noroshi.hunting.engine.records import Replayed
from noroshi.hunting.engine.rows import RowWriter, columns_by_role

Place = tuple[int, int]
"""The number of a line's file, and its number in it."""

MAX_LINES: Final = 1_000_000
"""Lines that one replay reads."""

_NOT_WHOLE: Final = frozenset({LineReason.TOO_LONG, LineReason.ENCODING, LineReason.QUOTES})


class Kept(NamedTuple):
    """A line in quarantine, and when its file was read (ISO 8601)."""

    file: int
    line: int
    reason: str
    text: str
    read_at: str


class Head(NamedTuple):
    """A line that says how those after it are read (see `Manifest.heads`)."""

    line: int
    text: str


def replay(root: Path, manifest: Manifest, order: Order, key: bytes, memory_limit: str) -> Replayed:
    """Read a source's quarantine again; ``order`` names no files. Raises `DiskError` when the disk is in the way."""
    roles = FieldRoles(order.mapping)
    with disk_told(), manifest.ingest_lock(order.organisation):
        sweep(root, order.organisation, manifest.part_paths(order.organisation))
        writer = PartWriter(root, order.organisation, order.source, key, memory_limit)
        make_row = RowWriter(columns_by_role(key, order.local, order.bounds)).row
        with closing(writer):
            return _read_again(manifest, order, writer, make_row, roles)


def _read_again(
    manifest: Manifest, order: Order, writer: PartWriter, make_row: Callable[..., str], roles: FieldRoles
) -> Replayed:
    kept = [Kept(*row) for row in manifest.quarantined(order.organisation, order.source, MAX_LINES)]
    rows: list[str] = []
    places: list[Place] = []
    events = 0
    for file, group in groupby(kept, attrgetter("file")):
        lines = _legible(group, manifest.heads(file))
        for place, fields in _records(lines, writer.scratch / "again.txt", roles, order.format):
            try:
                rows.append(make_row(*place, fields))
            except BadLineError:
                continue
            places.append(place)
        if len(rows) >= BATCH:
            events += _commit(manifest, writer, rows, places)
    events += _commit(manifest, writer, rows, places)
    return Replayed(events, len(kept) - events)


def _legible(lines: Iterable[Kept], heads: Sequence[tuple[int, str]]) -> list[Kept | Head]:
    """Return the lines of a file that are kept whole, in their order with what says how they are read."""
    whole = [line for line in lines if line.reason not in _NOT_WHOLE and 0 < len(line.text) < MAX_QUARANTINED_TEXT]
    together: list[Kept | Head] = [*whole, *starmap(Head, heads)]
    return list(takewhile(attrgetter("text"), sorted(together, key=attrgetter("line"))))


def _records(
    lines: Sequence[Kept | Head], scratch: Path, roles: FieldRoles, name: str | None
) -> Iterator[tuple[Place, dict[str, str]]]:
    """Yield what the source's reader makes of one file's lines; its clock is that of the day they came."""
    kept = {number: line for number, line in _numbered(lines) if isinstance(line, Kept)}
    if not kept:
        return
    scratch.write_text("".join(f"{line.text}\n" for line in lines), encoding="utf-8")
    read_at = datetime.fromisoformat(kept[min(kept)].read_at).timestamp()
    os.utime(scratch, (read_at, read_at))
    try:
        surveyed = survey(scratch)
        for number, _raw, fields in reader_for(surveyed.sample, roles, name)(surveyed, roles, ignore):
            if number in kept:
                yield (kept[number].file, kept[number].line), fields
    except RefusedFileError:
        return


def _numbered(lines: Iterable[Kept | Head]) -> Iterator[tuple[int, Kept | Head]]:
    """Yield each line with its number in the file that they are written to; a record can be of several."""
    number = 1
    for line in lines:
        yield number, line
        number += line.text.count("\n") + 1


def _commit(manifest: Manifest, writer: PartWriter, rows: list[str], places: list[Place]) -> int:
    """Bring events in and take their lines out of the quarantine, in one transaction; return how many."""
    events = len(rows)
    if events:
        manifest.commit([], writer.write(rows), Refused(), released=places)
        rows.clear()
        places.clear()
    return events
