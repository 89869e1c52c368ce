"""How narrow what was received is to be held: the strictest of what is said about it, by itself and by what holds it.

STIX 2.1 gives no order among several markings (7.2); here all of them hold. An object that no marking speaks of is
never public. A container's marking reaches what it contains, or it would be lost when the bundle is taken apart.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, Final

from noroshi.core.domain.tlp import TLP
from noroshi.intel.domain.stix.reading import read_parts
from noroshi.intel.domain.stix.rules import MAX_PROBLEMS, Problem, Rule
from noroshi.intel.domain.stix.tlp import LEVELS
from noroshi.intel.domain.stix.types import CONTAINERS
from noroshi.intel.domain.strict_json import decode

UNMARKED: Final = TLP.AMBER
"""Of what bears no marking at all."""

_MARKING_PATHS: Final = (("object_marking_refs",), ("granular_markings",))

_TELLING: Final = (b'"object_refs"', b'"marking-definition"')
"""One of these is in the bytes of every object that says something about another one."""


@dataclass(frozen=True)
class Survey:
    """What the objects of a stream say of each other: markings that are defined there, and levels of what is held."""

    definitions: frozenset[str] = frozenset()
    held: Mapping[str, TLP] = field(default_factory=dict)

    def level_of(self, value: Mapping[str, Any]) -> TLP:
        """Return the level at which an object is to be held."""
        own = marked_level(value, self.definitions)
        return max((level for level in (own, self.held.get(str(value.get("id")))) if level), default=UNMARKED)

    def level_of_refused(self, value: Any, problems: Sequence[Problem]) -> TLP:
        """Return the level at which an object that is none is held: RED where nobody can say what it is marked with."""
        if not isinstance(value, dict) or len(problems) >= MAX_PROBLEMS or any(map(_hides_marking, problems)):
            return TLP.RED
        return self.level_of(value)


def _hides_marking(problem: Problem) -> bool:
    """Whether what is wrong may be a marking: one that is none, or one under a name that nobody knows."""
    return problem.rule is Rule.PROPERTY_UNKNOWN or problem.path[:1] in _MARKING_PATHS


def survey(stream: IO[bytes]) -> Survey:
    """Read through a stream for what its objects say of each other; bytes that are no object are passed over."""
    definitions: set[str] = set()
    containers: list[dict[str, Any]] = []
    for value in _telling(stream):
        if value.get("type") == "marking-definition":
            definitions.add(str(value.get("id")))
        elif value.get("type") in CONTAINERS and isinstance(value.get("object_refs"), list):
            containers.append(value)
    return Survey(frozenset(definitions), _held(containers, frozenset(definitions)))


def _telling(stream: IO[bytes]) -> Iterator[dict[str, Any]]:
    for part in read_parts(stream):
        if any(word in part for word in _TELLING):
            try:
                value = decode(part)
            except ValueError:
                continue
            if isinstance(value, dict):
                yield value


def _held(containers: Iterable[Mapping[str, Any]], definitions: frozenset[str]) -> dict[str, TLP]:
    """Return the level that containers give to what they name, through containers in containers as well."""
    names = {id(each): [name for name in each["object_refs"] if isinstance(name, str)] for each in containers}
    inner: dict[str, list[Mapping[str, Any]]] = {}
    rising: list[tuple[TLP, Mapping[str, Any]]] = []
    for each in containers:
        inner.setdefault(str(each.get("id")), []).append(each)
        level = marked_level(each, definitions)
        rising.extend([(level, each)] if level else [])
    held: dict[str, TLP] = {}
    while rising:
        level, container = rising.pop()
        for name in names[id(container)]:
            if name not in held or held[name] < level:
                held[name] = level
                rising.extend((level, each) for each in inner.get(name, ()))
    return held


def marked_level(value: Mapping[str, Any], definitions: frozenset[str]) -> TLP | None:
    """Return the strictest level that an object's own markings give it, None where they give none.

    A marking that nobody defines counts as RED.
    """
    levels = [_level_of_marking(each, definitions) for each in _markings(value)]
    return max((level for level in levels if level), default=None)


def _markings(value: Mapping[str, Any]) -> Iterator[Any]:
    whole, parts = value.get("object_marking_refs"), value.get("granular_markings")
    yield from whole if isinstance(whole, list) else ()
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, dict) and "marking_ref" in part:
            yield part["marking_ref"]


def _level_of_marking(name: Any, definitions: frozenset[str]) -> TLP | None:
    """The level that a marking stands for; None for one that is defined and speaks of something else."""
    if not isinstance(name, str):
        return TLP.RED
    return LEVELS.get(name) or (None if name in definitions else TLP.RED)
