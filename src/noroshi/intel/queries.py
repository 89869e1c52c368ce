"""Reads of the intel room: who has seen what, as far as the reader may know."""

from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from noroshi.core.actor import Actor
from noroshi.intel.models import Sighting, SightingSource

FEWEST_SHOWN: Final = 3
"""A number about fewer organisations would point at one of them (POLICY, "Channels", last row)."""


def organisations_that_saw(item_id: UUID) -> int | None:
    """Return how many organisations have seen it, None below three. The caller has checked that the reader sees it."""
    rows = Sighting.objects.unrestricted(reason="a count, told from three organisations on")
    number = rows.filter(item_id=item_id).values("organisation").distinct().count()
    return number if number >= FEWEST_SHOWN else None


def own_sighting(actor: Actor, item_id: UUID) -> Sighting | None:
    """Return what the actor's organisation knows of an item: what its logs say before what a person says."""
    return _own(actor, item_id).order_by("source").first()


def has_said_seen(actor: Actor, item_id: UUID) -> bool:
    """Whether a person of the actor's organisation has said "we saw this too"."""
    return _own(actor, item_id).filter(source=SightingSource.PERSON).exists()


def _own(actor: Actor, item_id: UUID) -> QuerySet[Sighting]:
    return Sighting.objects.visible_to(actor).filter(item_id=item_id)
