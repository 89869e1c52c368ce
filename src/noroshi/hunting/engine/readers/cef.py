"""ArcSight's Common Event Format (CEF, version 26 of its guide) and QRadar's LEEF (1.0 and 2.0).

Both have a header of fields between bars and an extension of ``key=value``. A prefix, as of syslog, is the caller's.
"""

import re
from collections.abc import Iterator
from typing import Final

from noroshi.hunting.engine.aliases import Dialect, FieldRoles
from noroshi.hunting.engine.readers.compose import compose
from noroshi.hunting.engine.reasons import BadLineError, LineReason
from noroshi.hunting.engine.schema import EventClass
from noroshi.hunting.engine.vocabulary import event_class

MAX_PAIRS: Final = 500
_BEGINNING = re.compile(r"(?:CEF: ?|LEEF: ?)\d")
_HEADER_FIELD = re.compile(r"((?:[^|\\]|\\.)*)\|", re.DOTALL)
_CEF_KEY = re.compile(r"(?:^|(?<=\s))([\w.\[\]-]{1,100})=")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}
_CEF_FIELDS, _LEEF_FIELDS = 7, 5
_HEX_DELIMITER = re.compile(r"(?:0?x)([0-9A-Fa-f]{1,4})")
# From here on a severity is more than a note (CEF: 4 is medium; LEEF: 1 to 10 as well).
_ALARMING: Final = 4
_ALARMING_WORDS: Final = frozenset({"medium", "high", "very-high", "critical", "severe"})

CEF_NAMES: Final[Dialect] = {
    "time": "rt end start devicereceipttime unifiutctime",
    "src_ip": "src sourceaddress sourcetranslatedaddress c6a2",
    "src_port": "spt sourceport",
    "dst_ip": "dst destinationaddress destinationtranslatedaddress c6a3",
    "dst_port": "dpt destinationport",
    "user": "suser duser suid duid sourceusername destinationusername",
    "user_agent": "requestclientapplication useragent",
    "url": "request requesturl",
    "referrer": "requestcontext",
    "action": "requestmethod act deviceaction",
    "outcome": "outcome categoryoutcome",
    "hash": "filehash oldfilehash",
    "process": "sproc dproc deviceprocessname sourceprocessname",
    "reporter": "dvchost dvc devicehostname",
    "domain": "dhost destinationhostname destinationdnsdomain",
    "country": "sourcegeocountrycode",
    "bytes_out": "out bytesout",
    "message": "msg",
    "class": "cat deviceeventcategory",
}
LEEF_NAMES: Final[Dialect] = {
    "time": "devtime",
    "src_ip": "src identsrc",
    "src_port": "srcport",
    "dst_ip": "dst",
    "dst_port": "dstport",
    "user": "usrname accountname",
    "reporter": "identhostname resource",
    "bytes_out": "srcbytes",
    "outcome": "action",
    "class": "cat",
}


def begins(text: str) -> bool:
    """Tell whether a text begins as CEF or LEEF does."""
    return bool(_BEGINNING.match(text))


def read(text: str, roles: FieldRoles) -> dict[str, str]:
    """Return the fields of a record that begins with ``CEF:`` or ``LEEF:``; raise `BadLineError` if it is none."""
    name, _, rest = text.partition(":")
    if name == "CEF":
        header, extension = split_header(rest.lstrip(" "), _CEF_FIELDS)
        _version, _vendor, _product, _release, code, what, severity = header
        return _event(dict(cef_pairs(extension)), roles.in_dialect(CEF_NAMES), code, what, severity)
    if name != "LEEF":
        raise BadLineError(LineReason.NOT_CEF)
    header, extension = split_header(rest.lstrip(" "), _LEEF_FIELDS)
    found = dict(leef_pairs(extension, version=header[0]))
    return _event(found, roles.in_dialect(LEEF_NAMES), header[-1], header[-1], found.get("sev", ""))


def split_header(text: str, count: int) -> tuple[list[str], str]:
    """Cut ``count`` fields off at bars that no backslash escapes; return them and what is left."""
    fields: list[str] = []
    place = 0
    while len(fields) < count:
        match = _HEADER_FIELD.match(text, place)
        if match is None:
            raise BadLineError(LineReason.NOT_CEF)
        fields.append(_ESCAPED.sub(r"\1", match[1]).strip())
        place = match.end()
    return fields, text[place:]


def cef_pairs(extension: str) -> Iterator[tuple[str, str]]:
    """Yield (key, value): a value reaches to the next key; a label (``cs1Label``) is its value's real name."""
    keys = list(_CEF_KEY.finditer(extension))[:MAX_PAIRS]
    ends = [key.start() - 1 for key in keys[1:]] + [len(extension)] * bool(keys)
    found = {key[1]: unescaped(extension[key.end() : end]) for key, end in zip(keys, ends, strict=True)}
    for key, value in found.items():
        if not key.endswith("Label"):
            yield found.get(f"{key}Label") or key, value


def leef_pairs(extension: str, version: str) -> Iterator[tuple[str, str]]:
    """Yield (key, value); LEEF 2.0 names the character between pairs, LEEF 1.0 has a tab."""
    delimiter = "\t"
    if version.startswith("2"):
        named, bar, rest = extension.partition("|")
        if bar and (code := _delimiter(named)):
            delimiter, extension = code, rest
    for pair in extension.split(delimiter)[:MAX_PAIRS]:
        key, equals, value = pair.partition("=")
        if equals:
            yield key.strip(), value


def unescaped(value: str) -> str:
    """Undo the backslashes of a CEF value."""
    return _ESCAPED.sub(lambda match: _CONTROLS.get(match[1], match[1]), value)


def _delimiter(named: str) -> str | None:
    """Return the character that stands between pairs; None if the field is no delimiter."""
    if match := _HEX_DELIMITER.fullmatch(named):
        return chr(int(match[1], 16))
    return named if len(named) == 1 else None


def _event(found: dict[str, str], roles: FieldRoles, code: str, what: str, severity: str) -> dict[str, str]:
    fields = roles.assign(found.items())
    fields["event_code"] = code
    if _alarms(severity) and event_class(fields.get("class", "")) in {None, EventClass.ALERT}:
        fields["rule"] = what
    fields.setdefault("action", what)
    return compose(fields)


def _alarms(severity: str) -> bool:
    bare = severity.strip().lower()
    if bare.isascii() and bare.isdigit():
        return len(bare) > 1 or int(bare) >= _ALARMING
    return bare in _ALARMING_WORDS
