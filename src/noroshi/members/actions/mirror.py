"""The directory of a hub on a member's node: the node's own house and those whose names stand under what it is sent.

They have the same numbers here as at the hub, so that an audience means the same people. What the hub says narrows:
it ends access here, and gives none back that was ended here. Roles are given here: a person who is new comes with
those that the hub knows of, as far as they are for work with signals, and without a password.
"""

from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import Q

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.membership import NEED_TO_KNOW, MembershipClass, Role, Standing
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput
from noroshi.members.actions import values
from noroshi.members.actions.access import end_sessions_of, revoke_tokens
from noroshi.members.domain.houses import House
from noroshi.members.models import (
    ClassCeiling,
    Group,
    GroupKind,
    GroupMembership,
    InstitutionKind,
    Organisation,
    Person,
    RoleAssignment,
)


class Colleague(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A person of the node's own house."""

    id: UUID
    email: str
    name: str
    language: str
    standing: Standing
    roles: list[Role]


class Circle(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A group with people of the node's own house in it: these, and nobody else."""

    id: UUID
    slug: str
    name_ja: str
    name_en: str
    kind: str
    default_tlp: TLP
    confidential: bool
    people: list[UUID]


class Directory(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What a node knows of the community: its hub, its own house, its groups."""

    hub: House
    own: House
    ceiling: TLP | None
    people: list[Colleague]
    groups: list[Circle]


@transaction.atomic
def mirror_house(actor: Actor, house: House) -> Organisation:
    """Take an organisation into the directory under its own number, or bring it up to date."""
    row = Organisation.objects.filter(pk=house.id).first()
    new = row is None
    row = row or Organisation(pk=house.id, slug=_free_slug(house))
    before = (row.name_ja, row.name_en, row.kind, row.membership)
    row.name_ja, row.name_en = values.text("name_ja", house.name_ja, 200), house.name_en[:200]
    row.kind = values.choice("kind", house.kind, InstitutionKind)
    row.membership = house.membership
    if house.membership is MembershipClass.HUB and _another_hub(house):
        raise InvalidInput("membership", "There is another hub here.")
    if before != (row.name_ja, row.name_en, row.kind, row.membership):
        row.save()
        ledger.record(actor, "members.organisation.mirrored", row, new=new, membership=row.membership)
    return row


def _another_hub(house: House) -> bool:
    return Organisation.objects.filter(membership=MembershipClass.HUB).exclude(pk=house.id).exists()


def _free_slug(house: House) -> str:
    slug = values.short_name(house.slug)
    taken = Organisation.objects.filter(slug=slug).exists()
    return f"{slug[:50]}-{house.id.hex[-8:]}" if taken else slug


@transaction.atomic
def mirror_directory(actor: Actor, directory: Directory) -> list[str]:
    """Bring people and groups of the node's own house up to date; return the addresses that could not be taken."""
    mirror_house(actor, directory.hub)
    own = mirror_house(actor, directory.own)
    _mirror_ceiling(own, directory.ceiling)
    refused = [each.email for each in directory.people if not _mirror_person(actor, own, each)]
    for circle in directory.groups:
        _mirror_group(actor, own, circle)
    gone = GroupMembership.objects.filter(person__organisation=own, left_at=None)
    gone.exclude(group__in=[circle.id for circle in directory.groups]).update(left_at=clock.now())
    return refused


def _mirror_ceiling(own: Organisation, ceiling: TLP | None) -> None:
    rows = ClassCeiling.objects.filter(membership=own.membership)
    if ceiling is None:
        rows.delete()
    else:
        ClassCeiling.objects.update_or_create(membership=own.membership, defaults={"community": ceiling})


def _mirror_person(actor: Actor, own: Organisation, each: Colleague) -> bool:
    """Take one person; False where somebody else here has the number or the address."""
    row = Person.objects.filter(pk=each.id).first()
    taken = Person.objects.filter(email__iexact=each.email).exclude(pk=each.id).exists()
    if taken or (row is not None and row.organisation_id != own.pk):
        return False
    if row is None:
        row = Person(pk=each.id, email=each.email, name=each.name[:120], organisation=own, standing=each.standing)
        row.language = each.language if each.language in ("ja", "en") else "ja"
        row.set_unusable_password()
        row.save()
        fitting = sorted(NEED_TO_KNOW.intersection(each.roles))
        RoleAssignment.objects.bulk_create(RoleAssignment(person=row, role=role) for role in fitting)
        ledger.record(actor, "members.person.mirrored", row, roles=fitting)
    elif each.standing is not Standing.ACTIVE and row.standing == Standing.ACTIVE:
        row.standing = each.standing
        row.save(update_fields=["standing"])
        end_sessions_of([row.pk])
        revoke_tokens(Q(person=row))
        ledger.record(actor, "members.person.mirrored", row, standing=row.standing)
    return True


def _mirror_group(actor: Actor, own: Organisation, circle: Circle) -> None:
    row = Group.objects.filter(pk=circle.id).first()
    new = row is None
    row = row or Group(pk=circle.id, slug=_free_group_slug(circle))
    row.name_ja, row.name_en = values.text("name_ja", circle.name_ja, 200), circle.name_en[:200]
    row.kind = values.choice("kind", circle.kind, GroupKind)
    row.default_tlp, row.confidential = circle.default_tlp, circle.confidential
    row.save()
    inside = set(Person.objects.filter(pk__in=circle.people, organisation=own).values_list("pk", flat=True))
    stays = GroupMembership.objects.filter(group=row, person__organisation=own, left_at=None)
    stays.exclude(person__in=inside).update(left_at=clock.now())
    known = set(stays.values_list("person_id", flat=True))
    GroupMembership.objects.bulk_create(GroupMembership(group=row, person_id=each) for each in sorted(inside - known))
    if new:
        ledger.record(actor, "members.group.mirrored", row)


def _free_group_slug(circle: Circle) -> str:
    slug = values.short_name(circle.slug)
    return f"{slug[:50]}-{circle.id.hex[-8:]}" if Group.objects.filter(slug=slug).exists() else slug
