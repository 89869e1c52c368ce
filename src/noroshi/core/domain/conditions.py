"""A small algebra of conditions over items, read twice: on one item in memory, and as a database filter.

The rules of the policy are written once, in these words. `holds` evaluates a condition on an `Item`;
`core.policy` turns the same condition into a query. Conditions that depend on the actor alone are decided when
the rules are built, so what remains are facts of the item and lines of its audience.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from uuid import UUID

from noroshi.core.domain.audience import EntryKind, Item


class Condition:
    """Something that is true or false of an item."""

    def __and__(self, other: "Condition") -> "Condition":
        if isinstance(self, Constant):
            return other if self.value else NEVER
        if isinstance(other, Constant):
            return self if other.value else NEVER
        return Both(self, other)

    def __or__(self, other: "Condition") -> "Condition":
        if isinstance(self, Constant):
            return ALWAYS if self.value else other
        if isinstance(other, Constant):
            return ALWAYS if other.value else self
        return Either(self, other)

    def __invert__(self) -> "Condition":
        if isinstance(self, Constant):
            return Constant(not self.value)
        if isinstance(self, Opposite):
            return self.inner
        return Opposite(self)


@dataclass(frozen=True)
class Constant(Condition):
    """True or false of every item: the actor alone decided it."""

    value: bool


@dataclass(frozen=True)
class Both(Condition):
    """Both hold."""

    left: Condition
    right: Condition


@dataclass(frozen=True)
class Either(Condition):
    """At least one holds."""

    left: Condition
    right: Condition


@dataclass(frozen=True)
class Opposite(Condition):
    """The inner one does not hold."""

    inner: Condition


@dataclass(frozen=True)
class Fact(Condition):
    """The item's `field` is one of `values`; an unknown fact is none of them."""

    field: str
    values: frozenset[str | UUID]


@dataclass(frozen=True)
class Later(Condition):
    """The item's moment `field` is known and later than `moment`."""

    field: str
    moment: datetime


@dataclass(frozen=True)
class Listed(Condition):
    """The audience has a line of `kind` whose `column` (target or organisation) is one of `ids`."""

    kind: EntryKind
    ids: frozenset[UUID]
    column: str = "target"


@dataclass(frozen=True)
class Open(Condition):
    """The audience has a line of `kind`, whoever it names."""

    kind: EntryKind


ALWAYS: Condition = Constant(value=True)
NEVER: Condition = Constant(value=False)


def when(value: bool) -> Condition:  # noqa: FBT001 - a boolean is what it wraps
    """Lift a decision about the actor into a condition."""
    return ALWAYS if value else NEVER


def fact(field: str, *values: str | UUID | None) -> Condition:
    """The item's `field` is one of `values`."""
    known = frozenset(value for value in values if value is not None)
    return Fact(field, known) if known else NEVER


def listed(kind: EntryKind, ids: Iterable[UUID | None], column: str = "target") -> Condition:
    """The audience names one of `ids` by a line of `kind`."""
    known = frozenset(value for value in ids if value is not None)
    return Listed(kind, known, column) if known else NEVER


def any_of(*conditions: Condition) -> Condition:
    """At least one of `conditions` holds."""
    return reduce(lambda left, right: left | right, conditions, NEVER)


def holds(condition: Condition, item: Item) -> bool:
    """Whether `condition` is true of `item`."""
    match condition:
        case Constant(value):
            return value
        case Both(left, right):
            return holds(left, item) and holds(right, item)
        case Either(left, right):
            return holds(left, item) or holds(right, item)
        case Opposite(inner):
            return not holds(inner, item)
        case Fact(field, values):
            return getattr(item, field) in values
        case Later(field, moment):
            known = getattr(item, field)
            return known is not None and known > moment
        case Listed(kind, ids, column):
            return any(entry.kind is kind and getattr(entry, column) in ids for entry in item.audience)
        case Open(kind):
            return any(entry.kind is kind for entry in item.audience)
    raise TypeError(condition)


def knowing(condition: Condition, field: str, value: str) -> Condition:
    """Return what is left of `condition` for items whose `field` is `value`."""
    match condition:
        case Fact(name, values) if name == field:
            return when(value in values)
        case Both(left, right):
            return knowing(left, field, value) & knowing(right, field, value)
        case Either(left, right):
            return knowing(left, field, value) | knowing(right, field, value)
        case Opposite(inner):
            return ~knowing(inner, field, value)
    return condition


def sources(condition: Condition, indexed: AbstractSet[str]) -> list[Condition] | None:
    """Return facts (of the fields `indexed`) and lines of which each item has one, if `condition` is true of it.

    None where there is no such list: the condition may be true of items with nothing to find them by.
    """
    match condition:
        case Constant(value):
            return None if value else []
        case Listed():
            return [condition]
        case Fact(field) if field in indexed:
            return [condition]
        case Both(left, right):
            known = [found for found in (sources(left, indexed), sources(right, indexed)) if found is not None]
            return min(known, key=len, default=None)
        case Either(left, right):
            one, other = sources(left, indexed), sources(right, indexed)
            return None if one is None or other is None else list(dict.fromkeys([*one, *other]))
    return None
