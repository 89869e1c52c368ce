"""Domains and address ranges as an admin states them: read line by line, in one canonical form."""

import ipaddress
import re
from typing import Final

MAX_MARKS: Final = 500
MAX_NAME: Final = 200
_WIDEST: Final = {4: 8, 6: 19}
"""The shortest prefix taken: what is wider is nobody's alone."""
_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_LONGEST_DOMAIN: Final = 253


def lines(text: str) -> list[str]:
    """Return the lines that say something, each once, in their order."""
    return list(dict.fromkeys(" ".join(line.split()) for line in text.splitlines() if line.strip()))


def domain(text: str) -> str:
    """Return a domain in small letters and punycode; raise ValueError on what is none."""
    bare = text.strip().lower().removeprefix("*.").removeprefix("@").strip(".")
    name = bare.encode("idna").decode("ascii") if not bare.isascii() else bare
    labels = name.split(".")
    if len(labels) < 2 or len(name) > _LONGEST_DOMAIN or not all(map(_LABEL.fullmatch, labels)):  # noqa: PLR2004
        raise ValueError(text)
    return name


def address_range(text: str) -> str:
    """Return an address or a range in its canonical form; raise ValueError on what is none, or too wide."""
    network = ipaddress.ip_network(text.strip(), strict=False)
    if network.prefixlen < _WIDEST[network.version]:
        raise ValueError(text)
    return str(network)


def name(text: str) -> str:
    """Return a name; raise ValueError on one that is too long or too short to be looked for."""
    if not 2 <= len(text) <= MAX_NAME:  # noqa: PLR2004 - one character stands in any text
        raise ValueError(text)
    return text
