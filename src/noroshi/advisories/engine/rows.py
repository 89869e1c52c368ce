"""Rows of a table into DuckDB: through a file, which takes a fraction of the time of parameters."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    import duckdb

Columns = Mapping[str, str]
"""Their types by their names; a BLOB is handed over as hexadecimal digits."""

RECORD: Final[Columns] = {"record": "INTEGER", "name": "VARCHAR", "state": "BIGINT"}
"""``state`` is a number of whoever extends: by it they know whether a record says what it said."""
MARK: Final[Columns] = {"mark": "VARCHAR"}
BLOCK: Final[Columns] = {"block": "INTEGER", "record": "INTEGER", "value": "VARCHAR"}
CALL: Final[Columns] = {"call": "INTEGER", "package": "BOOLEAN", "text": "VARCHAR", "scheme": "TINYINT"}
SPAN: Final[Columns] = {
    "span": "INTEGER",
    "record": "INTEGER",
    "alone": "BOOLEAN",
    "lane": "INTEGER",
    "low": "BLOB",
    "high": "BLOB",
    "rank": "BIGINT",
    "by_numbers": "BIGINT",
    "rule": "BLOB",
}
PART: Final[Columns] = {
    "part": "INTEGER",
    "lane": "INTEGER",
    "place": "BLOB",
    "rank": "BIGINT",
    "by_numbers": "BIGINT",
    "learned": "BOOLEAN",
}
"""A component in one lane. ``by_numbers`` here and in a span are the same bits, or none."""


def literal(text: str) -> str:
    """Return SQL of a text."""
    return "'" + text.replace("'", "''") + "'"


def create(opened: "duckdb.DuckDBPyConnection", table: str, columns: Columns) -> None:
    """Make a table where there is none yet."""
    types = ", ".join(f"{name} {kind}{_PACKED.get(name, '')}" for name, kind in columns.items())
    opened.execute(f"CREATE TABLE IF NOT EXISTS {table} ({types})")


class Writer:
    """Writes rows to a file that `read` reads; True is 1, None is an empty field."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("w", encoding="utf-8", newline="")
        self.write = csv.writer(self._stream, lineterminator="\n").writerow

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()


def insert(opened: "duckdb.DuckDBPyConnection", table: str, columns: Columns, path: Path) -> None:
    """Put the rows of a file into a table; those of one lane beside each other, so that most others are passed over."""
    order = " ORDER BY lane" if "lane" in columns else ""
    opened.execute(f"INSERT INTO {table} {read(columns, path)}{order}")


def read(columns: Columns, path: Path) -> str:
    """Return SQL that reads the rows of a file."""
    types = ", ".join(f"{literal(name)}: {literal(_TYPES.get(kind, kind))}" for name, kind in columns.items())
    wanted = ", ".join(f"unhex(coalesce({name}, ''))" if kind == "BLOB" else name for name, kind in columns.items())
    return (
        f"SELECT {wanted} FROM read_csv({literal(str(path))}, columns = {{{types}}}, header = false, delim = ',', "  # noqa: S608 - names of ours
        "quote = '\"', escape = '\"', nullstr = '', auto_detect = false, max_line_size = 67108864)"
    )


_PACKED: Final = dict.fromkeys(("low", "high"), " USING COMPRESSION uncompressed")
"""The ends of spans: of whatever is looked for, some are read, and to unpack them took longer than all else."""
_TYPES: Final = {"BLOB": "VARCHAR"}
