"""What has arrived at whom, and when: looked after each time that somebody polls.

The moment at which an object was added is the reader's own (TAXII 2.1, 3.4): when it became visible to him. So what a
lowered level, a new membership or the end of an embargo opens comes behind what he has, and he finds it by asking for
what is new.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.intel.domain.batches import in_batches
from noroshi.intel.domain.stix.header import since_1970
from noroshi.intel.models import Arrival, Parcel, Reader, Turn


def look_after(actor: Actor) -> Reader:
    """Return the actor as a reader, at whom everything has arrived that it may see now."""
    whose: dict[str, Any] = {
        "holder": actor.person or actor.acting_organisation,
        "channel": actor.channel,
        "world": actor.world,
    }
    opened = Parcel.everything.filter(embargo_until__gt=OuterRef("looked_at"), embargo_until__lte=clock.now())
    known = Reader.objects.annotate(opened=Exists(opened), latest=Subquery(Turn.objects.values("number")[:1]))
    reader: Any = known.filter(**whose).first()
    if reader is None:
        return _bring(Reader.objects.get_or_create(**whose)[0], actor)
    is_new = reader.opened or reader.turn != (reader.latest or 0) or reader.rights != _rights(actor)
    return _bring(reader, actor) if is_new or reader.looked_at is None else reader


@transaction.atomic
def _bring(reader: Reader, actor: Actor) -> Reader:
    """Give the reader what is new; two polls at once do so one after the other."""
    reader = Reader.objects.select_for_update().get(pk=reader.pk)
    turn, now, rights = _latest_turn(), clock.now(), _rights(actor)
    parcels = Parcel.objects.visible_to(actor).filter(size__gt=0)
    if reader.rights == rights and reader.looked_at is not None:
        parcels = parcels.filter(Q(turn__gt=reader.turn) | _opened_between(reader.looked_at, now))
    is_first = reader.looked_at is None
    arrivals = list(_arrivals(reader, parcels.filter(turn__lte=turn), None if is_first else now))
    Arrival.everything.bulk_create(arrivals, batch_size=1_000)
    reader.turn, reader.looked_at, reader.rights = turn, now, rights
    reader.save()
    return reader


def _arrivals(reader: Reader, parcels: QuerySet[Parcel], now: datetime | None) -> Iterator[Arrival]:
    """Make what arrives, in the order of its turns; for a first look, at the moments from which it could be seen."""
    rows = list(parcels.order_by("turn", "pk").values_list("pk", "size", "shown_at"))
    had = _had(reader, (pk for pk, _size, _shown_at in rows))
    for pk, size, shown_at in rows:
        first = had.get(pk, 0)
        if first < size:
            begins = max(reader.last + 1, since_1970(now or shown_at))
            reader.last = begins + size - first - 1
            yield Arrival(reader=reader, parcel_id=pk, first=first, count=size - first, begins=begins)


def _had(reader: Reader, parcels: Iterable[UUID]) -> dict[UUID, int]:
    """Return up to which position the objects of some parcels have arrived before."""
    had: dict[UUID, int] = {}
    for batch in in_batches(parcels):
        runs = Arrival.everything.filter(reader=reader, parcel__in=batch).values("parcel")
        had |= dict(runs.annotate(end=Max(F("first") + F("count"))).values_list("parcel", "end"))
    return had


def _opened_between(before: datetime, now: datetime) -> Q:
    """The parcels that time itself has opened: their embargo has ended."""
    return Q(embargo_until__gt=before, embargo_until__lte=now)


def _latest_turn() -> int:
    return Turn.objects.filter(pk=Turn.ONLY).values_list("number", flat=True).first() or 0


def _rights(actor: Actor) -> str:
    """Return all that the policy asks of an actor, as a digest."""
    asked = (
        actor.person, actor.organisation, actor.membership, actor.community_ceiling, actor.standing,
        sorted(actor.roles), sorted(actor.groups), sorted(actor.organisation_groups),
    )  # fmt: skip
    return hashlib.sha256(repr(asked).encode()).hexdigest()
