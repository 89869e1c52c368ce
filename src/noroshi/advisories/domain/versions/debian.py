"""Debian's versions: epoch, upstream version, revision (Debian Policy 5.6.12).

What is no digit is compared sign by sign: ~ before the end, letters before all other signs; then a number; and so on.
"""

import re
from typing import Final

from noroshi.advisories.domain.versions.generic import number

_VERSION: Final = re.compile(r"(?:(\d+):)?([0-9A-Za-z][0-9A-Za-z.+~:-]*?)(?:-([0-9A-Za-z+.~]+))?", re.ASCII)
_PAIR: Final = re.compile(r"([^0-9]*)([0-9]*)")
_TILDE: Final = 0x01
_END: Final = 0x02
_NO_LETTER: Final = 0x80


def key(version: str) -> bytes | None:
    """Return the key of a version; no revision is the revision 0."""
    found = _VERSION.fullmatch(version)
    if found is None:
        return None
    return number(found[1] or "0") + _part(found[2]) + _part(found[3] or "0")


def _part(text: str) -> bytes:
    pairs = [(signs, digits.lstrip("0")) for signs, digits in _PAIR.findall(text)]
    while pairs and pairs[-1] == ("", ""):
        pairs.pop()
    closed = [*pairs, ("", "")]  # as if it went on with nothing and zero
    return b"".join(bytes(map(_weight, signs)) + bytes([_END]) + number(digits)[1:] for signs, digits in closed)


def _weight(sign: str) -> int:
    if sign == "~":
        return _TILDE
    return ord(sign) if sign.isalpha() else _NO_LETTER | ord(sign)
