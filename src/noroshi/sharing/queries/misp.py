"""Signals as events of MISP: those of a collection, as their reader may have them.

Our own words in them are English, whoever asks: MISP knows an organisation by its name, and an answer by its tag.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import F, Max, QuerySet
from django.urls import reverse
from django.utils import timezone, translation

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import EntryKind
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.core.errors import NotFound
from noroshi.intel.domain.misp.writing import Outgoing, Sighted, Value
from noroshi.intel.domain.observables import Observable, ObservableType
from noroshi.intel.domain.stix.patterns.files import files_in
from noroshi.intel.domain.stix.tlp import carried
from noroshi.intel.domain.strict_json import decode
from noroshi.intel.models import StixObject
from noroshi.intel.queries import doubts_about, seen_of_each
from noroshi.members.models import Organisation
from noroshi.sharing.domain.handling import Objective
from noroshi.sharing.models import Signal, SignalObservable, SignalTag, SignalVersion
from noroshi.sharing.queries.outputs import collection_of
from noroshi.sharing.queries.receipts import changed_since_got
from noroshi.sharing.queries.signals import byline, published_for, tombstones_for
from noroshi.sharing.wording import recalled, withdrawn

MOST: Final = 20_000
"""Events of one feed, the newest: MISP reads all of them at once."""

HUB: Final = "Noroshi"
"""What stands for whoever posted anonymously."""


def events_for(actor: Actor, collection: str) -> list[Outgoing]:
    """Return the events of a collection, with what is left of those that its reader got and that hold no more."""
    rows = collection_of(actor, collection).select_related("author__organisation").order_by("-published_at", "-pk")
    with translation.override("en"):
        return [*_whole(actor, list(rows[:MOST])), *_ended(actor)]


def event_for(actor: Actor, collection: str, number: UUID) -> Outgoing:
    """Return one event of a collection, or what is left of it; raise NotFound for any other."""
    signal = collection_of(actor, collection).select_related("author__organisation").filter(pk=number).first()
    with translation.override("en"):
        found = _whole(actor, [signal]) if signal else [ended for ended in _ended(actor) if ended.uuid == number]
    if not found:
        raise NotFound
    return found[0]


def signals_among(actor: Actor, collection: str, events: Iterable[Outgoing]) -> QuerySet[Signal]:
    """Return the signals of a collection that stand whole among some of its events."""
    return collection_of(actor, collection).filter(pk__in=[event.uuid for event in events])


def _whole(actor: Actor, signals: list[Signal]) -> list[Outgoing]:
    Signal.know_audiences(signals)
    values, tags, sighted, files = _values(actor, signals), _tags(actor, signals), _sighted(signals), _files(signals)
    return [
        replace(
            _outgoing(actor, signal, values[signal.pk], tags[signal.pk]),
            sighted=sighted.get(signal.pk, ()),
            files=files[signal.pk],
        )
        for signal in signals
    ]


def _sighted(signals: list[Signal]) -> dict[UUID, list[Sighted]]:
    """Return who saw what each is about, as their readers are told: one for each of a number, and those by name."""
    numbers = [signal.pk for signal in signals]
    versions = SignalVersion.everything.filter(signal__in=numbers).exclude(tlp=F("signal__tlp"))
    marked = versions.order_by().values("signal").annotate(at=Max("replaced_at")).values_list("signal", "at")
    told = seen_of_each(numbers, dict(marked))
    houses = Organisation.objects.in_bulk({house for each in told.values() for house in each.named})
    return {
        number: [
            *_days(each.by_day),
            *(Sighted(organisation=houses[house].name) for house in sorted(each.named) if house in houses),
        ]
        for number, each in told.items()
    }


def _days(steps: list[tuple[date, int]]) -> Iterator[Sighted]:
    """Yield one for each organisation of a number, on the day on which that was first told."""
    before = 0
    for day, number in steps:
        moment = datetime.combine(day, time(), tzinfo=timezone.get_current_timezone())
        yield from (Sighted(moment) for _one in range(number - before))
        before = number


def _files(signals: list[Signal]) -> dict[UUID, list[frozenset[Observable]]]:
    """Return hashes that are of one file each, as the indicators say that go out with each signal."""
    rows = StixObject.everything.filter(parcel__in=[signal.pk for signal in signals], received=True)
    files: dict[UUID, list[frozenset[Observable]]] = defaultdict(list)
    for parcel, raw in rows.filter(type="indicator").order_by("position").values_list("parcel", "raw"):
        value = decode(bytes(raw))
        if value.get("pattern_type") == "stix" and not value.get("revoked"):
            files[parcel] += files_in(value.get("pattern", ""))
    return files


def _tags(actor: Actor, signals: list[Signal]) -> dict[UUID, list[str]]:
    """Return what each is tagged with: no word of a taxonomy of which a signal has a field of its own is among them."""
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = SignalTag.objects.of(actor, *signals).order_by("tag__name").values_list("signal", "tag__name")
    for signal, name in rows:
        found[signal].append(name)
    return found


def _values(actor: Actor, signals: list[Signal]) -> dict[UUID, list[Value]]:
    found: dict[UUID, list[Value]] = defaultdict(list)
    rows = list(SignalObservable.objects.of(actor, *signals).select_related("observable").order_by("pk"))
    doubts = doubts_about({row.observable_id for row in rows}, actor.world)
    for row in rows:
        value = Observable(ObservableType(row.observable.type), row.observable.value)
        sought = row.objective != Objective.ANALYSE and not row.benign
        doubted = doubts.get(row.observable_id) or 0
        found[row.signal_id].append(Value(value, to_ids=sought, comment=row.objective, doubts=doubted))
    return found


def _outgoing(actor: Actor, signal: Signal, values: list[Value], tags: list[str]) -> Outgoing:
    pap = signal.handling.pap
    return Outgoing(
        uuid=signal.pk,
        info=signal.title,
        organisation=byline(actor, signal).organisation or HUB,
        date=signal.published_at or signal.changed_at,
        changed_at=signal.changed_at,
        level=carried(TLP(signal.tlp), Profile(signal.profile)),
        values=values,
        body=signal.words,
        further=[*([pap.label] if pap else []), *signal.grading.tags, *tags],
        url=settings.BASE_URL + reverse("sharing:detail", args=[signal.pk]),
        may_spread=any(entry.kind is EntryKind.COMMUNITY for entry in signal.known_audience) or signal.tlp == TLP.CLEAR,
    )


def _ended(actor: Actor) -> list[Outgoing]:
    """Return what is left of what a reader's MISP got: that it was withdrawn, or is not for it any more."""
    got = list(changed_since_got(actor, by=Channel.MISP).order_by("pk"))
    numbers = [signal.pk for signal in got]
    seen = set(published_for(actor).filter(pk__in=numbers).values_list("pk", flat=True))
    tombstones = set(tombstones_for(actor).filter(pk__in=numbers).values_list("pk", flat=True))
    return [_end(signal, withdrawn_for_it=signal.pk in tombstones) for signal in got if signal.pk not in seen]


def _end(signal: Signal, *, withdrawn_for_it: bool) -> Outgoing:
    return Outgoing(
        uuid=signal.pk,
        info=withdrawn(signal.reference) if withdrawn_for_it else recalled(signal.reference),
        organisation=HUB,
        date=signal.changed_at,
        changed_at=signal.changed_at,
        level=TLP.AMBER,
        body=signal.withdrawal_reason if withdrawn_for_it else "",
        may_spread=False,
    )
