"""How far the watch of arriving logs has come, and whose hunts ask for what it met."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from django.db.models import Count

from noroshi.core.actor import Actor
from noroshi.core.domain import worlds
from noroshi.hunting import policy
from noroshi.hunting.engine import Needle, SourceStatus
from noroshi.hunting.lake import open_lake
from noroshi.hunting.models import Hit, Hunt, WatchMark
from noroshi.hunting.queries.hunts import needles_of, own_days, own_sources, scope_of
from noroshi.hunting.queries.watched import Watchlist, is_out
from noroshi.members.models import Organisation
from noroshi.sharing.models import Signal, SignalObservable


def asking_for(known: Watchlist, met: Iterable[Needle], organisation: Organisation) -> dict[Hunt, set[Needle]]:
    """Return the hunts that look for values that were met, and reach the organisation, with all that each looks for."""
    rows = Hunt.objects.unrestricted(reason="whom the values that were met concern").select_related("signal")
    asking = rows.filter(pk__in=known.hunts_for(met)).order_by("pk")
    reaching = [hunt for hunt in asking if scope_of(hunt, [organisation.slug])]
    return {hunt: set(needles_of(hunt)) for hunt in reaching}


def earliest_places(
    asking: Mapping[Hunt, Collection[Needle]], organisation: Organisation
) -> dict[Needle, Sequence[datetime]]:
    """Return the times of the earliest events behind the values that all hunts which ask for them have as hits."""
    rows = Hit.everything.filter(organisation=organisation, hunt__signal__in={hunt.signal_id for hunt in asking})
    known: dict[Needle, list[list[datetime]]] = defaultdict(list)
    for row in rows:
        known[Needle(row.type, row.value)].append([time for time, *_ in row.places])
    wanted = Counter(chain.from_iterable(asking.values()))
    return {needle: min(times, key=len) for needle, times in known.items() if len(times) >= wanted[needle]}


def organisations_with_arrivals() -> Iterator[Organisation]:
    """Yield the organisations in whose logs something has arrived that was not watched yet."""
    lake = open_lake()
    marks = dict(WatchMark.objects.values_list("organisation_id", "arrival"))
    for organisation in Organisation.objects.filter(slug__in=lake.organisations()).order_by("slug"):
        if lake.arrived(organisation.slug, marks.get(organisation.pk, 0)):
            yield organisation


@dataclass(frozen=True)
class Standing:
    """How far the watch of an organisation's logs has come: deliveries that wait, and when it last came further."""

    organisation: Organisation
    waiting: int
    watched_at: datetime | None


@dataclass(frozen=True)
class OwnWatch:
    """The watch of the own logs, and for how many values of how many signals that the actor sees."""

    standing: Standing
    values: int
    signals: int


def own_watch(actor: Actor) -> OwnWatch | None:
    """Return how the watch of the own logs stands; None for whoever may not hunt."""
    if not policy.may_hunt(actor):
        return None
    organisation = Organisation.objects.get(pk=policy.require_hunter(actor))
    seen = Signal.objects.visible_to(actor).filter(is_out(""), world=worlds.REAL)
    named = SignalObservable.objects.unrestricted(reason="of signals that the actor sees").filter(
        signal__in=seen.values("pk")
    )
    counts = named.aggregate(values=Count("observable", distinct=True), signals=Count("signal", distinct=True))
    return OwnWatch(_standings([organisation])[0], **counts)


def watch_by_organisation(actor: Actor) -> list[Standing]:
    """Return how far the watch of every organisation's logs has come: for hub operators, for nobody else."""
    if not policy.may_count(actor):
        return []
    return _standings(list(Organisation.objects.filter(slug__in=open_lake().organisations()).order_by("slug")))


def watched_sources(actor: Actor) -> list[tuple[SourceStatus, timedelta, int]]:
    """Return each own source, how long after its last event it was delivered, and its days without events."""
    gaps = {strip.name: strip.gaps for strip in own_days(actor)}
    return [
        (source, max(source.last_ingest - source.last_event, timedelta()), gaps.get(source.source, 0))
        for source in own_sources(actor)
        if source.last_event
    ]


def _standings(organisations: list[Organisation]) -> list[Standing]:
    lake = open_lake()
    marks = {mark.organisation_id: mark for mark in WatchMark.objects.filter(organisation__in=organisations)}
    found = []
    for organisation in organisations:
        mark = marks.get(organisation.pk) or WatchMark()
        waiting = lake.arrivals_after(organisation.slug, mark.arrival)
        found.append(Standing(organisation, waiting, mark.watched_at))
    return found
