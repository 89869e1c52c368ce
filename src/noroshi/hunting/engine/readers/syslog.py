"""Syslog as files keep it: RFC 5424, RFC 3164, and the forms of rsyslog, syslog-ng and Cisco between the two.

CEF and LEEF are read here also where no syslog is in front of them. RFC 3164 names no year: it is the last one in which
the line is not younger than its file.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from noroshi.hunting.engine import timestamps
from noroshi.hunting.engine.aliases import FieldRoles
from noroshi.hunting.engine.log_file import Record, Reject, Survey, read_lines
from noroshi.hunting.engine.readers import cef, message
from noroshi.hunting.engine.reasons import BadLineError, LineReason

_NIL = "-"
_PRIORITY = r"(?:\d{1,7} )?(?:<\d{1,3}>)?"  # a length before it is RFC 6587's framing
_ISO = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
_MONTH = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_ELEMENT = r"\[(?:[^\]\\\"]|\\.|\"(?:[^\"\\]|\\.)*\")*\]"
_RFC_5424 = re.compile(
    rf"{_PRIORITY}\d{{1,2}} (?P<time>{_ISO}|-) (?P<host>\S+) (?P<program>\S+) \S+ (?P<id>\S+) "
    rf"(?:-|(?P<data>(?:{_ELEMENT})+))(?: \ufeff?(?P<text>.*))?"
)
_RFC_3164 = re.compile(
    rf"{_PRIORITY}(?:\d+: )?[*.]?(?:(?P<time>{_ISO})|(?P<month>{_MONTH}) {{1,2}}(?P<day>\d{{1,2}})"
    r"(?: (?P<year>\d{4}))? (?P<clock>\d\d:\d\d:\d\d(?:\.\d{1,9})?)(?: (?P<last>\d{4}))?(?: [A-Z]{3,4})?):? "
    r"(?!std(?:out|err) )(?P<host>[A-Za-z0-9][^\s\[\]()|,;\"']*) (?P<rest>.*)"
)
_TAG = re.compile(r"(?P<program>[\w.@/()+-]{1,64}?)(?:\[[^\]]{0,32}\])?: ?")
_PARAMETER = re.compile(r"([^\s=\]\"\[]{1,64})=\"((?:[^\"\\]|\\.)*)\"")
_ESCAPED = re.compile(r"\\([\"\\\]])")
_CISCO_MARK = re.compile(r"%[A-Z0-9_-]+")
_SLACK: Final = timedelta(days=1)  # zones, and clocks that are a little ahead


class Line(NamedTuple):
    """A syslog line taken apart; ``data`` are the parameters of RFC 5424, ``id`` its message id."""

    time: str
    host: str
    program: str
    id: str
    data: tuple[tuple[str, str], ...]
    text: str


def recognises(lines: Sequence[str]) -> bool:
    """Tell whether most of the first lines that are not blank are syslog, or CEF or LEEF without it."""
    first = [line for line in lines if line][:20]
    known = sum(1 for line in first if cef.begins(line) or _RFC_5424.match(line) or _RFC_3164.match(line))
    return known * 2 > len(first)


def read(surveyed: Survey, roles: FieldRoles, reject: Reject) -> Iterator[Record]:
    """Yield the fields of each line; what a sender without a clock sent has the time at which it was received."""
    received = surveyed.received.isoformat() if surveyed.received else _NIL
    latest = datetime.fromtimestamp(surveyed.path.stat().st_mtime, UTC) + _SLACK
    for number, line in read_lines(surveyed, reject):
        try:
            fields = cef.read(line, roles) if cef.begins(line) else _fields(split(line, latest), roles, received)
        except BadLineError as refused:
            reject(number, refused.reason, line)
        else:
            yield number, line, fields


def _fields(line: Line, roles: FieldRoles, received: str = _NIL) -> dict[str, str]:
    """Return the fields of a line; what its message says of a time is more exact than the line's."""
    fields = message.read(line.text, line.program, roles)
    fields = roles.assign(line.data) | fields
    if timestamps.parse(fields.get("time", ""), UTC) is None:
        fields["time"] = received if line.time == _NIL else line.time
    for role, value in (("reporter", line.host), ("process", line.program), ("event_code", line.id)):
        if value and value != _NIL:
            fields.setdefault(role, value)
    return fields


def split(line: str, latest: datetime) -> Line:
    """Take a line apart; a time without a year is not after ``latest``. Raise `BadLineError` if it is no syslog."""
    if match := _RFC_5424.fullmatch(line):
        data = tuple((name, _ESCAPED.sub(r"\1", value)) for name, value in _PARAMETER.findall(match["data"] or ""))
        return Line(match["time"], match["host"], match["program"], match["id"], data, match["text"] or "")
    match = _RFC_3164.fullmatch(line)
    if match is None:
        raise BadLineError(LineReason.NOT_SYSLOG)
    tag = _TAG.match(match["rest"])
    text = match["rest"][tag.end() :] if tag else match["rest"]
    mark = _CISCO_MARK.match(text)
    program = tag["program"].rpartition("/")[2] if tag else ""
    return Line(_time(match, latest), match["host"], program, mark[0] if mark else "", (), text)


def _time(match: re.Match[str], latest: datetime) -> str:
    if match["time"]:
        return match["time"]
    year = match["year"] or match["last"] or _year(match["month"], int(match["day"]), latest)
    return f"{year}-{timestamps.month_number(match['month'])}-{match['day']} {match['clock']}"


@lru_cache(maxsize=1_000)
def _year(month: str, day: int, latest: datetime) -> int:
    """Return the last year in which that day has come by ``latest``; this year's if there is none."""
    number = timestamps.month_number(month)
    for year in range(latest.year, latest.year - 8, -1):
        try:
            if datetime(year, number, day, tzinfo=UTC) <= latest:
                return year
        except ValueError:  # the 29th of February, or no day at all
            continue
    return latest.year
