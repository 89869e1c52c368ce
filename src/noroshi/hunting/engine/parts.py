"""Staged rows become Parquet parts: one for each day, sorted by time, complete on disk before anyone hears of them."""

import shutil
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import duckdb

from noroshi.hunting.engine.index import IndexWriter, epoch_of, epochs
from noroshi.hunting.engine.index_parts import IndexPart
from noroshi.hunting.engine.manifest import Part, Written
from noroshi.hunting.engine.normalise import account_pseudonyms
from noroshi.hunting.engine.schema import STAGED_COLUMNS
from noroshi.hunting.engine.session import connect
from noroshi.kit.domain.durable import publish

# Small row groups: a hit's events are then a few milliseconds away.
ROW_GROUP: Final = 32_768
# The least effort takes half the time of the usual one for a twentieth more room; compaction makes the latter.
OPTIONS: Final = f"FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {ROW_GROUP}"
EVENTS: Final = "events"

_ROWS = f"""
CREATE OR REPLACE TABLE rows_of_text AS
SELECT * FROM read_csv(?, header = false, auto_detect = false, delim = ',', quote = '"', escape = '"', nullstr = '',
              new_line = '\\n', max_line_size = 4000000, hive_partitioning = false, columns = {STAGED_COLUMNS})
"""  # noqa: S608 - our own column names
_NOTHING = ", ".join(f"NULL::{kind} AS {name}" for name, kind in STAGED_COLUMNS.items())
_STAGE = f"""
CREATE OR REPLACE TEMP VIEW staged AS
SELECT * REPLACE (make_timestamptz(time) AS time), CAST(make_timestamp(time) AS DATE) AS day
FROM (SELECT {_NOTHING} WHERE false UNION ALL BY NAME {{tables}})
"""  # noqa: S608 - the same
# Most logs are written in the order of time: to look takes a tenth of what sorting does.
_IS_SORTED = """
SELECT bool_and(time > t OR time = t AND file = f AND line > l OR t IS NULL)
FROM (SELECT time, file, line, lag(time) OVER () AS t, lag(file) OVER () AS f, lag(line) OVER () AS l FROM staged)
"""
_SORTED = "ORDER BY time, file, line"
_DAYS = "SELECT day, count(*), epoch_us(min(time)), epoch_us(max(time)) FROM staged GROUP BY 1 ORDER BY 1"
# A column without a value takes as long to write as one with.
_FILLED = f"SELECT {', '.join(f'count({name})' for name in STAGED_COLUMNS)} FROM staged"  # noqa: S608 - the same


class PartWriter:
    """Writes the parts of one ingest of one organisation and source, and their index."""

    def __init__(self, root: Path, organisation: str, source: str, key: bytes, memory_limit: str) -> None:
        self._root = root
        self._organisation = organisation
        self._source = source
        self._pseudonym = account_pseudonyms(key)
        self._scratch = _staging(root, organisation)
        shutil.rmtree(self._scratch, ignore_errors=True)  # a killed ingest may have left some
        self._scratch.mkdir(parents=True)
        self._duckdb = connect(memory_limit, self._scratch)
        # A batch is hardly more than what DuckDB gives one thread, and two batches are in work at once.
        self._duckdb.execute("SET threads = 1").fetchall()

    def close(self) -> None:
        """Drop what was staged."""
        self._duckdb.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    @property
    def scratch(self) -> Path:
        """The folder for work in progress."""
        return self._scratch

    def session(self) -> duckdb.DuckDBPyConnection:
        """Return another session of the same DuckDB, in which tables can be made that `write` finds."""
        return self._duckdb.cursor()

    def write(self, rows: Sequence[str], tables: Sequence[str] = ()) -> Written:
        """Write rows as parts under their final names, durably; the manifest does not know them yet.

        Rows are lines of CSV and what is in tables of some of the columns `STAGED_COLUMNS`, which are dropped.
        """
        tables = [*tables, *self._loaded(rows)]
        stage = _STAGE.format(tables=" UNION ALL BY NAME ".join(f"FROM {table}" for table in tables))
        self._duckdb.execute(stage).fetchall()
        order = "" if self._duckdb.execute(_IS_SORTED).fetchall()[0][0] else _SORTED
        counts = self._duckdb.execute(_FILLED).fetchall()[0]
        columns = ", ".join(name for name, count in zip(STAGED_COLUMNS, counts, strict=True) if count)
        parts = [self._write_day(columns, order, *day) for day in self._duckdb.execute(_DAYS).fetchall()]
        written = Written(parts, [self._index(epoch, parts) for epoch in epochs(self._duckdb, "staged")])
        self.drop(tables)
        return written

    def _loaded(self, rows: Sequence[str]) -> Iterator[str]:
        """Make a table of lines of CSV, if there are any."""
        if rows:
            staged = self._scratch / "rows.csv"
            staged.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
            self._duckdb.execute(_ROWS, [str(staged)]).fetchall()
            yield "rows_of_text"

    def drop(self, tables: Sequence[str]) -> None:
        """Drop tables that `write` shall not find."""
        for table in tables:
            self._duckdb.execute(f"DROP TABLE {table}").fetchall()

    def _write_day(self, columns: str, order: str, day: Any, events: int, first: int, last: int) -> Part:
        scratch = self._scratch / "part.parquet"
        self._duckdb.execute(self._copy(day, scratch, columns, order)).fetchall()
        path = f"{EVENTS}/organisation={self._organisation}/day={day}/{uuid.uuid4().hex}.parquet"
        publish(scratch, self._root / path)
        size = (self._root / path).stat().st_size
        return Part(path, self._organisation, self._source, str(day), events, size, first, last)

    def _copy(self, day: Any, target: Path, columns: str, order: str) -> str:
        """SQL that writes one day. COPY takes no parameters; the names are slugs and the path is ours."""
        quoted = str(target).replace("'", "''")
        return f"""
            COPY (SELECT '{self._organisation}' AS organisation, '{self._source}' AS source, {columns}
                  FROM staged WHERE day = DATE '{day}' {order})
            TO '{quoted}' ({OPTIONS})
        """  # noqa: S608

    def _index(self, epoch: int, parts: Sequence[Part]) -> tuple[IndexPart, list[str]]:
        writer = IndexWriter(self._duckdb, self._root, self._scratch)
        made = writer.write("staged", organisation=self._organisation, epoch=epoch, pseudonym=self._pseudonym)
        return made, [part.path for part in parts if epoch_of(part.first_time) == epoch]


def _staging(root: Path, organisation: str) -> Path:
    return root / "staging" / f"organisation={organisation}"


def sweep(root: Path, organisation: str, known: set[str]) -> int:
    """Delete the parts that the manifest does not know, and return how many; call it under the ingest lock."""
    found = (root / EVENTS / f"organisation={organisation}").glob("day=*/*.parquet")
    unknown = [part for part in found if part.relative_to(root).as_posix() not in known]
    for part in unknown:
        part.unlink()
    return len(unknown)
