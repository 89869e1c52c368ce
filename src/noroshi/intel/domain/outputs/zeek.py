r"""Zeek's intelligence framework: one tab-separated file (Zeek manual, "Intelligence Framework" and "Input Framework").

The reader undoes `\xHH`, takes a tab for the next field, a line break for the next line, `-` alone for an unset field
and `(empty)` for an empty one; `#` begins a comment. All of these are written as `\xHH`.
"""

from typing import Final

from noroshi.intel.domain.observables import ObservableType
from noroshi.intel.domain.outputs.indicators import Indicator, Sheet
from noroshi.intel.domain.outputs.urls import seen

_FIELDS: Final = ("indicator", "indicator_type", "meta.source", "meta.desc", "meta.do_notice")
_ADDRESS: Final = "Intel::ADDR"
_HASH: Final = "Intel::FILE_HASH"
_TYPES: Final = {
    ObservableType.IPV4: _ADDRESS,
    ObservableType.IPV6: _ADDRESS,
    ObservableType.CIDR: "Intel::SUBNET",
    ObservableType.DOMAIN: "Intel::DOMAIN",
    ObservableType.URL: "Intel::URL",
    ObservableType.EMAIL: "Intel::EMAIL",
    ObservableType.MD5: _HASH,
    ObservableType.SHA1: _HASH,
    ObservableType.SHA256: _HASH,
    ObservableType.USER_AGENT: "Intel::SOFTWARE",
}
_ESCAPED: Final = {"\\": "\\x5c", "#": "\\x23"}


def write_intel(sheet: Sheet) -> bytes:
    """Return the file. Its third column is the source, its fourth the marking, the objective and the signals."""
    lines = (line for each in sheet.indicators if (line := _line(each)))
    return "".join(f"{line}\n" for line in ("#fields\t" + "\t".join(_FIELDS), *lines)).encode()


def _line(indicator: Indicator) -> str:
    kind = _TYPES.get(indicator.observable.type)
    value = indicator.observable.value
    value = _without_scheme(value) if kind == "Intel::URL" else value
    if not kind or not value:
        return ""
    return "\t".join(map(_field, (value, kind, "noroshi", indicator.note, "T")))


def _without_scheme(url: str) -> str:
    """Return a URL as Zeek's HTTP analyser says it: host, port and path."""
    parts = seen(url)
    return f"{parts.host}{parts.port}{parts.path}" if parts else ""


def _field(text: str) -> str:
    if text == "-":
        return "\\x2d"
    return "".join(_character(character) for character in text)


def _character(character: str) -> str:
    if character in _ESCAPED:
        return _ESCAPED[character]
    if character.isprintable() and character.isascii():
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode())
