"""Writes of the notify room."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from noroshi.core import clock, ids, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain import worlds
from noroshi.core.errors import InvalidInput, NotAllowed
from noroshi.core.models import LedgerEntry
from noroshi.members.models import Person
from noroshi.notify import mail
from noroshi.notify.domain.delivery import Topic, next_digest
from noroshi.notify.models import Delivery, Notice, NoticeKind, Rule
from noroshi.notify.presenters import kinds_on_offer
from noroshi.notify.queries import inbox_of, rules_for, usual_rule

ANYTHING: Final = Topic()


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
    topic: Topic = ANYTHING,
    told_at: datetime | None = None,
    mail_from: datetime | None = None,
) -> list[Notice]:
    """Put a line into the inbox of each of `people`, and queue the mail that each one's rule asks for.

    The same event makes no second notice of a kind for a person, so a handler may be run again. Returns the new
    notices. `subject` and `subject_id` name what it is about to its presenter (`presenters`); `topic` is what
    people choose mail by.

    `told_at` is the moment the inbox shows, and all that is kept of it, where the exact one would tell of somebody;
    no mail goes before `mail_from`.
    """
    told = set(_told(kind, event))
    chosen = {person.pk: person for person in people if person.pk not in told}
    rules = rules_for(kind, chosen.keys())
    now = clock.now()
    notices = [
        Notice(
            id=ids.new_vague_id() if told_at else ids.new_id(),
            person=person,
            kind=kind,
            subject=subject,
            subject_id=subject_id,
            world=world,
            count=count,
            event=event.pk,
            created_at=told_at or now,
            mail_due_at=_mail_due(rules.get(person.pk) or usual_rule(kind), topic, max(now, mail_from or now))
            if world == worlds.REAL
            else None,
        )
        for person in chosen.values()
    ]
    Notice.everything.bulk_create(notices)
    mail.queue([notice.person_id for notice in notices if notice.mail_due_at == now])
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


@transaction.atomic
def set_rule(
    actor: Actor,
    *,
    kind: NoticeKind,
    delivery: Delivery,
    signal_kinds: Sequence[str] = (),
    groups: Collection[UUID] = (),
) -> Rule:
    """Set how the actor hears of `kind`. Raises InvalidInput for own hits, which always come at once."""
    if actor.person is None:
        raise NotAllowed(_("Only people have an inbox."))
    if kind is NoticeKind.HIT:
        raise InvalidInput("delivery", _("Hits in your own logs are always mailed at once."))
    _check_choices(actor, signal_kinds, groups)
    rule, _new = Rule.objects.update_or_create(
        person_id=actor.person,
        kind=kind,
        defaults={
            "delivery": delivery,
            "signal_kinds": sorted(set(signal_kinds)),
            "groups": sorted(map(str, set(groups))),
        },
    )
    ledger.record(actor, "notify.rule.set", kind=kind, delivery=delivery)
    return rule


def _told(kind: NoticeKind, event: LedgerEntry) -> Iterable[UUID]:
    notices = Notice.objects.unrestricted(reason="whom an event has reached already")
    return notices.filter(kind=kind, event=event.pk).values_list("person_id", flat=True)


def _mail_due(rule: Rule, topic: Topic, now: datetime) -> datetime | None:
    """Return when mail should go by `rule`: `now`, at the next digest, or never."""
    wanted = topic.is_wanted(frozenset(rule.signal_kinds), frozenset(map(UUID, rule.groups)))
    if not wanted or rule.delivery == Delivery.INBOX:
        return None
    return now if rule.delivery == Delivery.AT_ONCE else next_digest(timezone.localtime(now))


def _check_choices(actor: Actor, signal_kinds: Sequence[str], groups: Collection[UUID]) -> None:
    if not set(signal_kinds) <= {value for value, _label in kinds_on_offer()}:
        raise InvalidInput("signal_kinds", _("There is no such kind of signal."))
    if not actor.groups.issuperset(groups):
        raise InvalidInput("groups", _("You can only choose among your own groups."))
