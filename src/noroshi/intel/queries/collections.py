"""Collections of TAXII 2.1 (5.2) as views of the policy: none is stored, each is what its reader may see of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from noroshi.core.actor import Actor
from noroshi.core.errors import NotFound
from noroshi.core.models import granted_to_group
from noroshi.intel import policy
from noroshi.intel.domain.stix.names import stable_uuid
from noroshi.intel.models import Source
from noroshi.members.models import Group
from noroshi.members.queries import groups_known_to

EVERYTHING: Final = "everything"
SENT_IN: Final = "sent-in"


@dataclass(frozen=True)
class Collection:
    """Some of what its reader may see: all of it, what its own organisation sent in, or what a group was given."""

    id: UUID
    alias: str
    title: str
    description: str
    can_read: bool = True
    can_write: bool = False
    group: UUID | None = None

    def filter(self, owner: UUID, path: str = "") -> Q:
        """Return the condition for its parcels, of those that its reader, of the organisation `owner`, may see.

        With a `path` ("parcel__") it filters what belongs to a parcel.
        """
        if self.group is not None:
            return Q(granted_to_group(self.group, f"{path}pk"))
        sent_in = {f"{path}source": Source.RECEIVED, f"{path}owner": owner}
        return Q(**sent_in) if self.alias == SENT_IN else Q()


def collections_for(actor: Actor) -> list[Collection]:
    """Return the collections of an actor, in an order that stays: everything, what it sent in, its groups."""
    return list(_collections(actor))


def collection_for(actor: Actor, name: str) -> Collection:
    """Return one of the actor's collections by its id or alias; raise NotFound for any other."""
    for collection in _collections(actor):
        if name in (str(collection.id), collection.alias):
            return collection
    raise NotFound


def _collections(actor: Actor) -> Iterator[Collection]:
    if actor.is_visitor or actor.is_supervisor or not actor.is_active:
        return
    yield _everything()
    yield _sent_in(actor)
    yield from map(_of_group, _groups(actor))


def _everything() -> Collection:
    title = _("Everything you may see")
    return Collection(
        stable_uuid("collection", EVERYTHING), EVERYTHING, title, _("What the audience and marking of each item open.")
    )


def _sent_in(actor: Actor) -> Collection:
    return Collection(
        stable_uuid("collection", SENT_IN, actor.acting_organisation),
        SENT_IN,
        _("Sent in by your organisation"),
        _("What is posted here waits until somebody of your organisation shares it."),
        can_write=policy.may_receive(actor),
    )


def _of_group(group: Group) -> Collection:
    description = _("What was shared with this group.")
    return Collection(
        stable_uuid("collection", group.pk), f"group-{group.slug}", group.name, description, group=group.pk
    )


def _groups(actor: Actor) -> Iterable[Group]:
    """The groups of a person; of a machine, those of its organisation's people that their colleagues may know of."""
    mine = actor.organisation_groups if actor.is_machine else actor.groups
    return groups_known_to(actor).filter(pk__in=mine).order_by("slug")
