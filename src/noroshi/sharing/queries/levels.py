"""What was said under a signal keeps the level under which it was said."""

from collections.abc import Collection
from datetime import datetime
from typing import TypeVar

from django.db.models import Exists, F, Max, Model, OuterRef, QuerySet

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.filters import hidden_filter
from noroshi.sharing.models import Signal, SignalVersion

M = TypeVar("M", bound=Model)


def open_since(actor: Actor, signal: Signal) -> datetime | None:
    """Return since when what is said under a signal is for `actor` too; None where it always was.

    An author may lower the level of the own words, not of what others answered in the belief that it stays among
    those who read it then; nor of what an amendment has taken away since. A level only comes down (raising it is a
    new signal), so the moments that are not for the actor lie before all others.
    """
    if not signal.had_another_level:
        return None
    until: datetime | None = _closed_to(actor).filter(signal=signal).aggregate(until=Max("replaced_at"))["until"]
    return until


def open_to(actor: Actor, rows: QuerySet[M], at: str) -> QuerySet[M]:
    """Return those of `rows`, parts of signals, that by `open_since` are for `actor`; `at` names their moment."""
    return rows.filter(~Exists(_closed_to(actor).filter(signal=OuterRef("signal"), replaced_at__gte=OuterRef(at))))


def were_marked_otherwise(signals: Collection[Signal]) -> bool:
    """Whether any of these signals ever had another level than now: few ever had, and only they need `open_to`."""
    return SignalVersion.everything.filter(signal__in=signals).exclude(tlp=F("signal__tlp")).exists()


def _closed_to(actor: Actor) -> QuerySet[SignalVersion]:
    """The versions of signals that had another level than now, under which `actor` would not see the signal."""
    closed = SignalVersion.everything.filter(hidden_filter(Signal, actor, "signal__", tlp="tlp"))
    return closed.exclude(tlp=F("signal__tlp"))


def due_for_downgrade() -> QuerySet[Signal]:
    """Return the published signals whose level is to lower itself by now."""
    rows = Signal.objects.unrestricted(reason="whose level lowers itself now")
    return rows.filter(state=State.PUBLISHED, downgrade_at__lte=clock.now())
