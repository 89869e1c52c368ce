"""Undo what people do to make an indicator unclickable, keeping the way back to the text as it was written.

In this order, full-width and other compatibility forms become plain ones (the part of Unicode's NFKC, UAX 15,
that keeps indicators apart from prose), invisible characters inside words go, and the defanging habits of
reports (`hxxp`, `h**p`, `[.]`, ` dot `, `[@]`, `[:]`) are undone. `Rewritten.span` turns a place in the result
into the place in the original.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable

# Kept, since Japanese prose ends an indicator by them: NFKC would glue them to a URL as ( ) , ? and so on.
_SEPARATORS = frozenset("（）［］｛｝，；！？…‥～")
# Invisible inside a word: soft hyphen, zero-width space and joiners, word joiner, byte order mark.
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
# ① ⑴ ⒈ ㈱ carry no indicator, and as bare digits they would run into an address that follows them.
_NEVER_TEXT = frozenset({"No", "So"})

_BRACKETED = re.compile(
    r"""(?P<gap>(?<=\w)[ ])?                                   # a space before counts only if one follows
    [\[({<（［｛【]\s?
    (?P<inner>\.|:(?:/{2})?|/{1,2}|@|dot|at|ドット|アット(?:マーク)?)
    \s?[\])}>）］｝】]
    (?(gap)[ ](?=\w)|)
    | (?<=\w)\[\.(?=\w) | (?<=\w)\.\](?=\w)                    # evil[.example, evil.]example
    | (?<=\w)\\\.(?=\w)                                        # evil\.example, from a regular expression
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SPOKEN = re.compile(r"(?<=[A-Za-z0-9]) (dot|at(?= [\w-]{1,63}(?: dot |\.)))(?: )(?=[A-Za-z0-9])", re.IGNORECASE)
_SPOKEN_DOT = re.compile(r" dot ", re.IGNORECASE)
_SCHEME = re.compile(
    r"""(?<![A-Za-z0-9*])(?!(?:https?|ftp)://(?!/))
    (?: (?P<h>h?t{1,2}p | hx{2,3}p | h(?:xt|tx)p | h\*{1,3}t?p | h__p) | (?P<f>f[tx*]p) )
    (?P<s>s?) \s? (?: :\s?/{2,3} | :\\\\ )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WORDS = {"dot": ".", "ドット": ".", "at": "@", "アット": "@", "アットマーク": "@"}


class Rewritten:
    """A text after replacements, with the way back: `text` is the result, `original` what came in."""

    def __init__(self, original: str) -> None:
        self.original = original
        self.text = original
        self._stages: list[_Edits] = []

    def replace(self, pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str]) -> None:
        """Replace every match, remembering where it stood."""
        edits, pieces, done = _Edits(), [], 0
        for match in pattern.finditer(self.text):
            new = replacement(match)
            pieces += [self.text[done : match.start()], new]
            edits.add(match.start(), match.end(), len(new))
            done = match.end()
        if pieces:
            self.text = "".join([*pieces, self.text[done:]])
            self._stages.append(edits)

    def replace_characters(self, table: dict[int, str]) -> None:
        """Replace single characters by single characters: every place stays where it is."""
        self.text = self.text.translate(table)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the place in the original of `text[start:end]`, whole replacements included."""
        for edits in reversed(self._stages):
            start, end = edits.old_start(start), edits.old_end(end)
        return start, end


class _Edits:
    """The replacements of one pass, by position in the text before it and after it."""

    def __init__(self) -> None:
        self._old: list[tuple[int, int]] = []
        self._new_starts: list[int] = []
        self._new_ends: list[int] = []
        self._shift = 0

    def add(self, start: int, end: int, length: int) -> None:
        self._old.append((start, end))
        self._new_starts.append(start + self._shift)
        self._new_ends.append(start + self._shift + length)
        self._shift += length - (end - start)

    def old_start(self, position: int) -> int:
        last = bisect_right(self._new_starts, position) - 1
        if last < 0:
            return position
        beyond = position - self._new_ends[last]
        return self._old[last][0] if beyond < 0 else self._old[last][1] + beyond

    def old_end(self, position: int) -> int:
        last = bisect_left(self._new_starts, position) - 1
        if last < 0:
            return position
        return self._old[last][1] + max(0, position - self._new_ends[last])


def refang(text: str) -> Rewritten:
    """Return `text` in plain, live form; linear in its length."""
    rewritten = Rewritten(text)
    if not text.isascii():
        _compose(rewritten)
    rewritten.replace(_BRACKETED, _unbracketed)
    rewritten.replace(_SPOKEN, lambda match: _WORDS[match[1].lower()])
    rewritten.replace(_SCHEME, _live_scheme)
    return rewritten


def is_defanged(quoted: str) -> bool:
    """Tell whether a quotation was made unclickable, rather than merely written in full-width forms."""
    return any(pattern.search(quoted) for pattern in (_BRACKETED, _SPOKEN, _SCHEME))


def is_spoken(quoted: str) -> bool:
    """Tell whether a quotation spells its dots out, as in `evil dot example`."""
    return _SPOKEN_DOT.search(quoted) is not None


def _compose(rewritten: Rewritten) -> None:
    same_length: dict[int, str] = {}
    other_length: dict[str, str] = {}
    for character in set(rewritten.text):
        plain = _plain(character)
        if len(plain) == 1:
            same_length[ord(character)] = plain
        else:
            other_length[character] = plain
    rewritten.replace_characters(same_length)
    if other_length:
        any_of = re.compile("[" + re.escape("".join(sorted(other_length))) + "]")
        rewritten.replace(any_of, lambda match: other_length[match[0]])


def _plain(character: str) -> str:
    if character.isascii() or character in _SEPARATORS:
        return character
    if character in _INVISIBLE:
        return ""
    if unicodedata.category(character) in _NEVER_TEXT:
        return character
    return unicodedata.normalize("NFKC", character)


def _unbracketed(match: re.Match[str]) -> str:
    inner = match["inner"]
    return "." if inner is None else _WORDS.get(inner.lower(), inner)


def _live_scheme(match: re.Match[str]) -> str:
    return ("http" if match["h"] else "ftp") + match["s"].lower() + "://"
