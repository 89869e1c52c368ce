"""Reads of detections: an organisation's own, and the events behind them."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.hunting import rulebook
from noroshi.hunting.domain.events import LogEvent, as_log_event
from noroshi.hunting.engine.detections.running import Window
from noroshi.hunting.lake import open_lake
from noroshi.hunting.models import UNDER_WAY, Detection, DetectionRun
from noroshi.hunting.queries.hunts import one
from noroshi.members.models import Person
from noroshi.members.queries import active_people, actors_of

EVENTS_SHOWN: Final = 50
EVENTS_SECONDS: Final = 10.0
CHART_DAYS: Final = 30
_EPOCH: Final = datetime.fromtimestamp(0, tz=timezone.get_fixed_timezone(0))


def detections_for(actor: Actor) -> QuerySet[Detection]:
    """Return what rules saw in the own organisation's logs, the latest first."""
    return Detection.objects.visible_to(actor).select_related("handled_by").order_by("-last_seen", "-pk")


def detection_for(actor: Actor, detection_id: UUID) -> Detection:
    """Return one of them; raise NotFound where there is none for this actor."""
    return one(detections_for(actor).select_related("organisation").filter(pk=detection_id))


def detections_by_day(actor: Actor, days: int = CHART_DAYS) -> list[tuple[date, int]]:
    """Return (day, new detections) of the last days, today included, also those without."""
    today = timezone.localdate(clock.now())
    first = today - timedelta(days=days - 1)
    rows = detections_for(actor).order_by().annotate(day=TruncDate("created_at")).filter(day__gte=first)
    counts = dict(rows.values("day").annotate(number=Count("pk")).values_list("day", "number"))
    return [(day, counts.get(day, 0)) for day in (first + timedelta(days=place) for place in range(days))]


def events_behind(detection: Detection) -> list[LogEvent]:
    """Return the earliest events behind a detection that the actor was given by `detection_for`.

    None where its rule is gone, or the logs are.
    """
    known = rulebook.rules_of(detection.organisation_id).get(detection.rule)
    if known is None:
        return []
    window = Window(microseconds(detection.first_seen), microseconds(detection.last_seen) + 1)
    keys = [value for _name, value in detection.keys]
    lake = open_lake()
    with lake.detections(detection.organisation.slug, window, timezone=settings.TIME_ZONE) as session:
        rows = session.behind(known.rule, keys, window, EVENTS_SHOWN, seconds=EVENTS_SECONDS)
    return [as_log_event(row) for row in lake.readable(rows)]


def run_for(actor: Actor, run_id: UUID) -> DetectionRun:
    """Return one run of the own rules; raise NotFound where there is none for this actor."""
    return one(DetectionRun.objects.visible_to(actor).filter(pk=run_id))


def runs_waiting(organisation: UUID) -> QuerySet[DetectionRun]:
    """Return the runs of an organisation that have not ended: another one would do the same again."""
    runs = DetectionRun.objects.unrestricted(reason="whether a run is under way")
    return runs.filter(organisation=organisation, state__in=UNDER_WAY)


def people_of(organisation: UUID) -> list[Person]:
    """Return the people of `organisation` who read its detections: nobody else hears of them."""
    people = list(active_people().filter(organisation=organisation).order_by("pk"))
    return [person for person, actor in zip(people, actors_of(people), strict=True) if actor.needs_to_know]


def microseconds(at: datetime) -> int:
    """Return an aware moment as microseconds since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)
