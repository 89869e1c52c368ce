"""The page of a value: who may be told what of it, from all rooms, as its template wants it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.hunting.models import Hit
from noroshi.hunting.queries import hits_of_value
from noroshi.intel.domain.ageing import DECAY, age_of
from noroshi.intel.domain.observables import Observable, defang
from noroshi.intel.domain.related import Tie
from noroshi.intel.domain.warning_lists import benign_reasons, lists_knowing
from noroshi.intel.models import Observable as Known
from noroshi.intel.models import VoteReason
from noroshi.intel.queries import counts_that_saw, own_vote, votes_on
from noroshi.intel.wording import TYPES, WORTH
from noroshi.kit import graphs
from noroshi.sharing.models import Signal
from noroshi.sharing.policy import may_share
from noroshi.sharing.queries import Byline, Correlation, Naming, byline, canonical, correlated, told_between

DRAWN: Final = 12
"""So many signals are drawn, the newest; the table below has all that are told."""

TIES: Final[dict[Tie, Promise]] = {
    Tie.SAME: gettext_lazy("names it"),
    Tie.HOST: gettext_lazy("names its host"),
    Tie.PARENT: gettext_lazy("names a domain above it"),
    Tie.NETWORK: gettext_lazy("names a network around it"),
}


@dataclass(frozen=True)
class Line:
    """A signal that names the value, or what it lies within."""

    row: Naming
    tie: Promise
    value: str
    byline: Byline
    seen: int | None
    """How many organisations saw what the signal is about, as far as that is told."""


@dataclass(frozen=True)
class Moment:
    """Something that happened to the value: a signal that named it, or the first and last event in the own logs."""

    at: datetime
    text: str
    signal: Signal | None = None
    url: str = ""


def value_context(actor: Actor, row: Known) -> dict[str, Any]:
    """Return all that `actor` may be told of a value that a signal names which `actor` reads."""
    value, hits = canonical(row), list(hits_of_value(actor, row.type, row.value))
    found = correlated(actor, value)
    first, last = told_between(actor, row)
    age = age_of(value.type, max([last, *(hit.last_seen for hit in hits)]), clock.now())
    benign = benign_reasons(value)
    return {
        "value": row,
        "type": TYPES[value.type],
        "defanged": defang(value),
        "first_told": first,
        "last_told": last,
        "age": age,
        "worth": WORTH[age.worth],
        "stale_after": DECAY[value.type].stale_after.days,
        "benign": benign,
        "other_lists": [name for name in lists_knowing(value) if name not in benign],
        "votes": votes_on(actor, row),
        "own_vote": own_vote(actor, row),
        "may_vote": may_share(actor),
        "vote_reasons": VoteReason.choices,
        "lines": _lines(actor, found),
        "capped": found.capped,
        "hits": hits,
        "timeline": _timeline(found, hits),
        "picture": _picture(value, found),
        "shown": found.signals,
    }


def _lines(actor: Actor, found: Correlation) -> list[Line]:
    seen = counts_that_saw([signal.pk for signal in found.signals], before=clock.now())
    return [
        Line(row, TIES[row.tie], defang(row.value), byline(actor, row.signal), seen.get(row.signal.pk))
        for row in found.rows
    ]


def _timeline(found: Correlation, hits: Sequence[Hit]) -> list[Moment]:
    """Return what happened, the latest first."""
    moments = [
        Moment(row.signal.published_at, str(TIES[row.tie]), row.signal)
        for row in found.rows
        if row.signal.published_at is not None
    ]
    for hit in hits[:1]:
        url = reverse("hunting:hit", args=[hit.pk])
        moments.append(Moment(min(hit.first_seen for hit in hits), _("first event in your logs"), url=url))
        moments.append(Moment(max(hit.last_seen for hit in hits), _("last event in your logs"), url=url))
    return sorted(moments, key=lambda moment: moment.at, reverse=True)


def _picture(value: Observable, found: Correlation) -> SafeString | str:
    """Draw which signals name the value and what it lies within; nothing where there is one line alone."""
    signals = found.signals[:DRAWN]
    places = {signal.pk: place for place, signal in enumerate(signals)}
    rows = [row for row in found.rows if row.signal.pk in places]
    if len(rows) < 2:  # noqa: PLR2004 - one signal that names it is no picture
        return ""
    values = list(dict.fromkeys([value, *(row.value for row in rows)]))
    return graphs.relation_view(
        graphs.Relations(
            title=_("What belongs to this value"),
            headings=(_("Value"), _("Tie"), _("Signal")),
            left=[graphs.Node(defang(each), main=each == value) for each in values],
            right=[graphs.Node(signal.title, reverse("sharing:detail", args=[signal.pk])) for signal in signals],
            ties=[graphs.Tie(values.index(row.value), places[row.signal.pk], str(TIES[row.tie])) for row in rows],
        )
    )
