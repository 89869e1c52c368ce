"""Where what came in goes: rules that look at an item, and say how urgent it is, in which category, or that it waits.

A rule fires where each kind of condition that it names is met by at least one of its values. The first that fires
decides, and says by what it fired: nothing in the queue is where it is without a sentence that says why.
"""

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final
from uuid import UUID

from noroshi.advisories.domain.daily import Watched

_DASHES: Final = str.maketrans(dict.fromkeys("‐‑‒–—―−ー－﹣", "-"))
ANY: Final = "*"
"""What a condition on identifiers ends with that means all that begin like it: ``CVE-2026-*``."""


class Priority(IntEnum):
    """How soon somebody has to look."""

    LOW = 1
    NORMAL = 2
    HIGH = 3
    URGENT = 4


class Way(StrEnum):
    """What becomes of an item that a rule fired for."""

    QUEUE = "queue"
    HOLD = "hold"
    DROP = "drop"


class Because(StrEnum):
    """Which kind of condition a rule fired by."""

    WORD = "word"
    NAME = "name"
    PRODUCT = "product"
    EXPLOITED = "exploited"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Conditions:
    """What has to hold: of each kind that is named one value at least, and of all kinds that are named."""

    words: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """Identifiers, or their beginnings with `ANY` behind."""
    products: tuple[str, ...] = ()
    """Makers or products: as claims name them, or as the text does."""
    is_exploited: bool = False
    """Whether a catalogue of exploited vulnerabilities has to list one of those that the item is about."""
    source: UUID | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for: such a rule would fire for everything, and fires for nothing."""
        return not (self.words or self.names or self.products or self.is_exploited or self.source)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: what it looks for, and what follows."""

    number: UUID
    name: str
    conditions: Conditions
    priority: Priority = Priority.NORMAL
    way: Way = Way.QUEUE
    category: UUID | None = None
    days: int = 1
    """For how long what it holds is held."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules look at."""

    texts: tuple[str, ...]
    names: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    is_exploited: bool = False
    source: UUID | None = None
    source_name: str = ""


Evidence = tuple[Because, str]
"""A condition that was met, and by what."""


@dataclass(frozen=True, slots=True)
class Routing:
    """The rule that fired, and by what."""

    rule: Rule
    by: tuple[Evidence, ...]

    @property
    def said(self) -> dict[str, object]:
        """What is kept of it as JSON: it stays true when the rule is changed later."""
        return {"rule": self.rule.name, "by": [[kind.value, what] for kind, what in self.by]}


class Router:
    """Rules in their order, ready to be asked about many items."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = [_Ready(rule) for rule in rules]

    def route(self, facts: Facts) -> Routing | None:
        """Return the first rule that fires, and by what; None where none does."""
        return next(self._fired(facts), None)

    def every(self, facts: Facts) -> list[Routing]:
        """Return all rules that would fire, the one that decides first."""
        return list(self._fired(facts))

    def _fired(self, facts: Facts) -> Iterator[Routing]:
        return (Routing(ready.rule, by) for ready in self._rules if (by := ready.evidence(facts)))


class _Ready:
    """A rule with its words made ready to be looked for."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        asked = rule.conditions
        self._words, self._products = Watched(asked.words), Watched(asked.products)
        self._names = [(name, folded) for name in asked.names if (folded := folded_name(name))]

    def evidence(self, facts: Facts) -> tuple[Evidence, ...]:
        """Return by what the rule fires: one thing of each kind that it asks for; nothing where it does not fire."""
        asked = self.rule.conditions
        looks: list[tuple[Because, bool, Sequence[str]]] = [
            (Because.WORD, bool(asked.words), self._words.found_in(facts.texts)),
            (Because.NAME, bool(asked.names), self._named(facts.names)),
            (Because.PRODUCT, bool(asked.products), self._products.found_in((*facts.products, *facts.texts))),
            (Because.EXPLOITED, asked.is_exploited, ("",) if facts.is_exploited else ()),
            (Because.SOURCE, asked.source is not None, (facts.source_name,) if asked.source == facts.source else ()),
        ]
        wanted = [(kind, found) for kind, is_asked, found in looks if is_asked]
        if not wanted or not all(found for _kind, found in wanted):
            return ()
        return tuple((kind, found[0]) for kind, found in wanted)

    def _named(self, names: Collection[str]) -> tuple[str, ...]:
        if not self._names:
            return ()
        known = [(name, folded_name(name)) for name in names]
        return tuple(
            name for name, folded in known if any(_is_meant(folded, wanted) for _written, wanted in self._names)
        )


def folded_name(name: str) -> str:
    """Return an identifier as it is compared: in one width, one case, with one kind of dash."""
    return unicodedata.normalize("NFKC", name.translate(_DASHES)).translate(_DASHES).casefold().strip()


def _is_meant(name: str, wanted: str) -> bool:
    return name.startswith(wanted[:-1]) if wanted.endswith(ANY) else name == wanted
