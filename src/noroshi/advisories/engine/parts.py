"""Components as they are held against records, and what is told of one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from noroshi.advisories.domain.affected import Affected
from noroshi.advisories.domain.aliases import NO_ALIASES, Aliases
from noroshi.advisories.domain.matching import Answer, Component, Confidence, Verdict, is_plain, judge, united
from noroshi.advisories.engine import orders, ranks
from noroshi.advisories.engine.calls import KINDS, LEARNED, UNSURE, Names, named

_BLANK: Final = ranks.of_verdict(Verdict(Answer.UNKNOWN, Confidence.NAME_ONLY, ""))


@dataclass(frozen=True, slots=True)
class Match:
    """A component and a vulnerability of its product, with what is known of the two."""

    component: Component
    vulnerability: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Part:
    """A component, and what of a rank is its own."""

    component: Component
    names: Names
    by_numbers: int
    """What its version takes from the sureness of a span that is only sure of numbers."""
    is_blank: bool

    @classmethod
    def of(cls, component: Component) -> "Part":
        """Return a component as a part."""
        names = named(component.vendor, component.name, component.cpe, component.purl)
        by_numbers = 0 if is_plain(component.version) else UNSURE
        return cls(component, names, by_numbers, not component.version.strip())

    def rank_at(self, place: orders.Place) -> int:
        """Return the rank of what a span cannot tell of it, or needs not."""
        if self.is_blank:
            return _BLANK
        return ranks.ASK if place.is_odd else 0

    def verdict(self, rank: int, rule: str, theirs: str = "") -> Verdict:
        """Return what a rank says, which does not ask, by the rule of its span and by what the product is called."""
        said = ranks.read(rank)
        text = "the version is not known" if self.is_blank else rule
        link = f"alias {theirs}" if said.kind == LEARNED else f"{KINDS[said.kind]} {self.names[said.kind]}"
        return Verdict(said.answer, said.confidence, f"{link}; {text}")


def referred(component: Component, blocks: Iterable[Affected], aliases: Aliases = NO_ALIASES) -> Verdict:
    """Return what the reference says: one of the blocks is about this component."""
    said = (judge(component, each, aliases) for each in blocks)
    return united(verdict for verdict in said if verdict is not None)
