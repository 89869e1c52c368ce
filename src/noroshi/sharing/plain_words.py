"""A signal in plain words, for who has no technical staff: what happened, whom it concerns, what to do, by when.

The author's own words stand where there are any; else it is composed of the signal's own fields, in the language of
whoever reads. Nothing of it is from elsewhere, so it is never wider than the signal; `presenters` decide who gets it.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from noroshi.core import clock
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.intel.domain.observables import Observable, ObservableType, defang
from noroshi.intel.wording import TYPES
from noroshi.sharing.domain.plain_words import MOST_VALUES, Haste, haste_of, numbered, steps_for
from noroshi.sharing.models import Signal, SignalObservable
from noroshi.sharing.wording import CONCERNED, HAPPENED, PASSING_ON, STEPS

WEEK: Final = timedelta(days=7)


def in_plain_words(signal: Signal, contacts: Collection[str], values: Collection[SignalObservable]) -> str:
    """Return the text of a mail; `contacts` are lines that say whom to call, the nearest first."""
    sections = [
        *([(_("What to know and to do"), signal.plain_words)] if signal.plain_words else _composed(signal)),
        (_("Whom to call"), "\n".join(contacts)),
        (_("For whoever looks after your systems"), _listed(values)),
        (_("Whom you may pass it on to"), str(PASSING_ON[Profile(signal.profile)][TLP(signal.tlp)])),
    ]
    return "\n\n".join(f"■ {heading}\n{text}" for heading, text in sections if text)


def _composed(signal: Signal) -> list[tuple[str, str]]:
    title = _("“%(title)s”") % {"title": signal.title}
    steps = steps_for(signal.kind, signal.target, signal.handling)
    return [
        (_("What has happened"), f"{HAPPENED[signal.kind]}\n{title}"),
        (_("Whom it concerns"), str(CONCERNED[signal.target])),
        (_("What to do"), numbered([str(STEPS[step]) for step in steps])),
        (_("What the sender did"), signal.answers.measure),
        (_("By when"), _by_when(signal)),
    ]


def _by_when(signal: Signal) -> str:
    today = timezone.localdate(clock.now())
    match haste_of(signal.kind):
        case Haste.TODAY:
            return _("Today, %(day)s.") % {"day": date_format(today)}
        case Haste.WEEK:
            week = timezone.localdate(signal.published_at or clock.now()) + WEEK
            return _("Within a week, by %(day)s.") % {"day": date_format(max(today, week))}
        case _:
            return _("There is no hurry.")


def _listed(values: Collection[SignalObservable]) -> str:
    rows = [Observable(ObservableType(row.observable.type), row.observable.value) for row in values]
    lines = [f"- {TYPES[row.type]}: {defang(row)}" for row in rows[:MOST_VALUES]]
    if more := len(rows) - MOST_VALUES if len(rows) > MOST_VALUES else 0:
        lines.append(
            ngettext("- and %(count)d more, on the page", "- and %(count)d more, on the page", more) % {"count": more}
        )
    return "\n".join(lines)
