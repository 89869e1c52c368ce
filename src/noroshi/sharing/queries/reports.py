"""The sector's figures of a month or a quarter, out of what the reader may take out in bulk.

Only periods that have ended are told, as they stood at their end: a figure that is watched while it grows would tell of
each organisation that is added. Who wrote an anonymous signal is in no figure, and decides about none.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db.models import Count, DurationField, ExpressionWrapper, F, Min, QuerySet
from django.db.models.functions import ExtractMonth, ExtractYear
from django.utils import timezone

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.small_numbers import FEWEST, NOTHING, Cell, Shown, publishable, together, told
from noroshi.intel.queries import counts_that_saw
from noroshi.members.models import InstitutionKind
from noroshi.sharing.domain.periods import MONTHS, QUARTER, Period
from noroshi.sharing.domain.release import quantile
from noroshi.sharing.models import (
    Acknowledgement,
    Kind,
    Signal,
    SignalObservable,
    SignalTag,
    Stance,
    StanceKind,
    Target,
)
from noroshi.sharing.queries.signals import published_for

ANONYMOUS: Final = "anonymous"
MONTHS_BACK: Final = 24
QUARTERS_BACK: Final = 8

Table = Mapping[str, Cell]

_SOMEBODY: Final = Cell(1)
"""A figure that points at somebody: a total that would tell it stays hidden."""


class Line(NamedTuple):
    """So many signals of one month that are alike in everything a report asks for."""

    kind: str
    target: str
    owner: UUID | None
    """Empty where the author is anonymous: nothing below knows more."""
    type: str
    number: int


@dataclass(frozen=True)
class Figures:
    """What is told of one period; None where it would be about fewer than three organisations."""

    kinds: Shown[str]
    targets: Shown[str]
    types: Shown[str]
    to_share: timedelta | None
    to_first_note: timedelta | None
    to_note: timedelta | None
    seen: int | None
    stances: Mapping[str, int | None]


@dataclass(frozen=True)
class Report:
    """The figures of a period, of the one before, and of the same a year before; and each month's total."""

    period: Period
    now: Figures
    before: Figures
    year_before: Figures
    trend: list[tuple[Period, int | None]]


def periods_on_offer() -> list[Period]:
    """Return the months and quarters that have ended, the latest first."""
    today = timezone.localdate(clock.now())
    month, quarter = Period.before(today), Period.before(today, QUARTER)
    return [
        *(month.moved(-step) for step in range(MONTHS_BACK)),
        *(quarter.moved(-QUARTER * step) for step in range(QUARTERS_BACK)),
    ]


def sector_report(actor: Actor, period: Period) -> Report:
    """Return the report of one of `periods_on_offer`, made of what `actor` may take out in bulk."""
    actor = actor.by(Channel.EXPORT)
    months = _lines(actor, period.year_before.start, period.end)
    now, before, year_before = (_figures(actor, each, months) for each in (period, period.previous, period.year_before))
    last = period.months[-1]
    trend = [last.moved(-step) for step in reversed(range(MONTHS + 1))]
    return Report(period, now, before, year_before, [(each, _kinds_of([each], months).total) for each in trend])


def kinds_in(actor: Actor, period: Period) -> tuple[Shown[str], list[tuple[Period, Shown[str]]]]:
    """Return what the report of an ended period tells of kinds, and those of its months: no more."""
    actor = actor.by(Channel.EXPORT)
    months = _lines(actor, period.start, period.end)
    return _kinds_of(period.months, months), [(each, _kinds_of([each], months)) for each in period.months]


def values_in(actor: Actor, period: Period) -> Shown[str]:
    """Return how often the signals of an ended period name values of each type."""
    actor = actor.by(Channel.EXPORT)
    signals = _published(actor, period.start, period.end).order_by().values("pk")
    rows = SignalObservable.objects.visible_to(actor).filter(signal__in=signals)
    return publishable(_cells(rows, "observable__type"))


def tags_in(actor: Actor, period: Period, beginning: str) -> Shown[str]:
    """Return how many signals of an ended period bear each tag whose name begins so, by the tag's title."""
    actor = actor.by(Channel.EXPORT)
    signals = _published(actor, period.start, period.end).order_by().values("pk")
    rows = SignalTag.objects.visible_to(actor).filter(signal__in=signals, tag__name__startswith=beginning)
    return publishable(_cells(rows, "tag__title"))


def _cells(rows: QuerySet[Any], key: str) -> dict[str, Cell]:
    """Count parts of signals by a column; an anonymous author stands behind none."""
    found: dict[str, Cell] = defaultdict(Cell)
    parts = rows.order_by().values_list(key, "signal__author_mode", "signal__owner")
    for name, mode, owner, number in parts.annotate(number=Count("pk")):
        found[name] += Cell(number, frozenset({owner} if mode == AuthorMode.NAMED else ()))
    return dict(found)


def _lines(actor: Actor, start: date, end: date) -> dict[Period, list[Line]]:
    parts = {"year": ExtractYear("published_at"), "month": ExtractMonth("published_at")}
    rows = _published(actor, start, end).order_by().annotate(**parts)
    names = ("year", "month", "kind", "target", "author_mode", "owner", "owner__kind")
    found: dict[tuple[int, int], list[Line]] = defaultdict(list)
    for year, month, kind, target, mode, owner, house, number in rows.values_list(*names).annotate(number=Count("pk")):
        is_named = mode == AuthorMode.NAMED
        line = Line(kind, target, owner if is_named else None, house if is_named else ANONYMOUS, number)
        found[year, month].append(line)
    return {Period(*month): lines for month, lines in found.items()}


def _published(actor: Actor, start: date, end: date) -> QuerySet[Signal]:
    return published_for(actor).filter(published_at__gte=clock.midnight(start), published_at__lt=clock.midnight(end))


def _figures(actor: Actor, period: Period, months: Mapping[Period, list[Line]]) -> Figures:
    signals, end = _published(actor, period.start, period.end), clock.midnight(period.end)
    to_first, to_note = _times_to_note(actor, period)
    kinds = _kinds_of(period.months, months)
    return Figures(
        kinds=kinds,
        targets=_shown(Target.values, period.months, months, "target"),
        types=_types_of(period.months, months),
        to_share=_time_to_share(signals),
        to_first_note=to_first,
        to_note=to_note,
        seen=sum(counts_that_saw(signals.order_by().values("pk"), before=end).values()) or None,
        stances=_stances(signals, end),
    )


def _kinds_of(parts: list[Period], months: Mapping[Period, list[Line]]) -> Shown[str]:
    return _shown(Kind.values, parts, months, "kind")


def _types_of(parts: list[Period], months: Mapping[Period, list[Line]]) -> Shown[str]:
    """Return the table in which the anonymous have a line; its total is told where that of the kinds is."""
    keys = [*InstitutionKind.values, ANONYMOUS]
    return _shown(keys, parts, months, "type", untold=lambda part: _kinds_of(part, months).total is None)


def _shown(
    keys: Iterable[str],
    parts: list[Period],
    months: Mapping[Period, list[Line]],
    name: str,
    untold: Callable[[list[Period]], bool] = lambda _parts: False,
) -> Shown[str]:
    """Return the table of a period; that of a quarter tells nothing that its months hide. `untold` totals are not."""
    tables = [_table(keys, months.get(part, ()), name) for part in parts]
    shown = [
        publishable(table, known_total=_SOMEBODY if untold([part]) else NOTHING)
        for part, table in zip(parts, tables, strict=True)
    ]
    if len(parts) == 1:
        return shown[0]
    pairs = list(zip(tables, shown, strict=True))
    hidden = {key: together(table[key] for table, told in pairs if told.cells[key] is None) for key in tables[0]}
    totals = together(together(table.values()) for table, told in pairs if told.total is None)
    whole = {key: together(table[key] for table in tables) for key in tables[0]}
    return publishable(whole, known=hidden, known_total=_SOMEBODY if untold(parts) else totals)


def _table(keys: Iterable[str], lines: Iterable[Line], name: str) -> Table:
    counts: Counter[str] = Counter()
    owners: dict[str, set[Hashable]] = {key: set() for key in keys}
    for line in lines:
        key = getattr(line, name)
        counts[key] += line.number
        if line.owner is not None:
            owners[key].add(line.owner)
    table = {key: Cell(counts[key], frozenset(houses)) for key, houses in owners.items()}
    if table.get(ANONYMOUS, NOTHING).count >= FEWEST:  # nobody's in particular, and enough to be no one's
        table[ANONYMOUS] = Cell(table[ANONYMOUS].count, frozenset({"one", "another", "a third"}))
    return table


def _time_to_share(signals: QuerySet[Signal]) -> timedelta | None:
    """From the draft to the readers, of what was signed; a draft's hour could tell of an anonymous author."""
    rows = signals.filter(author_mode=AuthorMode.NAMED).order_by()
    spans: dict[UUID, list[timedelta]] = defaultdict(list)
    for owner, span in rows.values_list("owner_id", _span(F("published_at") - F("created_at"))):
        spans[owner].append(span)
    return _median_of_medians(spans)


def _times_to_note(actor: Actor, period: Period) -> tuple[timedelta | None, timedelta | None]:
    """Return how long until the first organisation took note of a signal, and until each did: medians."""
    rows = Acknowledgement.objects.visible_to(actor).filter(
        signal__published_at__gte=clock.midnight(period.start),
        signal__published_at__lt=clock.midnight(period.end),
        at__lt=clock.midnight(period.end),
    )
    notes = rows.order_by().values("signal", "organisation", "signal__published_at")
    notes = notes.annotate(span=_span(Min("at") - F("signal__published_at")))
    firsts: dict[UUID, tuple[timedelta, UUID]] = {}
    spans: dict[UUID, list[timedelta]] = defaultdict(list)
    for signal, organisation, noted in notes.values_list("signal", "organisation", "span"):
        span = max(noted, timedelta(0))
        spans[organisation].append(span)
        firsts[signal] = min(firsts.get(signal, (span, organisation)), (span, organisation))
    quickest = {organisation for _span, organisation in firsts.values()}
    first = quantile((span for span, _organisation in firsts.values()), 50) if len(quickest) >= FEWEST else None
    return first, _median_of_medians(spans)


def _span(difference: Any) -> ExpressionWrapper[Any]:
    """Return a span that the database subtracts: reading the moments themselves costs more than all the rest."""
    return ExpressionWrapper(difference, output_field=DurationField())


def _median_of_medians(spans: Mapping[UUID, list[timedelta]]) -> timedelta | None:
    """Return what is usual among organisations: each counts once, however much it shares; None below three."""
    if len(spans) < FEWEST:
        return None
    return quantile((quantile(each, 50) for each in spans.values()), 50)


def _stances(signals: QuerySet[Signal], end: datetime) -> dict[str, int | None]:
    """Add up what each signal's page told at the end of the period: nothing beyond that."""
    rows = Stance.objects.unrestricted(reason="numbers that the pages of these signals tell")
    rows = rows.filter(signal__in=signals.order_by().values("pk"), at__lt=end).order_by("id")
    last = {
        (signal, organisation): (kind, named)
        for signal, organisation, kind, named in rows.values_list("signal_id", "organisation_id", "kind", "named")
    }
    numbers = Counter((signal, kind) for (signal, _organisation), (kind, named) in last.items() if not named)
    sums: Counter[str] = Counter()
    for (_signal, kind), number in numbers.items():
        sums[kind] += told(number) or 0
    return {kind: sums[kind] or None for kind in StanceKind.values}
