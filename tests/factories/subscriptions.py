"""Subscriptions as tests want them."""

from noroshi.core.actor import Actor
from noroshi.notify.actions import Wanted, add_subscription, settle
from noroshi.notify.models import Subscription


def choose(actor: Actor, kind: str, delivery: str, **narrowed) -> Subscription:
    """Make one subscription the only one of the actor that is about this kind of notice."""
    settle(actor)
    for row in Subscription.objects.filter(person=actor.person):
        row.notices = [value for value in row.notices if value != kind]
        row.save()
    return add_subscription(actor, wanted=Wanted(notices=[str(kind)], delivery=delivery, **narrowed))
