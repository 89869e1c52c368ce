"""Sending to webhooks: at least once, in order, each message composed through the policy at that moment.

A message is leased before it is sent: of several workers one sends it, and if that dies, another does after a minute.
The receiver may so get a message twice, with the same `webhook-id`; it never misses one. A failure makes the whole
webhook wait, so a dead endpoint costs one call now and then, not one for each message.
"""

import json
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain import worlds
from noroshi.core.domain.channels import Channel
from noroshi.kit import outbound
from noroshi.kit.jobs import job
from noroshi.kit.sealing import opened
from noroshi.members.queries import machine_of
from noroshi.notify import carriers
from noroshi.notify.carriers import Message
from noroshi.notify.domain.webhooks import GONE, TEST, is_delivered, next_try, signature
from noroshi.notify.models import Attempt, Dispatch, DispatchState, Webhook
from noroshi.notify.queries import open_webhooks, webhooks_to_call

PURPOSE: Final = "webhooks"
LEASE: Final = timedelta(minutes=1)
ROUND: Final = 50
"""Messages that one job sends; a longer job would keep others waiting."""


def queue(webhook_id: UUID) -> None:
    """Put the sending of a webhook's due messages on the queue, in the caller's transaction."""
    call_webhook.enqueue(str(webhook_id))


def queue_due() -> None:
    """Queue the webhooks for which something has come due: what failed before, what a dead worker held."""
    with transaction.atomic():
        for webhook in webhooks_to_call():
            queue(webhook.pk)


@job(retries=0)  # a message has its own times to be tried again
def call_webhook(number: str) -> None:
    """Send the due messages of one webhook, oldest first, until one fails."""
    for _turn in range(ROUND):
        webhook = open_webhooks().filter(pk=number, paused_at__isnull=True).first()
        dispatch = _lease(webhook) if webhook else None
        if webhook is None or dispatch is None or not _send(webhook, dispatch):
            return
    with transaction.atomic():
        queue(UUID(number))


@transaction.atomic
def _lease(webhook: Webhook) -> Dispatch | None:
    """Take the oldest message that is due, unless another worker is at one of this webhook."""
    now = clock.now()
    waiting = Dispatch.objects.filter(webhook=webhook, state=DispatchState.WAITING)
    if waiting.filter(leased_until__gt=now).exists():
        return None
    due = waiting.filter(due_at__lte=now).order_by("created_at", "pk").first()
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
    if due is None or not waiting.filter(free, pk=due.pk).update(leased_until=now + LEASE):
        return None
    return due


def _send(webhook: Webhook, dispatch: Dispatch) -> bool:
    """Send one message, or drop it where there is nothing to say any more; return whether to go on."""
    message = _message(webhook, dispatch)
    if message is None:
        _finish(dispatch, DispatchState.DROPPED)
        return True
    body = _written(message, dispatch)
    try:
        answer = outbound.post(webhook.url, content=body, headers=_headers(webhook, dispatch, body))
    except (outbound.OutboundRefused, outbound.OutboundFailed) as error:
        return _failed(webhook, dispatch, Attempt(dispatch=dispatch, error=error.message[:300]))
    attempt = Attempt(dispatch=dispatch, status=answer.status, milliseconds=int(answer.seconds * 1000))
    if not is_delivered(answer.status):
        return _failed(webhook, dispatch, attempt)
    _delivered(message, attempt)
    return True


def _message(webhook: Webhook, dispatch: Dispatch) -> Message | None:
    if dispatch.type == TEST or dispatch.subject_id is None:
        return Message(dispatch.type)
    actor = machine_of(webhook.organisation, Channel.WEBHOOK)
    return carriers.compose(actor, dispatch.subject, dispatch.type, dispatch.subject_id)


def _written(message: Message, dispatch: Dispatch) -> bytes:
    moment = dispatch.created_at.isoformat(timespec="seconds")
    whole = {"type": message.type, "timestamp": moment, "data": message.data}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"), default=str).encode()


def _headers(webhook: Webhook, dispatch: Dispatch, body: bytes) -> dict[str, str]:
    now, number = clock.now(), f"msg_{dispatch.pk.hex}"
    secret = opened(PURPOSE, webhook.secret).decode()
    return {
        "Content-Type": "application/json",
        "User-Agent": "Noroshi",
        "webhook-id": number,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature(secret, number, now, body),
    }


@transaction.atomic
def _delivered(message: Message, attempt: Attempt) -> None:
    """Note that a message was taken, and let the room that wrote it note so too."""
    attempt.save()
    message.on_delivery()
    _finish(attempt.dispatch, DispatchState.DELIVERED)


def _finish(dispatch: Dispatch, state: DispatchState) -> None:
    Dispatch.objects.filter(pk=dispatch.pk).update(state=state, leased_until=None, tries=dispatch.tries + 1)


@transaction.atomic
def _failed(webhook: Webhook, dispatch: Dispatch, attempt: Attempt) -> bool:
    """Note the failure, and let the whole webhook wait; after the last try, or where nobody is there, pause it."""
    attempt.save()
    tries, later = dispatch.tries + 1, next_try(dispatch.tries + 1, clock.now())
    if later is None:
        _finish(dispatch, DispatchState.GIVEN_UP)
        _pause(webhook, "no_answer")
        return False
    Dispatch.objects.filter(pk=dispatch.pk).update(tries=tries, due_at=later, leased_until=None)
    Dispatch.objects.filter(webhook=webhook, state=DispatchState.WAITING, due_at__lt=later).update(due_at=later)
    if attempt.status == GONE:
        _pause(webhook, "gone")
    return False


def _pause(webhook: Webhook, reason: str) -> None:
    """Let a dead webhook rest. The event tells its admins (`receivers`)."""
    Webhook.objects.filter(pk=webhook.pk).update(paused_at=clock.now(), pause_reason=reason)
    actor = Actor.system("webhooks", world=worlds.REAL)
    ledger.record(actor, "notify.webhook.paused", webhook, reason=reason)
