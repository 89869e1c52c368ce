"""Maven's versions, by the order of its qualifiers (Maven POM reference, "Version Order Specification").

``alpha < beta < milestone < rc = cr < snapshot < (nothing) = ga = final = release < sp < other words < numbers``.
Numbers behind a dash are compared as those behind a dot: where two versions differ in nothing else, Maven tells them
apart and this does not.
"""

import re
from collections.abc import Iterator
from typing import Final

from noroshi.advisories.domain.versions.generic import CLOSE, END, PRE, WORD, ZERO, number

_READABLE: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*")
_TOKEN: Final = re.compile(r"[0-9]+|[a-z]+")
_BEFORE: Final = {
    "alpha": b"\x01",
    "beta": b"\x02",
    "milestone": b"\x03",
    "rc": b"\x04",
    "cr": b"\x04",
    "snapshot": b"\x05",
}
_SHORT: Final = {"a": "alpha", "b": "beta", "m": "milestone"}
_NOTHING: Final = frozenset({"ga", "final", "release"})
_SERVICE_PACK: Final = WORD + b"\x01" + CLOSE


def key(version: str) -> bytes | None:
    """Return the key of a version; None where it has signs that are none of a version's."""
    if not _READABLE.fullmatch(version):
        return None
    return b"".join(_without_nothing(list(_encoded(_TOKEN.findall(version.lower()))))) + END


def _encoded(tokens: list[str]) -> Iterator[bytes]:
    for place, token in enumerate(tokens):
        numbered = place + 1 < len(tokens) and tokens[place + 1].isdigit()
        word = _SHORT.get(token, token) if numbered else token
        if token.isdigit():
            yield number(token)
        elif word in _BEFORE:
            yield PRE + _BEFORE[word]
        elif word == "sp":
            yield _SERVICE_PACK
        elif word not in _NOTHING:
            yield WORD + word.encode() + CLOSE


def _without_nothing(tokens: list[bytes]) -> list[bytes]:
    """Return the tokens without the zeros before a word or the end."""
    kept: list[bytes] = []
    for token in [*tokens, END]:
        while token[:1] != ZERO[:1] and kept and kept[-1] == ZERO:
            kept.pop()
        kept.append(token)
    return kept[:-1]
