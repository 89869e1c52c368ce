"""Votes on values. The caller has checked that the actor sees the value."""

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput
from noroshi.intel.models import FalsePositiveVote, Observable, VoteReason


@transaction.atomic
def vote_false_positive(actor: Actor, observable: Observable, *, reason: str) -> bool:
    """Say for the organisation that a value is a false positive; return whether that is new.

    An organisation has one vote: said again with another reason, the last counts. The ledger says of which value, and
    names nobody.
    """
    if reason not in VoteReason.values:
        raise InvalidInput("reason", _("Choose one of the list."))
    _vote, is_new = FalsePositiveVote.everything.update_or_create(
        observable=observable,
        organisation_id=actor.acting_organisation,
        world=actor.world,
        defaults={"reason": reason, "at": clock.now()},
    )
    if is_new:
        ledger.record(actor.veiled(), "intel.vote.cast", observable=observable.pk)
    return is_new


@transaction.atomic
def withdraw_vote(actor: Actor, observable: Observable) -> None:
    """Take the organisation's vote on a value back."""
    mine = FalsePositiveVote.objects.visible_to(actor).filter(observable=observable)
    if mine.delete()[0]:
        ledger.record(actor.veiled(), "intel.vote.withdrawn", observable=observable.pk)
