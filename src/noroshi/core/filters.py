"""The one door, asked about all objects: the policy's rules as a database query.

The conditions of `domain.rules` are turned, word by word, into a Django filter; `policy.decide` evaluates the very same
conditions on one object. There is no second place where the policy is written.
"""

from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Exists, Manager, Model, OuterRef, Q, Value
from django.db.models.fields import BooleanField

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain import rules
from noroshi.core.domain.conditions import (
    Both,
    Condition,
    Constant,
    Either,
    Fact,
    Later,
    Listed,
    Open,
    Opposite,
)


def visible_filter(model: type[Model], actor: Actor) -> Q:
    """Return the filter under which rows of the shareable `model` are seen by `actor`."""
    walled = getattr(model, "walled", True)
    return _as_query(rules.visible(rules.viewing(actor, clock.now(), walled=walled)))


def own_filter(actor: Actor, holder: str) -> Q:
    """Return the filter under which rows that belong to one `holder` ("organisation" or "person") are seen."""
    return _as_query(rules.visible(rules.viewing_own(actor, holder)))


def _as_query(condition: Condition) -> Q:
    match condition:
        case Constant(value):
            return Q(Value(value, output_field=BooleanField()))
        case Both(left, right):
            return _as_query(left) & _as_query(right)
        case Either():
            return _any(list(_alternatives(condition)))
        case Opposite(inner):
            return ~_as_query(inner)
        case Fact(field, values):
            return _among(field, values)
        case Later(field, moment):
            return Q(**{f"{field}__gt": moment})
        case Listed() | Open():
            return _has_entry(_line(condition))
    raise TypeError(condition)


def _alternatives(condition: Condition) -> Iterator[Condition]:
    if isinstance(condition, Either):
        yield from _alternatives(condition.left)
        yield from _alternatives(condition.right)
    else:
        yield condition


def _any(alternatives: list[Condition]) -> Q:
    """Ask for all lines of the audience that would do by one look at it, not by one look for each."""
    lines = [_line(each) for each in alternatives if isinstance(each, Listed | Open)]
    others = [_as_query(each) for each in alternatives if not isinstance(each, Listed | Open)]
    looks = [_has_entry(reduce(or_, lines))] if lines else []
    return reduce(or_, others + looks)


def _line(condition: Listed | Open) -> Q:
    """The line of the audience that a condition asks for, as a filter on `AudienceEntry`."""
    if isinstance(condition, Open):
        return Q(kind=condition.kind)
    return Q(kind=condition.kind) & _among(condition.column, condition.ids)


def _among(field: str, values: Iterable[str | UUID]) -> Q:
    """One value is compared as such: an index in the order of time serves that, and not a list of one."""
    known = sorted(values, key=str)
    return Q(**{field: known[0]}) if len(known) == 1 else Q(**{f"{field}__in": known})


def _has_entry(line: Q) -> Q:
    return Q(Exists(_audience().filter(line, item_id=OuterRef("pk"))))


def _audience() -> Manager[Any]:
    """The lines of all audiences; by name, since models are made of managers and managers of this."""
    return apps.get_model("core", "AudienceEntry").objects
