"""Rows of a table into DuckDB: through a file, which takes a fraction of the time of parameters."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    import duckdb

Columns = Mapping[str, str]
"""Their types by their names; a BLOB is handed over as hexadecimal digits."""

SAID: Final[Columns] = {"said": "INTEGER", "saying": "INTEGER", "value": "BLOB"}
SAYING: Final[Columns] = {"saying": "INTEGER", "digest": "BLOB"}
RECORD: Final[Columns] = {"record": "INTEGER", "name": "VARCHAR", "saying": "INTEGER"}
SPAN: Final[Columns] = {
    "span": "INTEGER",
    "saying": "INTEGER",
    "alone": "BOOLEAN",
    "package": "VARCHAR",
    "product": "VARCHAR",
    "name": "VARCHAR",
    "ord": "TINYINT",
    "low": "BLOB",
    "high": "BLOB",
    "weight": "UTINYINT",
    "by_numbers": "BOOLEAN",
    "rule": "BLOB",
}
PART: Final[Columns] = {
    "part": "INTEGER",
    "package": "VARCHAR",
    "product": "VARCHAR",
    "name": "VARCHAR",
    "ord": "TINYINT",
    "place": "BLOB",
    "odd": "BOOLEAN",
    "blank": "BOOLEAN",
    "plain": "BOOLEAN",
}
ALIAS: Final[Columns] = {"part": "INTEGER", "theirs": "VARCHAR", "sure": "BOOLEAN"}
"""By what records may call a part besides, as an institution learned."""


def literal(text: str) -> str:
    """Return SQL of a text."""
    return "'" + text.replace("'", "''") + "'"


def create(opened: "duckdb.DuckDBPyConnection", table: str, columns: Columns) -> None:
    """Make an empty table."""
    opened.execute(f"CREATE TABLE {table} ({', '.join(f'{name} {kind}' for name, kind in columns.items())})")


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
    """Put the rows of a file into a table."""
    opened.execute(f"INSERT INTO {table} {read(columns, path)}")


def read(columns: Columns, path: Path) -> str:
    """Return SQL that reads the rows of a file."""
    types = ", ".join(f"{literal(name)}: {literal(_TYPES.get(kind, kind))}" for name, kind in columns.items())
    wanted = ", ".join(f"unhex(coalesce({name}, ''))" if kind == "BLOB" else name for name, kind in columns.items())
    return (
        f"SELECT {wanted} FROM read_csv({literal(str(path))}, columns = {{{types}}}, header = false, delim = ',', "  # noqa: S608 - names of ours
        "quote = '\"', escape = '\"', nullstr = '', auto_detect = false, max_line_size = 67108864)"
    )


_TYPES: Final = {"BLOB": "VARCHAR"}
