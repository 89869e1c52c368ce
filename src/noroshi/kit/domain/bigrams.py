"""Text as pairs of characters, so that Japanese is found without a dictionary and alike on every database.

NFKC and case folding first; runs of Chinese characters, kana and hangul become overlapping pairs; everything else
(words, CVE numbers, domain names, addresses) stays whole. A query of n characters is a phrase of n-1 pairs.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

# Letters alone: a middle dot or a sound mark that stands by itself divides, as other punctuation does.
_CJK: Final = (
    "\u3005-\u3007\u3041-\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uac00-\ud7af\U00020000-\U0003ffff"
)
_RUN: Final = re.compile(rf"[{_CJK}]+|[^\W{_CJK}]+")
_SINGLE: Final = re.compile(rf"[{_CJK}]")

_SEPARATOR: Final = "\n"  # in no token

MAX_TEXT: Final = 250_000
MAX_QUERY: Final = 200
MAX_WORDS: Final = 16
MAX_TOKEN: Final = 128
"""Longer words are cut into pieces: PostgreSQL refuses a token of more than 2,046 bytes, and a blob is one word."""


def normalised(text: str) -> str:
    """Return the form in which texts are compared."""
    return unicodedata.normalize("NFKC", text).casefold()


def tokens(text: str) -> Iterator[str]:
    """Yield the pairs and words of `text`, in order; single characters of a run too, for one-character queries."""
    for run in _runs(text, MAX_TEXT):
        yield from _tokens_of(run)


def query(text: str) -> list[tuple[list[str], bool]]:
    """Return the phrases that a document must all contain, each with whether its last token is a prefix.

    Words divided by spaces are separate phrases. A run of one CJK character asks for tokens that begin with it.
    """
    words = dict.fromkeys(text.strip()[:MAX_QUERY].split())
    return [phrase for word in words if (phrase := _phrase(word))[0]][:MAX_WORDS]


def _runs(text: str, limit: int) -> list[str]:
    """Cut before and after: one character may become eighteen by NFKC."""
    return _RUN.findall(normalised(text[:limit])[:limit])


def _tokens_of(run: str) -> Iterator[str]:
    """Overlapping pairs, the last character alone, so that every character starts a token; or a word's pieces."""
    if _SINGLE.match(run):
        yield from (run[start : start + 2] for start in range(len(run)))
    else:
        yield from (run[start : start + MAX_TOKEN] for start in range(0, len(run), MAX_TOKEN))


def _phrase(word: str) -> tuple[list[str], bool]:
    """A run ends in a lone character only where the text's run surely ends too: before another run."""
    found = [list(_tokens_of(run)) for run in _runs(word, MAX_QUERY)]
    if not found:
        return [], False
    last = found[-1]
    goes_on = len(last) > 1 and bool(_SINGLE.match(last[0]))
    if goes_on:
        last.pop()
    return [token for run in found for token in run], not goes_on


class Words:
    """A text in memory, asked what the search index would be asked."""

    def __init__(self, text: str) -> None:
        self._tokens = _SEPARATOR + _SEPARATOR.join(tokens(text)) + _SEPARATOR

    def match(self, question: str) -> bool:
        """Whether a search for `question` finds the text; a question without a word finds nothing."""
        phrases = query(question)
        return bool(phrases) and all(self._has(phrase, prefix=prefix) for phrase, prefix in phrases)

    def name(self, phrase: str) -> bool:
        """Whether the words of `phrase` stand in the text one after the other, each of them whole."""
        found, open_end = _phrase(phrase)
        return bool(found) and self._has(found, prefix=open_end and bool(_SINGLE.match(found[-1])))

    def _has(self, phrase: list[str], *, prefix: bool) -> bool:
        wanted = _SEPARATOR + _SEPARATOR.join(phrase)
        return (wanted if prefix else wanted + _SEPARATOR) in self._tokens
