"""A value across signals: which of those that the reader sees name it, or what it lies within.

Asked anew each time, after the policy, with a cap: nothing of it is stored (a table of pairs grows with the square).
Values that a warning list makes benign tie nothing together: half a sector names the same resolver.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Max, Min, QuerySet

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.errors import NotFound
from noroshi.intel.domain.observables import Observable, ObservableType
from noroshi.intel.domain.related import Tie, around
from noroshi.intel.domain.warning_lists import benign_reasons
from noroshi.intel.models import Observable as Known
from noroshi.sharing.models import Signal, SignalObservable

MOST_CORRELATED: Final = 50
"""So many signals are told, the newest; a page says where there are more."""


@dataclass(frozen=True)
class Naming:
    """A signal that names a value, and how that stands to the one at hand."""

    signal: Signal
    tie: Tie
    value: Observable


@dataclass(frozen=True)
class Correlation:
    """The signals that name a value or what it lies within, the newest first."""

    rows: list[Naming]
    capped: bool
    """Whether there are more."""

    @property
    def signals(self) -> list[Signal]:
        """Each signal once."""
        return list({row.signal.pk: row.signal for row in self.rows}.values())

    def tied(self, *ties: Tie) -> list[Naming]:
        """Return the rows that are tied in one of these ways."""
        return [row for row in self.rows if row.tie in ties]


def value_for(actor: Actor, digest: str) -> Known:
    """Return a value that a signal names which the actor may read; else NotFound: as if nobody had ever named it."""
    row = _readable(actor).filter(observable__digest=digest).select_related("observable").first()
    if row is None:
        raise NotFound
    return row.observable


def told_between(actor: Actor, row: Known) -> tuple[datetime, datetime]:
    """Return when a signal that the actor may read named the value first, and last. There is one."""
    moments = (
        _readable(actor)
        .filter(observable=row)
        .aggregate(first=Min("signal__published_at"), last=Max("signal__published_at"))
    )
    return moments["first"], moments["last"]


def correlated(actor: Actor, value: Observable) -> Correlation:
    """Return which signals that the actor may read name the value, its host, a name above it or a network around it."""
    if benign_reasons(value):
        return Correlation([], capped=False)
    ties = {each.digest: (tie, each) for tie, each in _ties(value)}
    rows = _readable(actor).filter(observable__digest__in=list(ties), benign=[])
    rows = rows.select_related("signal__author__organisation", "observable")
    found = list(rows.order_by("-signal__published_at", "-signal", "id")[: MOST_CORRELATED + 1])
    named = [Naming(row.signal, *ties[row.observable.digest]) for row in found[:MOST_CORRELATED]]
    return Correlation(_without_benign(named), len(found) > MOST_CORRELATED)


def canonical(row: Known) -> Observable:
    """Return a value that is kept as one that can be compared."""
    return Observable(ObservableType(row.type), row.value)


def _readable(actor: Actor) -> QuerySet[SignalObservable]:
    return SignalObservable.objects.visible_to(actor).filter(signal__state=State.PUBLISHED)


def _ties(value: Observable) -> Iterator[tuple[Tie, Observable]]:
    yield Tie.SAME, value
    yield from around(value)


def _without_benign(rows: Iterable[Naming]) -> list[Naming]:
    """Leave out what a warning list calls benign today, whatever it said when the signal was written."""
    known: dict[Observable, bool] = {}
    return [row for row in rows if not known.setdefault(row.value, bool(benign_reasons(row.value)))]
