"""Versions as most products write them: numbers and letters in their order, whatever divides them.

Words of pre-releases come before the end, other words behind it, numbers behind these; zeros at the end say nothing.
``1.0-rc1 < 1.0 = 1.0.0 < 1.0a < 1.0.1``.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

PRE: Final = b"\x01"
END: Final = b"\x02"
WORD: Final = b"\x03"
NUMBER: Final = b"\x04"
CLOSE: Final = b"\x00"
"""Behind a word: a word comes before those that it begins."""

MOST_DIGITS: Final = 250
_TOKEN: Final = re.compile(r"[0-9]+|[a-z]+")
_DIGIT: Final = re.compile("[0-9]")
_READABLE: Final = re.compile(r"v?[0-9a-z][0-9a-z._\-+~ ()/:]*", re.IGNORECASE)
PRE_RELEASES: Final = {
    **dict.fromkeys(("dev", "snapshot", "nightly", "canary"), b"\x01"),
    **dict.fromkeys(("alpha", "a"), b"\x02"),
    **dict.fromkeys(("beta", "b"), b"\x03"),
    **dict.fromkeys(("milestone", "m", "ea", "preview", "pre", "prerelease"), b"\x04"),
    **dict.fromkeys(("rc", "cr", "c"), b"\x05"),
}
"""Words of pre-releases, by their place among each other; one letter alone only where a number follows it."""


@lru_cache(maxsize=1 << 12)
def number(digits: str) -> bytes:
    """Return a number as its mark, its length in digits and its digits, without zeros before it."""
    plain = digits.lstrip("0")
    return NUMBER + bytes([min(len(plain), MOST_DIGITS)]) + plain[:MOST_DIGITS].encode()


ZERO: Final = number("0")


def key(version: str) -> bytes | None:
    """Return the key of a version; None where it has no digit, or signs that are none of a version's."""
    if not _READABLE.fullmatch(version) or not _DIGIT.search(version):
        return None
    tokens: list[str] = _TOKEN.findall(version.lower().removeprefix("v"))
    return b"".join(_without_zeros(list(_encoded(tokens)))) + END


def _encoded(tokens: list[str]) -> Iterator[bytes]:
    for place, token in enumerate(tokens):
        if token[0].isdigit():
            yield number(token)
            continue
        numbered = place + 1 < len(tokens) and tokens[place + 1][0].isdigit()
        rank = PRE_RELEASES.get(token) if numbered or len(token) > 1 else None
        behind_number = place > 0
        yield PRE + rank if rank and behind_number else WORD + token.encode() + CLOSE


def _without_zeros(tokens: list[bytes]) -> list[bytes]:
    """Return the tokens without the zeros that stand before a word or the end."""
    kept: list[bytes] = []
    for token in tokens:
        if token[:1] != NUMBER:
            while kept and kept[-1] == ZERO:
                kept.pop()
        kept.append(token)
    while kept and kept[-1] == ZERO:
        kept.pop()
    return kept
