"""Semantic Versioning 2.0.0, section 11; where minor or patch are left out they are zero, and a leading v is none."""

import re
from typing import Final

from noroshi.advisories.domain.versions.generic import CLOSE, NUMBER, PRE, WORD, number

_VERSION: Final = re.compile(
    r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?", re.ASCII
)
RELEASE: Final = b"\x02"
"""Behind every pre-release (section 11.3)."""


def key(version: str) -> bytes | None:
    """Return the key of a version; None where it is no semantic one."""
    found = _VERSION.fullmatch(version)
    if found is None:
        return None
    release = b"".join(number(part or "0") for part in found.groups()[:3])
    return release + (PRE + _identifiers(found[4]) + CLOSE if found[4] else RELEASE)


def _identifiers(text: str) -> bytes:
    """Numbers come before words, and fewer identifiers before more (section 11.4)."""
    return b"".join(
        b"\x01" + number(each).removeprefix(NUMBER) if each.isdigit() else WORD + each.encode() + CLOSE
        for each in text.split(".")
    )
