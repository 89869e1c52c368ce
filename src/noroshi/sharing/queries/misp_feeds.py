"""Reads of the feeds of MISP that somebody follows: one's own."""

from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery

from noroshi.core.actor import Actor
from noroshi.core.errors import NotFound
from noroshi.sharing.models import MispFeed, TakenEvent


def misp_feeds_of(actor: Actor) -> QuerySet[MispFeed]:
    """Return the actor's own feeds by name, each with `taken`: how many events came by it."""
    taken = TakenEvent.objects.filter(feed=OuterRef("pk")).order_by().values("feed").annotate(number=Count("pk"))
    own = MispFeed.objects.filter(person=actor.person, person__isnull=False)
    return own.annotate(taken=Subquery(taken.values("number"))).order_by("label", "pk")


def misp_feed_for(actor: Actor, feed_id: UUID) -> MispFeed:
    """Return one of the actor's own feeds; raise NotFound for any other."""
    row = misp_feeds_of(actor).filter(pk=feed_id).first()
    if row is None:
        raise NotFound
    return row


def misp_feeds_followed() -> QuerySet[MispFeed]:
    """Return all feeds that somebody follows, for the worker that reads them."""
    return MispFeed.objects.select_related("person__organisation").order_by("asked_at", "pk")
