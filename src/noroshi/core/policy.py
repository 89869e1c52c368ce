"""The one door. `decide` answers on one object, `visible_filter` on all of them, from the same rules.

The rules are in `domain.rules`; here their conditions become a Django query. Every channel calls these two.
"""

from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, Value
from django.db.models.fields import BooleanField
from django.utils.translation import gettext_lazy as _

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
from noroshi.core.domain.rules import Decision, Step
from noroshi.core.errors import NotAllowed
from noroshi.core.models import AudienceEntry, Shareable

REASONS = {
    "world": _("It belongs to another world: an exercise and the real one never meet."),
    "channel": _("Content of this marking does not travel by this channel."),
    "wall": _("Supervisors see nothing of what members share with each other."),
    "standing": _("The account or its organisation is suspended or has left."),
    "author": _("You wrote it."),
    "release": _("It waits for a hub operator's release."),
    "state": _("It is not published."),
    "exclusion": _("The author's choice of audience leaves it out."),
    "embargo": _("It is under embargo: until then only the people named see it."),
    "owner": _("Your organisation shared it, and your role needs to know."),
    "grant": _("Its audience and marking reach you."),
    rules.DEFAULT_DENY: _("Neither its audience nor its marking reaches this reader."),
}


def decide(actor: Actor, item: Shareable) -> Decision:
    """Return whether `actor` may view `item`, and by which rule."""
    return rules.decide(rules.viewing(actor, clock.now(), walled=item.walled), item.as_item())


def explain(actor: Actor, item: Shareable) -> list[Step]:
    """Return the rules in their order with what each said of `actor` and `item`, as far as they were asked."""
    return rules.explain(rules.viewing(actor, clock.now(), walled=item.walled), item.as_item())


def visible_filter(model: type[Model], actor: Actor) -> Q | Exists:
    """Return the filter under which rows of the shareable `model` are seen by `actor`."""
    walled = getattr(model, "walled", True)
    return _as_query(rules.visible(rules.viewing(actor, clock.now(), walled=walled)))


def own_filter(actor: Actor, holder: str) -> Q | Exists:
    """Return the filter under which rows that belong to one `holder` ("organisation" or "person") are seen."""
    return _as_query(rules.visible(rules.viewing_own(actor, holder)))


def require(allowed: bool, message: str, rule: str = "role") -> None:  # noqa: FBT001 - reads as a sentence
    """Raise NotAllowed with `message` unless `allowed`."""
    if not allowed:
        raise NotAllowed(message, rule)


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
    return Q(Exists(AudienceEntry.objects.filter(line, item_id=OuterRef("pk"))))
