"""Reads of hunts, their hits and the log lake."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, Max, Min, Model, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain import worlds
from noroshi.core.domain.audience import State
from noroshi.core.errors import NotFound
from noroshi.hunting import policy
from noroshi.hunting.domain.drop_folder import ready_files
from noroshi.hunting.domain.events import LogEvent, as_log_event
from noroshi.hunting.engine import (
    Needle,
    QuarantinedLine,
    Reading,
    SourceStatus,
    Spread,
    is_slug,
)
from noroshi.hunting.engine.mapping import read_mapping
from noroshi.hunting.lake import open_lake
from noroshi.hunting.models import UNDER_WAY, Hit, Hunt, HuntState, LogFile, LogSource
from noroshi.members.models import Organisation, Person
from noroshi.members.queries import active_people, actors_of
from noroshi.sharing.models import Signal, SignalObservable
from noroshi.sharing.queries import reach, signal_for

M = TypeVar("M", bound=Model)

EVENTS_SHOWN: Final = 20
CHART_DAYS: Final = 30
MOST_QUARANTINED: Final = 100_000
FORGOTTEN: Final = timedelta(hours=1)
"""A dropped file that waits for longer has a job that gave up: it is asked for anew."""


def hits_for(actor: Actor) -> QuerySet[Hit]:
    """Return the hits in the own organisation's logs, newest first, each with its hunt and signal."""
    return Hit.objects.visible_to(actor).select_related("hunt__signal").order_by("-created_at", "-pk")


def shared_hits_for(actor: Actor) -> QuerySet[Hit]:
    """Return those of them that shared signals have led to; a search of the own lake shows its own."""
    return hits_for(actor).filter(hunt__signal__isnull=False)


def hits_of_value(actor: Actor, kind: str, value: str) -> QuerySet[Hit]:
    """Return the hits of one value in the own organisation's logs."""
    return hits_for(actor).filter(type=kind, value=value)


def hit_for(actor: Actor, hit_id: UUID) -> Hit:
    """Return one hit; raise NotFound where there is none for this actor."""
    return one(hits_for(actor).select_related("organisation", "hunt__signal").filter(pk=hit_id))


def hits_by_day(actor: Actor, days: int = CHART_DAYS) -> list[tuple[date, int]]:
    """Return (day, values found) of the last days, today included, also those without."""
    today = timezone.localdate(clock.now())
    first = today - timedelta(days=days - 1)
    rows = shared_hits_for(actor).order_by().annotate(day=TruncDate("created_at")).filter(day__gte=first)
    counts = dict(rows.values("day").annotate(number=Count("pk")).values_list("day", "number"))
    return [(day, counts.get(day, 0)) for day in (first + timedelta(days=place) for place in range(days))]


def events_of(hit: Hit, limit: int = EVENTS_SHOWN) -> list[LogEvent]:
    """Return the earliest log events behind a hit that the actor was given by `hit_for`."""
    rows = open_lake().events(hit.organisation.slug, Needle(hit.type, hit.value), limit)
    return [as_log_event(row) for row in rows]


def daily_counts_of(hit: Hit) -> list[tuple[date, int]]:
    """Return (day, events) of the days on which a hit's value is in the logs."""
    needle = Needle(hit.type, hit.value)
    return open_lake().daily_counts(hit.organisation.slug, needle, timezone=settings.TIME_ZONE)


def spread_of(hit: Hit) -> Spread:
    """Return how common a hit's value is in its organisation's logs."""
    return open_lake().spread(hit.organisation.slug, Needle(hit.type, hit.value))


@dataclass(frozen=True)
class OrganisationCount:
    """What the hub learns of an organisation's hits: how many values, how many events, when. No value."""

    organisation: Organisation
    values: int
    events: int
    first_seen: datetime
    last_seen: datetime


def counts_by_organisation(actor: Actor, signal: Signal) -> list[OrganisationCount]:
    """Return the hits of a signal by organisation: for a hub operator who sees the signal, for nobody else."""
    if not policy.may_count(actor) or signal_for(actor, signal.pk).state != State.PUBLISHED:
        return []
    rows = Hit.objects.unrestricted(reason="counts for a hub operator").filter(hunt__signal=signal)
    sums = rows.values("organisation").annotate(
        found=Count("pk"), events=Sum("count"), first=Min("first_seen"), last=Max("last_seen")
    )
    organisations = Organisation.objects.in_bulk([row["organisation"] for row in sums])
    counts = [
        OrganisationCount(organisations[row["organisation"]], row["found"], row["events"], row["first"], row["last"])
        for row in sums
    ]
    return sorted(counts, key=lambda count: (-count.events, count.organisation.slug))


def log_files_for(actor: Actor) -> QuerySet[LogFile]:
    """Return the log files that people of the own organisation sent, newest first."""
    return LogFile.objects.visible_to(actor).select_related("sent_by").order_by("-created_at", "-pk")


def log_file_for(actor: Actor, file_id: UUID) -> LogFile:
    """Return one of them; raise NotFound where there is none for this actor."""
    return one(log_files_for(actor).filter(pk=file_id))


def log_files_waiting(organisation: UUID) -> int:
    """Return how many log files that were sent have not been taken in yet."""
    rows = LogFile.everything.filter(organisation=organisation, dropped=False)
    return rows.filter(state__in=UNDER_WAY).count()


def files_waited_for() -> set[str]:
    """Return the names of the waiting rooms whose log files have not been taken in yet."""
    rows = LogFile.objects.unrestricted(reason="what waits is not cleared away").filter(dropped=False)
    waiting = rows.filter(state__in=UNDER_WAY)
    return {str(number) for number in waiting.values_list("pk", flat=True)}


def dropped_files() -> Iterator[tuple[Organisation, str, Path]]:
    """Yield (organisation, source, path) of the files in the drop folders that are ready and not on their way yet."""
    if not settings.DROP_DIR or not Path(settings.DROP_DIR).is_dir():
        return
    files = LogFile.objects.unrestricted(reason="a file is taken in once").filter(dropped=True)
    open_rows = Q(state=HuntState.RUNNING) | Q(state=HuntState.WAITING, created_at__gt=clock.now() - FORGOTTEN)
    on_their_way = set(files.filter(open_rows).values_list("organisation__slug", "source", "name"))
    for organisation in Organisation.objects.order_by("slug"):
        for folder in _folders_of(organisation):
            for path in ready_files(folder, time.time()):
                if (organisation.slug, folder.name, path.name) not in on_their_way:
                    yield organisation, folder.name, path


def _folders_of(organisation: Organisation) -> list[Path]:
    root = Path(settings.DROP_DIR) / organisation.slug
    folders = root.iterdir() if root.is_dir() else ()
    return sorted(path for path in folders if path.is_dir() and not path.is_symlink() and is_slug(path.name))


def reading_of(organisation: Organisation, source: str) -> Reading:
    """Return how an organisation has said that a source's logs are read."""
    row = LogSource.everything.filter(organisation=organisation, name=source).first()
    return read_mapping(row.mapping.encode(), "mapping") if row and row.mapping.strip() else Reading()


def kept_days() -> dict[tuple[str, str], int]:
    """Return for how many days organisations keep the logs of a source, by slug and source, where they said so."""
    rows = LogSource.everything.filter(keep_days__isnull=False)
    found = rows.values_list("organisation__slug", "name", "keep_days")
    return {(slug, name): days for slug, name, days in found if days is not None}


def shortest(installation: int, organisation: int | None) -> int:
    """Return for how many days logs are kept; 0: for ever."""
    return min(filter(None, (installation, organisation)), default=0)


def own_sources(actor: Actor) -> list[SourceStatus]:
    """Return how the own organisation's log sources stand."""
    if not policy.may_hunt(actor):
        return []
    name = own_lake(actor)
    return [source for source in open_lake().status() if source.organisation == name]


@dataclass(frozen=True)
class DayStrip:
    """How many events a source, or an organisation, has on each of the last days (UTC), and on how many it has none.

    Days before its first event are no gaps.
    """

    name: str
    events: list[int]
    gaps: int


def shown_days() -> list[date]:
    """Return the days of a strip, today last; the lake's days are UTC's."""
    today = clock.now().date()
    return [today - timedelta(days=back) for back in reversed(range(CHART_DAYS))]


def own_days(actor: Actor) -> list[DayStrip]:
    """Return the last days of each source of the own organisation."""
    if not policy.may_hunt(actor):
        return []
    first = {source.source: source.first_event for source in own_sources(actor)}
    rows = open_lake().days(own_lake(actor), shown_days()[0])
    return _strips({(source, day): events for _name, source, day, events in rows}, first)


def days_by_organisation(actor: Actor) -> list[DayStrip]:
    """Return the last days of every organisation's lake: for hub operators, for nobody else."""
    counts = {count.organisation: count for count in lakes_by_organisation(actor)}
    if not counts:
        return []
    names = {organisation.slug: str(organisation) for organisation in counts}
    found: dict[tuple[str, date], int] = {}
    for slug, _source, day, events in open_lake().days(None, shown_days()[0]):
        if slug in names:
            found[names[slug], day] = found.get((names[slug], day), 0) + events
    return _strips(found, {str(organisation): count.first_event for organisation, count in counts.items()})


def _strips(found: Mapping[tuple[str, date], int], first: Mapping[str, datetime | None]) -> list[DayStrip]:
    days = shown_days()
    strips = []
    for name, began in first.items():
        events = [found.get((name, day), 0) for day in days]
        gaps = sum(1 for day, number in zip(days, events, strict=True) if began and day >= began.date() and not number)
        strips.append(DayStrip(name, events, gaps))
    return strips


@dataclass(frozen=True)
class LakeCount:
    """What the hub learns of an organisation's lake: how much and how fresh. No source, no content."""

    organisation: Organisation
    files: int
    events: int
    quarantined: int
    first_event: datetime | None
    last_event: datetime | None


def lakes_by_organisation(actor: Actor) -> list[LakeCount]:
    """Return how the lake of every organisation stands: for hub operators, for nobody else."""
    if not policy.may_count(actor):
        return []
    sources: dict[str, list[SourceStatus]] = {}
    for source in open_lake().status():
        sources.setdefault(source.organisation, []).append(source)
    organisations = Organisation.objects.filter(slug__in=sources).order_by("slug")
    return [_lake_count(organisation, sources[organisation.slug]) for organisation in organisations]


def quarantine_for(
    actor: Actor, source: str, *, limit: int, offset: int = 0, reason: str | None = None
) -> list[QuarantinedLine]:
    """Return lines of the own organisation's `source` that became no event, of one reason or of all."""
    return open_lake().quarantine(own_lake(actor), source, limit, min(offset, MOST_QUARANTINED), reason)


def quarantine_reasons(actor: Actor, source: str) -> list[tuple[str, int]]:
    """Return (reason, lines) of the own organisation's `source`, the most frequent first."""
    return open_lake().quarantine_reasons(own_lake(actor), source)


def source_for(actor: Actor, source: str) -> LogSource | None:
    """Return what the own organisation has said of a source, if it has."""
    return LogSource.objects.visible_to(actor).filter(name=source).first()


def quarantine_of(organisation: Organisation) -> Iterator[tuple[str, QuarantinedLine]]:
    """Yield (source, line) of all lines of an organisation that became no event: for the command line."""
    lake, step = open_lake(), 1000
    for source in lake.status():
        if source.organisation != organisation.slug:
            continue
        offset = 0
        while lines := lake.quarantine(organisation.slug, source.source, step, offset):
            yield from ((source.source, line) for line in lines)
            offset += step


def needles_of(hunt: Hunt) -> list[Needle]:
    """Return what a hunt looks for: all values that the signal names, or that the person gave.

    A value that a warning list knows as harmless is among them only where the signal's author kept it on purpose.
    """
    if hunt.signal_id is None:
        return [Needle(kind, value) for kind, value in hunt.values]
    rows = SignalObservable.objects.unrestricted(reason="the hunt looks for all that the signal names")
    named = rows.filter(signal=hunt.signal_id).select_related("observable").order_by("pk")
    return [Needle(row.observable.type, row.observable.value) for row in named]


def scope_of(hunt: Hunt, lakes: Iterable[str]) -> dict[str, Organisation]:
    """Return whose of `lakes` a hunt searches, by name: the asking organisation's, or those the signal reaches.

    An organisation none of whose people may see the signal is not searched: it would learn of it by its hits. Nor is
    that of an anonymous author, unless the audience reaches it: among the counts it would say whose the signal is.
    """
    known = set(lakes)
    return {organisation.slug: organisation for organisation in _reached(hunt) if organisation.slug in known}


def _reached(hunt: Hunt) -> Iterable[Organisation]:
    if hunt.world != worlds.REAL:
        return ()  # the lakes hold real logs, and an exercise never meets what is real
    if hunt.signal is None:
        return (hunt.organisation,) if hunt.organisation else ()
    if hunt.signal.state != State.PUBLISHED:
        return ()
    return reach(hunt.signal.as_item().without_hidden_author()).by_organisation


def people_to_tell(hunt: Hunt, organisation: UUID) -> list[Person]:
    """Return the people of `organisation` who see this hunt's hits: nobody else hears of them."""
    people = list(active_people().filter(organisation=organisation).order_by("pk"))
    return [
        person
        for person, actor in zip(people, actors_of(people), strict=True)
        if Hit.objects.visible_to(actor).filter(hunt=hunt).exists()
    ]


def hunts_under_lifted_embargo() -> QuerySet[Hunt]:
    """Return the finished hunts of signals whose embargo has ended since: they reach more organisations now."""
    return Hunt.objects.unrestricted(reason="whose embargo has ended").filter(
        state=HuntState.DONE, signal__embargo_until__lte=clock.now(), finished_at__lt=F("signal__embargo_until")
    )


def own_lake(actor: Actor) -> str:
    """Return the name of the lake that the actor may use."""
    return Organisation.objects.values_list("slug", flat=True).get(pk=policy.require_hunter(actor))


def one(rows: QuerySet[M]) -> M:
    """Return the first of rows that are one or none; raise NotFound for none."""
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def _lake_count(organisation: Organisation, sources: list[SourceStatus]) -> LakeCount:
    return LakeCount(
        organisation,
        files=sum(source.files for source in sources),
        events=sum(source.events for source in sources),
        quarantined=sum(source.quarantined for source in sources),
        first_event=min((source.first_event for source in sources if source.first_event), default=None),
        last_event=max((source.last_event for source in sources if source.last_event), default=None),
    )
