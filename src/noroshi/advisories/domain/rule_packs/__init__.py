"""Packs of detection and blocking rules: which rule is against which vulnerability, and whether a member has it on."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from noroshi.advisories.domain.rule_packs.rules import Rule, Unread
from noroshi.advisories.domain.rule_packs.suricata import read_suricata
from noroshi.advisories.domain.rule_packs.table import read_table
from noroshi.advisories.domain.rule_packs.yaml_rules import read_yaml

__all__ = [
    "MOST_RULES",
    "Pack",
    "PackFormat",
    "Rule",
    "Standing",
    "Unread",
    "ids_in",
    "read_pack",
    "standing_of",
]

MOST_RULES: Final = 200_000
_BETWEEN: Final = re.compile(r"[\s,;、]+")


class PackFormat(StrEnum):
    """How a pack is written."""

    SURICATA = "suricata"
    YAML = "yaml"
    TABLE = "table"


_READERS: Final[Mapping[PackFormat, Callable[[str], Iterator[Rule | Unread]]]] = {
    PackFormat.SURICATA: read_suricata,
    PackFormat.YAML: read_yaml,
    PackFormat.TABLE: read_table,
}


@dataclass(frozen=True)
class Pack:
    """What a file held: the rules that are against some vulnerability, how many are not, and what was not read."""

    rules: tuple[Rule, ...]
    without_cve: int
    unread: tuple[Unread, ...]


def read_pack(form: PackFormat, text: str) -> Pack:
    """Read a file; of two rules with one number, the later counts."""
    found, unread = dict[str, Rule](), list[Unread]()
    for each in _READERS[form](text):
        if isinstance(each, Rule):
            found[each.rule_id] = each
        else:
            unread.append(each)
    rules = tuple(rule for rule in found.values() if rule.cves)
    return Pack(rules, len(found) - len(rules), tuple(unread))


def ids_in(text: str) -> list[str]:
    """Return the rule numbers of a pasted list, each once: between spaces, commas or line ends."""
    return list(dict.fromkeys(part for part in _BETWEEN.split(text) if part))


class Standing(StrEnum):
    """What a member knows of a rule against a vulnerability."""

    EXISTS = "exists"
    """There is one; the member never said which rules of the pack are on."""
    ENABLED = "enabled"
    MISSING = "missing"
    EXPIRED = "expired"
    """It was on, and what was said of that does not hold any more."""


def standing_of(rule_id: str, enabled: Iterable[str] | None, until: date | None, today: date) -> Standing:
    """Return how a rule stands with a member that said what is `enabled`, to hold up to and with the day `until`."""
    if enabled is None:
        return Standing.EXISTS
    if rule_id not in enabled:
        return Standing.MISSING
    return Standing.EXPIRED if until is not None and until < today else Standing.ENABLED
