"""What was said under a signal keeps the level under which it was said."""

from dataclasses import replace
from datetime import datetime

from django.db.models import QuerySet

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain import rules
from noroshi.core.domain.audience import State
from noroshi.core.domain.tlp import TLP
from noroshi.sharing.models import Signal, SignalVersion


def open_since(actor: Actor, signal: Signal) -> datetime | None:
    """Return since when what is said under a signal is for `actor` too; None where it always was.

    An author may lower the level of the own words, not of what others answered in the belief that it stays among
    those who read it then; nor of what an amendment has taken away since. A level only comes down (raising it is a
    new signal), so the moments that are not for the actor lie before all others.
    """
    spans = SignalVersion.everything.filter(signal=signal).exclude(tlp=signal.tlp).values_list("tlp", "replaced_at")
    if not spans:
        return None
    item, walk = signal.as_item(), rules.viewing(actor, clock.now(), walled=signal.walled)
    closed = [until for tlp, until in spans if not rules.decide(walk, replace(item, tlp=TLP(tlp))).allowed]
    return max(closed, default=None)


def due_for_downgrade() -> QuerySet[Signal]:
    """Return the published signals whose level is to lower itself by now."""
    rows = Signal.objects.unrestricted(reason="whose level lowers itself now")
    return rows.filter(state=State.PUBLISHED, downgrade_at__lte=clock.now())
