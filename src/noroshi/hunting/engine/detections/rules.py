"""What a rule is once it was read: words for people, and one query with the figures that may be tuned."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from noroshi.hunting.engine.detections.conditions import Pseudonym, Value
from noroshi.hunting.engine.detections.patterns import Measure, Search, behind_sql, episodes_sql
from noroshi.hunting.engine.schema import EventClass


class Level(StrEnum):
    """How grave a detection is, as Sigma has it; in rising order."""

    INFORMATIONAL = "informational"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Layer(StrEnum):
    """Where an attack would be seen: as it comes in, as it moves inside, as it leaves."""

    ENTRY = "entry"
    INSIDE = "inside"
    EXIT = "exit"


LAYER_OF_CLASS: Final[Mapping[EventClass, Layer]] = {
    EventClass.WEB: Layer.ENTRY,
    EventClass.AUTH: Layer.ENTRY,
    EventClass.MAIL: Layer.ENTRY,
    EventClass.TRANSFER: Layer.ENTRY,
    EventClass.PROCESS: Layer.INSIDE,
    EventClass.FILE: Layer.INSIDE,
    EventClass.ALERT: Layer.INSIDE,
    EventClass.API: Layer.INSIDE,
    EventClass.DNS: Layer.EXIT,
    EventClass.CONN: Layer.EXIT,
}
"""The layer of a rule that does not say its own."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text in English and in Japanese; the English where there is no Japanese."""

    en: str
    ja: str

    def in_language(self, language: str) -> str:
        """Return the text as a reader of that language gets it."""
        return self.ja if language.startswith("ja") else self.en


@dataclass(frozen=True, slots=True)
class Need:
    """What a rule must be able to read: events of a class (None: of any) in which these columns have data."""

    event_class: EventClass | None
    columns: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``keys`` name what its detections are grouped by; ``span`` is in seconds; ``line`` is where it stands.

    The threshold can be tuned where it counts something: a sequence of events has none.
    """

    id: UUID
    title: Words
    reason: Words
    level: Level
    layers: tuple[Layer, ...]
    tactics: tuple[str, ...]
    techniques: tuple[str, ...]
    false_positives: tuple[Words, ...]
    measure: Measure
    searches: tuple[Search, ...]
    keys: tuple[str, ...]
    threshold: int
    span: int
    values: Mapping[str, Value]
    keep_keyless: bool
    line: int

    @property
    def tunable(self) -> bool:
        """Whether the threshold is a figure that an organisation can choose."""
        return self.measure not in {Measure.TOGETHER, Measure.IN_ORDER}

    @property
    def needs(self) -> tuple[Need, ...]:
        """What the lake must have for the rule to see anything: one need for each search."""
        return tuple(Need(search.event_class, search.columns) for search in self.searches)

    @property
    def sql(self) -> str:
        """The query that finds the rule's detections."""
        return episodes_sql(self.measure, self.searches, keep_keyless=self.keep_keyless)

    @property
    def behind(self) -> str:
        """The query of the events behind one of them."""
        return behind_sql(self.searches, keep_keyless=self.keep_keyless)

    def shown_values(self) -> dict[str, str]:
        """Return the parameters of the query for people: a pseudonym by the words that it stands for."""
        return {
            name: f"pseudonym of {value.text!r}" if isinstance(value, Pseudonym) else repr(value)
            for name, value in self.values.items()
        }
