"""Where an organisation stands on a signal."""

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput
from noroshi.sharing import policy
from noroshi.sharing.actions.rows import locked
from noroshi.sharing.models import Signal, Stance, StanceKind


@transaction.atomic
def take_stance(actor: Actor, signal: Signal, *, kind: str, named: bool = False) -> bool:
    """Say for the organisation whether a signal concerns it; return whether that is new.

    Others learn how many organisations say the same, in steps of three, and the names of those that are `named`. The
    ledger names nobody else either.
    """
    signal = locked(actor, signal)
    policy.require(actor, "stand", signal)
    if kind not in StanceKind.values:
        raise InvalidInput("kind", _("Choose one of the list."))
    mine = Stance.objects.visible_to(actor).filter(signal=signal, organisation=actor.acting_organisation, current=True)
    if mine.filter(kind=kind, named=named).exists():
        return False
    mine.update(current=False)
    Stance.everything.create(
        signal=signal,
        organisation_id=actor.acting_organisation,
        person_id=actor.acting_person,
        kind=kind,
        named=named,
    )
    ledger.record(actor if named else actor.veiled(), "sharing.stance.taken", signal)
    return True
