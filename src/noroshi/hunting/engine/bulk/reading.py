"""One log file read in bulk: batch by batch, what SQL takes, and what it leaves to the reader of its format."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Final, Protocol

import duckdb

from noroshi.hunting.engine.aliases import FieldRoles
from noroshi.hunting.engine.bulk.batches import Batch, load
from noroshi.hunting.engine.bulk.delimited import DelimitedLines
from noroshi.hunting.engine.bulk.objects import ObjectLines
from noroshi.hunting.engine.bulk.values import Values
from noroshi.hunting.engine.bulk.web import WebLines
from noroshi.hunting.engine.log_file import Record, Reject, Survey
from noroshi.hunting.engine.readers import Reader, delimited, json_text, web

WORTH_IT: Final = 20_000
"""Lines of a file from which on its bulk is read in SQL."""

Records = Callable[[Iterator[tuple[int, str]], FieldRoles, Reject], Iterator[Record]]
_TABLES = count()


class Lines(Protocol):
    """Lines of one format."""

    def extract(self, duck: duckdb.DuckDBPyConnection) -> Sequence[str] | None:
        """Make the view ``raw`` (line, texts of roles) of the plain ones of ``lines``; None where there are none."""
        ...


@dataclass(frozen=True, slots=True)
class BulkFormat:
    """What of a format SQL takes, the reader of what it leaves, and a sign that makes lines depend on each other."""

    lines: Lines
    records: Records
    joins_lines: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """The events that SQL made of a batch, in a table of staged rows, and the lines that it left."""

    table: str
    events: int
    spans: set[str]
    left: Iterator[tuple[int, str]]


def bulk_format(read: Reader, surveyed: Survey, roles: FieldRoles) -> BulkFormat | None:
    """Return how a file is read in bulk, or None where it is not worth it or its format has no such way."""
    if surveyed.lines < WORTH_IT:
        return None
    if read is web.read:
        return BulkFormat(WebLines(), web.records)
    if read is json_text.read_lines:
        return BulkFormat(ObjectLines(roles), json_text.records)
    if read is delimited.read and (plain := delimited.plain_header(surveyed.sample)):
        header, delimiter = plain
        records = partial(delimited.records, header=header, delimiter=delimiter)
        return BulkFormat(DelimitedLines(header, delimiter, roles), records, joins_lines='"')
    return None


# What a text can make SQL stumble over: the readers then read the batch.
_OF_THE_TEXT: Final = (duckdb.ConversionException, duckdb.InvalidInputException, duckdb.OutOfRangeException)


class BulkReader:
    """Takes batches of one file."""

    def __init__(self, duck: duckdb.DuckDBPyConnection, lines: Lines, values: Values) -> None:
        self._duck = duck
        self._lines = lines
        self._values = values

    def take(self, file: int, batch: Batch) -> Taken:
        """Make events of a batch as far as SQL can."""
        try:
            return self._taken(file, batch) or _untaken(batch)
        except _OF_THE_TEXT:
            return _untaken(batch)

    def _taken(self, file: int, batch: Batch) -> Taken | None:
        roles = self._lines.extract(self._duck) if load(self._duck, batch) else None
        if not roles or "time" not in roles:
            return None
        table = f"taken_{next(_TABLES)}"
        events = self._values.take(table, file, roles)
        left = f"SELECT line, text FROM lines ANTI JOIN {table} USING (line) WHERE text <> '' ORDER BY line"  # noqa: S608 - our own
        return Taken(table, events, self._values.spans(table), iter(self._duck.execute(left).fetchall()))


def _untaken(batch: Batch) -> Taken:
    return Taken("", 0, set(), batch.numbered())
