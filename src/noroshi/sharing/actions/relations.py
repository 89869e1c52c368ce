"""Saying that one signal belongs to another."""

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.sharing import policy
from noroshi.sharing.actions.rows import named
from noroshi.sharing.models import Relation, RelationKind, Signal
from noroshi.sharing.queries import relatable, relations_of


@transaction.atomic
def relate_signals(actor: Actor, signal: Signal, *, other: Signal, kind: str) -> Relation:
    """Say how two signals belong together; the later one points to the earlier one, whichever is named first.

    A duplicate is merged by that: whoever sees both is led from the later to the earlier one. Both stay as they are,
    and whoever sees one of them alone learns nothing of the other.
    """
    if kind not in RelationKind.values:
        raise InvalidInput("kind", _("Choose one of the list."))
    earlier, later = _in_order(actor, signal, other)
    if Relation.everything.filter(later=later, earlier=earlier).exists():
        raise Conflict(_("These two are related already."))
    if kind == RelationKind.DUPLICATE and any(each.is_duplicate for each in relations_of(actor, later)):
        raise Conflict(_("The later of the two is the duplicate of another one already."))
    row = Relation.everything.create(later=later, earlier=earlier, kind=kind)
    ledger.record(named(actor, signal), "sharing.signal.related", signal, other=other.pk, kind=kind)
    return row


@transaction.atomic
def part_signals(actor: Actor, signal: Signal, *, other: Signal) -> None:
    """Take back that two signals belong together."""
    earlier, later = _in_order(actor, signal, other)
    if not Relation.everything.filter(later=later, earlier=earlier).delete()[0]:
        raise Conflict(_("These two are not related."))
    ledger.record(named(actor, signal), "sharing.signal.parted", signal, other=other.pk)


def _in_order(actor: Actor, signal: Signal, other: Signal) -> tuple[Signal, Signal]:
    """Return both, locked, the one that came first before the other; raise where the actor may not relate them."""
    rows = relatable(actor).select_for_update().filter(pk__in={signal.pk, other.pk}).order_by("pk")
    found = {row.pk: row for row in rows}
    if signal.pk not in found:
        raise NotFound
    if not policy.may_relate(actor, found[signal.pk]):
        raise NotAllowed(_("A hub operator, or the author, relates a signal to others."), rule="sharing.relate")
    if len(found) < 2:  # noqa: PLR2004 - a pair
        raise InvalidInput("other", _("Give the address of another signal that you see."))
    earlier, later = sorted(found.values(), key=lambda row: (row.published_at or row.changed_at, row.pk))
    return earlier, later
