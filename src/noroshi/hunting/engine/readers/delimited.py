"""CSV and its relatives (comma, tab, semicolon, bar) with a header line. A formula in a cell is just text."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from noroshi.hunting.engine.aliases import FieldRoles
from noroshi.hunting.engine.log_file import Record, Reject, Survey, ignore, read_lines
from noroshi.hunting.engine.readers.compose import compose
from noroshi.hunting.engine.reasons import LineReason

DELIMITERS: Final = ",\t;|"
MAX_LINES_OF_A_RECORD: Final = 50
MAX_COLUMNS: Final = 1000
csv.field_size_limit(1 << 21)  # lines are bounded before; the module's 128 KiB would stop at a legal one


def recognises(sample: str, roles: FieldRoles) -> bool:
    """Tell whether the first line is a header that names a time."""
    header = _cells(_first_line(sample), _delimiter(sample))
    found = {ranked[1] for name in header if (ranked := roles[name])}
    return 1 < len(header) <= MAX_COLUMNS and bool(found & {"time", "date"})


def read(surveyed: Survey, roles: FieldRoles, reject: Reject) -> Iterator[Record]:
    """Yield the fields of each record; its number is that of its first line."""
    delimiter = _delimiter(surveyed.sample)
    lines = read_lines(surveyed, reject)
    joined = _records(lines, reject)
    _, first = next(joined)
    return _fields(joined, _cells(first, delimiter), delimiter, roles, reject)


def heads(surveyed: Survey) -> Iterator[tuple[int, str]]:
    """Yield the header, the first record, with its number."""
    return islice(_records(read_lines(surveyed, ignore), ignore), 1)


def plain_header(sample: str) -> tuple[list[str], str] | None:
    """Return the header's cells and the delimiter of a file that begins so, where the header is plainly line 1."""
    first, end, _ = sample.partition("\n")
    if not first.strip() or not end or '"' in first or "\ufffd" in first:
        return None
    return _cells(first.rstrip("\r"), _delimiter(sample)), _delimiter(sample)


def records(
    lines: Iterable[tuple[int, str]], roles: FieldRoles, reject: Reject, *, header: Sequence[str], delimiter: str
) -> Iterator[Record]:
    """Yield the fields of records on numbered lines; line 1, the plain header, may be among them."""
    after_header = ((number, line) for number, line in lines if number > 1)
    return _fields(_records(after_header, reject), header, delimiter, roles, reject)


def _fields(
    joined: Iterator[tuple[int, str]], header: Sequence[str], delimiter: str, roles: FieldRoles, reject: Reject
) -> Iterator[Record]:
    for number, record in joined:
        cells = _cells(record, delimiter)
        if len(cells) == len(header):
            yield number, record, compose(roles.assign(zip(header, cells, strict=True)))
        else:
            reject(number, LineReason.COLUMNS, record)


def _records(lines: Iterator[tuple[int, str]], reject: Reject) -> Iterator[tuple[int, str]]:
    """Join the lines of a quoted value; a quotation mark that never closes costs its own line only."""
    ahead: deque[tuple[int, str]] = deque()
    while line := ahead.popleft() if ahead else next(lines, None):
        number, text = line
        if text.count('"') % 2 == 0:
            yield line
            continue
        joined = _joined(text, lines, ahead)
        if joined is None:
            reject(number, LineReason.QUOTES, text)
        else:
            yield number, joined


def _joined(text: str, lines: Iterator[tuple[int, str]], ahead: deque[tuple[int, str]]) -> str | None:
    """Return the record that begins with ``text``, taking its further lines from ``ahead``; None if it never closes."""
    parts = [text]
    for place in range(MAX_LINES_OF_A_RECORD):
        if place == len(ahead):
            following = next(lines, None)
            if following is None:
                return None
            ahead.append(following)
        parts.append(ahead[place][1])
        if ahead[place][1].count('"') % 2:
            for _ in range(place + 1):
                ahead.popleft()
            return "\n".join(parts)
    return None


def _first_line(sample: str) -> str:
    return sample.lstrip("\r\n").partition("\n")[0].rstrip("\r")


def _delimiter(sample: str) -> str:
    return max(DELIMITERS, key=_first_line(sample).count)


def _cells(record: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([record], delimiter=delimiter), [])
    except csv.Error:  # a lone carriage return outside quotation marks
        return []
