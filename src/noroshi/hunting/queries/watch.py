"""What arriving logs are watched for: the values of signals that are out, and the hunts that have asked for them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain import worlds
from noroshi.core.domain.audience import State
from noroshi.hunting import policy
from noroshi.hunting.engine import Needle, SourceStatus
from noroshi.hunting.engine.needles import Keys
from noroshi.hunting.lake import open_lake
from noroshi.hunting.models import Hunt, WatchMark
from noroshi.hunting.queries.hunts import needles_of, own_days, own_sources, scope_of
from noroshi.members.models import Organisation
from noroshi.sharing.models import Signal, SignalObservable


@dataclass(frozen=True)
class Watchlist:
    """What all signals that are out name, as the engine compares it, and the last hunt of each signal by value."""

    keys: Keys
    hunts: dict[Needle, tuple[UUID, ...]]


def watchlist() -> Watchlist:
    """Return what is watched for now. Whose logs a signal reaches is asked where one of its values was met."""
    return _watchlist(tuple(sorted(_last_hunts())))


def asking_for(known: Watchlist, met: Iterable[Needle], organisation: Organisation) -> dict[Hunt, set[Needle]]:
    """Return the hunts that look for values that were met, and reach the organisation, with all that each looks for."""
    numbers = {number for needle in met for number in known.hunts[needle]}
    rows = Hunt.objects.unrestricted(reason="whom the values that were met concern").select_related("signal")
    reaching = [hunt for hunt in rows.filter(pk__in=numbers).order_by("pk") if scope_of(hunt, [organisation.slug])]
    return {hunt: set(needles_of(hunt)) for hunt in reaching}


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
    seen = Signal.objects.visible_to(actor).filter(_out(""), world=worlds.REAL)
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


@lru_cache(maxsize=1)
def _watchlist(hunts: tuple[tuple[UUID, UUID], ...]) -> Watchlist:
    """Read the values of signals, given with their last hunts: an amended signal has a new one."""
    hunt_of = dict(hunts)
    asked: dict[Needle, list[UUID]] = defaultdict(list)
    rows = SignalObservable.objects.unrestricted(reason="all that is out is watched for")
    named = rows.filter(_out("signal__"), signal__world=worlds.REAL).order_by("pk")
    for signal, kind, value in named.values_list("signal", "observable__type", "observable__value").iterator():
        if signal in hunt_of:
            asked[Needle(kind, value)].append(hunt_of[signal])
    return Watchlist(open_lake().prepare(asked), {needle: tuple(numbers) for needle, numbers in asked.items()})


def _last_hunts() -> Iterable[tuple[UUID, UUID]]:
    """Return (signal, its last hunt) of the signals that are out and have been hunted, or are about to be."""
    rows: QuerySet[Hunt] = Hunt.objects.unrestricted(reason="all that is out is watched for")
    out = rows.filter(_out("signal__"), world=worlds.REAL, signal__isnull=False)
    return dict(out.order_by("version").values_list("signal", "pk")).items()


def _out(signal: str) -> Q:
    unexpired = Q(**{f"{signal}expires_at": None}) | Q(**{f"{signal}expires_at__gt": clock.now()})
    return unexpired & Q(**{f"{signal}state": State.PUBLISHED})
