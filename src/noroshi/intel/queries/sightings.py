"""Who has seen what, as far as the reader may know."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from noroshi.core.actor import Actor
from noroshi.core.domain.small_numbers import told
from noroshi.intel.models import Sighting, SightingSource


@dataclass(frozen=True)
class Seen:
    """Who saw an item, as far as its readers are told.

    `number` moves in steps of three and is None below; those that let themselves be named, to whomever, are not in it.
    `by_day` has each day on which it rose: what a reader who came every day has seen.
    """

    number: int | None
    named: frozenset[UUID]
    by_day: list[tuple[date, int]]


def seen(item_id: UUID, *, named_after: datetime | None = None) -> Seen:
    """Return who saw an item. The caller has checked that the reader sees it.

    Names are told that were given after `named_after`: before, they were given to fewer readers.
    """
    return _seen(_told([item_id]).order_by("at", "id").values_list("organisation_id", "named", "at"), named_after)


def seen_of_each(item_ids: Iterable[UUID], named_after: Mapping[UUID, datetime]) -> dict[UUID, Seen]:
    """Return `seen` of many items, of those that anybody saw; `named_after` has the moments of those that have one."""
    rows: dict[UUID, list[tuple[UUID, bool, datetime]]] = defaultdict(list)
    found = _told(item_ids).order_by("at", "id").values_list("item_id", "organisation_id", "named", "at")
    for item, organisation, is_named, at in found:
        rows[item].append((organisation, is_named, at))
    return {item: _seen(each, named_after.get(item)) for item, each in rows.items()}


def _seen(rows: Collection[tuple[UUID, bool, datetime]], named_after: datetime | None) -> Seen:
    """Tell of rows of organisation, whether it is named, and moment, the first one first."""
    named = {organisation: at for organisation, is_named, at in rows if is_named}
    first = {organisation: at for organisation, _named, at in reversed(list(rows)) if organisation not in named}
    days = {
        timezone.localtime(at).date(): number
        for number, at in enumerate(sorted(first.values()), 1)
        if told(number) == number
    }
    shown = frozenset(house for house, at in named.items() if named_after is None or at > named_after)
    return Seen(told(len(first)), shown, list(days.items()))


def organisations_that_saw(item_id: UUID) -> int | None:
    """Return the number of `seen`. The caller has checked that the reader sees the item."""
    return seen(item_id).number


def counts_that_saw(item_ids: Iterable[UUID] | QuerySet[Any], *, before: datetime) -> dict[UUID, int]:
    """Return the number of `seen` at a moment, for each of many items where there was anything to tell."""
    rows = list(_told(item_ids).filter(at__lt=before).values_list("item_id", "organisation_id", "named"))
    named = {(item, organisation) for item, organisation, is_named in rows if is_named}
    unnamed = {(item, organisation) for item, organisation, _named in rows} - named
    numbers = Counter(item_id for item_id, _organisation in unnamed)
    return {item_id: number for item_id, count in numbers.items() if (number := told(count)) is not None}


def _told(item_ids: Iterable[UUID] | QuerySet[Any]) -> QuerySet[Sighting]:
    rows = Sighting.objects.unrestricted(reason="a count, told from three organisations on, and names that were given")
    return rows.filter(item_id__in=item_ids)


def own_sighting(actor: Actor, item_id: UUID) -> Sighting | None:
    """Return what the actor's organisation knows of an item: what its logs say before what a person says."""
    return _own(actor, item_id).order_by("source").first()


def said_seen(actor: Actor, item_id: UUID) -> Sighting | None:
    """Return that a person of the actor's organisation has said "we saw this too", if one has."""
    return _own(actor, item_id).filter(source=SightingSource.PERSON).first()


def _own(actor: Actor, item_id: UUID) -> QuerySet[Sighting]:
    return Sighting.objects.visible_to(actor).filter(item_id=item_id)
