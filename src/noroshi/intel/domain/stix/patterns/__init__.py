"""STIX patterns (STIX 2.1, chapter 9): read, brought into one form, and looked through for what can be hunted."""

import re
from typing import Final

from noroshi.intel.domain.stix.patterns.errors import Fault, PatternError
from noroshi.intel.domain.stix.patterns.lexer import MAX_PATTERN
from noroshi.intel.domain.stix.patterns.parser import parse_pattern

# One equality with a string: more than nine of ten patterns in use. Digests are looked at by the parser.
_is_plain: Final = re.compile(
    r"\[[ ]?[a-z][a-z0-9]{2,40}(?:-[a-z0-9]{1,40}){0,4}:(?!hashes)[a-z_][a-z0-9_]*(?:\.(?!hashes)[a-z_][a-z0-9_]*)*"
    r"[ ]?=[ ]?'(?:[^'\\]++|\\['\\])*+'[ ]?\]"
).fullmatch


def check_pattern(pattern: str) -> PatternError | None:
    """Return why a text is no pattern; None where it is one."""
    if len(pattern) <= MAX_PATTERN and _is_plain(pattern):
        return None
    try:
        parse_pattern(pattern)
    except PatternError as error:
        return error
    return None


__all__ = ["MAX_PATTERN", "Fault", "PatternError", "check_pattern", "parse_pattern"]
