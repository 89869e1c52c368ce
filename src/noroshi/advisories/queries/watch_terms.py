"""What the actor's organisation watches, and the records that name it."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from noroshi.advisories.models import WatchHit, WatchTerm
from noroshi.core.actor import Actor
from noroshi.core.errors import NotFound


def terms_for(actor: Actor) -> QuerySet[WatchTerm]:
    """Return the words that the actor's organisation watches."""
    return WatchTerm.objects.visible_to(actor).select_related("added_by").order_by("words", "kind")


def term_for(actor: Actor, term_id: UUID) -> WatchTerm:
    """Return one of them. Raises NotFound."""
    row = terms_for(actor).filter(pk=term_id).first()
    if row is None:
        raise NotFound
    return row


def watch_hits_for(actor: Actor) -> QuerySet[WatchHit]:
    """Return the records that name what the actor's organisation watches, the newest first."""
    rows = WatchHit.objects.visible_to(actor).select_related("vulnerability", "item__source", "judged_by")
    return rows.order_by("-found_at", "-pk")


def found_together(actor: Actor, moments: Collection[datetime]) -> Counter[datetime]:
    """Return how many records were found at each of these moments."""
    return Counter(watch_hits_for(actor).filter(found_at__in=moments).values_list("found_at", flat=True))


def watch_hit_for(actor: Actor, hit_id: UUID) -> WatchHit:
    """Return one of them. Raises NotFound."""
    row = watch_hits_for(actor).filter(pk=hit_id).first()
    if row is None:
        raise NotFound
    return row
