"""What may be told of a value's quality. The caller has checked that the reader sees the value."""

from collections.abc import Collection
from typing import Any

from django.db.models import Count

from noroshi.core.actor import Actor
from noroshi.core.domain.small_numbers import told
from noroshi.intel.models import FalsePositiveVote, Observable


def votes_on(actor: Actor, observable: Observable) -> int | None:
    """Return how many organisations call a value a false positive: in steps of three, None below; the own one too."""
    return doubts_about([observable.pk], actor.world).get(observable.pk)


def doubts_about(observables: Collection[Any], world: str) -> dict[Any, int | None]:
    """Return of some values (their keys) how many organisations call each a false positive, told as by `votes_on`."""
    votes = FalsePositiveVote.objects.unrestricted(reason="a count, told from three organisations on")
    rows = votes.filter(observable__in=observables, world=world).values("observable").annotate(number=Count("pk"))
    return {row["observable"]: told(row["number"]) for row in rows}


def own_vote(actor: Actor, observable: Observable) -> FalsePositiveVote | None:
    """Return what the actor's organisation said of a value."""
    return FalsePositiveVote.objects.visible_to(actor).filter(observable=observable).first()
