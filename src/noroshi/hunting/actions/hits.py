"""Writing what was found, whoever looked: a hunt, the watch, or the judgement of an allow-list.

Hits are set, never added up. What the organisation allows is written with what allows it, and told to nobody.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Max, Min, QuerySet, Sum

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.hunting import queries
from noroshi.hunting.engine import Hit as Found
from noroshi.hunting.models import Hit, Hunt
from noroshi.intel.actions import record_sighting, withdraw_sighting
from noroshi.intel.models import SightingSource
from noroshi.members.models import Organisation


def write_hits(hunt: Hunt, organisation: Organisation, found: Iterable[Found], *, so_far: bool = False) -> int:
    """Write what a hunt has found in an organisation's logs; return how many hits are new, or allowed no more.

    Where an earlier hunt of the same signal had found a value, its hit is brought up to date instead; by
    what is known `so_far`, only where that is more.
    """
    hold_hits(organisation.pk)
    known = {(row.type, row.value): row for row in hits_of(hunt).filter(organisation=organisation)}
    allowed = queries.allow_list_of(organisation.pk)
    fresh: list[Hit] = []
    renewed: list[Hit] = []
    new = 0
    for hit in found:
        row = known.get((hit.type, hit.value))
        if so_far and row and row.count > hit.count:
            continue  # a worker before this one had come further
        line = allowed.allowing(hit.type, hit.value)
        new += line is None and (row is None or row.allowed_id is not None)
        filled = _filled(row or Hit(hunt=hunt, organisation=organisation), hit)
        filled.allowed = line
        (renewed if row else fresh).append(filled)
    Hit.everything.bulk_create(fresh, batch_size=500)
    Hit.everything.bulk_update(renewed, ["first_seen", "last_seen", "count", "samples", "allowed"], batch_size=500)
    return new


def hold_hits(organisation: UUID) -> None:
    """Until the transaction ends, let nobody else write an organisation's hits, or judge them by its allow-list."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation)


def take_back(hunt: Hunt, wanted: set[tuple[str, str]]) -> None:
    """Take back the hits of values that are not (any more) among those that a hunt looks for."""
    rows = hits_of(hunt).values_list("pk", "type", "value")
    stale = [number for number, *value in rows if tuple(value) not in wanted]
    Hit.everything.filter(pk__in=stale).delete()


def hits_of(hunt: Hunt) -> QuerySet[Hit]:
    """Return what this hunt has written, or any hunt of the same signal."""
    return Hit.everything.filter(**({"hunt__signal": hunt.signal_id} if hunt.signal_id else {"hunt": hunt}))


def _filled(row: Hit, hit: Found) -> Hit:
    row.world, row.type, row.value = row.hunt.world, hit.type, hit.value
    row.first_seen, row.last_seen, row.count = hit.first_seen, hit.last_seen, hit.count
    samples = [
        {"time": at.time.isoformat(), "source": at.source, "file": at.file_name, "line": at.line} for at in hit.samples
    ]
    begins = bool(samples) and hit.samples[0].time == hit.first_seen  # else they follow what is known
    row.samples = samples if begins else [*row.samples, *samples]
    return row


def tell_owner(hunt: Hunt, organisation: UUID, new: int) -> None:
    """Write the event of what is new in an organisation's logs, and what it has seen of the signal by now."""
    actor = hunter(hunt)
    if new:
        ledger.record(actor, "hunting.hit.found", hunt, hunt=hunt.pk, organisation=organisation, hits=new)
    key: dict[str, Any] = {"item_id": hunt.signal_id, "organisation": organisation, "source": SightingSource.LOGS}
    hits = Hit.objects.unrestricted(reason="its owner's sighting counts them").order_by()
    found = hits.filter(hunt__signal=hunt.signal_id, organisation=organisation)
    seen = found.aggregate(count=Sum("count"), first_seen=Min("first_seen"), last_seen=Max("last_seen"))
    if seen["count"] is None:
        withdraw_sighting(actor, **key)
    else:
        record_sighting(actor, **key, **seen)


def hunter(hunt: Hunt) -> Actor:
    """Return the installation itself, in the hunt's world."""
    return Actor.system("look-back", world=hunt.world)
