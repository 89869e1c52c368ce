"""The last resort: lines that hold a time somewhere, such as a program's own log, read for what a hunt looks for."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from noroshi.hunting.engine.aliases import FieldRoles
from noroshi.hunting.engine.log_file import Record, Reject, Survey, read_lines
from noroshi.hunting.engine.readers import message
from noroshi.hunting.engine.reasons import LineReason

MAX_HEAD: Final = 2_048
"""Characters in which a line's time is looked for."""

_CLOCK = r"\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?"
_ZONE = r"(?: ?(?:Z|UTC|GMT|JST)\b| ?[+-]\d\d:?\d\d)?"
_DAY = r"(?:[A-Z][a-z]{2} +\d{1,2}|\d{1,2}[ -][A-Z][a-z]{2})"
_TIME = re.compile(
    rf"(?<!\d)\d{{4}}[-/]\d\d[-/]\d\d(?:T| {{1,2}}| - ){_CLOCK}{_ZONE}"
    rf"|(?<!\d)\d{{1,2}}/[A-Z][a-z]{{2}}/\d{{4}}[: ]{_CLOCK}{_ZONE}"
    rf"|\b{_DAY},?[ -]\d{{4}},? {_CLOCK}{_ZONE}"
    rf"|\b{_DAY} {_CLOCK} \d{{4}}"
    r"|(?<=audit\()\d{10}\.\d{3}(?=:)"
)


def recognises(lines: Sequence[str]) -> bool:
    """Tell whether most of the first lines that are not blank hold a time."""
    first = [line for line in lines if line][:20]
    return sum(1 for line in first if _TIME.search(line, 0, MAX_HEAD)) * 2 > len(first)


def read(surveyed: Survey, roles: FieldRoles, reject: Reject) -> Iterator[Record]:
    """Yield the fields of each line."""
    for number, line in read_lines(surveyed, reject):
        found = _TIME.search(line, 0, MAX_HEAD)
        if found is None:
            reject(number, LineReason.TIME, line)
            continue
        text = (line[: found.start()] + line[found.end() :]).strip() if found.start() < 2 else line  # noqa: PLR2004 - "[" alone
        time = found[0].replace(",", ".").replace(" - ", " ")
        yield number, line, {"time": time, **_without_time(message.read(text, "", roles))}


def _without_time(fields: dict[str, str]) -> dict[str, str]:
    fields.pop("time", None)
    return fields
