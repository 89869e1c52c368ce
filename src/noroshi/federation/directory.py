"""The directory that a hub sends to a member's node: the hub, the member, its people, its groups. Nobody else's."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import QuerySet

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.membership import MembershipClass, Role, Standing
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput
from noroshi.core.models import LedgerEntry
from noroshi.federation.actions.outbox import note, reconcile_peer
from noroshi.federation.carriers import Carrier, Parcel, Skip, carries
from noroshi.federation.domain.stream import Letter
from noroshi.federation.models import ArrivalOutcome, Peer, PeerKind
from noroshi.federation.queries import peers_to_tell
from noroshi.members.actions.mirror import Circle, Colleague, Directory, mirror_directory
from noroshi.members.models import Group, Organisation, Person, RoleAssignment
from noroshi.members.queries import community_ceilings, house_told, organisations_for, stays_in

SUBJECT = "members.directory"


@carries(SUBJECT)
class Directories(Carrier):
    """Goes from a hub to its nodes, whole each time that it changed."""

    def write(self, peer: Peer, number: UUID, *, has_copy: bool) -> Parcel | Skip:
        """Return the directory of a node."""
        del number, has_copy
        hub = Organisation.objects.filter(membership=MembershipClass.HUB).first()
        if hub is None or peer.organisation is None:
            return Skip("gone")
        data: dict[str, Any] = msgspec.to_builtins(_directory(hub, peer.organisation))
        return Parcel(data)

    def read(self, peer: Peer, letter: Letter) -> ArrivalOutcome:
        """Take the directory that the hub sends; nobody else's is taken, and no other house than the own one."""
        directory = msgspec.convert(letter.data, Directory)
        if peer.kind != PeerKind.HUB or directory.own.id != peer.organisation_id:
            raise InvalidInput("own", "Only the hub says who its member is.")
        actor = Actor.system("federation")
        refused = mirror_directory(actor, directory)
        if refused:
            ledger.record(actor, "federation.directory.clashed", peer, people=len(refused))
        return ArrivalOutcome.TAKEN

    def seen_by(self, actor: Actor) -> QuerySet[Any]:
        """Return the houses that the actor knows."""
        return organisations_for(actor).values("pk")

    def due_to(self, peer: Peer) -> Iterable[UUID]:
        """Every node has its directory."""
        return [peer.organisation_id] if peer.kind == PeerKind.NODE and peer.organisation_id else []


@ledger.subscribe(
    "federation.directories",
    "members.ceiling.set",
    "members.group.changed",
    "members.group.closed",
    "members.group.joined",
    "members.group.left",
    "members.organisation.left",
    "members.organisation.reclassified",
    "members.organisation.reinstated",
    "members.organisation.suspended",
    "members.person.changed",
    "members.person.created",
    "members.person.left",
    "members.person.reinstated",
    "members.person.suspended",
)
def follow_members(entry: LedgerEntry) -> None:
    """Send every node its directory anew where it changed, and what its member may see since, or no longer."""
    del entry
    for peer in peers_to_tell().filter(kind=PeerKind.NODE):
        if peer.organisation_id:
            note(peer, SUBJECT, [peer.organisation_id])
        reconcile_peer(peer)


def _directory(hub: Organisation, own: Organisation) -> Directory:
    people = list(Person.objects.filter(organisation=own).order_by("pk"))
    roles: dict[UUID, list[Role]] = {person.pk: [] for person in people}
    for person_id, role in (
        RoleAssignment.objects.filter(person__in=people).order_by("role").values_list("person_id", "role")
    ):
        roles[person_id].append(Role(role))
    ceiling = community_ceilings().get(own.membership)
    return Directory(
        house_told(hub),
        house_told(own),
        TLP(ceiling) if ceiling else None,
        [
            Colleague(each.pk, each.email, each.name, each.language, _standing(own, each), roles[each.pk])
            for each in people
        ],
        _circles(own),
    )


def _standing(own: Organisation, person: Person) -> Standing:
    return Standing(person.standing if own.standing == Standing.ACTIVE else own.standing)


def _circles(own: Organisation) -> list[Circle]:
    groups = Group.objects.filter(memberships__person__organisation=own, memberships__left_at=None, closed_at=None)
    rows = list(groups.distinct().order_by("pk"))
    inside: dict[UUID, list[UUID]] = {row.pk: [] for row in rows}
    for person, house, group in stays_in([row.pk for row in rows]):
        if house == own.pk:
            inside[group].append(person)
    return [
        Circle(
            row.pk,
            row.slug,
            row.name_ja,
            row.name_en,
            row.kind,
            TLP(row.default_tlp),
            row.confidential,
            sorted(inside[row.pk]),
        )
        for row in rows
    ]
