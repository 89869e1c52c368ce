"""The mapping file: how to read logs whose names or form are unusual, in YAML.

::

    format: csv            # a name of `readers.FORMATS`; left out: what the file is recognised as
    timezone: Asia/Tokyo   # of times that name none
    fields:
      いつ: time            # field of the log: role (see `schema.ROLES`)
      どこから: src_ip

A file that says nothing but fields may name them without ``fields:``, also as JSON.
"""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from noroshi.hunting.engine.detections.marked_yaml import Document, read_documents
from noroshi.hunting.engine.detections.reasons import RuleError, RuleReason
from noroshi.hunting.engine.readers import FORMATS
from noroshi.hunting.engine.reasons import LakeError
from noroshi.hunting.engine.records import Reading
from noroshi.hunting.engine.schema import ROLES

_OF_RULES = {RuleReason.NO_MAPPING, RuleReason.NO_RULE, RuleReason.TOO_LARGE}


def read_mapping(content: bytes, name: str) -> Reading:
    """Read a mapping file; ``name`` is what its errors call it. Raises `LakeError`: file, line and one sentence."""
    try:
        first, *others = read_documents(content)
    except RuleError as error:
        sentence = "A mapping file is one small mapping of names and values." if error.reason in _OF_RULES else error
        raise LakeError(f"{name}:{error.line}: {sentence}") from error
    if others:
        raise LakeError(f"{name}:{others[0].line()}: A mapping file is one document.")
    return _Checker(first, name).reading()


class _Checker:
    """Turns a document into a reading, line by line."""

    def __init__(self, document: Document, name: str) -> None:
        self._document = document
        self._name = name
        self._at = ("fields",) if "fields" in document.data else ()

    def reading(self) -> Reading:
        data = self._document.data
        if not self._at:
            return Reading(self._fields(data))
        for name in data:
            if name not in {"fields", "format", "timezone"}:
                raise self._error(f"“{name[:80]}” is not known: use fields, format and timezone.", name)
        return Reading(self._fields(data["fields"]), self._format(), self._zone())

    def _fields(self, fields: object) -> dict[str, str]:
        if not isinstance(fields, dict):
            raise self._error("“fields” gives each field of the log a role.", "fields")
        for field, role in fields.items():
            if str(role) not in ROLES:
                raise self._error(f"“{str(role)[:80]}” is no role: use {', '.join(sorted(ROLES))}.", *self._at, field)
        return fields

    def _format(self) -> str | None:
        name = self._document.data.get("format")
        if name is not None and str(name) not in FORMATS:
            raise self._error(f"“{str(name)[:80]}” is no log format: use {', '.join(FORMATS)}.", "format")
        return name

    def _zone(self) -> str:
        name = self._document.data.get("timezone", "")
        try:
            return ZoneInfo(str(name)).key if name else ""
        except (ZoneInfoNotFoundError, ValueError):
            raise self._error(f"“{str(name)[:80]}” is not a time zone.", "timezone") from None

    def _error(self, sentence: str, *place: str) -> LakeError:
        return LakeError(f"{self._name}:{self._document.line(*place)}: {sentence}")
