"""Readers: from the lines of a log file to (line number, raw line, {role: text}).

A reader hands what it cannot read to ``reject`` and never stops at a bad line.
"""

import re
from collections.abc import Callable, Iterator

from noroshi.hunting.engine.aliases import FieldRoles
from noroshi.hunting.engine.log_file import Record, Reject, Survey
from noroshi.hunting.engine.readers import delimited, json_text, web
from noroshi.hunting.engine.reasons import FileReason, RefusedFileError

Reader = Callable[[Survey, FieldRoles, Reject], Iterator[Record]]


def reader_for(sample: str, roles: FieldRoles) -> Reader:
    """Choose the reader by the beginning of the content, never by the file's name."""
    start = sample.lstrip()
    if start.startswith("["):
        return json_text.read_document
    if start.startswith("{"):
        return json_text.read_document if json_text.is_document(start) else json_text.read_lines
    if web.recognises(re.split("\r?\n", sample)):
        return web.read
    if delimited.recognises(sample, roles):
        return delimited.read
    raise RefusedFileError(FileReason.FORMAT)
