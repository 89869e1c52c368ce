"""The one door. `decide` answers on one object, `visible_filter` on all of them, from the same rules.

The rules are in `domain.rules`; here their conditions become a Django query. Every channel calls these two.
"""

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
        case Either(left, right):
            return _as_query(left) | _as_query(right)
        case Opposite(inner):
            return ~_as_query(inner)
        case Fact(field, values):
            return _fact(field, values)
        case Later(field, moment):
            return Q(**{f"{field}__gt": moment})
        case Listed(kind, ids, column):
            return _has_entry(kind=kind, **{f"{column}__in": sorted(ids)})
        case Open(kind):
            return _has_entry(kind=kind)
    raise TypeError(condition)


def _fact(field: str, values: frozenset[str | UUID]) -> Q:
    return Q(**{f"{field}__in": sorted(values, key=str)})


def _has_entry(**lookup: object) -> Q:
    return Q(Exists(AudienceEntry.objects.filter(item_id=OuterRef("pk"), **lookup)))
