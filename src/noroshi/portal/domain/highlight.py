"""Where the words of a query stand in a text, so that a result shows why it was found.

Both are compared as the search compares them (compatibility forms and case folded), but decomposed, character by
character: so every place in the folded text is known in the original one.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

MAX_QUERY: Final = 200
MAX_TEXT: Final = 100_000
SNIPPET: Final = 160
LEAD: Final = 40

_MARKS: Final = "\u0300-\u036f\u3099\u309a"  # what decomposing leaves behind a letter: accents, voicing
_DIVIDER: Final = rf"(?:[^\w{_MARKS}]|_)"


@dataclass(frozen=True)
class Piece:
    """A stretch of text, found or not."""

    text: str
    found: bool = False


def highlighted(text: str, query: str) -> list[Piece]:
    """Return `text` in pieces; those that the words of `query` match are marked. Joined, they are `text` again."""
    pieces, place = [], 0
    for start, end in _matches(text, query):
        pieces += [Piece(text[place:start]), Piece(text[start:end], found=True)]
        place = end
    return [piece for piece in (*pieces, Piece(text[place:])) if piece.text]


def snippet(text: str, query: str) -> list[Piece]:
    """Return the stretch of `text` around the first match, or its beginning, on one line, in pieces."""
    flat = " ".join(text[:MAX_TEXT].split())
    first = next(_matches(flat, query), (0, 0))[0]
    start = max(0, first - LEAD)
    cut = flat[start : start + SNIPPET]
    before, after = "… " if start else "", " …" if start + SNIPPET < len(flat) else ""
    return [piece for piece in (Piece(before), *highlighted(cut, query), Piece(after)) if piece.text]


def _matches(text: str, query: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of the matches in `text`, in order, none overlapping."""
    pattern = _pattern(query)
    if pattern is None:
        return
    folded, starts = _folded(text[:MAX_TEXT])
    done = 0
    for match in pattern.finditer(folded):
        start = bisect_right(starts, match.start()) - 1
        end = bisect_right(starts, match.end() - 1)
        if start >= done:
            yield start, end
            done = end


@lru_cache(maxsize=64)
def _pattern(query: str) -> re.Pattern[str] | None:
    """The words of the query, longest first; what divides a word (`evil-bank`, `evil[.]bank`) may differ."""
    words = []
    for word in query[:MAX_QUERY].split():
        runs = [re.escape(run) for run in re.split(f"{_DIVIDER}+", _folded(word)[0]) if run]
        if runs:
            words.append((_DIVIDER + "{0,4}").join(runs))
    return re.compile("|".join(sorted(words, key=len, reverse=True))) if words else None


def _folded(text: str) -> tuple[str, list[int]]:
    """Return the folded text, and for each original character where it starts in it."""
    parts, starts, length = [], [], 0
    for character in text:
        part = _fold(character)
        starts.append(length)
        parts.append(part)
        length += len(part)
    return "".join(parts), starts


@lru_cache(maxsize=4096)
def _fold(text: str) -> str:
    """Return a character as it is compared: a page of results asks for the same few thousand times."""
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
