"""ISO-2022-JP as mail programs write it: with the characters of vendors (①, 髙), which its standard does not have.

Python's own decoders refuse these; CP932 has them at the same places of its table.
"""

import re
from typing import Final

NAMES: Final = frozenset({"iso-2022-jp", "iso2022-jp", "iso-2022-jp-ms", "cp50220", "cp50221", "csiso2022jp"})
_PARTS: Final = re.compile(rb"\x1b(\$[@B]|\$\(D|\([BJI])")
_FIRST, _LAST = 0x21, 0x7E


def decoded(body: bytes) -> str:
    """Return the text; what is in none of the tables becomes U+FFFD."""
    parts = _PARTS.split(body)
    marks = [b"(B", *parts[1::2]]
    return "".join(_read(mark, part) for mark, part in zip(marks, parts[::2], strict=True))


def _read(mark: bytes, part: bytes) -> str:
    match mark:
        case b"$@" | b"$B":
            return _lines(part)
        case b"$(D":
            return (b"\x1b$(D" + part + b"\x1b(B").decode("iso2022_jp_ext", "replace")
        case b"(I":
            return bytes(sign | 0x80 if _FIRST <= sign <= _LAST else sign for sign in part).decode("cp932", "replace")
    return part.decode("ascii", "replace")


def _lines(part: bytes) -> str:
    """A line end resets the table (RFC 1468), whether or not its mark was forgotten."""
    first, *others = re.split(rb"(\r?\n)", part, maxsplit=1)
    pairs = (first[place : place + 2] for place in range(0, len(first), 2))
    return "".join(map(_pair, pairs)) + b"".join(others).decode("ascii", "replace")


def _pair(pair: bytes) -> str:
    """Return a character of JIS X 0208's table by its place in Shift_JIS."""
    if len(pair) < len("xy") or not all(_FIRST <= sign <= _LAST for sign in pair):
        return pair.decode("ascii", "replace")
    row, cell = pair
    lead = (row - 0x21) // 2 + 0x81
    lead += 0x40 if lead > 0x9F else 0  # noqa: PLR2004 - Shift_JIS leaves 0xA0 to 0xDF to half-width letters
    trail = cell + 0x7E if row % 2 == 0 else cell + 0x1F + (cell >= 0x60)  # noqa: PLR2004 - and 0x7F out
    return bytes((lead, trail)).decode("cp932", "replace")
