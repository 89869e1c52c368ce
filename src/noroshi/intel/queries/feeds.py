"""The feeds of the reader's organisation."""

from uuid import UUID

from django.db.models import QuerySet

from noroshi.core.actor import Actor
from noroshi.core.errors import NotFound
from noroshi.intel.models import Feed


def feeds_for(actor: Actor) -> QuerySet[Feed]:
    """Return the feeds of the actor's organisation."""
    return Feed.objects.visible_to(actor).select_related("added_by")


def feed_for(actor: Actor, feed_id: UUID) -> Feed:
    """Return one of them; raise NotFound for any other."""
    found = feeds_for(actor).filter(pk=feed_id).first()
    if found is None:
        raise NotFound
    return found
