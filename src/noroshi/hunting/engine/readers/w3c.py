"""The W3C Extended Log File Format: IIS, CloudFront and others; and Exchange, which writes its cells as CSV.

``#Fields:`` names the columns, again wherever the server started anew. Date and time are in UTC by the standard.
"""

import csv
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from noroshi.hunting.engine.aliases import Dialect, FieldRoles
from noroshi.hunting.engine.log_file import Record, Reject, Survey, ignore, read_lines
from noroshi.hunting.engine.readers.compose import compose
from noroshi.hunting.engine.reasons import LineReason
from noroshi.hunting.engine.schema import EventClass

_NAMES: Final[Dialect] = {
    "time": "date-time datetime time",
    "src_ip": "c-ip client-ip cip cep original-client-ip",
    "src_port": "c-port",
    "dst_ip": "s-ip server-ip sip sep",
    "user": "cs-username user",
    "host": "x-host-header cs-host cs(host)",
    "email": "sender-address return-path",
    "action": "cs-method event-id command",
    "reporter": "s-computername server-hostname",
    "bytes_out": "cs-bytes",
    "session": "sessionid session-id",
}
_FIELDS = re.compile(r"#Fields:\s*(\S.*)", re.IGNORECASE)
_HEAD = re.compile(r"#(?:Software|Version|Date|Fields|Start-Date|Log-type):", re.IGNORECASE)


def recognises(sample: str) -> bool:
    """Tell whether the content begins with a directive of the format."""
    return bool(_HEAD.match(sample.lstrip("\r\n")))


def read(surveyed: Survey, roles: FieldRoles, reject: Reject) -> Iterator[Record]:
    """Yield the fields of each line."""
    roles = roles.in_dialect(_NAMES)
    columns = _Columns("")
    for number, line in read_lines(surveyed, reject):
        if line.startswith("#"):
            if match := _FIELDS.match(line):
                columns = _Columns(match[1].strip())
            continue
        cells = columns.cells(line)
        if len(cells) != len(columns.names):
            reject(number, LineReason.COLUMNS, line)
            continue
        yield number, line, _fields(columns, roles.assign(zip(columns.names, cells, strict=True)))


def heads(surveyed: Survey) -> Iterator[tuple[int, str]]:
    """Yield the lines that name columns, with their numbers."""
    return (head for head in read_lines(surveyed, ignore) if _FIELDS.match(head[1]))


def _fields(columns: "_Columns", fields: dict[str, str]) -> dict[str, str]:
    in_utc = "date" in fields
    if "user_agent" in fields:
        fields["user_agent"] = columns.user_agent(fields["user_agent"])
    if columns.are_of_the_web:
        fields["class"] = EventClass.WEB
    compose(fields)
    if in_utc:
        fields["time"] = f"{fields['time']}Z"
    return fields


class _Columns:
    """The columns that one ``#Fields:`` line names."""

    def __init__(self, names: str) -> None:
        self._separator = next((mark for mark in "\t," if mark in names), " ")
        self.names = [name.strip() for name in names.split(self._separator)] if names else []
        self.are_of_the_web = any(name.lower().startswith("cs-uri") for name in self.names)

    def cells(self, line: str) -> list[str]:
        """Cut a line; ``-`` is nothing."""
        cells = _csv_cells(line) if self._separator == "," else line.split(self._separator)
        return ["" if cell == "-" else cell for cell in cells]

    def user_agent(self, written: str) -> str:
        """Undo how a blank is written: ``+`` by IIS, ``%20`` by CloudFront."""
        return unquote(written) if self._separator == "\t" else written.replace("+", " ")


def _csv_cells(line: str) -> list[str]:
    try:
        return next(csv.reader([line]), [])
    except csv.Error:  # a lone carriage return outside quotation marks
        return []
