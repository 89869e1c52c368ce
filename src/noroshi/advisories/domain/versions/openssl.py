"""OpenSSL's versions before 3.0: three numbers, then letters that are counted.

``1.0.2 < 1.0.2a < 1.0.2z < 1.0.2za``.
"""

import re
from typing import Final

from noroshi.advisories.domain.versions.generic import END, PRE, WORD, number

_VERSION: Final = re.compile(
    r"v?(\d+)\.(\d+)\.(\d+)(?:([a-z]{1,4})|-(alpha|beta|pre|rc)\.?(\d*))?(?:-(?:dev|fips))?", re.ASCII | re.IGNORECASE
)
_RANKS: Final = {"alpha": b"\x01", "beta": b"\x02", "pre": b"\x03", "rc": b"\x04"}


def key(version: str) -> bytes | None:
    """Return the key of a version; None where it is none of OpenSSL's."""
    found = _VERSION.fullmatch(version)
    if found is None:
        return None
    release = b"".join(number(found[place]) for place in (1, 2, 3))
    if found[5]:
        return release + PRE + _RANKS[found[5].lower()] + number(found[6] or "0")
    letters = (found[4] or "").lower()
    return release + (WORD + bytes([len(letters)]) + letters.encode() if letters else END)
