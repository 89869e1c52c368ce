"""JSON logs: one object a line, or one document with an array of objects (Suricata dumps, CloudTrail ``Records``)."""

import json
import math
from collections.abc import Iterator
from typing import Any, Final

from noroshi.hunting.engine.aliases import FieldRoles
from noroshi.hunting.engine.log_file import Record, Reject, Survey, read_whole
from noroshi.hunting.engine.log_file import read_lines as text_lines
from noroshi.hunting.engine.readers.compose import compose
from noroshi.hunting.engine.reasons import BadLineError, FileReason, LineReason, RefusedFileError

MAX_DOCUMENT: Final = 128 << 20
MAX_DEPTH: Final = 16


def is_document(start: str) -> bool:
    """Tell a document from lines: its first line is not an object by itself, or it is CloudTrail's."""
    first = start.partition("\n")[0]
    try:
        return list(json.loads(first)) == ["Records"]
    except RecursionError:
        return False
    except ValueError:
        return first.rstrip() in {"{", '{"Records":['} or first.startswith('{"Records"')


def read_lines(surveyed: Survey, roles: FieldRoles, reject: Reject) -> Iterator[Record]:
    """Yield the fields of the object on each line."""
    for number, line in text_lines(surveyed, reject):
        try:
            fields = _fields(_parsed(line), roles)
        except BadLineError as refused:
            reject(number, refused.reason, line)
        else:
            yield number, line, fields


def read_document(surveyed: Survey, roles: FieldRoles, reject: Reject) -> Iterator[Record]:
    """Yield the fields of each object of the array; the line number is its place in it, from 1."""
    for number, item in enumerate(_items(read_whole(surveyed, MAX_DOCUMENT)), start=1):
        try:
            fields = _fields(item, roles)
        except BadLineError as refused:
            reject(number, refused.reason, item)
        else:
            yield number, item, fields


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except RecursionError:
        raise BadLineError(LineReason.NESTED) from None
    except ValueError:
        raise BadLineError(LineReason.NOT_JSON) from None


def _items(text: str) -> list[Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise RefusedFileError(FileReason.DOCUMENT_BROKEN) from None
    if isinstance(document, dict):
        document = document.get("Records", [document])
    return document if isinstance(document, list) else [document]


def _fields(item: Any, roles: FieldRoles) -> dict[str, str]:
    if not isinstance(item, dict):
        raise BadLineError(LineReason.NOT_JSON)
    return compose(roles.assign(_flattened(item)))


def _flattened(item: dict[str, Any], prefix: str = "", depth: int = 1) -> Iterator[tuple[str, str]]:
    """Yield (dotted name, text) of each scalar, and of the first scalar of each list."""
    if depth > MAX_DEPTH:
        raise BadLineError(LineReason.NESTED)
    for name, value in item.items():
        if isinstance(value, list):
            value = value[0] if value else None  # noqa: PLW2901 - a flat event holds one of each
        if isinstance(value, str):
            yield prefix + name, value
        elif isinstance(value, dict):
            yield from _flattened(value, f"{prefix}{name}.", depth + 1)
        elif isinstance(value, (bool, int, float)):
            yield prefix + name, _scalar(value)


def _scalar(value: object) -> str:
    """Write a number without an exponent: times since 1970 come as floats."""
    if isinstance(value, float) and math.isfinite(value):
        return f"{value:.6f}"
    return str(value).lower()
