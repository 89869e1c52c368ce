"""What an organisation says of a value that it may see."""

from django.db import transaction

from noroshi.core.actor import Actor
from noroshi.intel import actions as intel
from noroshi.sharing import policy
from noroshi.sharing.queries.values import value_for


@transaction.atomic
def vote_false_positive(actor: Actor, *, digest: str, reason: str) -> bool:
    """Say for the organisation that a value is a false positive; return whether that is new."""
    policy.require_sharer(actor)
    return intel.vote_false_positive(actor, value_for(actor, digest), reason=reason)


@transaction.atomic
def withdraw_vote(actor: Actor, *, digest: str) -> None:
    """Take that back."""
    policy.require_sharer(actor)
    intel.withdraw_vote(actor, value_for(actor, digest))
