"""What may be told of a value's quality. The caller has checked that the reader sees the value."""

from noroshi.core.actor import Actor
from noroshi.core.domain.small_numbers import told
from noroshi.intel.models import FalsePositiveVote, Observable


def votes_on(actor: Actor, observable: Observable) -> int | None:
    """Return how many organisations call a value a false positive: in steps of three, None below; the own one too."""
    votes = FalsePositiveVote.objects.unrestricted(reason="a count, told from three organisations on")
    return told(votes.filter(observable=observable, world=actor.world).count())


def own_vote(actor: Actor, observable: Observable) -> FalsePositiveVote | None:
    """Return what the actor's organisation said of a value."""
    return FalsePositiveVote.objects.visible_to(actor).filter(observable=observable).first()
