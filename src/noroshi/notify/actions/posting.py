"""Putting notices into inboxes, and reading them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from noroshi.core import clock, ids
from noroshi.core.actor import Actor
from noroshi.core.domain import worlds
from noroshi.core.models import LedgerEntry
from noroshi.members.models import Person
from noroshi.notify import mail
from noroshi.notify.domain.delivery import SETTLING, next_day_at, next_hour, next_week_at
from noroshi.notify.models import Delivery, Notice, NoticeKind, Subscription
from noroshi.notify.presenters import topics_of
from noroshi.notify.queries import inbox_of, mailed_about, plans_for

URGENT: Final = frozenset(NoticeKind) - {
    NoticeKind.AMENDED,
    NoticeKind.ANSWER,
    NoticeKind.COMMENT,
    NoticeKind.DETECTION,
    NoticeKind.DOCUMENT,
    NoticeKind.SIGHTING,
    NoticeKind.WATCHED,
}
"""What "at once" means at once for; of anything else, several changes in a row are one mail."""

Due = tuple[datetime, Delivery]


@transaction.atomic
def post_notices(  # noqa: PLR0913 - one call says everything about a notice, by name
    *,
    people: Iterable[Person],
    kind: NoticeKind,
    subject: str,
    subject_id: UUID,
    event: LedgerEntry,
    world: str,
    count: int = 1,
    told_at: datetime | None = None,
    mail_from: datetime | None = None,
    mail_now: Collection[UUID] = (),
    by: Mapping[UUID, Sequence[Subscription]] | None = None,
) -> list[Notice]:
    """Put a line into the inbox of each of `people`, and queue the mail that each one's subscriptions ask for.

    The same event makes no second notice of a kind for a person, so a handler may be run again. Returns the new
    notices. `subject` and `subject_id` name what it is about to its presenter and its describer (`presenters`).

    `told_at` is the moment the inbox shows, and all that is kept of it, where the exact one would tell of somebody;
    no mail goes before `mail_from`. To `mail_now` it goes at once, whatever they chose: what a mail has brought, a
    mail takes back. With `by`, each one's mail goes by these subscriptions alone, and not where another mail about the
    subject goes anyway.
    """
    told = set(_told(kind, event))
    chosen = {person.pk: person for person in people if person.pk not in told}
    now = clock.now()
    earliest = max(now, mail_from or now)
    due: dict[UUID, Due] = {}
    if world == worlds.REAL and by is not None:
        due = _unless_brought(_due_by_these(by, kind, chosen.keys(), earliest), subject, subject_id, event)
    elif world == worlds.REAL:
        due = _mail_due(kind, subject, subject_id, chosen.keys(), earliest)
        due |= dict.fromkeys(chosen.keys() & set(mail_now), (now, Delivery.AT_ONCE))
    places = _places(chosen.keys(), told_at) if told_at else {}
    notices = [
        Notice(
            id=ids.new_id_of(told_at, places.get(person.pk, 0)) if told_at else ids.new_id(),
            person=person,
            kind=kind,
            subject=subject,
            subject_id=subject_id,
            world=world,
            count=count,
            event=event.pk,
            created_at=told_at + timedelta(microseconds=places.get(person.pk, 0)) if told_at else now,
            mail_due_at=due[person.pk][0] if person.pk in due else None,
            delivery=due[person.pk][1] if person.pk in due else "",
        )
        for person in chosen.values()
    ]
    Notice.everything.bulk_create(notices)
    at_once = [notice.person_id for notice in notices if notice.mail_due_at == now]
    mail.queue(at_once, urgent=kind is NoticeKind.HIT)
    return notices


@transaction.atomic
def mark_read(actor: Actor, *, notice_ids: Collection[UUID] | None = None) -> int:
    """Mark the actor's notices of these ids as read, all of them for None; return how many were unread.

    The ledger does not have it: what a person has opened in the own inbox is that person's business.
    """
    unread = inbox_of(actor).filter(read_at__isnull=True)
    if notice_ids is not None:
        unread = unread.filter(pk__in=notice_ids)
    return unread.update(read_at=clock.now())


def _told(kind: NoticeKind, event: LedgerEntry) -> Iterable[UUID]:
    notices = Notice.objects.unrestricted(reason="whom an event has reached already")
    return notices.filter(kind=kind, event=event.pk).values_list("person_id", flat=True)


def _places(people: Collection[UUID], told_at: datetime) -> dict[UUID, int]:
    """Return how many notices each of `people` has of this moment: what keeps their order, and tells no more."""
    within = Notice.objects.unrestricted(reason="how many notices share a moment").filter(
        person__in=people, created_at__gte=told_at, created_at__lt=told_at + timedelta(seconds=1)
    )
    counts = within.values_list("person").annotate(count=Count("pk"))
    return dict(counts)


def _mail_due(
    kind: NoticeKind, subject: str, subject_id: UUID, people: Collection[UUID], now: datetime
) -> dict[UUID, Due]:
    """Return for whom mail is due, when, and by which way. A withdrawal goes to whoever had a mail about it."""
    if kind is NoticeKind.HIT:
        return dict.fromkeys(people, (now, Delivery.AT_ONCE))
    topic = topics_of(subject, {subject_id})[subject_id]
    plans = plans_for(kind, people)
    due = {person: found for person, plan in plans.items() if (found := _earliest(plan.wanting(topic), kind, now))}
    if kind is NoticeKind.WITHDRAWN:
        due |= dict.fromkeys(mailed_about(subject, subject_id, people), (now, Delivery.AT_ONCE))
    return due


def _due_by_these(
    by: Mapping[UUID, Sequence[Subscription]], kind: NoticeKind, people: Collection[UUID], now: datetime
) -> dict[UUID, Due]:
    return {person: found for person in people if (found := _earliest(by.get(person, ()), kind, now))}


def _unless_brought(due: dict[UUID, Due], subject: str, subject_id: UUID, event: LedgerEntry) -> dict[UUID, Due]:
    """Leave out those to whom mail about the subject goes no later by what they have chosen besides."""
    others = Notice.objects.unrestricted(reason="which mail goes anyway").filter(
        Q(event=event.pk) | Q(mailed_at__isnull=True), person__in=due, subject=subject, subject_id=subject_id
    )
    rows = others.filter(mail_due_at__isnull=False).values_list("person_id", "mail_due_at")
    brought = {person for person, at in rows if at is not None and at <= due[person][0]}
    return {person: date for person, date in due.items() if person not in brought}


def _earliest(wanting: Iterable[Subscription], kind: NoticeKind, now: datetime) -> Due | None:
    dates = [(due, Delivery(each.delivery)) for each in wanting if (due := due_by(each, kind, now)) is not None]
    return min(dates, key=lambda date: date[0]) if dates else None


def due_by(subscription: Subscription, kind: NoticeKind, earliest: datetime) -> datetime | None:
    """Return when mail about a notice of this kind goes by a subscription: `earliest`, later, or never."""
    here = timezone.localtime(earliest)
    match subscription.delivery:
        case Delivery.AT_ONCE:
            settles = kind not in URGENT and earliest <= clock.now()
            return earliest + SETTLING if settles else earliest
        case Delivery.HOURLY:
            return next_hour(here)
        case Delivery.DIGEST:
            return next_day_at(here, subscription.at)
        case Delivery.WEEKLY:
            return next_week_at(here, subscription.weekday, subscription.at)
    return None
