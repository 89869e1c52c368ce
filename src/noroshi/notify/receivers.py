"""Events that the notify room answers: a webhook rests, an account does too much; and what such a notice says."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.urls import reverse

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.channels import carried_by
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import LedgerEntry
from noroshi.members.models import Alarm
from noroshi.members.queries import alarms_for, told_of
from noroshi.members.wording import title_of
from noroshi.notify.actions import post_notices
from noroshi.notify.models import NoticeKind, Webhook
from noroshi.notify.presenters import Presentation, presents
from noroshi.notify.queries import admins_of, webhooks_for

SUBJECT = "notify.webhook"
ALARM = "members.alarm"


@presents(SUBJECT)
def present_webhooks(actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, Presentation]:
    """Return the names of those webhooks that `actor` manages; they are the organisation's own."""
    if TLP.AMBER not in carried_by(actor.channel):
        return {}
    rows = webhooks_for(actor).filter(pk__in=ids)
    return {row.pk: Presentation(row.label, reverse("notify:webhook", args=[row.pk]), TLP.AMBER) for row in rows}


@ledger.subscribe("notify.tell-admins", "notify.webhook.paused")
def tell_admins(entry: LedgerEntry) -> None:
    """Tell the admins of an organisation that one of its webhooks rests."""
    rows = Webhook.objects.select_related("organisation")
    webhook = rows.filter(pk=entry.subject_id).first() if entry.subject_id else None
    if webhook is not None:
        post_notices(
            people=admins_of(webhook.organisation),
            kind=NoticeKind.WEBHOOK,
            subject=SUBJECT,
            subject_id=webhook.pk,
            event=entry,
            world=entry.world,
        )


@presents(ALARM)
def present_alarms(actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, Presentation]:
    """Say whose account did how much of what; never what it read."""
    if TLP.AMBER not in carried_by(actor.channel):
        return {}
    url = reverse("members:alarms")
    return {row.pk: Presentation(title_of(row), url, TLP.AMBER) for row in alarms_for(actor).filter(pk__in=ids)}


@ledger.subscribe("notify.tell-of-alarms", "members.alarm.raised", "members.alarm.stopped")
def tell_of_alarm(entry: LedgerEntry) -> None:
    """Tell those who look after an account that it does more than is usual, and that more was refused."""
    alarm = Alarm.objects.filter(pk=entry.subject_id).first() if entry.subject_id else None
    if alarm is not None:
        post_notices(
            people=told_of(alarm),
            kind=NoticeKind.ALARM,
            subject=ALARM,
            subject_id=alarm.pk,
            event=entry,
            world=entry.world,
        )
