r"""A regular expression of RE2, which DuckDB reads, as one of Java, which Spark reads, that finds the same.

Java means other things by the same signs: a word boundary of hers does not lie between あ and a, ``$`` stands before a
last line feed, a dot stops at more line ends, a class within a class is a union, ``\s`` knows another space. So each
sign is written anew, and a sign that is not known here to have a twin is refused.
"""

import re
from collections.abc import Iterator
from typing import Final

from noroshi.hunting.engine.detections.reasons import RuleError, RuleReason

DOTTED_I: Final = {"İ": "\U0010fffe", "ı": "\U0010ffff"}
"""Java folds these into i, Unicode's folding does not: the text and the pattern have characters of nobody instead."""

# Of Unicode's case, with a dot that stops at a line feed alone.
_HEAD: Final = "(?du)"
_TOKEN: Final = re.compile(
    r"\\(?P<escape>x[0-9A-Fa-f]{2}|.)"
    r"|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])"
    r"|(?P<flags>\(\?[is]*(?:-[is]+)?[:)])"
    r"|(?P<group>\((?:\?P<\w+>|(?!\?)))"
    r"|(?P<repeat>(?:[*+?]|\{\d+(?:,\d*)?\})\??)(?P<again>[*+?]?)"
    r"|(?P<sign>\(\?.?|.)",
    re.DOTALL,
)
_MEMBER: Final = re.compile(r"\\(?P<escape>x[0-9A-Fa-f]{2}|.)|(?P<sign>.)", re.DOTALL)
_FOLDS: Final = re.compile(r"\(\?s*i")
_PERL: Final = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r "}
_ESCAPES: Final = {
    **{sign: f"[{ranges}]" for sign, ranges in _PERL.items()},
    **{sign.upper(): f"[^{ranges}]" for sign, ranges in _PERL.items()},
    "b": r"(?:(?<=\w)(?!\w)|(?<!\w)(?=\w))",
    "A": r"\A",
    "z": r"\z",
}
_IN_SET: Final = {**_PERL, "D": r"\D", "S": r"\S\x0B"}
_CONTROLS: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "a": "\a", "v": "\v"}
# Java finds no twin of these by case, or another than Unicode.
_UNFOLDED: Final = frozenset("ßẞ")
_ASCII: Final = 0x7F


def java_pattern(pattern: str) -> str:
    """Return the pattern for Java; raise `RuleError` for what has no twin there."""
    return _Translation(folding=bool(_FOLDS.search(pattern))).of(pattern)


def renamed(text: str) -> str:
    """Return SQL of a text as the pattern expects it."""
    return f"translate({text}, '{''.join(DOTTED_I)}', '{''.join(DOTTED_I.values())}')"


def _refusal(sign: str) -> RuleError:
    return RuleError(RuleReason.JAVA, name=sign)


class _Translation:
    """Writes the signs of one pattern; ``folding``: somewhere in it case is set aside."""

    def __init__(self, *, folding: bool) -> None:
        self._folding = folding

    def of(self, pattern: str) -> str:
        return _HEAD + "".join(map(self._written, _TOKEN.finditer(pattern)))

    def _written(self, token: re.Match[str]) -> str:
        match token.lastgroup:
            case "escape":
                return _ESCAPES.get(token["escape"]) or self._literal(_character(token["escape"]))
            case "set":
                return self._set(token["set"])
            case "flags":
                return token["flags"]
            case "group":
                return "("
            case "again":
                if token["again"]:
                    raise _refusal(token[0])
                return token["repeat"]
        return self._sign(token[0])

    def _sign(self, sign: str) -> str:
        if len(sign) > 1 or sign in "[\\":
            raise _refusal(sign)
        if sign == "$":
            return r"\z"
        return sign if sign in "|).^" else self._literal(sign)

    def _literal(self, character: str) -> str:
        if self._folding and character in _UNFOLDED:
            raise _refusal(character)
        character = DOTTED_I.get(character, character)
        return character if character.isalnum() and character.isascii() else f"\\x{{{ord(character):X}}}"

    def _set(self, text: str) -> str:
        start = "[^" if text.startswith("[^") else "["
        inner = text[len(start) : -1]
        if "[:" in inner:
            raise _refusal("[:")
        return f"{start}{''.join(self._members(inner))}]"

    def _members(self, inner: str) -> Iterator[str]:
        """Yield the members of a set: characters, ranges, and what stands for several."""
        tokens = list(_MEMBER.finditer(inner))
        while tokens:
            first = tokens.pop(0)
            if several := self._several(first["escape"]):
                yield several
            elif len(tokens) > 1 and tokens[0][0] == "-":
                yield self._range(_member(first), _member(tokens[1]))
                del tokens[:2]
            else:
                yield self._literal(_member(first))

    def _several(self, escape: str | None) -> str | None:
        return r"\W" if escape == "W" and not self._folding else _IN_SET.get(escape or "")

    def _range(self, first: str, last: str) -> str:
        if self._folding and ord(last) > _ASCII and _has_case(max(ord(first), _ASCII), ord(last)):
            raise _refusal(f"{first}-{last}")
        lost = [letter for letter in DOTTED_I if first <= letter <= last]
        return "-".join(f"\\x{{{ord(end):X}}}" for end in (first, last)) + "".join(map(self._literal, lost))


def _member(token: re.Match[str]) -> str:
    return _character(token["escape"]) if token["escape"] else token[0]


def _character(escape: str) -> str:
    """Return the character that an escape means."""
    if len(escape) > 1:
        return chr(int(escape[1:], 16))
    if escape.isalnum() and escape not in _CONTROLS:
        raise _refusal(f"\\{escape}")
    return _CONTROLS.get(escape, escape)


def _has_case(first: int, last: int) -> bool:
    text = "".join(map(chr, range(first, last + 1)))
    return not text.lower() == text == text.upper()
