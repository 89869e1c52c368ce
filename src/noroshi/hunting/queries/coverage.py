"""What an organisation could see with the sources it has, and what its rules watch: by layer and by ATT&CK."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from noroshi.core.actor import Actor
from noroshi.hunting.engine.detections import attack
from noroshi.hunting.engine.detections.attack import TACTICS, TECHNIQUES, Technique
from noroshi.hunting.engine.detections.rules import Layer
from noroshi.hunting.engine.detections.running import Window
from noroshi.hunting.engine.detections.seeing import Seen, sources_for
from noroshi.hunting.lake import open_lake
from noroshi.hunting.queries.hunts import own_lake
from noroshi.hunting.queries.rules import RuleLine, lines_of

LOOKED_AT: Final = timedelta(days=30)
"""How far back from the newest event a source counts as one that the organisation has."""


class Sight(StrEnum):
    """How a technique stands with an organisation."""

    WATCHED = "watched"
    """A rule is on, and the logs have what it needs."""
    VISIBLE = "visible"
    """The logs would show it; no rule looks."""
    BLIND = "blind"


@dataclass(frozen=True)
class TechniqueLine:
    """A technique, how it stands, the sources that show it and the rules that are on and can see."""

    technique: Technique
    sight: Sight
    sources: Sequence[str]
    rules: Sequence[RuleLine]


@dataclass(frozen=True)
class Coverage:
    """All techniques by layer, and how many of them are seen and watched by layer and tactic."""

    lines: Sequence[TechniqueLine]

    @property
    def tactics(self) -> list[str]:
        """The tactics that any technique here belongs to, in the order of the matrix."""
        known = {line.technique.tactic for line in self.lines}
        return [tactic for tactic in TACTICS if tactic in known]

    def counts(self, *sights: Sight) -> list[list[int]]:
        """Return how many techniques stand so: a row for each tactic, a column for each layer."""
        return [[self._count(layer, tactic, sights) for layer in Layer] for tactic in self.tactics]

    def _count(self, layer: Layer, tactic: str, sights: Sequence[Sight]) -> int:
        return sum(
            (line.technique.layer, line.technique.tactic) == (layer, tactic) and line.sight in sights
            for line in self.lines
        )


def coverage_for(actor: Actor) -> Coverage:
    """Return what the own organisation's logs would show, and what its rules watch."""
    name = own_lake(actor)
    lake = open_lake()
    arrival = lake.arrived(name, 0)
    until = arrival.last_time + 1 if arrival else 0
    seen = lake.seen(name, Window(until - LOOKED_AT // timedelta(microseconds=1), until)) if arrival else []
    rules = [line for line in lines_of(actor.organisation) if line.enabled and sources_for(line.known.rule.needs, seen)]
    return Coverage([_line(technique, seen, rules) for technique in TECHNIQUES])


def _line(technique: Technique, seen: Sequence[Seen], rules: Sequence[RuleLine]) -> TechniqueLine:
    sources = {source for need in technique.needs for source in sources_for([need], seen)}
    watching = [line for line in rules if any(attack.covers(tag, technique.id) for tag in line.known.rule.techniques)]
    sight = Sight.WATCHED if watching else Sight.VISIBLE if sources else Sight.BLIND
    sources |= {source for line in watching for source in sources_for(line.known.rule.needs, seen)}
    return TechniqueLine(technique, sight, sorted(sources), watching)
