"""Reads of the notify room."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.membership import Standing
from noroshi.core.errors import NotFound
from noroshi.members.models import Group
from noroshi.notify.models import Delivery, Notice, NoticeKind, Rule

USUAL: Final = {
    NoticeKind.SIGNAL: Delivery.AT_ONCE,
    NoticeKind.AMENDED: Delivery.DIGEST,
    NoticeKind.WITHDRAWN: Delivery.AT_ONCE,
    NoticeKind.COMMENT: Delivery.DIGEST,
    NoticeKind.HIT: Delivery.AT_ONCE,
    NoticeKind.REQUEST: Delivery.AT_ONCE,
    NoticeKind.RELEASE: Delivery.AT_ONCE,
    NoticeKind.SIGHTING: Delivery.DIGEST,
    NoticeKind.UNMASKED: Delivery.AT_ONCE,
}
"""How people hear of a kind until they say otherwise."""

STALE: Final = timedelta(days=3)
"""Mail that could not go out for so long stays unsent; the inbox has the notice."""


def inbox_of(actor: Actor) -> QuerySet[Notice]:
    """Return the actor's own notices."""
    return Notice.objects.visible_to(actor)


def notice_of(actor: Actor, notice_id: UUID) -> Notice:
    """Return one of the actor's own notices; raise NotFound."""
    notice = inbox_of(actor).filter(pk=notice_id).first()
    if notice is None:
        raise NotFound
    return notice


def unread_count(actor: Actor) -> int:
    """Return how many notices the actor has not read."""
    return inbox_of(actor).filter(read_at__isnull=True).count()


def rules_of(actor: Actor) -> dict[NoticeKind, Rule]:
    """Return the actor's rule for every kind: the one set, or the usual one (not saved)."""
    chosen = {NoticeKind(rule.kind): rule for rule in Rule.objects.filter(person=actor.person)}
    return {kind: chosen.get(kind) or usual_rule(kind) for kind in NoticeKind}


def own_groups(actor: Actor) -> QuerySet[Group]:
    """Return the groups that the actor belongs to: those a rule can name."""
    return Group.objects.filter(pk__in=actor.groups).order_by("slug")


def usual_rule(kind: NoticeKind) -> Rule:
    """Return the rule of somebody who set none for `kind`."""
    return Rule(kind=kind, delivery=USUAL[kind])


def rules_for(kind: NoticeKind, people: Collection[UUID]) -> dict[UUID, Rule]:
    """Return the rules that these people set for `kind`; own hits know no rule."""
    if kind is NoticeKind.HIT:
        return {}
    return {rule.person_id: rule for rule in Rule.objects.filter(kind=kind, person__in=people)}


def mail_to_send() -> QuerySet[Notice]:
    """Return the notices, of people who take part, about which mail should have gone by now."""
    now = clock.now()
    return Notice.objects.unrestricted(reason="sending mail").filter(
        mailed_at__isnull=True,
        read_at__isnull=True,
        mail_due_at__gt=now - STALE,
        mail_due_at__lte=now,
        person__standing=Standing.ACTIVE,
        person__organisation__standing=Standing.ACTIVE,
    )
