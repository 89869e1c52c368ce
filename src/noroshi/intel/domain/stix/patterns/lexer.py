"""The tokens of a STIX pattern, by the grammar that the committee publishes (STIXPattern.g4 of STIX 2.1)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from noroshi.intel.domain.stix.patterns.errors import Fault, PatternError

MAX_PATTERN: Final = 1_000_000
"""Characters of a pattern; the longest in use compare a file's content."""

_SPACE: Final = r" \t\r\n\u000B\u000C\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_TOKEN: Final = re.compile(
    rf"""(?P<SKIP>[{_SPACE}]+ | /\*(?s:.*?)\*/ | //[^\r\n]*)
    | (?P<TIMESTAMP>t'[0-9T:.Z-]{{1,60}}')
    | (?P<HEX>h'(?:[0-9A-Fa-f]{{2}})*')
    | (?P<BINARY>b'(?:[A-Za-z0-9+/]{{4}})*(?:[A-Za-z0-9+/]{{4}}|[A-Za-z0-9+/]{{3}}=|[A-Za-z0-9+/]{{2}}==)')
    | (?P<STRING>'(?:[^'\\]|\\['\\])*')
    | (?P<FLOAT>[+-]?[0-9]*\.[0-9]+)
    | (?P<INTEGER>[+-]?(?:0|[1-9][0-9]*))
    | (?P<NAME>[a-zA-Z_][a-zA-Z0-9_-]*)
    | (?P<COMPARE>==|=|!=|<>|<=|<|>=|>)
    | (?P<PUNCTUATION>[:.,()\[\]*])""",
    re.VERBOSE,
)

KEYWORDS: Final = frozenset(
    {
        "AND", "OR", "NOT", "FOLLOWEDBY", "LIKE", "MATCHES", "ISSUPERSET", "ISSUBSET", "EXISTS", "LAST", "IN",
        "START", "STOP", "SECONDS", "true", "false", "WITHIN", "REPEATS", "TIMES",
    }
)  # fmt: skip


class Kind(StrEnum):
    """What a token is."""

    TIMESTAMP = "TIMESTAMP"
    HEX = "HEX"
    BINARY = "BINARY"
    STRING = "STRING"
    FLOAT = "FLOAT"
    INTEGER = "INTEGER"
    NAME = "NAME"
    KEYWORD = "KEYWORD"
    COMPARE = "COMPARE"
    PUNCTUATION = "PUNCTUATION"
    END = "END"


@dataclass(frozen=True, slots=True)
class Token:
    """A token, its text and where it begins."""

    kind: Kind
    text: str
    place: int


def tokens_of(pattern: str) -> Iterator[Token]:
    """Yield the tokens, and one for the end; raise PatternError where a character belongs to none."""
    if len(pattern) > MAX_PATTERN:
        raise PatternError(Fault.TOO_LONG, MAX_PATTERN)
    place = 0
    while place < len(pattern):
        match = _TOKEN.match(pattern, place)
        if match is None:
            raise PatternError(Fault.CHARACTER, place, pattern[place])
        if match.lastgroup != "SKIP":
            kind = Kind.KEYWORD if match[0] in KEYWORDS else Kind(str(match.lastgroup))
            yield Token(kind, match[0], place)
        place = match.end()
    yield Token(Kind.END, "", place)
