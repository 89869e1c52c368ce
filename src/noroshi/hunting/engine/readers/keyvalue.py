"""Text that holds ``key=value`` pairs: logfmt, firewalls, auditd, mail servers. Values may be quoted."""

import re
from collections.abc import Iterator
from typing import Final

MAX_PAIRS: Final = 500
# A word before "=" is looked at once, from its beginning: no text makes the pattern start anew within it.
_PAIR = re.compile(
    r"(?<![\w.@\\-])(?P<key>[A-Za-z_@][\w.@-]{0,63})="
    r"(?:\"(?P<double>(?:[^\"\\]|\\.)*)\"|'(?P<single>[^']*)'|<(?P<angle>[^<>\s]*)>"
    r"|(?P<bare>[^\s\"']*?)(?=[,;]?(?:\s|$)|[,;)\]][A-Za-z_]|[\"']))"
)
_ESCAPED = re.compile(r"\\(.)")


def pairs(text: str) -> Iterator[tuple[str, str]]:
    """Yield the (key, value) pairs in a text, as many as are sensible."""
    for number, match in enumerate(_PAIR.finditer(text)):
        if number == MAX_PAIRS:
            return
        value = match[match.lastgroup or "bare"]
        yield match["key"], _ESCAPED.sub(r"\1", value) if match["double"] else value
