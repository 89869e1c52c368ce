"""Web access logs in the common and combined formats of Apache and nginx, virtual host in front or not."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from noroshi.hunting.engine.aliases import FieldRoles
from noroshi.hunting.engine.log_file import Record, Reject, Survey, read_lines
from noroshi.hunting.engine.reasons import LineReason
from noroshi.hunting.engine.schema import EventClass

_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_LINE = re.compile(
    r"(?:(?P<vhost>[^\s:]+:\d+|[A-Za-z0-9.-]+\.[A-Za-z]{2,}(?= [\d.]+ | [\da-fA-F:]+ )) )?"
    r"(?!\d{4}-\d\d-)(?P<src_ip>\S+) \S+ (?P<user>.{1,256}?) \[(?P<time>[^\]]{20,40})\] "
    rf"{_QUOTED.replace('(', '(?P<request>', 1)} (?P<status>\d{{3}}) (?:\d+|-)"
    rf"(?: {_QUOTED.replace('(', '(?P<referrer>', 1)} {_QUOTED.replace('(', '(?P<user_agent>', 1)}(?: .*)?)?"
)
_BARE_QUOTES = re.compile(
    r'(?P<src_ip>\S+) \S+ (?P<user>\S+) \[(?P<time>[^\]]{20,40})\] "(?P<request>.*?)" (?P<status>\d{3}) (?:\d+|-) '
    r'"(?P<referrer>.*?)" "(?P<user_agent>.*?)"?'
)
# Quotation marks cut a combined line into seven pieces, a common one into three.
_COMBINED: Final = 7
_COMMON: Final = 3
# Where no quotation mark can be trusted the time to read a line grows with the square of its length.
MAX_BARE: Final = 8_192


def recognises(lines: Sequence[str]) -> bool:
    """Tell whether most of the first lines that are not blank are access log lines."""
    first = [line for line in lines if line][:20]
    return sum(1 for line in first if _match(line)) * 2 >= len(first) > 0


def read(surveyed: Survey, roles: FieldRoles, reject: Reject) -> Iterator[Record]:
    """Yield the fields of each line."""
    return records(read_lines(surveyed, reject), roles, reject)


def records(lines: Iterable[tuple[int, str]], _roles: FieldRoles, reject: Reject) -> Iterator[Record]:
    """Yield the fields of numbered lines."""
    for number, line in lines:
        fields = read_line(line)
        if fields is None:
            reject(number, LineReason.NOT_WEB, line)
            continue
        yield number, line, fields


def read_line(line: str) -> dict[str, str] | None:
    """Return the fields of one line; None if it is no access log's."""
    fields = _split(line) or _match(line)
    return fields and _with_request(fields)


def _split(line: str) -> dict[str, str] | None:
    """Read a line without escapes and odd blanks: ten times as fast as the pattern, and nearly all lines."""
    pieces = line.split('"')
    if len(pieces) not in {_COMBINED, _COMMON} or "\\" in line:
        return None
    head, tail = pieces[0].split(" "), pieces[2].split(" ")
    if len(head) != 6 or head[3][:1] != "[" or len(tail) < 3 or not tail[1].isdigit():  # noqa: PLR2004 - see _LINE
        return None
    fields = {
        "src_ip": head[0],
        "user": head[2],
        "time": f"{head[3]} {head[4]}",
        "request": pieces[1],
        "status": tail[1],
    }
    if len(pieces) == _COMBINED:
        fields["referrer"], fields["user_agent"] = pieces[3], pieces[5]
    return fields


def _match(line: str) -> dict[str, str] | None:
    """Read a line with escaped quotes; failing that, one whose server did not escape them or cut the last one off."""
    match = _LINE.fullmatch(line) or (_BARE_QUOTES.fullmatch(line) if len(line) <= MAX_BARE else None)
    if match is None:
        return None
    fields = {role: value for role, value in match.groupdict().items() if value}
    host = fields.pop("vhost", None)
    if host and fields.get("request", "").partition(" ")[2].startswith("/"):
        method, _, rest = fields["request"].partition(" ")
        fields["request"] = f"{method} http://{host}{rest}"
    return {"request": "", **fields}


def _with_request(fields: dict[str, str]) -> dict[str, str]:
    """Replace the request line, in place, by method and URL; noise on the port (TLS, scans) has neither."""
    fields["class"] = EventClass.WEB
    method, _, rest = fields.pop("request").partition(" ")
    if rest and method.isupper():
        target, _, version = rest.rpartition(" ")
        fields["action"] = method
        fields["url"] = target if version.startswith("HTTP/") else rest
    return fields
