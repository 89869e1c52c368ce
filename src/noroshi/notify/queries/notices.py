"""Reads of the notify room."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.membership import Standing
from noroshi.core.errors import NotFound
from noroshi.members.models import Group, Person
from noroshi.members.queries import actor_of
from noroshi.notify.domain.topics import Topic
from noroshi.notify.feeds import Entry
from noroshi.notify.models import Delivery, Notice, NoticeKind, Preferences, Subscription
from noroshi.notify.presenters import present, topics_of

USUAL: Final = {
    NoticeKind.SIGNAL: Delivery.AT_ONCE,
    NoticeKind.AMENDED: Delivery.DIGEST,
    NoticeKind.WITHDRAWN: Delivery.AT_ONCE,
    NoticeKind.COMMENT: Delivery.DIGEST,
    NoticeKind.HIT: Delivery.AT_ONCE,
    NoticeKind.DETECTION: Delivery.DIGEST,
    NoticeKind.REQUEST: Delivery.AT_ONCE,
    NoticeKind.RELEASE: Delivery.AT_ONCE,
    NoticeKind.SIGHTING: Delivery.DIGEST,
    NoticeKind.UNMASKED: Delivery.AT_ONCE,
    NoticeKind.WEBHOOK: Delivery.AT_ONCE,
    NoticeKind.MAILED: Delivery.AT_ONCE,
    NoticeKind.PLAIN: Delivery.AT_ONCE,
    NoticeKind.ALARM: Delivery.AT_ONCE,
    NoticeKind.ANSWER: Delivery.DIGEST,
    NoticeKind.DOCUMENT: Delivery.DIGEST,
    NoticeKind.BULLETIN: Delivery.AT_ONCE,
    NoticeKind.EXPLAINER: Delivery.DIGEST,
    NoticeKind.WATCHED: Delivery.DIGEST,
    NoticeKind.SHEET: Delivery.AT_ONCE,
    NoticeKind.SOURCE: Delivery.AT_ONCE,
}
"""How people hear of a kind until they say otherwise."""

PREVIEW: Final = timedelta(days=30)
MOST_PREVIEWED: Final = 2_000

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


def preferences_of(person_id: UUID) -> Preferences:
    """Return what a person chose, or what holds for who chose nothing (not saved)."""
    return Preferences.objects.filter(person=person_id).first() or Preferences(person_id=person_id)


def subscriptions_of(actor: Actor) -> list[Subscription]:
    """Return the actor's subscriptions, oldest first; for kinds of notice nobody chose about, the usual ones."""
    person = actor.acting_person
    rows = own_subscriptions(actor).order_by("created_at", "pk")
    return [*usual_subscriptions(person, preferences_of(person).settled), *rows]


def own_subscriptions(actor: Actor) -> QuerySet[Subscription]:
    """Return what the actor has chosen, but for subscriptions by a saved search: these are changed with the search."""
    return Subscription.objects.filter(person=actor.acting_person).exclude(notices=[NoticeKind.SEARCH])


def subscription_of(actor: Actor, subscription_id: UUID) -> Subscription:
    """Return one of the actor's own subscriptions; raise NotFound."""
    found = own_subscriptions(actor).filter(pk=subscription_id).first() if actor.person else None
    if found is None:
        raise NotFound
    return found


def wanted_entries(actor: Actor, number: str, entries: Sequence[Entry]) -> list[Entry]:
    """Return those of the entries that one of the actor's own subscriptions wants; raise NotFound where it has none.

    What corrects an earlier entry stays: it may have come by this feed, and what was withdrawn has no words to want.
    """
    try:
        wish = subscription_of(actor, UUID(number)).wish(preferences_of(actor.acting_person).assets)
    except ValueError as error:
        raise NotFound from error
    by_subject: dict[str, set[UUID]] = {}
    for entry in entries:
        by_subject.setdefault(entry.subject, set()).add(entry.id)
    topics = {number: topic for subject, ids in by_subject.items() for number, topic in topics_of(subject, ids).items()}
    return [entry for entry in entries if entry.follows_up or wish.wants(topics[entry.id])]


def oneself(actor: Actor) -> Person:
    """Return the person that the actor is."""
    return Person.objects.select_related("organisation").get(pk=actor.acting_person)


def groups_of(person: Person) -> QuerySet[Group]:
    """Return the groups that a person belongs to now, for what is mailed to them."""
    return Group.objects.filter(pk__in=actor_of(person).groups)


def own_groups(actor: Actor) -> QuerySet[Group]:
    """Return the groups that the actor belongs to: those a rule can name."""
    return Group.objects.filter(pk__in=actor.groups).order_by("slug")


def usual_subscriptions(person_id: UUID, settled: Collection[str] = ()) -> list[Subscription]:
    """Return the subscriptions (not saved) of somebody who chose only about the `settled` kinds of notice."""
    by_delivery: dict[Delivery, list[str]] = {}
    for kind, delivery in USUAL.items():
        if kind.value not in settled and kind is not NoticeKind.HIT:
            by_delivery.setdefault(delivery, []).append(kind.value)
    return [
        Subscription(person_id=person_id, notices=kinds, delivery=delivery) for delivery, kinds in by_delivery.items()
    ]


@dataclass(frozen=True)
class Plan:
    """How a person wants to hear of one kind of notice."""

    subscriptions: Sequence[Subscription]
    preferences: Preferences

    def wanting(self, topic: Topic) -> list[Subscription]:
        """Return the subscriptions that want what is about `topic`."""
        return [each for each in self.subscriptions if each.wish(self.preferences.assets).wants(topic)]


def plans_for(kind: NoticeKind, people: Collection[UUID]) -> dict[UUID, Plan]:
    """Return how each of these people wants to hear of `kind`, in two queries."""
    preferences = Preferences.objects.in_bulk(list(people))
    own: dict[UUID, list[Subscription]] = {}
    for row in Subscription.objects.filter(person__in=people, paused_at__isnull=True):
        if kind.value in row.notices:
            own.setdefault(row.person_id, []).append(row)
    usual = Subscription(notices=[kind.value], delivery=USUAL[kind])
    plans = {}
    for person in people:
        chosen = preferences.get(person) or Preferences(person_id=person)
        rows = own.get(person, []) if kind.value in chosen.settled else [usual]
        plans[person] = Plan(rows, chosen)
    return plans


def mailed_about(subject: str, subject_id: UUID, people: Collection[UUID]) -> set[UUID]:
    """Return who of these people had a mail about the subject."""
    notices = Notice.objects.unrestricted(reason="whom a mail has reached, so that its recall does too")
    rows = notices.filter(person__in=people, subject=subject, subject_id=subject_id, mailed_at__isnull=False)
    return set(rows.values_list("person_id", flat=True))


def would_have_sent(actor: Actor, subscription: Subscription) -> int:
    """Return of how many notices of the last days a subscription would have told: of those its person still sees."""
    since = clock.now() - PREVIEW
    rows = inbox_of(actor).filter(created_at__gt=since, kind__in=subscription.notices).order_by("-created_at")
    notices = list(rows[:MOST_PREVIEWED])
    shown = present(actor, notices)
    wish = subscription.wish(preferences_of(actor.acting_person).assets)
    topics: dict[str, dict[UUID, Topic]] = {}
    for subject in {notice.subject for notice in notices}:
        topics[subject] = topics_of(subject, {row.subject_id for row in notices if row.subject == subject})
    return sum(row.pk in shown and wish.wants(topics[row.subject][row.subject_id]) for row in notices)


def mail_to_send(ahead: timedelta = timedelta()) -> QuerySet[Notice]:
    """Return the notices, of people who take part, about which mail should have gone by now, or `ahead` of it."""
    now = clock.now()
    return Notice.objects.unrestricted(reason="sending mail").filter(
        mailed_at__isnull=True,
        read_at__isnull=True,
        mail_due_at__gt=now - STALE,
        mail_due_at__lte=now + ahead,
        person__standing=Standing.ACTIVE,
        person__organisation__standing=Standing.ACTIVE,
    )
