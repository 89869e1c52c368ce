"""Techniques of MITRE ATT&CK among the words to tag with."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

_TECHNIQUE: Final = re.compile(r'misp-galaxy:mitre-attack-pattern=".* - (T\d{4}(?:\.\d{3})?)"', re.ASCII)


def techniques(tags: Iterable[str]) -> Iterator[str]:
    """Yield the numbers of the techniques that are among some tags: `T1566`, `T1566.001`."""
    for name in tags:
        if (match := _TECHNIQUE.fullmatch(name)) is not None:
            yield match[1]


def address_of(technique: str) -> str:
    """Return where MITRE tells of a technique."""
    return f"https://attack.mitre.org/techniques/{technique.replace('.', '/')}/"
