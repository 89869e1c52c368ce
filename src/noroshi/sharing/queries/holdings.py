"""The release desk: what waits, how far it is, what was asked of its author, and how long the hub takes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, State
from noroshi.core.domain.small_numbers import FEWEST
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import NotFound
from noroshi.members.queries import hub_operators
from noroshi.sharing.domain.release import FourEyes, Step, gravity, is_late, needs_two, next_step, quantile
from noroshi.sharing.models import CannedRequest, Holding, Inquiry, Outcome, Signal
from noroshi.sharing.policy import is_author
from noroshi.sharing.queries.signals import waiting_for_release

WEEKS: Final = 26


@dataclass(frozen=True)
class Waiting:
    """A signal that waits, as one operator sees it."""

    signal: Signal
    since: datetime
    late: bool
    two: bool
    step: Step
    approved_by: str
    approved_at: datetime | None
    asked: bool
    """Whether the hub has asked and the author has not answered yet."""


def release_desk(actor: Actor) -> list[Waiting]:
    """Return what `actor` may help to release, what has waited longest first; two queries however much it is."""
    last = Inquiry.objects.unrestricted(reason="of signals that the policy chose").filter(signal=OuterRef("signal"))
    signals = waiting_for_release(actor)
    stays = Holding.objects.visible_to(actor).filter(signal__in=signals, ended_at=None)
    stays = stays.select_related("signal", "approved_by").order_by("held_at", "id")
    asked = stays.annotate(
        asked_by=Subquery(last.order_by("-at", "-id").values("operator")[:1]),
    )
    return [_waiting(actor, stay) for stay in asked]


def waiting(actor: Actor, signal: Signal) -> Waiting | None:
    """Return how far a held signal is, for a hub operator who did not write it."""
    return next((each for each in release_desk(actor) if each.signal.pk == signal.pk), None)


def _waiting(actor: Actor, stay: Holding) -> Waiting:
    signal = stay.signal
    assert signal is not None  # noqa: S101 - it was chosen by its signal
    two = takes_two(signal)
    return Waiting(
        signal=signal,
        since=stay.held_at,
        late=is_late(stay.held_at, clock.now(), settings.RELEASE_TARGET),
        two=two,
        step=next_step(actor.person, two=two, approved_by=stay.approved_by_id),
        approved_by=stay.approved_by.name if stay.approved_by else "",
        approved_at=stay.approved_at,
        asked=getattr(stay, "asked_by", None) is not None,
    )


def takes_two(signal: Signal) -> bool:
    """Whether two operators must let this signal go, on this installation."""
    reasons = gravity(TLP(signal.tlp), AuthorMode(signal.author_mode))
    return needs_two(FourEyes(settings.RELEASE_FOUR_EYES), signal.kind, reasons)


def has_two_operators() -> bool:
    """Whether the hub has two operators at all: what needs two waits for ever where it has not."""
    operators = hub_operators()
    return operators.count() > 1


def stay_of(signal: Signal) -> Holding:
    """Return the stay in the queue that a held signal is in."""
    stays = Holding.objects.unrestricted(reason="of a signal that the policy chose")
    return stays.select_for_update().get(signal=signal, ended_at=None)


def inquiries_of(actor: Actor, signal: Signal) -> QuerySet[Inquiry]:
    """Return what hub and author wrote to each other: for the author, and for operators as long as it waits."""
    rows = Inquiry.objects.of(actor, signal).order_by("at", "id")
    may = is_author(actor, signal) or (signal.state == State.HELD and actor.is_hub_operator)
    return rows if may else rows.none()


def requests_on_offer() -> QuerySet[CannedRequest]:
    """Return the requests that an operator can choose from."""
    return CannedRequest.objects.filter(retired_at=None)


def request_for(actor: Actor, request_id: UUID) -> CannedRequest:
    """Return one of the hub's requests; raise NotFound for anybody but its operators."""
    row = requests_on_offer().filter(pk=request_id).first() if actor.is_hub_operator else None
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True)
class WeekOfReleases:
    """How long the hub took with what it released in one week."""

    monday: date
    number: int
    median: timedelta
    most: timedelta
    """What nine of ten did not exceed."""
    late: int


def release_times(actor: Actor) -> list[WeekOfReleases]:
    """Return the weeks of the last half year in which at least three signals were released, for hub operators.

    Two spans would be about signals that an operator can put a name to; of the hub's own world.
    """
    if not actor.is_hub_operator:
        return []
    since = clock.now() - timedelta(weeks=WEEKS)
    rows = Holding.objects.unrestricted(reason="how long the hub takes, in numbers alone")
    ended = rows.filter(world=actor.world, outcome=Outcome.RELEASED, ended_at__gte=since).order_by("ended_at")
    spans = [(end, end - held) for held, end in ended.values_list("held_at", "ended_at") if end]
    weeks = groupby(spans, key=lambda row: _monday(row[0]))
    return [week for monday, group in weeks if (week := _week(monday, [span for _end, span in group]))]


def _week(monday: date, spans: Iterable[timedelta]) -> WeekOfReleases | None:
    known = sorted(spans)
    if len(known) < FEWEST:
        return None
    late = sum(span > settings.RELEASE_TARGET for span in known)
    return WeekOfReleases(monday, len(known), quantile(known, 50), quantile(known, 90), late)


def _monday(moment: datetime) -> date:
    day = timezone.localtime(moment).date()
    return day - timedelta(days=day.weekday())
