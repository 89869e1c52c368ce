"""JSON logs: one object a line, or a document of many objects (Suricata dumps, CloudTrail ``Records``, evtx_dump).

A document is read piece by piece: its size does not matter, one object's does.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from noroshi.hunting.engine.aliases import FieldRoles
from noroshi.hunting.engine.log_file import Record, Reject, Survey, read_text
from noroshi.hunting.engine.log_file import read_lines as text_lines
from noroshi.hunting.engine.readers import message, objects
from noroshi.hunting.engine.reasons import BadLineError, FileReason, RefusedFileError

MAX_OBJECT: Final = 16 << 20
"""Characters of one object of a document."""

# The names under which products put the list of their events.
_LISTS: Final = ("Records", "Events", "events", "value", "records", "logs", "data")
_OPENING = re.compile(rf"\s*(?:\[(?=\s*[{{\]])|\{{\s*\"(?:{'|'.join(_LISTS)})\"\s*:\s*\[)")
_ANOTHER = re.compile(rf"\]\s*\}}?{_OPENING.pattern}")
_NUMBERED = re.compile(r"\s*Record \d+\s*(?=\{)")
_BETWEEN = re.compile(rf"(?:[\s,\x1e]|{_NUMBERED.pattern})*")  # RFC 7464 has a mark before each, evtx_dump a line
_FURTHEST_BETWEEN: Final = 100
_DECODER = json.JSONDecoder()


def recognises_document(sample: str) -> bool:
    """Tell a document from lines: it opens a list, numbers its objects, or breaks its first object over lines."""
    start = sample.lstrip()
    if not start.startswith(("[", "{", "Record ")):
        return False
    first = start.partition("\n")[0].rstrip()
    try:
        whole = json.loads(first)
    except RecursionError:
        return first.startswith("[")
    except ValueError:
        return first == "{" or bool(_OPENING.match(start) or _NUMBERED.match(start))
    return isinstance(whole, list) or _is_a_list_with_a_name(whole)


def _is_a_list_with_a_name(whole: Any) -> bool:
    """Tell CloudTrail's ``{"Records": [...]}`` and its like, perhaps with a token for the next page."""
    name = next(iter(whole), "") if isinstance(whole, dict) and len(whole) < 3 else ""  # noqa: PLR2004 - list and token
    items = whole[name] if name in _LISTS else None
    return isinstance(items, list) and all(isinstance(item, dict) for item in items)


def read_lines(surveyed: Survey, roles: FieldRoles, reject: Reject) -> Iterator[Record]:
    """Yield the fields of the object on each line."""
    return records(text_lines(surveyed, reject), roles, reject)


def records(lines: Iterable[tuple[int, str]], roles: FieldRoles, reject: Reject) -> Iterator[Record]:
    """Yield the fields of the object on each of some numbered lines."""
    for number, line in lines:
        try:
            fields = _fields(objects.parsed(line), roles)
        except BadLineError as refused:
            reject(number, refused.reason, line)
        else:
            yield number, line, fields


def read_document(surveyed: Survey, roles: FieldRoles, reject: Reject) -> Iterator[Record]:
    """Yield the fields of each object; the line number is its place among them, from 1."""
    for number, item in enumerate(_items(read_text(surveyed)), start=1):
        try:
            fields = _fields(item, roles)
        except BadLineError as refused:
            reject(number, refused.reason, json.dumps(item, ensure_ascii=False))
        else:
            yield number, item, fields


def _fields(item: Any, roles: FieldRoles) -> dict[str, str]:
    return message.complete(objects.roles_of(item, roles), roles)


def _items(chunks: Iterator[str]) -> Iterator[Any]:
    """Yield the objects of one list or several, or one after the other; a broken text refuses the file."""
    text = next(chunks, "")
    opening = _OPENING.match(text)
    place = opening.end() if opening else 0
    while True:
        place = _after(_BETWEEN, text, place)
        if opening and text.startswith("]", place):
            if len(text) - place < _FURTHEST_BETWEEN:
                text, place = text[place:] + next(chunks, ""), 0
            opening = _ANOTHER.match(text, place)
            if opening is None:
                return
            place = opening.end()
            continue
        try:
            item, end = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            more = next(chunks, "")
            if not more and not opening and place == len(text):
                return
            if not more:
                raise RefusedFileError(FileReason.DOCUMENT_BROKEN) from None
            if len(text) - place > MAX_OBJECT:
                raise RefusedFileError(FileReason.OBJECT_TOO_LARGE) from None
            text, place = text[place:] + more, 0
        else:
            yield item
            place = end


def _after(pattern: re.Pattern[str], text: str, place: int) -> int:
    match = pattern.match(text, place)
    return match.end() if match else place
