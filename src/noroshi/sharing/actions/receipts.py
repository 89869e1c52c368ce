"""Noting who got the content of signals."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain import rules
from noroshi.core.domain.audience import State
from noroshi.sharing import policy
from noroshi.sharing.actions.rows import named
from noroshi.sharing.models import Receipt, Signal
from noroshi.sharing.policy import is_author, is_hidden_author

ONCE_EVERY: Final = timedelta(hours=1)
"""Readings nearer to each other are one: a page that is looked at again writes nothing."""


def note_read(actor: Actor, signals: Iterable[Signal]) -> None:
    """Note that `actor` got the content of `signals` by its channel. Every way out of the house calls this.

    The public is not noted, nor who reads an own signal, nor what is only a tombstone.
    """
    if actor.organisation is None:
        return
    read = {signal.pk: signal for signal in signals if signal.state == State.PUBLISHED and _counts(actor, signal)}
    if not read:
        return
    known = dict(_rows(actor, read).values_list("signal_id", "last_at"))
    now = clock.now()
    fresh = [signal for number, signal in read.items() if number not in known]
    again = [number for number, last in known.items() if last <= now - ONCE_EVERY]
    if fresh or again:
        _write(actor, fresh, again)


@transaction.atomic
def read_receipts(actor: Actor, signal: Signal | None = None) -> None:
    """Put into the ledger that `actor` looks at who got a signal, or at the list of all receipts."""
    if signal is None:
        policy.require_audit_of_readers(actor)
    ledger.record(named(actor, signal) if signal else actor, "sharing.receipts.read", signal)


@transaction.atomic
def _write(actor: Actor, fresh: list[Signal], again: list[UUID]) -> None:
    now = clock.now()
    walk = rules.viewing(actor, now)
    rows = [
        Receipt(
            signal=signal,
            person_id=actor.person,
            organisation_id=actor.acting_organisation,
            channel=actor.channel,
            rule=rules.decide(walk, signal.as_item().without_hidden_author()).rule,
            first_at=now,
            last_at=now,
        )
        for signal in fresh
    ]
    Receipt.everything.bulk_create(rows, ignore_conflicts=True)  # two tabs opened at once are one reading
    _rows(actor, again).update(last_at=now, count=F("count") + 1)


def _rows(actor: Actor, numbers: Iterable[UUID]) -> QuerySet[Receipt]:
    rows = Receipt.everything.filter(signal__in=list(numbers), channel=actor.channel)
    if actor.person is not None:
        return rows.filter(person=actor.person)
    return rows.filter(person__isnull=True, organisation=actor.organisation)


def _counts(actor: Actor, signal: Signal) -> bool:
    """Whether a reading by this actor is one: the author's own is not.

    That of an anonymous author is noted where the audience would have let them in anyway: the one reader who never
    reads would be known by that.
    """
    if not is_author(actor, signal):
        return True
    if not is_hidden_author(actor, signal):
        return False
    return rules.decide(rules.viewing(actor, clock.now()), signal.as_item().without_hidden_author()).allowed
