"""Readers: from the lines of a log file to (line number, raw line, {role: text}).

A reader hands what it cannot read to ``reject`` and never stops at a bad line.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from noroshi.hunting.engine.aliases import FieldRoles
from noroshi.hunting.engine.log_file import Record, Reject, Survey
from noroshi.hunting.engine.readers import delimited, json_text, syslog, text, w3c, web, zeek
from noroshi.hunting.engine.reasons import FileReason, LakeError, RefusedFileError

Reader = Callable[[Survey, FieldRoles, Reject], Iterator[Record]]


@dataclass(frozen=True, slots=True)
class Format:
    """A log format: how its beginning is recognised (sample, its lines, the roles of names) and how it is read."""

    recognises: Callable[[str, Sequence[str], FieldRoles], bool]
    read: Reader


# In the order in which they are tried; the names are those that `--format` takes.
FORMATS: Final[dict[str, Format]] = {
    "zeek": Format(lambda sample, _lines, _roles: zeek.recognises(sample), zeek.read),
    "w3c": Format(lambda sample, _lines, _roles: w3c.recognises(sample), w3c.read),
    "json": Format(lambda sample, _lines, _roles: json_text.recognises_document(sample), json_text.read_document),
    "ndjson": Format(lambda sample, _lines, _roles: sample.lstrip().startswith("{"), json_text.read_lines),
    "web": Format(lambda _sample, lines, _roles: web.recognises(lines), web.read),
    "syslog": Format(lambda _sample, lines, _roles: syslog.recognises(lines), syslog.read),
    "csv": Format(lambda sample, _lines, roles: delimited.recognises(sample, roles), delimited.read),
    "text": Format(lambda _sample, lines, _roles: text.recognises(lines), text.read),
}

_HEADS: Final[dict[Reader, Callable[[Survey], Iterator[tuple[int, str]]]]] = {
    zeek.read: zeek.heads,
    w3c.read: w3c.heads,
    delimited.read: delimited.heads,
}


def reader_for(sample: str, roles: FieldRoles, name: str | None = None) -> Reader:
    """Choose the reader by the beginning of the content, never by the file's name; ``name`` of `FORMATS` forces one.

    Raises `RefusedFileError` where no format, or not the one that was asked for, is recognised.
    """
    if name is not None:
        return _forced(sample, roles, name)
    lines = re.split("\r?\n", sample)
    for known in FORMATS.values():
        if known.recognises(sample, lines, roles):
            return known.read
    raise RefusedFileError(FileReason.FORMAT)


def heads(read: Reader, surveyed: Survey) -> Iterator[tuple[int, str]]:
    """Yield (number, text) of the lines of a file which say how those after them are read; few formats have any."""
    find = _HEADS.get(read)
    return find(surveyed) if find else iter(())


def _forced(sample: str, roles: FieldRoles, name: str) -> Reader:
    """A header must be there; of formats that are read line by line, lines that are not in it go to quarantine."""
    forced = FORMATS.get(name)
    if forced is None:
        raise LakeError(f"“{name[:80]}” is no log format: use {', '.join(FORMATS)}.")
    if forced.read in _HEADS and not forced.recognises(sample, [], roles):
        raise RefusedFileError(FileReason.NOT_THE_FORMAT)
    return forced.read
