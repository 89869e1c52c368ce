"""Parcels of STIX objects: filled, shown to their audience, kept in step with what they belong to."""

from collections.abc import Iterable
from datetime import datetime
from itertools import count
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from noroshi.core.domain.audience import State
from noroshi.core.models import Shareable
from noroshi.intel.domain.batches import in_batches
from noroshi.intel.domain.stix.header import Header
from noroshi.intel.models import Parcel, Source, StixObject, Turn

_FOLLOWED: Final = ("owner_id", "author_id", "tlp", "profile", "state", "author_mode", "world", "embargo_until")
"""What the parcel of an item takes from it; the lines of its audience are the item's own."""


@transaction.atomic
def publish_parcel(
    item: Shareable,
    objects: Iterable[tuple[Header, bytes]],
    *,
    shown_at: datetime,
    received: Iterable[tuple[Header, bytes]] = (),
    derived: Iterable[tuple[Header, bytes]] = (),
    state: str = "",
    source: Source = Source.SIGNAL,
) -> Parcel:
    """Put objects into the parcel of `item`, behind what is there, and let it follow the item as it is now.

    Besides what the item says itself it may have objects that were `received` for it from elsewhere, and such as were
    `derived` of these.
    Its state is the item's, or `state`: what says that an item was withdrawn is shown to those who saw the item.
    """
    taken: dict[str, Any] = {name: getattr(item, name) for name in _FOLLOWED} | ({"state": state} if state else {})
    parcel, _new = Parcel.everything.update_or_create(
        pk=item.pk, defaults={**taken, "source": source, "shown_at": shown_at}
    )
    first = parcel.size
    fill(parcel, received, received=True)
    fill(parcel, derived, received=True, derived=True)
    fill(parcel, objects)
    show(parcel, since=first)
    return parcel


@transaction.atomic
def replace_parcel(
    item: Shareable,
    objects: Iterable[tuple[Header, bytes]],
    *,
    shown_at: datetime,
    received: Iterable[tuple[Header, bytes]] = (),
    derived: Iterable[tuple[Header, bytes]] = (),
    state: str = "",
    source: Source = Source.SIGNAL,
) -> None:
    """Put `objects` in the place of all that the item's parcel said: what is taken back is not kept."""
    StixObject.everything.filter(parcel=item.pk).delete()
    publish_parcel(item, objects, shown_at=shown_at, received=received, derived=derived, state=state, source=source)


def withdraw_parcel(item: Shareable) -> None:
    """Show nothing of the parcel of `item` any more, from this moment on."""
    Parcel.everything.filter(pk=item.pk).update(state=State.WITHDRAWN)


@transaction.atomic
def touch_parcel(item_id: UUID) -> None:
    """Say that others may see the parcel of an item now than did: a line came into its audience."""
    parcel = Parcel.everything.filter(pk=item_id)
    if parcel.exists():
        parcel.update(turn=next_turn())


def fill(
    parcel: Parcel, objects: Iterable[tuple[Header, bytes]], *, received: bool = False, derived: bool = False
) -> None:
    """Put objects at the end of a parcel, which the caller holds."""
    places = count(parcel.size)
    for batch in in_batches(objects):
        StixObject.everything.bulk_create(
            StixObject(
                parcel=parcel,
                position=next(places),
                stix_id=header.stix_id,
                type=header.type,
                modified=header.modified,
                received=received,
                derived=derived,
                raw=raw,
            )
            for header, raw in batch
        )
        parcel.size += len(batch)
    parcel.save(update_fields=["size"])


def show(parcel: Parcel, *, since: int = 0) -> None:
    """Show to its audience what a parcel has from position `since` on."""
    number = next_turn()
    _note_others(parcel, since)
    Parcel.everything.filter(pk=parcel.pk).update(turn=number)


def next_turn() -> int:
    """Count up, and hold the number until the transaction ends: changes appear in the order of their numbers."""
    Turn.objects.get_or_create(pk=Turn.ONLY)
    Turn.objects.filter(pk=Turn.ONLY).update(number=F("number") + 1)
    return Turn.objects.values_list("number", flat=True).get(pk=Turn.ONLY)


def _note_others(parcel: Parcel, since: int) -> None:
    """Note of which objects there is more than one row. Turns are taken one by one, so none is overlooked."""
    rows = StixObject.everything
    other = rows.filter(stix_id=OuterRef("stix_id")).exclude(pk=OuterRef("pk"))
    here = rows.filter(Exists(other), parcel=parcel, position__gte=since, others=False)
    for names in in_batches(list(here.values_list("stix_id", flat=True))):
        rows.filter(stix_id__in=names, others=False).update(others=True)
