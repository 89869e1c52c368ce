"""Who could see a signal and who did: for its author in numbers, for the hub's auditors in full."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.domain.channels import Channel
from noroshi.core.errors import NotFound
from noroshi.core.models import LedgerEntry
from noroshi.members.models import Organisation, Person
from noroshi.members.queries import active_people
from noroshi.sharing import policy
from noroshi.sharing.domain.moments import to_the_hour
from noroshi.sharing.domain.tally import Reading, Tally, tally
from noroshi.sharing.models import Receipt, Signal
from noroshi.sharing.queries.audience import Reach, reach

OUT = (State.PUBLISHED, State.WITHDRAWN)


@dataclass(frozen=True)
class Named:
    """A reader whose organisation lets its readers be named."""

    person: str
    organisation: str
    channel: str
    since: datetime


@dataclass(frozen=True)
class Disclosure:
    """What an author learns: numbers, and the names of those who allow it."""

    counts: Tally
    named: list[Named]


def receipts_for(actor: Actor) -> QuerySet[Receipt]:
    """Return who got what, for the hub's auditors: everything of the world they are in, and no content."""
    policy.require_audit_of_readers(actor)
    rows = Receipt.objects.unrestricted(reason="an auditor reads who got which number")
    return rows.filter(signal__world=actor.world).select_related("signal", "person", "organisation")


def disclosed_signal(actor: Actor, signal_id: UUID) -> Signal:
    """Return a signal that went out, for its author or an auditor; raise NotFound for everybody else."""
    rows = Signal.objects.visible_to(actor).filter(author=actor.person)
    if policy.audits_readers(actor):
        rows = Signal.objects.unrestricted(reason="an auditor asks by number").filter(world=actor.world)
    signal = rows.filter(pk=signal_id, state__in=OUT).first()
    if signal is None or actor.person is None:
        raise NotFound
    return signal


@dataclass(frozen=True)
class Got:
    """Somebody got something by a channel, for the first time at a moment; without a person it was a program."""

    person: Person | None
    organisation: Organisation
    channel: str
    first_at: datetime


def disclosure_of(signal: Signal) -> Disclosure:
    """Return what the author of `signal` learns of those who got it."""
    rows = _receipts(signal).select_related("person", "organisation").order_by("first_at", "pk")
    return disclosed([Got(row.person, row.organisation, row.channel, row.first_at) for row in rows])


def disclosed(rows: Sequence[Got]) -> Disclosure:
    """Return what may be told of those who got something: numbers, and the names of those who allow it."""
    open_ones = {row.organisation.pk for row in rows if row.organisation.names_its_readers}
    readings = [
        Reading(row.organisation.pk, row.person.pk if row.person else None, row.channel, row.first_at) for row in rows
    ]
    named = [
        Named(row.person.name if row.person else "", row.organisation.name, row.channel, to_the_hour(row.first_at))
        for row in rows
        if row.organisation.pk in open_ones
    ]
    return Disclosure(tally(readings, open_ones), named)


def reach_of_published(signal: Signal) -> Reach:
    """Return who could see a signal that went out, its anonymous author apart; of a withdrawn one, before that."""
    return reach(signal.as_item().without_hidden_author())


def got_by(actor: Actor, by: Channel | None = None) -> QuerySet[Receipt]:
    """Return what the actor got, `by` a channel or any: the person's, or what the organisation's programs got."""
    rows = Receipt.objects.unrestricted(reason="what somebody got themselves").filter(signal__world=actor.world)
    if by is not None:
        rows = rows.filter(channel=by)
    if actor.person is not None:
        return rows.filter(person=actor.person)
    return rows.filter(person__isnull=True, organisation=actor.organisation)


def changed_since_got(actor: Actor, since: datetime | None = None, by: Channel | None = None) -> QuerySet[Signal]:
    """Return what `actor` got (`by` a channel), and what was withdrawn or changed after that, seen or not any more.

    Of an anonymous signal the hour alone is known, so everything is looked for from an hour earlier: what comes twice
    does no harm, what is left out might.
    """
    hour = timedelta(hours=1)
    before = got_by(actor, by).filter(first_at__lte=F("signal__changed_at") + hour)
    rows = Signal.objects.unrestricted(reason="the numbers of what somebody got themselves").filter(
        Q(state=State.WITHDRAWN) | Q(version__gt=1, state=State.PUBLISHED), pk__in=before.values("signal")
    )
    return rows.filter(changed_at__gte=since - hour) if since else rows


def readers_of(signal: Signal) -> QuerySet[Person]:
    """Return the active people who got the content of `signal`, by whichever channel, whether they still see it."""
    return active_people().filter(pk__in=_receipts(signal).filter(person__isnull=False).values("person"))


def mailed_readers(signal: Signal) -> set[UUID]:
    """Return the people to whom the content of `signal` went by mail."""
    rows = _receipts(signal).filter(Q(channel="mail_content") | Q(channel="mail_encrypted"), person__isnull=False)
    return set(rows.values_list("person_id", flat=True))


def receipts_of(signal: Signal) -> QuerySet[Receipt]:
    """Return who got `signal`, the first first: for a file whose taker may know."""
    return _receipts(signal).select_related("person", "organisation").order_by("first_at", "pk")


def ledger_of(signal: Signal) -> QuerySet[LedgerEntry]:
    """Return what the ledger has of a signal, in the order of the chain."""
    return LedgerEntry.objects.filter(subject_id=signal.pk).order_by("id")


def _receipts(signal: Signal) -> QuerySet[Receipt]:
    rows = Receipt.objects.unrestricted(reason="numbers over organisations, told from three on, and recalls")
    return rows.filter(signal=signal)
