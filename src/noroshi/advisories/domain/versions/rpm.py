"""RPM's versions: epoch, version, release (rpm-version(7)); ~ comes before the end, ^ directly behind it."""

import re
from typing import Final

from noroshi.advisories.domain.versions.generic import CLOSE, number

_VERSION: Final = re.compile(r"(?:(\d+):)?([^\s:-][^\s-]*)(?:-([^\s-]+))?", re.ASCII)
_PART: Final = re.compile(r"[0-9]+|[A-Za-z]+|~|\^")
_TILDE: Final = b"\x01"
_END: Final = b"\x02"
_CARET: Final = b"\x03"
_LETTERS: Final = b"\x04"
_NUMBER: Final = b"\x05"


def key(version: str) -> bytes | None:
    """Return the key of a version; one without release comes before all of its releases."""
    found = _VERSION.fullmatch(version)
    if found is None:
        return None
    return number(found[1] or "0") + _segments(found[2]) + _segments(found[3] or "")


def _segments(text: str) -> bytes:
    return b"".join(_encoded(part) for part in _PART.findall(text)) + _END


def _encoded(part: str) -> bytes:
    if part.isdigit():
        return _NUMBER + number(part)[1:]
    return _SIGNS.get(part) or _LETTERS + part.encode() + CLOSE


_SIGNS: Final = {"~": _TILDE, "^": _CARET}
