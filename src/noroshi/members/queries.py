"""Who asks: the actor behind a person or a token; and who is who, for those who may know."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from django.db.models import QuerySet

from noroshi.core.actor import Actor
from noroshi.core.domain import worlds
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.membership import MembershipClass, Role, Standing
from noroshi.core.domain.tlp import TLP
from noroshi.members.models import (
    ClassCeiling,
    Group,
    GroupMembership,
    Organisation,
    Person,
    RoleAssignment,
    Token,
)


def actor_of(person: Person, channel: Channel = Channel.WEB, world: str = worlds.REAL) -> Actor:
    """Return the actor that `person` is by `channel`; four small queries."""
    return replace(actors_of([person], channel)[0], world=world)


def machine_of(organisation: Organisation, channel: Channel = Channel.API, label: str = "") -> Actor:
    """Return the actor that a token of `organisation` is: nobody in person, with the organisation's need to know."""
    return Actor(
        organisation=organisation.pk,
        membership=MembershipClass(organisation.membership),
        community_ceiling=_ceiling(organisation),
        standing=_standing(organisation.standing),
        organisation_groups=_groups_of_organisation(organisation),
        channel=channel,
        label=label or f"token of {organisation.slug}",
    )


def actor_of_token(token: Token, channel: Channel) -> Actor:
    """Return the actor behind a usable token."""
    if token.person is not None:
        return actor_of(token.person, Channel.API_PERSON_TOKEN if channel is Channel.API else channel)
    return machine_of(token.organisation, channel, label=f"token {token.label} of {token.organisation.slug}")


def actors_of(people: Iterable[Person], channel: Channel = Channel.WEB) -> list[Actor]:
    """Return the actors of many people, in a fixed number of queries."""
    chosen = list(people)
    organisations = {
        row.pk: row for row in Organisation.objects.filter(pk__in={person.organisation_id for person in chosen})
    }
    roles: dict[UUID, set[Role]] = {}
    for person_id, role in RoleAssignment.objects.filter(person__in=chosen).values_list("person_id", "role"):
        roles.setdefault(person_id, set()).add(Role(role))
    stays = _stays().filter(person__organisation__in=organisations)
    own: dict[UUID, set[UUID]] = {}
    shared: dict[UUID, set[UUID]] = {}
    for person_id, organisation_id, group_id in stays.values_list("person_id", "person__organisation_id", "group_id"):
        own.setdefault(person_id, set()).add(group_id)
        shared.setdefault(organisation_id, set()).add(group_id)
    ceilings = {row.membership: TLP(row.community) for row in ClassCeiling.objects.all()}
    return [
        Actor(
            person=person.pk,
            organisation=person.organisation_id,
            membership=MembershipClass(organisations[person.organisation_id].membership),
            community_ceiling=ceilings.get(organisations[person.organisation_id].membership),
            standing=_standing(person.standing, organisations[person.organisation_id].standing),
            roles=frozenset(roles.get(person.pk, ())),
            groups=frozenset(own.get(person.pk, ())),
            organisation_groups=frozenset(shared.get(person.organisation_id, ())),
            channel=channel,
            label=f"{person.name} <{person.email}>",
        )
        for person in chosen
    ]


def active_people() -> QuerySet[Person]:
    """Return everybody who takes part, with their organisation."""
    return Person.objects.select_related("organisation").filter(
        standing=Standing.ACTIVE, organisation__standing=Standing.ACTIVE
    )


def members_of(group: Group) -> QuerySet[Person]:
    """Return the active people who belong to `group` now."""
    return active_people().filter(pk__in=_stays().filter(group=group).values("person_id"))


def _stays() -> QuerySet[GroupMembership]:
    return GroupMembership.objects.filter(
        left_at__isnull=True, group__closed_at__isnull=True, person__standing=Standing.ACTIVE
    )


def _groups_of_organisation(organisation: Organisation) -> frozenset[UUID]:
    return frozenset(_stays().filter(person__organisation=organisation).values_list("group_id", flat=True))


def _ceiling(organisation: Organisation) -> TLP | None:
    row = ClassCeiling.objects.filter(membership=organisation.membership).first()
    return TLP(row.community) if row else None


def _standing(*standings: str) -> Standing:
    """The worst of several: one suspension is enough."""
    order = (Standing.LEFT, Standing.SUSPENDED, Standing.ACTIVE)
    return min((Standing(value) for value in standings), key=order.index)
