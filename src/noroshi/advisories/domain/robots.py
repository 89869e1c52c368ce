"""What a site's robots.txt lets programs fetch (RFC 9309): all groups of a name, the longest rule, ``*`` and ``$``.

The standard library's parser takes the first rule that fits, one group alone, and both signs for letters: it fetches
what a site forbids.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

MOST_BYTES: Final = 512 * 1024
"""So much of it is read (RFC 9309, 2.5)."""
EVERYBODY: Final = "*"
_LINE: Final = re.compile(r"\s*([A-Za-z-]+)\s*:\s*(.*?)\s*$")
_TOKEN: Final = re.compile(r"[A-Za-z_-]+")
_ESCAPED: Final = re.compile(r"%([0-9A-Fa-f]{2})")
_PLAIN: Final = re.compile(r"[A-Za-z0-9._~-]")
_KEPT: Final = "!\"#$%&'()*+,/:;<=>?@[\\]^`{|}~"


@dataclass(frozen=True)
class Rule:
    """A pattern of paths, and whether they are allowed."""

    pattern: str
    allowed: bool

    def fits(self, path: str) -> bool:
        """Whether a path begins as the pattern says."""
        ends = self.pattern.endswith("$")
        head, *pieces = self.pattern.removesuffix("$").split("*")
        if not path.startswith(head):
            return False
        at = len(head)
        last = pieces.pop() if ends and pieces else None
        for piece in pieces:
            found = path.find(piece, at)
            if found < 0:
                return False
            at = found + len(piece)
        if last is not None:
            return len(path) - len(last) >= at and path.endswith(last)
        return not ends or at == len(path)


def may_fetch(text: str, agent: str, url: str) -> bool:
    """Whether a program of this name may fetch an address of the site whose robots.txt this is."""
    parts = urlsplit(url)
    path = _normal((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    if path == "/robots.txt":
        return True
    fitting = [(len(rule.pattern), rule.allowed) for rule in rules_for(text, agent) if rule.fits(path)]
    return max(fitting, default=(0, True))[1]  # of two as long, the one that allows


def rules_for(text: str, agent: str) -> list[Rule]:
    """Return the rules for a program of this name; where no group has it, those for everybody."""
    groups: dict[str, list[Rule]] = {}
    for names, rule in _rules(text):
        for name in names:
            groups.setdefault(name, []).extend([rule] if rule else [])
    return groups.get(agent.lower(), groups.get(EVERYBODY, []))


def _rules(text: str) -> Iterator[tuple[tuple[str, ...], Rule | None]]:
    """Yield each rule with the names of its group, and of each group its names, for it may have no rules."""
    names: tuple[str, ...] = ()
    begins = True
    for line in re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")):
        found = _LINE.match(line.partition("#")[0])
        key, value = (found[1].lower(), found[2]) if found else ("", "")
        if key == "user-agent":
            names = (*(() if begins else names), _name(value))
            begins = False
            yield names, None
        elif key in ("allow", "disallow"):
            begins = True
            if value:
                yield names, Rule(_normal(value), key == "allow")


def _name(value: str) -> str:
    token = _TOKEN.match(value)
    return token[0].lower() if token else value[:1]


def _normal(path: str) -> str:
    """Return a path in which the same octets are written the same way (RFC 9309, 2.2.2)."""
    return _ESCAPED.sub(_decoded, quote(path, safe=_KEPT))


def _decoded(found: re.Match[str]) -> str:
    sign = chr(int(found[1], 16))
    return sign if _PLAIN.fullmatch(sign) else found[0].upper()
