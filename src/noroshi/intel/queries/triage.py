"""What was sent in by the reader's own organisation and waits for somebody to decide about it."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Count, QuerySet

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.errors import NotFound
from noroshi.intel.models import Parcel, RefusedObject, Source, StixObject


def parcels_for(actor: Actor) -> QuerySet[Parcel]:
    """Return the parcels that the actor's organisation sent in, as far as the actor may see them."""
    own = Parcel.objects.visible_to(actor).filter(source=Source.RECEIVED, owner=actor.acting_organisation)
    return own.filter(state=State.PUBLISHED).select_related("author")


def parcel_for(actor: Actor, parcel_id: UUID) -> Parcel:
    """Return one of them; raise NotFound for any other."""
    found = parcels_for(actor).filter(pk=parcel_id).first()
    if found is None:
        raise NotFound
    return found


def objects_of(actor: Actor, parcel: Parcel) -> QuerySet[StixObject]:
    """Return the objects of a parcel."""
    return StixObject.objects.visible_to(actor).filter(parcel=parcel)


def object_of(actor: Actor, parcel: Parcel, position: int) -> StixObject:
    """Return one object of a parcel; raise NotFound where there is none."""
    found = objects_of(actor, parcel).filter(position=position).first()
    if found is None:
        raise NotFound
    return found


def refusals_of(actor: Actor, parcel: Parcel) -> QuerySet[RefusedObject]:
    """Return what was refused of a parcel and is still kept."""
    return RefusedObject.objects.visible_to(actor).filter(parcel=parcel)


def types_in(actor: Actor, parcels: Collection[Parcel]) -> dict[UUID, dict[str, int]]:
    """Return how many objects of each type are in some parcels, the most frequent type first; one query."""
    rows = StixObject.objects.visible_to(actor).filter(parcel__in=[parcel.pk for parcel in parcels])
    counted = rows.values_list("parcel", "type").annotate(number=Count("pk")).order_by("-number", "type")
    found: dict[UUID, dict[str, int]] = {parcel.pk: {} for parcel in parcels}
    for parcel, kind, number in counted:
        found[parcel][kind] = number
    return found
