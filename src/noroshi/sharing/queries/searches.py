"""Searches that people keep: what each finds for its person now, and what of it is new."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime, time
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from noroshi.core.actor import Actor
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import NotFound
from noroshi.kit.domain.bigrams import Words
from noroshi.members.queries import actors_of
from noroshi.sharing.domain.asked import Asked
from noroshi.sharing.models import Attachment, Comment, SavedSearch, Signal, SignalObservable
from noroshi.sharing.queries.signals import names_values, of_level, published_for
from noroshi.sharing.queries.words import with_words

MOST_NEW: Final = 99


def searches_of(actor: Actor) -> QuerySet[SavedSearch]:
    """Return the searches that the actor keeps."""
    return SavedSearch.objects.visible_to(actor).select_related("alert").order_by("name", "pk")


def search_for(actor: Actor, search_id: UUID) -> SavedSearch:
    """Return one of the actor's own searches; raise NotFound."""
    found = searches_of(actor).filter(pk=search_id).first()
    if found is None:
        raise NotFound
    return found


def found_by(actor: Actor, asked: Asked, mark: int | None = None) -> QuerySet[Signal]:
    """Return the signals that `actor` reads and that are as `asked`, newest first; with a `mark`, what came since."""
    rows = with_words(actor, published_for(actor), asked.words, mark)
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.tlp is not None:
        rows = of_level(actor, rows, asked.tlp)
    if asked.since is not None:
        rows = rows.filter(published_at__gte=timezone.make_aware(datetime.combine(asked.since, time.min)))
    return rows.filter(names_values()) if asked.with_values else rows


def new_in(actor: Actor, search: SavedSearch) -> int:
    """Return how many signals a search finds that came or changed since its person last looked; one above MOST_NEW."""
    return found_by(actor, search.asked, search.seen).order_by()[: MOST_NEW + 1].count()


def alerting(world: str) -> QuerySet[SavedSearch]:
    """Return the searches that tell their person of what they find."""
    kept = SavedSearch.objects.unrestricted(reason="asked with the rights of their person next")
    return kept.filter(world=world, alert__isnull=False, alert__paused_at__isnull=True)


def alerting_about(signal: Signal, people: Collection[UUID]) -> Iterator[SavedSearch]:
    """Yield the searches of these people that tell of what they find, and find `signal` for their person now.

    Whatever a search asks is compared in memory first, with all that anybody may read of the signal; the few that are
    left are asked as their person would ask.
    """
    kept = alerting(signal.world).filter(person__in=people).select_related("person", "alert")
    words = Words("\n".join(_all_words_of(signal)))
    fitting = [search for search in kept.order_by("created_at", "pk") if _fits(search.asked, signal, words)]
    readers = {actor.person: actor for actor in actors_of({search.person for search in fitting})}
    for search in fitting:
        reader = replace(readers[search.person_id], world=signal.world)
        if found_by(reader, search.asked).filter(pk=signal.pk).exists():
            yield search


def _fits(asked: Asked, signal: Signal, words: Words) -> bool:
    """Whether a search might find `signal` for somebody; where it might not, it does for nobody."""
    fits = asked.kind in ("", signal.kind) and asked.tlp in (None, TLP(signal.tlp))
    return fits and (not asked.words or words.match(asked.words))


def _all_words_of(signal: Signal) -> Iterator[str]:
    yield from (signal.title, signal.words)
    yield from SignalObservable.everything.filter(signal=signal).values_list("observable__value", flat=True)
    yield from Attachment.everything.filter(signal=signal).values_list("name", flat=True)
    yield from Comment.everything.filter(signal=signal).order_by("created_at").values_list("body", flat=True)
