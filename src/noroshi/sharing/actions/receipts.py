"""Noting who got the content of signals."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain import rules
from noroshi.core.domain.audience import AuthorMode, State
from noroshi.core.errors import TooMany
from noroshi.core.models import audiences_of
from noroshi.members.actions.meters import count, refusal_of
from noroshi.members.domain.meters import POLLED, PUSHED, Measure
from noroshi.sharing import policy
from noroshi.sharing.actions.rows import named
from noroshi.sharing.models import Receipt, Signal
from noroshi.sharing.policy import is_author

ONCE_EVERY: Final = timedelta(hours=1)
"""Readings nearer to each other are one: a page that is looked at again writes nothing."""


def note_read(actor: Actor, signals: Iterable[Signal]) -> None:
    """Note that `actor` got the content of `signals` by its channel. Every way out of the house calls this, and first.

    The public is not noted, nor who reads an own signal, nor what is only a tombstone. Raises TooMany where the account
    has read too much of late: then nothing may leave.
    """
    if actor.organisation is None:
        return
    read = {signal.pk: signal for signal in signals if signal.state == State.PUBLISHED and not _signs(actor, signal)}
    known = dict(_rows(actor, read).values_list("signal_id", "last_at")) if read else {}
    since = clock.now() - ONCE_EVERY
    due = [signal for number, signal in read.items() if number not in known or known[number] <= since]
    if due and (refusal := _write(actor, due, known.keys())) is not None:
        raise refusal


def opened_by(actor: Actor, signals: Iterable[Signal]) -> dict[UUID, str]:
    """Return by which rule the policy lets `actor` read each of `signals`; those are left out that are its own alone.

    For an anonymous author it is decided as for everybody else: the one reader who never reads would be known by that.
    """
    others = [signal for signal in signals if not _signs(actor, signal)]
    audiences, walk = audiences_of([signal.pk for signal in others]), rules.viewing(actor, clock.now())
    found = {
        signal: rules.decide(walk, signal.with_audience(audiences[signal.pk]).without_hidden_author())
        for signal in others
    }
    return {signal.pk: way.rule for signal, way in found.items() if way.allowed or not is_author(actor, signal)}


@transaction.atomic
def read_receipts(actor: Actor, signal: Signal | None = None) -> None:
    """Put into the ledger that `actor` looks at who got a signal, or at the list of all receipts."""
    if signal is None:
        policy.require_audit_of_readers(actor)
    ledger.record(named(actor, signal) if signal else actor, "sharing.receipts.read", signal)


@transaction.atomic
def _write(actor: Actor, signals: Collection[Signal], known: Collection[UUID]) -> TooMany | None:
    """Count the readings and write their receipts; where they are too many, return the refusal and write none."""
    now = clock.now()
    opened = opened_by(actor, signals)
    fresh = opened.keys() - set(known) if actor.channel in POLLED else opened
    if (refusal := count_reading(actor, len(fresh))) is not None:
        return refusal
    rows = [
        Receipt(
            signal_id=number,
            person_id=actor.person,
            organisation_id=actor.acting_organisation,
            channel=actor.channel,
            rule=rule,
            first_at=now,
            last_at=now,
        )
        for number, rule in opened.items()
        if number not in known
    ]
    Receipt.everything.bulk_create(rows, ignore_conflicts=True)  # two tabs opened at once are one reading
    if again := opened.keys() & known:
        _rows(actor, again).update(last_at=now, count=F("count") + 1)
    return None


def count_reading(actor: Actor, number: int) -> TooMany | None:
    """Count what an account draws, and return the refusal where that is too much. What is sent unasked nobody draws."""
    if not number or actor.channel in PUSHED:
        return None
    return refusal_of(actor, Measure.MISSING) or count(actor, Measure.READING, number)


def _rows(actor: Actor, numbers: Iterable[UUID]) -> QuerySet[Receipt]:
    rows = Receipt.everything.filter(signal__in=list(numbers), channel=actor.channel)
    if actor.person is not None:
        return rows.filter(person=actor.person)
    return rows.filter(person__isnull=True, organisation=actor.organisation)


def _signs(actor: Actor, signal: Signal) -> bool:
    """Whether the actor wrote it and says so: what one does with the own words is nobody's."""
    return is_author(actor, signal) and signal.author_mode == AuthorMode.NAMED
