"""A table of properties, as the standard prints one for each type, and the rules between them."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from noroshi.intel.domain.stix.rules import Found, Problem, Rule, found, gathered, shown
from noroshi.intel.domain.stix.shapes import Shape, shaped
from noroshi.intel.domain.stix.values import Check, anything, instant

Properties = Mapping[str, Check]
Between = Callable[[dict[str, Any]], Found]
"""A rule between several properties; it is asked once each of them is of its type."""

RESERVED: Final = frozenset({"severity", "username", "phone_number", "phone_numbers", "action"})
"""3.8; `phone_numbers` is what the schemas of the committee reserve."""

_is_custom_name: Final = re.compile(r"[a-z][a-z0-9_]{2,249}").fullmatch


class _Checks(dict[str, Check]):
    """The check of each property, and for any other name the check of a custom property of that name."""

    def __init__(self, properties: Properties, forbidden: frozenset[str], *, extended: bool) -> None:
        super().__init__(properties)
        self._forbidden = forbidden
        self._extended = extended

    def __missing__(self, name: str) -> Check:
        if name in self._forbidden:
            return lambda _: found(Rule.NOT_APPLICABLE, name=name)
        if name in RESERVED:
            return lambda _: found(Rule.RESERVED, name=name)
        if _is_custom_name(name) is None:
            return lambda _: found(Rule.PROPERTY_NAME, name=name)
        if not self._extended and not name.startswith("x_"):
            return lambda _: found(Rule.PROPERTY_UNKNOWN, name=name)
        return anything


class Table:
    """The properties of one type: the check of each, which must be there, and the rules between them.

    Any other property is custom (11.1): its name begins with `x_`, unless the object says by an extension that it
    has more (`extended`). A misspelt name would otherwise pass for one, and `object_marking_ref` for a marking.
    `forbidden` are common properties that are not for this type (3.2).
    """

    def __init__(
        self,
        section: str,
        properties: Properties,
        required: Iterable[str] = (),
        between: tuple[Between, ...] = (),
        forbidden: frozenset[str] = frozenset(),
    ) -> None:
        self.section = section
        self.properties = properties
        self.required = frozenset(required)
        self.between = between
        self._plain = _Checks(properties, forbidden, extended=False)
        self._extended = _Checks(properties, forbidden, extended=True)
        self._shape = Shape(properties, self.required)
        if not between:
            shaped(self.check, self._shape.of_a_part)

    def check(self, value: Any, *, extended: bool = False) -> Found:
        """Return what the properties of `value` break, each for itself and, where each is sound, together."""
        if type(value) is not dict:
            return found(Rule.DICTIONARY, value=value)
        checks = self._extended if extended else self._plain
        return self._walk(value, checks) or self._check_between(value)

    def check_object(self, value: dict[str, Any], *, extended: bool = False) -> Found:
        """Do as `check` does, with a faster way to nothing for what has many properties."""
        checks = self._extended if extended else self._plain
        if not self._is_sound(value, checks) and (bad := self._walk(value, checks)):
            return bad
        return self._check_between(value)

    def _check_between(self, value: dict[str, Any]) -> Found:
        for rule in self.between:
            if bad := rule(value):
                return [replace(problem, table=problem.table or self.section) for problem in bad]
        return None

    def _is_sound(self, value: dict[str, Any], checks: _Checks) -> bool:
        """Whether each property is sound by its shape, or by its check where it has none."""
        if not self._shape.takes(value):
            return False
        for name, check in self._shape.others:
            if name in value and check(value[name]):
                return False
        return value.keys() <= checks.keys() or not any(
            checks[name](value[name]) for name in value.keys() - checks.keys()
        )

    def _walk(self, value: dict[str, Any], checks: _Checks) -> list[Problem]:
        """Return what each property breaks, by its check."""
        problems = [] if self.required <= value.keys() else self._missing(value)
        for name, part in value.items():
            if (bad := checks[name](part)) and gathered(problems, shown(name), bad):
                break
        return problems

    def _missing(self, value: dict[str, Any]) -> list[Problem]:
        missing = sorted(self.required - value.keys())
        return [Problem(Rule.REQUIRED, (), {"name": name}, self.section) for name in missing]


def not_before(later: str, earlier: str) -> Between:
    """Where both moments are given, `later` is not before `earlier`."""

    def check(value: dict[str, Any]) -> Found:
        ends, begins = value.get(later), value.get(earlier)
        if ends is None or begins is None or ends == begins or instant(ends) >= instant(begins):
            return None
        return found(Rule.ORDER, later, later=later, earlier=earlier)

    return check


def after(later: str, earlier: str) -> Between:
    """Where both moments are given, `later` is after `earlier`."""

    def check(value: dict[str, Any]) -> Found:
        if later in value and earlier in value and instant(value[later]) <= instant(value[earlier]):
            return found(Rule.ORDER, later, later=later, earlier=earlier)
        return None

    return check


def needs(name: str, *others: str) -> Between:
    """Where `name` is given, so are the others."""

    def check(value: dict[str, Any]) -> Found:
        missing = [other for other in others if other not in value] if name in value else []
        return found(Rule.TOGETHER, name, name=name, others=", ".join(missing)) if missing else None

    return check


def exclusive(*names: str) -> Between:
    """At most one of these is given."""

    def check(value: dict[str, Any]) -> Found:
        given = [name for name in names if name in value]
        return found(Rule.EXCLUSIVE, names=", ".join(given)) if len(given) > 1 else None

    return check


def at_least_one(*names: str) -> Between:
    """At least one of these is given."""
    wanted = frozenset(names)

    def check(value: dict[str, Any]) -> Found:
        return found(Rule.ONE_OF, names=", ".join(names)) if wanted.isdisjoint(value) else None

    return check


def something(value: dict[str, Any]) -> Found:
    """There is at least one property."""
    return None if value else found(Rule.EMPTY_DICTIONARY)


def only_if(name: str, other: str, *, is_: bool) -> Between:
    """Where `name` is given, `other` is given and says `is_`."""

    def check(value: dict[str, Any]) -> Found:
        if name in value and value.get(other) is not is_:
            return found(Rule.ONLY_IF, name, name=name, other=other, value=is_)
        return None

    return check
