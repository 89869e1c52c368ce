"""Which signals belong to another one: said by somebody, or suggested. All of it after the policy: what both sees."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Left

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.kit.domain import bigrams
from noroshi.sharing.domain.similarity import Likeness, jaccard, ranked
from noroshi.sharing.models import Relation, RelationKind, Signal, SignalObservable
from noroshi.sharing.queries.signals import published_for

MOST: Final = 6
COMPARED: Final = 300
"""So many of the newest signals are compared word by word: those of a few months, in some 30 ms."""
SHARING: Final = 100
"""So many of those that share a value are looked at, the newest first."""
HEAD: Final = 400
"""So much of each text is compared; a report says what it is about at its beginning."""

_RELATABLE: Final = (State.HELD, State.PUBLISHED)
_NUMBER: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Related:
    """A relation as the reader of one of the two signals sees it."""

    row: Relation
    other: Signal
    is_later: bool
    """Whether the signal at hand is the later one: it is a duplicate of the other, not the other of it."""

    @property
    def is_duplicate(self) -> bool:
        """Whether the signal at hand tells what the other has told before."""
        return self.is_later and self.row.kind == RelationKind.DUPLICATE


@dataclass(frozen=True)
class Suggestion:
    """A signal that may belong to the one at hand, and why."""

    signal: Signal
    likeness: Likeness[UUID]


def relatable(actor: Actor) -> QuerySet[Signal]:
    """Return the signals that `actor` sees and that something can be said about."""
    return Signal.objects.visible_to(actor).filter(state__in=_RELATABLE)


def relations_of(actor: Actor, signal: Signal) -> list[Related]:
    """Return how `signal` belongs to others that `actor` sees too."""
    rows = Relation.objects.unrestricted(reason="both ends are read by the policy, in one look")
    rows = rows.filter(Q(later=signal) | Q(earlier=signal)).order_by("-at", "-id")
    others = [(row, row.earlier_id if row.later_id == signal.pk else row.later_id) for row in rows]
    seen = relatable(actor).in_bulk([signal.pk, *(other for _row, other in others)])
    return [
        Related(row, seen[other], is_later=row.later_id == signal.pk)
        for row, other in others
        if signal.pk in seen and other in seen
    ]


def named_by(actor: Actor, text: str) -> Signal | None:
    """Return the signal whose address or number somebody pasted, if `actor` sees it: else as if there were none."""
    found = _NUMBER.search(text)
    return relatable(actor).filter(pk=UUID(found[0])).first() if found else None


def suggestions_for(actor: Actor, signal: Signal) -> list[Suggestion]:
    """Return the signals that may belong to `signal`, as far as `actor` sees them; computed when it is asked for.

    Values that a warning list knows as harmless join nothing: half a sector names the same resolver.
    """
    known = {related.other.pk for related in relations_of(actor, signal)} | {signal.pk}
    values = _sharing_values(actor, signal, known)
    words = _sharing_words(actor, signal, known)
    likenesses = [Likeness(key, values.get(key, 0), words.get(key, 0.0)) for key in dict.fromkeys([*values, *words])]
    best = ranked(likenesses, MOST)
    rows = relatable(actor).in_bulk([likeness.key for likeness in best])
    return [Suggestion(rows[likeness.key], likeness) for likeness in best if likeness.key in rows]


def _sharing_values(actor: Actor, signal: Signal, known: Collection[UUID]) -> dict[UUID, int]:
    rows = SignalObservable.objects.visible_to(actor).filter(benign=[])
    values = list(rows.filter(signal=signal).values_list("observable_id", flat=True))
    others = rows.filter(observable__in=values, signal__state__in=_RELATABLE).exclude(signal__in=known)
    counts = others.values("signal").annotate(shared=Count("observable")).order_by("-signal")
    return dict(counts.values_list("signal", "shared")[:SHARING])


def _sharing_words(actor: Actor, signal: Signal, known: Collection[UUID]) -> dict[UUID, float]:
    own = _bigrams(signal.title, signal.body[:HEAD])
    held = Signal.objects.visible_to(actor).filter(state=State.HELD).order_by("-changed_at")
    texts = [*_heads(held, SHARING), *_heads(published_for(actor), COMPARED)]
    return {key: jaccard(own, _bigrams(title, head)) for key, title, head in texts if key not in known}


def _heads(rows: QuerySet[Signal], most: int) -> Iterable[tuple[UUID, str, str]]:
    return rows.annotate(head=Left("body", HEAD)).values_list("pk", "title", "head")[:most]


def _bigrams(*texts: str) -> frozenset[str]:
    return frozenset(token for token in bigrams.tokens("\n".join(texts)) if len(token) > 1)
