"""CPE names: the URI of version 2.2, as JVN writes it, as the formatted string of 2.3 (NISTIR 7695, 6.1 and 6.2)."""

import re
from typing import Final
from urllib.parse import unquote

_FIELDS: Final = 11
"""part, vendor, product, version, update, edition, language, and what 2.2 packs into the edition."""
_BARE: Final = re.compile(r"[A-Za-z0-9._-]")
_PERCENT: Final = re.compile(r"(?<!\\)%[0-9A-Fa-f]{2}")
_COLON: Final = re.compile(r"(?<!\\):")
_ESCAPED: Final = re.compile(r"\\(.)")
_WILD: Final = {"%01": "?", "%02": "*"}
_PIECE: Final = re.compile(r"%0[12]|%[0-9A-Fa-f]{2}(?:%[0-9A-Fa-f]{2})*|.", re.DOTALL)


def formatted(name: str) -> str:
    """Return a CPE name as a 2.3 formatted string; empty where it is neither a 2.2 URI nor a 2.3 string."""
    plain = name.strip()
    if plain.startswith("cpe:2.3:"):
        return _PERCENT.sub(lambda found: _escaped(unquote(found[0])), plain)  # JVN's JSON leaves these of 2.2 in it
    if not re.match(r"cpe:/[aho]?:", plain):
        return ""
    part, vendor, product, version, update, edition, language = (plain[len("cpe:/") :].split(":") + [""] * 7)[:7]
    packed = (edition.split("~")[1:] + [""] * 5)[:5] if edition.startswith("~") else [edition, "", "", "", ""]
    fields = [part, vendor, product, version, update, packed[0], language, *packed[1:]]
    return "cpe:2.3:" + ":".join(_field(field) for field in fields[:_FIELDS])


def fields(name: str) -> tuple[str, ...]:
    """Return the fields of a CPE name, without escapes: part, vendor, product, version, ...; nothing where it is none.

    ``*`` is any value, ``-`` none.
    """
    said = formatted(name)
    if "\\" not in said:  # as most names are
        return tuple(said.split(":")[2:])
    return tuple(_ESCAPED.sub(r"\1", field) for field in _COLON.split(said)[2:])


def version_of(name: str) -> str:
    """Return the version that a CPE name names; empty where it is any, or none."""
    version = fields(name)[3:4]
    return "" if version in ((), ("*",), ("-",)) else version[0]


def _field(text: str) -> str:
    """An empty field says nothing, so any value does; ``-`` alone says that there is none."""
    if text in ("", "-"):
        return text or "*"
    return "".join(_WILD.get(piece) or _escaped(unquote(piece)) for piece in _PIECE.findall(text.lower()))


def _escaped(text: str) -> str:
    return "".join(sign if _BARE.match(sign) or not sign.isascii() else f"\\{sign}" for sign in text)
