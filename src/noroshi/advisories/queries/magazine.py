"""The mail magazine: lists, who is on them, what is mailed, and whom a version has reached."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from noroshi.advisories.domain.magazine import Obstacle, obstacle_of
from noroshi.advisories.models import (
    Bulletin,
    Delivery,
    DeliveryState,
    Mailing,
    MailingKind,
    MailingList,
    Standing,
    Subscriber,
)
from noroshi.advisories.queries.bulletins import bulletins_for
from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain import worlds
from noroshi.core.domain.audience import EXCLUSIONS, EntryKind, State
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import NotFound
from noroshi.members.domain.secrets import digest

HAD: Final = (DeliveryState.SENT, DeliveryState.CLAIMED, DeliveryState.UNKNOWN, DeliveryState.BOUNCED)
"""Of such a mail it is known, or may be, that it was read."""


def mailing_lists_for(actor: Actor) -> QuerySet[MailingList]:
    """Return the lists, each with how many are on it by standing."""
    rows = MailingList.objects.visible_to(actor).prefetch_related("categories")
    return rows.order_by("is_retired", "slug")


def mailing_list_for(actor: Actor, mailing_list_id: UUID) -> MailingList:
    """Return one of them. Raises NotFound."""
    row = mailing_lists_for(actor).filter(pk=mailing_list_id).first()
    if row is None:
        raise NotFound
    return row


def readers_of(lists: Collection[MailingList]) -> dict[UUID, int]:
    """Return how many addresses each list reaches."""
    rows = Subscriber.everything.filter(mailing_list__in=lists, state=Standing.CONFIRMED)
    return dict(rows.values_list("mailing_list").annotate(number=Count("pk")))


def subscribers_for(actor: Actor, mailing_list: MailingList) -> QuerySet[Subscriber]:
    """Return who is on a list, in whatever standing."""
    rows = Subscriber.objects.visible_to(actor).filter(mailing_list=mailing_list)
    return rows.select_related("added_by").order_by("key")


def subscriber_for(actor: Actor, subscriber_id: UUID) -> Subscriber:
    """Return one of them. Raises NotFound."""
    row = Subscriber.objects.visible_to(actor).select_related("mailing_list").filter(pk=subscriber_id).first()
    if row is None:
        raise NotFound
    return row


def standings_of(actor: Actor, mailing_list: MailingList) -> dict[str, int]:
    """Return how many are on a list, by standing."""
    rows = Subscriber.objects.visible_to(actor).filter(mailing_list=mailing_list)
    return dict(rows.values_list("state").annotate(number=Count("pk")))


def mailings_for(actor: Actor) -> QuerySet[Mailing]:
    """Return the mailings with how many mails of each are in which state, the newest first."""
    counted = {state.value: Count("deliveries", filter=Q(deliveries__state=state)) for state in DeliveryState}
    rows = Mailing.objects.visible_to(actor).select_related("mailing_list", "bulletin__category")
    return rows.annotate(**{f"{name}_count": count for name, count in counted.items()}).order_by("-begun_at", "-pk")


def mailing_for(actor: Actor, mailing_id: UUID) -> Mailing:
    """Return one of them. Raises NotFound."""
    row = mailings_for(actor).filter(pk=mailing_id).first()
    if row is None:
        raise NotFound
    return row


def mailings_of(actor: Actor, bulletin: Bulletin) -> QuerySet[Mailing]:
    """Return the mailings of a bulletin's version, as far as the actor sees them."""
    return mailings_for(actor).filter(bulletin=bulletin)


def deliveries_of(actor: Actor, mailing: Mailing) -> QuerySet[Delivery]:
    """Return the mails of a mailing."""
    rows = Delivery.objects.visible_to(actor).filter(mailing=mailing)
    return rows.select_related("subscriber").order_by("key")


def mailable_bulletins(actor: Actor) -> QuerySet[Bulletin]:
    """Return the bulletins in force that the actor may mail to itself as a test."""
    return bulletins_for(actor)


def obstacle_for(mailing: Mailing) -> Obstacle | None:
    """Return what keeps a mailing from going now: the policy's answer, and whether the version still holds."""
    bulletin = mailing.bulletin
    if mailing.kind == MailingKind.ISSUE:
        if bulletin.state == State.WITHDRAWN:
            return Obstacle.WITHDRAWN
        if bulletin.superseded_at is not None:
            return Obstacle.SUPERSEDED
    if bulletin.embargo_until is not None and bulletin.embargo_until > clock.now():
        return Obstacle.EMBARGO
    kinds = {entry.kind for entry in bulletin.as_item().audience}
    return obstacle_of(
        TLP(bulletin.tlp),
        TLP(mailing.mailing_list.ceiling),
        is_public=_is_public(bulletin),
        is_for_all_members=EntryKind.COMMUNITY in kinds and kinds.isdisjoint(EXCLUSIONS),
    )


def _is_public(bulletin: Bulletin) -> bool:
    return Bulletin.objects.visible_to(Actor.visitor(Channel.PUBLIC)).filter(pk=bulletin.pk).exists()


def lists_of(bulletin: Bulletin) -> QuerySet[MailingList]:
    """Return the lists to which bulletins of its category go."""
    rows = MailingList.everything.filter(is_retired=False, categories=bulletin.category_id)
    return rows if bulletin.world == worlds.REAL else rows.none()


def most_mailed(actor: Actor, bulletin: Bulletin) -> list[tuple[MailingList, int]]:
    """Return the lists to which a bulletin goes when it is let out, unless its marking forbids it: with their readers.

    Whether it does is asked again for every mail, of what is published then.
    """
    level = TLP(bulletin.tlp)
    among = mailing_lists_for(actor).filter(pk__in=lists_of(bulletin).values("pk"))
    lists = [row for row in among if not TLP(row.ceiling) < level]
    readers = readers_of(lists) if lists else {}
    return [(row, readers.get(row.pk, 0)) for row in lists]


def who_had(bulletin: Bulletin, *, before: bool) -> QuerySet[Subscriber]:
    """Return those to whom the version, or with `before` a version before it, was mailed, and who still get mail."""
    versions, version = [], bulletin.replaces if before else bulletin
    while version is not None:
        versions.append(version.pk)
        version = version.replaces
    had = Delivery.everything.filter(bulletin__in=versions, kind=MailingKind.ISSUE, state__in=HAD)
    return Subscriber.everything.filter(pk__in=had.values("subscriber"), state=Standing.CONFIRMED)


def open_lists() -> QuerySet[MailingList]:
    """Return the lists to which anybody may sign up: that they are there is public."""
    return MailingList.everything.filter(is_open=True, is_retired=False)


def waiting_for(secret: str) -> Subscriber | None:
    """Return whoever holds the secret of a mail that asked for a confirmation, while its link works."""
    rows = Subscriber.everything.select_related("mailing_list").exclude(state=Standing.CONFIRMED)
    return rows.filter(token_digest=digest(secret), token_until__gt=clock.now()).first()


def leaving(subscriber_id: UUID) -> Subscriber | None:
    """Return whoever holds the link by which it leaves; the caller has seen that the link was made here."""
    return Subscriber.everything.select_related("mailing_list").filter(pk=subscriber_id).first()
