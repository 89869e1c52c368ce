"""Text as pairs of characters, so that Japanese is found without a dictionary and alike on every database.

NFKC and case folding first; runs of Chinese characters, kana and hangul become overlapping pairs; everything else
(words, CVE numbers, domain names, addresses) stays whole. A query of n characters is a phrase of n-1 pairs.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

_CJK: Final = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"
_RUN: Final = re.compile(rf"[{_CJK}]+|[^\W{_CJK}]+")
_SINGLE: Final = re.compile(rf"[{_CJK}]")

MAX_TEXT: Final = 400_000
MAX_QUERY: Final = 200


def normalised(text: str) -> str:
    """Return the form in which texts are compared."""
    return unicodedata.normalize("NFKC", text).casefold()


def tokens(text: str) -> Iterator[str]:
    """Yield the pairs and words of `text`, in order; single characters of a run too, for one-character queries."""
    for run in _RUN.findall(normalised(text[:MAX_TEXT])):
        if _SINGLE.match(run):
            yield from _pairs(run)
        else:
            yield run


def _pairs(run: str) -> Iterator[str]:
    """Overlapping pairs; the last character closes the run alone, so every character starts a token."""
    yield from (run[start : start + 2] for start in range(len(run)))


def query(text: str) -> list[tuple[list[str], bool]]:
    """Return the phrases that a document must all contain, each with whether its last token is a prefix.

    Words divided by spaces are separate phrases. A run of one CJK character asks for tokens that begin with it.
    """
    return [phrase for word in text[:MAX_QUERY].split() if (phrase := _phrase(word))[0]]


def _phrase(word: str) -> tuple[list[str], bool]:
    """A run ends in a lone character only where the text's run surely ends too: before another run."""
    runs = _RUN.findall(normalised(word))
    found = [token for run in runs[:-1] for token in tokens(run)]
    if not runs:
        return found, False
    last = list(tokens(runs[-1]))
    if len(last) > 1:
        return found + last[:-1], False
    return found + last, True
