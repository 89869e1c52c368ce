"""What a rule is once it was read: words for people, and one query with the figures that may be tuned."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple
from uuid import UUID

from noroshi.hunting.engine.detections.conditions import Pseudonym, Value, Values, Writer
from noroshi.hunting.engine.detections.dialect import DUCKDB, Dialect
from noroshi.hunting.engine.detections.fields import Field
from noroshi.hunting.engine.detections.patterns import Measure, Search, behind_sql, episodes_sql
from noroshi.hunting.engine.schema import EventClass

MAX_THRESHOLD: Final = 2_000_000_000


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


class Query(NamedTuple):
    """SQL, and the values of its parameters."""

    sql: str
    values: Mapping[str, Value]

    def shown_values(self) -> dict[str, str]:
        """Return the values for people: a pseudonym by the words that it stands for."""
        return {
            name: f"pseudonym of {value.text!r}" if isinstance(value, Pseudonym) else repr(value)
            for name, value in self.values.items()
        }


@dataclass(frozen=True, slots=True)
class Asked:
    """What one search asks: conditions as pySigma read them, the fields of its keys and of its counted value.

    ``columns`` are those without whose data it finds nothing.
    """

    event_class: EventClass | None
    conditions: tuple[Any, ...]
    keys: tuple[Field, ...]
    value: Field | None
    columns: frozenset[str]

    def written(self, writer: Writer) -> Search:
        """Return it in the writer's dialect; raise `RuleError` for what cannot be asked."""
        where = " OR ".join(f"({writer.write(condition)})" for condition in self.conditions)
        keys = tuple(map(writer.sql, self.keys))
        return Search(self.event_class, f"({where})", keys, writer.sql(self.value) if self.value else "NULL")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``keys`` name what its detections are grouped by; ``span`` is in seconds; ``line`` is where it stands.

    ``figures`` are more parameters of its measure.
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
    searches: tuple[Asked, ...]
    keys: tuple[str, ...]
    threshold: int
    span: int
    figures: Mapping[str, int | float]
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

    def episodes(self, dialect: Dialect = DUCKDB) -> Query:
        """Return the query that finds the rule's detections."""
        searches, values = self.written(dialect)
        sql = episodes_sql(self.measure, searches, dialect, keep_keyless=self.keep_keyless)
        return Query(sql, {**values, **self.figures})

    def behind(self, dialect: Dialect = DUCKDB) -> Query:
        """Return the query of the events behind one of them."""
        searches, values = self.written(dialect)
        return Query(behind_sql(searches, dialect, keep_keyless=self.keep_keyless), values)

    def written(self, dialect: Dialect) -> tuple[list[Search], Mapping[str, Value]]:
        """Return its searches in an engine's dialect, and the values they are compared with."""
        values = Values()
        return [search.written(Writer(values, dialect)) for search in self.searches], values.named
