"""Signals on webhooks: what an organisation's machine is told when one goes out, changes or is withdrawn."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.domain.channels import Channel
from noroshi.core.models import LedgerEntry
from noroshi.notify.actions import dispatch_event
from noroshi.notify.carriers import Message, carries
from noroshi.sharing.actions import note_read
from noroshi.sharing.models import Signal
from noroshi.sharing.queries import byline, changed_since_got, observables_of, signals_for

SUBJECT: Final = "sharing.signal"
AMENDED: Final = "signal.amended"
WITHDRAWN: Final = "signal.withdrawn"
RECALLED: Final = "signal.recalled"
TYPES: Final = {
    "sharing.signal.published": "signal.published",
    "sharing.signal.disclosed": "signal.published",
    "sharing.signal.amended": AMENDED,
    "sharing.signal.lowered": AMENDED,
    "sharing.signal.withdrawn": WITHDRAWN,
}


@ledger.subscribe("sharing.dispatch", *TYPES)
def dispatch(entry: LedgerEntry) -> None:
    """Prepare a message for every webhook that may hear of it."""
    if entry.subject_id is not None:
        dispatch_event(entry, type=TYPES[entry.action], subject=SUBJECT, subject_id=entry.subject_id)


@carries(SUBJECT)
def compose(actor: Actor, type: str, subject_id: UUID) -> Message | None:  # noqa: A002 - as the message calls it
    """Return what `actor` may be told. Of a withdrawn signal only its withdrawal is told: number, date and reason.

    Of what a webhook brought and is not for the actor any more, it is told by its number that it does not hold.
    """
    signal = signals_for(actor).select_related("author__organisation").filter(pk=subject_id).first()
    if signal is None:
        return _recall(actor, subject_id) if type in (AMENDED, WITHDRAWN) else None
    if (signal.state == State.WITHDRAWN) is not (type == WITHDRAWN):
        return None
    if type == WITHDRAWN:
        return Message(type, _tombstone(signal))
    return Message(type, _whole(actor, signal), on_delivery=partial(note_read, actor, [signal]))


def _recall(actor: Actor, number: UUID) -> Message | None:
    signal = changed_since_got(actor, by=Channel.WEBHOOK).filter(pk=number).first()
    if signal is None:
        return None
    known = {"id": signal.pk, "reference": signal.reference, "state": "recalled"}
    return Message(RECALLED, {**known, "changed_at": signal.changed_at.isoformat()})


def _tombstone(signal: Signal) -> dict[str, Any]:
    return {
        "id": signal.pk,
        "reference": signal.reference,
        "state": "withdrawn",
        "withdrawn_at": signal.changed_at.isoformat(),
        "reason": signal.withdrawal_reason,
    }


def _whole(actor: Actor, signal: Signal) -> dict[str, Any]:
    by = byline(actor, signal)
    names = ("reference", "kind", "target", "title", "body", "tlp", "profile", "version", "state")
    moments = ("published_at", "changed_at", "expires_at")
    return {
        "id": signal.pk,
        **{name: getattr(signal, name) for name in names},
        **{name: moment.isoformat() if (moment := getattr(signal, name)) else None for name in moments},
        "from": None if by.is_anonymous else {"organisation": by.organisation, "person": by.person},
        "observables": [
            {"type": row.observable.type, "value": row.observable.value, "benign": row.benign}
            for row in observables_of(actor, signal)
        ],
        "url": settings.BASE_URL + reverse("sharing:detail", args=[signal.pk]),
    }
