"""A rule of a pack, as far as it can be asked for by the vulnerability that it is against."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_CVE: Final = re.compile(r"(?<![a-z0-9])(?:CVE[-_.: ]?)?((?:19|20)\d{2})[-_.](\d{4,19})(?!\d)", re.IGNORECASE)


@dataclass(frozen=True)
class Rule:
    """A rule: what it is called, against which vulnerabilities (CVE), in which revision, and what it does."""

    rule_id: str
    cves: tuple[str, ...]
    title: str = ""
    revision: str = ""
    action: str = ""
    licence: str = ""
    is_off: bool = False
    """Whether the pack has it switched off as it comes."""


@dataclass(frozen=True)
class Unread:
    """A rule that could not be read: the line on which it begins, and why."""

    line: int
    reason: str


def cves_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the CVE numbers in fields that name some, as packs write them: ``2021-44228``, ``cve.2021.44228``."""
    plain = (unicodedata.normalize("NFKC", text) for text in texts)
    found = (f"CVE-{match[1]}-{match[2]}" for text in plain for match in _CVE.finditer(text))
    return tuple(dict.fromkeys(found))
