"""Webhooks: an organisation's admin says where its machines are told, and replays what was missed."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain import worlds
from noroshi.core.domain.channels import Channel
from noroshi.core.errors import Conflict, InvalidInput, NotFound
from noroshi.core.models import LedgerEntry
from noroshi.core.policy import require
from noroshi.kit.domain.plain_text import one_line
from noroshi.kit.outbound import OutboundRefused, check_url
from noroshi.kit.sealing import sealed
from noroshi.members.queries import machine_of
from noroshi.notify import carriers, webhooks
from noroshi.notify.domain.webhooks import TEST, new_secret
from noroshi.notify.models import Dispatch, DispatchState, Webhook
from noroshi.notify.queries import may_have_webhooks, open_webhooks, webhook_for, webhooks_being_told

MOST_WEBHOOKS: Final = 10
MOST_REPLAYED: Final = 10_000
KEPT: Final = timedelta(days=90)
"""Messages and their attempts are kept for so long."""


@transaction.atomic
def add_webhook(actor: Actor, *, label: str, url: str) -> tuple[Webhook, str]:
    """Register an https address of the actor's organisation; return the webhook and its secret, shown this once."""
    organisation = _require_admin(actor)
    try:
        check_url(url.strip())
    except OutboundRefused as error:
        raise InvalidInput("url", error.message) from error
    name = one_line(label)
    if not name or len(name) > 80:  # noqa: PLR2004 - as the field says
        raise InvalidInput("label", _("A name has 1 to 80 characters."))
    if Webhook.objects.filter(organisation=organisation).count() >= MOST_WEBHOOKS:
        raise Conflict(_("An organisation has at most %(number)d webhooks.") % {"number": MOST_WEBHOOKS})
    secret = new_secret()
    row = Webhook.objects.create(organisation_id=organisation, label=name, url=url.strip(), secret=_cipher_text(secret))
    ledger.record(actor, "notify.webhook.added", row)
    return row, secret


@transaction.atomic
def remove_webhook(actor: Actor, webhook: Webhook) -> None:
    """Take a webhook away, with what waits for it."""
    row = webhook_for(actor, webhook.pk)
    ledger.record(actor, "notify.webhook.removed", row)
    row.delete()


@transaction.atomic
def pause_webhook(actor: Actor, webhook: Webhook, *, paused: bool) -> Webhook:
    """Let a webhook rest, or wake it: what has waited meanwhile is sent then, as far as it may be said then."""
    row = webhook_for(actor, webhook.pk)
    row.paused_at, row.pause_reason = (clock.now() if paused else None), ""
    row.save(update_fields=["paused_at", "pause_reason"])
    ledger.record(actor, "notify.webhook.switched", row, paused=paused)
    if not paused:
        Dispatch.objects.filter(webhook=row, state=DispatchState.WAITING).update(due_at=clock.now())
        webhooks.queue(row.pk)
    return row


@transaction.atomic
def test_webhook(actor: Actor, webhook: Webhook) -> Dispatch:
    """Send a message that says nothing, to see whether it arrives."""
    row = webhook_for(actor, webhook.pk)
    dispatch = Dispatch.objects.create(webhook=row, type=TEST)
    webhooks.queue(row.pk)
    return dispatch


@transaction.atomic
def replay_dispatches(
    actor: Actor,
    webhook: Webhook,
    *,
    dispatch: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """Send one message again, or those of a span, under their own ids; return how many.

    What each says is composed anew: a signal that was withdrawn meanwhile is not sent.
    """
    row = webhook_for(actor, webhook.pk)
    chosen = Dispatch.objects.filter(webhook=row)
    if dispatch is not None:
        chosen = chosen.filter(pk=dispatch)
        if not chosen.exists():
            raise NotFound
    elif since is None or until is None or since >= until:
        raise InvalidInput("until", _("A span needs a beginning and a later end."))
    else:
        chosen = chosen.filter(created_at__gte=since, created_at__lt=until)
    if chosen.count() > MOST_REPLAYED:
        raise InvalidInput("until", _("At most %(number)d messages at a time.") % {"number": MOST_REPLAYED})
    number = chosen.update(state=DispatchState.WAITING, tries=0, due_at=clock.now(), leased_until=None)
    ledger.record(actor, "notify.webhook.replayed", row, messages=number)
    webhooks.queue(row.pk)
    return number


@transaction.atomic
def dispatch_event(entry: LedgerEntry, *, type: str, subject: str, subject_id: UUID) -> int:  # noqa: A002 - as the message calls it
    """Prepare a message of an event for every webhook that it may be said to now; return how many.

    The same event makes no second message. Whether it may be said is asked again when it is sent. A webhook that is
    being told of the subject at this moment is told what follows, too, if it takes that.
    """
    if entry.world != worlds.REAL:
        return 0
    told = set(Dispatch.objects.filter(event=entry.pk).values_list("webhook_id", flat=True))
    being_told = webhooks_being_told(subject_id)
    chosen = [
        webhook
        for webhook in open_webhooks()
        if webhook.pk not in told
        and (
            webhook.pk in being_told
            or carriers.compose(machine_of(webhook.organisation, Channel.WEBHOOK), subject, type, subject_id)
        )
    ]
    Dispatch.objects.bulk_create(
        Dispatch(webhook=webhook, event=entry.pk, type=type, subject=subject, subject_id=subject_id)
        for webhook in chosen
    )
    for webhook in chosen:
        webhooks.queue(webhook.pk)
    return len(chosen)


@transaction.atomic
def forget_old_dispatches() -> int:
    """Delete what is long over."""
    old = Dispatch.objects.filter(created_at__lt=clock.now() - KEPT).exclude(state=DispatchState.WAITING)
    return old.delete()[0]


def _require_admin(actor: Actor) -> UUID:
    if actor.is_supervisor or actor.organisation is None:
        raise NotFound
    require(may_have_webhooks(actor), _("Only an admin of the organisation manages its webhooks."))
    return actor.organisation


def _cipher_text(secret: str) -> str:
    return sealed(webhooks.PURPOSE, secret.encode())
