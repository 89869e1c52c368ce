"""Versions as advisories say them in words: ``Ver.3.2.1 およびそれ以前``, ``1.2.0 から 1.4.5 まで``, ``prior to 2.0``.

What is not understood word for word is no range: neither all versions nor none of them.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from noroshi.advisories.domain.affected import Range

LONGEST: Final = 500


@dataclass(frozen=True)
class Bound:
    """One end of a range as it is said: ``<``, ``<=``, ``>=``, ``=`` or ``*`` (every version), and the version."""

    sign: str
    version: str


_LABEL: Final = r"(?:(?:version|versions|ver|バージョン|リリース|release|v)[.:]?\s*)?"
_NUMBER: Final = rf"{_LABEL}(\d[0-9a-z]*(?:[._+-](?!x(?![0-9a-z]))[0-9a-z]+)*)(?:\s*(?:の)?バージョン)?"
_BEFORE: Final = r"(?:未満|より前|よりも前|より古い)(?:の\s*(?:バージョン|もの))?"
_UP_TO: Final = r"(?:(?:(?:および|及び|または|又は|とそれ|そして)?\s*それ)?以前|以下|まで)(?:の\s*(?:バージョン|もの))?"
_FROM: Final = r"(?:(?:(?:および|及び|または|又は)?\s*それ)?以降|以上)(?:の\s*(?:バージョン|もの))?"
_ALL: Final = r"(?:すべて|全て|全)(?:の)?(?:バージョン)?|all(?:\s+versions)?"
_BEGIN: Final = r"(?:から|以上|以降|より|~|〜|ー|-|–)"

Reading = Callable[[re.Match[str]], tuple[Bound, ...]]


def _one(sign: str) -> Reading:
    return lambda found: (Bound(sign, found[1]),)


def _two(sign: str) -> Reading:
    return lambda found: (Bound(">=", found[1]), Bound(sign, found[2]))


_FORMS: Final[tuple[tuple[re.Pattern[str], Reading], ...]] = tuple(
    (re.compile(form), reading)
    for form, reading in (
        (_ALL, lambda _found: (Bound("*", ""),)),
        (_NUMBER, _one("=")),
        (rf"{_NUMBER}\s*{_BEGIN}\s*{_NUMBER}\s*{_BEFORE}", _two("<")),
        (rf"{_NUMBER}\s*{_BEGIN}\s*{_NUMBER}\s*(?:{_UP_TO})?", _two("<=")),
        (rf"(?:from\s+)?{_NUMBER}\s+(?:to|through|up\s+to)\s+{_NUMBER}", _two("<=")),
        (rf"(?:from\s+)?{_NUMBER}\s+(?:to\s+)?(?:before|prior\s+to)\s+{_NUMBER}", _two("<")),
        (rf"{_NUMBER}\s*{_BEFORE}", _one("<")),
        (rf"(?:versions?\s+)?(?:before|prior\s+to|earlier\s+than)\s+{_NUMBER}", _one("<")),
        (rf"{_NUMBER}\s*{_UP_TO}", _one("<=")),
        (rf"{_NUMBER}\s+(?:and|or)\s+(?:earlier|prior|below)(?:\s+versions)?", _one("<=")),
        (rf"(?:versions?\s+)?(?:up\s+to|through)\s+{_NUMBER}", _one("<=")),
        (rf"{_NUMBER}\s*{_FROM}", _one(">=")),
        (rf"{_NUMBER}\s+(?:and|or)\s+(?:later|above|newer)(?:\s+versions)?", _one(">=")),
    )
)
_DIVIDES: Final = re.compile(r"\s*(?:、|,|;|/|\n)\s*")


def bounds_of(text: str) -> tuple[tuple[Bound, ...], ...] | None:
    """Return what `text` says, a group of bounds for each of its parts; None where a part of it is not understood."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).casefold().strip().rstrip("。.")
    if len(text) > LONGEST or not plain:
        return None
    found = [_read(part) for part in _DIVIDES.split(plain)]
    return tuple(part for part in found if part is not None) if all(found) else None


def _read(part: str) -> tuple[Bound, ...] | None:
    for form, reading in _FORMS:
        if match := form.fullmatch(part):
            return reading(match)
    return None


def ranges_of(text: str) -> tuple[Range, ...] | None:
    """Return the ranges that `text` says; None where it is not understood."""
    groups = bounds_of(text)
    return None if groups is None else tuple(_range(group) for group in groups)


def _range(bounds: tuple[Bound, ...]) -> Range:
    said = {bound.sign: bound.version for bound in bounds}
    if "=" in said:
        return Range(said["="], said["="], high_included=True)
    return Range(said.get(">=", ""), said.get("<", said.get("<=", "")), high_included="<=" in said)
