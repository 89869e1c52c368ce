"""One ingest: log files of one organisation and source become events, each file wholly or not at all.

Rows of small files share a batch; a file larger than a batch has batches of its own. So what is committed is always a
number of whole files, and a file that fails takes nothing else with it.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from itertools import chain, takewhile
from pathlib import Path
from typing import Final

import duckdb

from noroshi.hunting.engine.aliases import FieldRoles
from noroshi.hunting.engine.bulk.batches import batches
from noroshi.hunting.engine.bulk.reading import BulkFormat, BulkReader, bulk_format
from noroshi.hunting.engine.bulk.values import Values
from noroshi.hunting.engine.disk import disk_told
from noroshi.hunting.engine.log_file import Record, Survey, read_blocks, survey
from noroshi.hunting.engine.manifest import MAX_QUARANTINED_TEXT, LogFile, Manifest, Refused, Written, file_number
from noroshi.hunting.engine.parts import PartWriter, sweep
from noroshi.hunting.engine.readers import heads, reader_for
from noroshi.hunting.engine.reasons import BadLineError, FileReason, LineReason, RefusedFileError
from noroshi.hunting.engine.records import IngestReport, Progress
from noroshi.hunting.engine.rows import RowWriter, columns_by_role
from noroshi.hunting.engine.timestamps import Bounds

BATCH: Final = 131_072
MAX_FILES_OF_A_BATCH: Final = 1000
PROGRESS_EVERY: Final = 20_000
# The text of that many refused lines is kept for each file; all of them are counted.
MAX_QUARANTINED_LINES: Final = 100_000
# Characters that are kept of a file's lines which say how others are read.
MAX_HEADS: Final = 1 << 20
MAX_SPANS: Final = 3_200

ProgressCallback = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What to ingest and how to read it.

    Times without an offset are taken in ``local``, those out of ``bounds`` are a wrong clock's;
    ``format`` is a name of `readers.FORMATS`, or None to recognise it. Files of a ``stream`` are known by their name
    and content, so that two equal batches are two; all others by their content alone.
    """

    organisation: str
    source: str
    files: Sequence[Path]
    mapping: Mapping[str, str] | None
    local: tzinfo
    bounds: Bounds
    progress: ProgressCallback | None
    format: str | None = None
    stream: bool = False


def ingest(root: Path, manifest: Manifest, order: Order, key: bytes, memory_limit: str) -> IngestReport:
    """Read log files into the lake; ingests of one organisation wait for each other.

    Raises `DiskError` when the disk is in the way: the files before are kept.
    """
    started = time.monotonic()
    roles = FieldRoles(order.mapping)
    with disk_told(), manifest.ingest_lock(order.organisation):
        sweep(root, order.organisation, manifest.part_paths(order.organisation))
        writer = PartWriter(root, order.organisation, order.source, key, memory_limit)
        columns = columns_by_role(key, order.local, order.bounds)
        with closing(_Batch(manifest, writer)) as batch, closing(writer.session()) as session:
            bulk = _Bulk(session, Values(session, key, order.local, order.bounds))
            run = _Run(manifest, order, batch, roles, RowWriter(columns), bulk)
            run.take_all()
    return run.report(time.monotonic() - started)


@dataclass(slots=True)
class _Reading:
    """One log file while it is read."""

    id: int
    surveyed: Survey
    events: int = 0
    refused: int = 0
    quarantine: Refused = field(default_factory=Refused)

    def reject(self, line: int, reason: LineReason, raw: object) -> None:
        self.refused += 1
        if len(self.quarantine.lines) < MAX_QUARANTINED_LINES:
            written = raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)
            text = written[:MAX_QUARANTINED_TEXT].encode("utf-8", "replace").decode("utf-8")
            self.quarantine.lines.append((self.id, line, str(reason), text))

    def keep_heads(self, heads: Iterable[tuple[int, str]]) -> None:
        """Keep the lines that say how those in quarantine are read; from where they are too many on, an empty one."""
        last = max(line for _file, line, _reason, _text in self.quarantine.lines)
        room = MAX_HEADS
        for line, text in takewhile(lambda head: head[0] < last, heads):
            room -= len(text)
            self.quarantine.heads.append((self.id, line, text if room >= 0 else ""))
            if room < 0:
                return


@dataclass(frozen=True, slots=True)
class _Bulk:
    """What reading in bulk needs of one ingest."""

    session: duckdb.DuckDBPyConnection
    values: Values


class _Run:
    """Takes the files of one order, one after the other."""

    def __init__(
        self,
        manifest: Manifest,
        order: Order,
        batch: "_Batch",
        roles: FieldRoles,
        rows: RowWriter,
        bulk: _Bulk,
    ) -> None:
        self._manifest = manifest
        self._order = order
        self._batch = batch
        self._roles = roles
        self._rows = rows
        self._bulk = bulk
        self._skipped: list[str] = []
        self._refused: list[tuple[str, str]] = []

    def take_all(self) -> None:
        for path in self._order.files:
            try:
                self._take(path)
            except RefusedFileError as refused:
                self._batch.abandon_file()
                self._refused.append((path.name, str(refused)))
        self._batch.commit()

    def _take(self, path: Path) -> None:
        surveyed = survey(path)
        if self._order.stream:
            known_by = hashlib.sha256(f"{path.name}:{surveyed.digest}".encode()).hexdigest()
            received = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            surveyed = replace(surveyed, digest=known_by, received=received)
        if self._batch.holds(surveyed.digest) or self._manifest.knows(self._order.organisation, surveyed.digest):
            self._skipped.append(path.name)
            return
        reading = _Reading(file_number(self._order.organisation, surveyed.digest), surveyed)
        self._rows.spans.clear()
        self._read(reading)
        self._batch.finish_file(self._log_file(reading), reading.quarantine)

    def _read(self, reading: _Reading) -> None:
        """Turn the lines of a file into rows of the batch."""
        surveyed = reading.surveyed
        read = reader_for(surveyed.sample, self._roles, self._order.format)
        form = bulk_format(read, surveyed, self._roles)
        if form is None:
            self._add(reading, read(surveyed, self._roles, reading.reject))
            self._pause(reading, surveyed.lines)
        else:
            self._read_in_bulk(reading, form)
        if reading.refused:
            reading.keep_heads(heads(read, surveyed))

    def _read_in_bulk(self, reading: _Reading, form: BulkFormat) -> None:
        reader = BulkReader(self._bulk.session, form.lines, self._bulk.values)
        gathered = batches(read_blocks(reading.surveyed, reading.reject))
        for batch in gathered:
            if form.joins_lines and batch.holds(form.joins_lines):
                rest = chain.from_iterable(each.numbered() for each in chain([batch], gathered))
                self._add(reading, form.records(rest, self._roles, reading.reject))
                self._pause(reading, reading.surveyed.lines)
                return
            taken = reader.take(reading.id, batch)
            self._rows.spans |= taken.spans
            reading.events += taken.events
            self._batch.add_table(taken.table)
            self._add(reading, form.records(taken.left, self._roles, reading.reject))
            self._pause(reading, batch.last)  # before it is written: a part for each day of a wild clock takes minutes
            self._batch.write()

    def _add(self, reading: _Reading, records: Iterable[Record]) -> None:
        row, add = self._rows.row, self._batch.add
        for line, raw, fields in records:
            try:
                add(row(reading.id, line, fields))
            except BadLineError as refused:
                reading.reject(line, refused.reason, raw)
                continue
            reading.events += 1
            if reading.events % PROGRESS_EVERY == 0:
                self._pause(reading, line)

    def _pause(self, reading: _Reading, line: int) -> None:
        """Now and then: check for a wild clock, tell how far we are."""
        if len(self._rows.spans) > MAX_SPANS:
            raise RefusedFileError(FileReason.DAYS)
        if self._order.progress:
            self._order.progress(Progress(reading.surveyed.path.name, line, reading.surveyed.lines))

    def _log_file(self, reading: _Reading) -> LogFile:
        surveyed = reading.surveyed
        return LogFile(
            id=reading.id,
            organisation=self._order.organisation,
            source=self._order.source,
            digest=surveyed.digest,
            name=surveyed.path.name,
            bytes=surveyed.size,
            lines=surveyed.lines,
            events=reading.events,
            quarantined=reading.refused,
            ingested_at=datetime.now(UTC).isoformat(),
        )

    def report(self, seconds: float) -> IngestReport:
        files = self._batch.committed
        return IngestReport(
            organisation=self._order.organisation,
            source=self._order.source,
            files=len(files),
            lines=sum(file.lines for file in files),
            events=sum(file.events for file in files),
            quarantined=sum(file.quarantined for file in files),
            skipped_files=tuple(self._skipped),
            refused_files=tuple(self._refused),
            seconds=seconds,
        )


class _Batch:
    """Rows, parts and files that the manifest does not know yet.

    Parts are written by a thread of their own (DuckDB works outside the interpreter's lock) while the next rows are
    made; at most two batches of rows are in memory.
    """

    def __init__(self, manifest: Manifest, writer: PartWriter) -> None:
        self.committed: list[LogFile] = []
        self._manifest = manifest
        self._writer = writer
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._writing: Future[Written] | None = None
        self._rows: list[str] = []
        self._tables: list[str] = []
        self._rows_of_whole_files = 0
        self._written = Written()
        self._files: list[LogFile] = []
        self._refused = Refused()

    def close(self) -> None:
        self._thread.shutdown()
        self._writer.close()

    def holds(self, digest: str) -> bool:
        return any(file.digest == digest for file in self._files)

    def add(self, row: str) -> None:
        self._rows.append(row)
        if len(self._rows) >= BATCH:
            self._make_room()

    def add_table(self, table: str) -> None:
        """Add the rows of a table of the writer's; empty: none."""
        if table:
            self._bring_in_files_before()
            self._tables.append(table)

    def _make_room(self) -> None:
        """In the middle of a file: bring the whole files before it in, then write what there is of it."""
        if not self._bring_in_files_before():
            self.write()

    def _bring_in_files_before(self) -> bool:
        """Commit the whole files in hand, without the rows of the one that is being read; tell whether there are."""
        if not self._files:
            return False
        started = self._rows[self._rows_of_whole_files :]
        del self._rows[self._rows_of_whole_files :]
        self.commit()
        self._rows = started
        return True

    def finish_file(self, file: LogFile, refused: Refused) -> None:
        """The rows since the last call were all of this file."""
        self._files.append(file)
        self._refused += refused
        self._rows_of_whole_files = len(self._rows)
        if self._written.parts or self._writing or len(self._files) >= MAX_FILES_OF_A_BATCH:
            self.commit()

    def abandon_file(self) -> None:
        """Forget the file in hand; parts already written of it stay unknown and are swept away later."""
        del self._rows[self._rows_of_whole_files :]
        self._wait()
        self._written = Written()
        self._writer.drop(self._tables)
        self._tables = []

    def commit(self) -> None:
        """Bring the whole files of the batch in."""
        self.write()
        self._wait()
        self._manifest.commit(self._files, self._written, self._refused)
        self.committed += self._files
        self._files, self._written, self._refused, self._rows_of_whole_files = [], Written(), Refused(), 0

    def write(self) -> None:
        """Have what there is written, without waiting for its end."""
        if self._rows or self._tables:
            self._wait()
            self._writing = self._thread.submit(self._writer.write, self._rows, self._tables)
            self._rows, self._tables = [], []

    def _wait(self) -> None:
        if self._writing:
            writing, self._writing = self._writing, None
            self._written += writing.result()
