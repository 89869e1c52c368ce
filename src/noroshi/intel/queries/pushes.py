"""What the reader's organisation sends to servers of others, what became of it, and what stays behind."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.domain.channels import Channel, carried_by
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import NotFound
from noroshi.intel.models import Mark, MarkState, Parcel, Push, Whose
from noroshi.intel.queries.collections import Collection, collection_for, collections_for
from noroshi.members.models import Organisation
from noroshi.members.queries import machine_of

CHANNELS = {Whose.OWN: Channel.TAXII, Whose.PARTNER: Channel.FEDERATION_HUB}
"""What may go to an own system is what it could poll; to anybody else, what everybody may have."""


def pushes_for(actor: Actor) -> QuerySet[Push]:
    """Return the pushes of the actor's organisation."""
    return Push.objects.visible_to(actor).select_related("added_by")


def push_for(actor: Actor, push_id: UUID) -> Push:
    """Return one of them; raise NotFound for any other."""
    found = pushes_for(actor).filter(pk=push_id).first()
    if found is None:
        raise NotFound
    return found


def marks_of(actor: Actor, push: Push) -> QuerySet[Mark]:
    """Return what became of the objects of a push."""
    return Mark.objects.filter(push=push, push__in=Push.objects.visible_to(actor))


def marks_by_state(actor: Actor, push: Push) -> dict[MarkState, int]:
    """Return how many objects are in each state."""
    rows = marks_of(actor, push).order_by().values_list("state").annotate(number=Count("pk"))
    counted = dict(rows.values_list("state", "number"))
    return {state: counted[state] for state in MarkState if state in counted}


def pusher_of(push: Push) -> Actor:
    """Return as whom a push reads, as that is now: its organisation's machine, by the way its reader allows."""
    organisation = Organisation.objects.get(pk=push.organisation_id)
    return machine_of(organisation, CHANNELS[Whose(push.whose)], label=f"push {push.title}")


def pushed_views(actor: Actor) -> list[Collection]:
    """Return the collections that the actor's organisation can push: those of its machine."""
    return collections_for(machine_of(Organisation.objects.get(pk=actor.acting_organisation), Channel.TAXII))


def view_of(push: Push, actor: Actor) -> Collection:
    """Return the collection of an actor that a push sends; raise NotFound where it has it no more."""
    return collection_for(actor, push.view)


@dataclass(frozen=True)
class StaysBehind:
    """Items of a pushed collection, which the reader sees, that do not go: by level, and what people alone may see."""

    by_level: dict[TLP, int]
    for_people: int

    def __bool__(self) -> bool:
        """Whether anything stays."""
        return bool(self.by_level or self.for_people)


def stays_behind(actor: Actor, push: Push) -> StaysBehind:
    """Return what of a push's collection the actor sees and the push does not send, with why."""
    machine = pusher_of(push)
    try:
        view = view_of(push, machine)
    except NotFound:
        return StaysBehind({}, 0)
    carried = carried_by(machine.channel)
    seen = Parcel.objects.visible_to(actor).filter(view.filter(actor.acting_organisation), state=State.PUBLISHED)
    rows = seen.exclude(tlp__in=carried).order_by().values("tlp").annotate(number=Count("pk"))
    goes = Parcel.objects.visible_to(machine).values("pk")
    return StaysBehind(
        by_level={TLP(row["tlp"]): row["number"] for row in rows},
        for_people=seen.filter(tlp__in=carried).exclude(pk__in=goes).count(),
    )
