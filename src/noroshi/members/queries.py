"""Who asks: the actor behind a person or a token; and who is who, for those who may know."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Final, TypeVar
from uuid import UUID

from django.db.models import BooleanField, Case, Count, F, IntegerField, Model, Q, QuerySet, Value, When

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain import worlds
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.membership import MembershipClass, Role, Standing
from noroshi.core.domain.small_numbers import FEWEST
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import NotFound
from noroshi.members import policy
from noroshi.members.domain import authority
from noroshi.members.domain.houses import House
from noroshi.members.domain.meters import DAY, OF_TOKENS, Measure
from noroshi.members.domain.secrets import digest
from noroshi.members.models import (
    Alarm,
    ClassCeiling,
    Group,
    GroupCharter,
    GroupMembership,
    Invitation,
    JoinRequest,
    MarkKind,
    Organisation,
    Person,
    RequestState,
    RoleAssignment,
    Token,
)

M = TypeVar("M", bound=Model)


def actor_of(person: Person, channel: Channel = Channel.WEB, world: str = worlds.REAL) -> Actor:
    """Return the actor that `person` is by `channel`; four small queries."""
    return replace(actors_of([person], channel)[0], world=world)


def actor_of_account(account: Person) -> Actor:
    """Return the actor that an account is on the web; its row and its organisation's were read for this request."""
    return _actors([account], {account.organisation_id: account.organisation}, Channel.WEB)[0]


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
        actor = actor_of(token.person, Channel.API_PERSON_TOKEN if channel is Channel.API else channel)
    else:
        actor = machine_of(token.organisation, channel, label=f"token {token.label} of {token.organisation.slug}")
    return replace(actor, token=token.pk)


def actors_of(people: Iterable[Person], channel: Channel = Channel.WEB) -> list[Actor]:
    """Return the actors of many people, in a fixed number of queries."""
    chosen = list(people)
    organisations = Organisation.objects.filter(pk__in={person.organisation_id for person in chosen})
    return _actors(chosen, {row.pk: row for row in organisations}, channel)


def _actors(chosen: list[Person], organisations: dict[UUID, Organisation], channel: Channel) -> list[Actor]:
    """Return the actors of people whose organisations are known."""
    roles: dict[UUID, set[Role]] = {}
    for person_id, role in RoleAssignment.objects.filter(person__in=[person.pk for person in chosen]).values_list(
        "person_id", "role"
    ):
        roles.setdefault(person_id, set()).add(Role(role))
    stays = _stays().filter(person__organisation__in=organisations)
    own: dict[UUID, set[UUID]] = {}
    shared: dict[UUID, set[UUID]] = {}
    for person_id, organisation_id, group_id in stays.values_list("person_id", "person__organisation_id", "group_id"):
        own.setdefault(person_id, set()).add(group_id)
        shared.setdefault(organisation_id, set()).add(group_id)
    ceilings = community_ceilings()
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


def stays_in(groups: Collection[UUID]) -> list[tuple[UUID, UUID, UUID]]:
    """Return who is in any of `groups` now: person, organisation, group."""
    rows = _stays().filter(group__in=groups) if groups else _stays().none()
    return list(rows.values_list("person_id", "person__organisation_id", "group_id"))


@dataclass(frozen=True)
class KnownBy:
    """By what an organisation is known: what its admin stated, and what its accounts say of themselves."""

    names: frozenset[str]
    domains: frozenset[str]
    ranges: frozenset[str]
    staff: frozenset[str]


def house_of(actor: Actor) -> KnownBy:
    """Return by what the actor's own organisation is known; of no other one."""
    organisation = Organisation.objects.get(pk=actor.acting_organisation)
    stated: dict[str, set[str]] = {kind: set() for kind in MarkKind.values}
    for kind, value in organisation.marks.values_list("kind", "value"):
        stated[kind].add(value)
    people = list(organisation.people.values_list("name", "email"))
    return KnownBy(
        names=frozenset({organisation.name_ja, organisation.name_en, organisation.slug} | stated[MarkKind.NAME]) - {""},
        domains=frozenset({email.rpartition("@")[2].lower() for _name, email in people} | stated[MarkKind.DOMAIN]),
        ranges=frozenset(stated[MarkKind.RANGE]),
        staff=frozenset(name for name, _email in people),
    )


def the_hub() -> Organisation | None:
    """Return the organisation that runs the hub; None on an installation that has none."""
    return Organisation.objects.filter(membership=MembershipClass.HUB).first()


def names_of_others(actor: Actor) -> frozenset[str]:
    """Return the names of the other members that take part: those a text of the actor may name by mistake.

    Neither the hub nor the authorities: a text may well speak of them.
    """
    apart = (MembershipClass.HUB, MembershipClass.SUPERVISOR)
    others = Organisation.objects.exclude(pk=actor.acting_organisation).exclude(membership__in=apart)
    pairs = others.filter(standing=Standing.ACTIVE).values_list("name_ja", "name_en")
    return frozenset(name for pair in pairs for name in pair if name)


def stated_marks(actor: Actor, organisation: Organisation) -> dict[str, str]:
    """Return what the organisation's admin stated, one a line, for that admin."""
    policy.require_own(actor, organisation)
    stated: dict[str, list[str]] = {kind: [] for kind in MarkKind.values}
    for kind, value in organisation.marks.order_by("pk").values_list("kind", "value"):
        stated[kind].append(value)
    return {f"{kind}s": "\n".join(values) for kind, values in stated.items()}


def usual_tlp_of(actor: Actor) -> str:
    """Return the level from which the actor's people start; empty where their admin named none."""
    row = Organisation.objects.filter(pk=actor.acting_organisation).values_list("usual_tlp", flat=True).first()
    return row or ""


def member_for(group: Group, person_id: UUID) -> Person:
    """Return somebody who belongs, or once belonged, to `group`; raise NotFound for anybody else."""
    person = Person.objects.filter(pk=person_id, memberships__group=group).first()
    if person is None:
        raise NotFound
    return person


def organisations_for(actor: Actor) -> QuerySet[Organisation]:
    """Return the organisations whose people the actor manages, each with `people_count`."""
    managed = Organisation.objects.filter(policy.managed(actor, "pk"))
    return managed.annotate(people_count=Count("people", filter=Q(people__standing=Standing.ACTIVE)))


def organisation_for(actor: Actor, slug: str) -> Organisation:
    """Return one of the organisations that the actor manages; raise NotFound for any other."""
    return _one(organisations_for(actor).filter(slug=slug))


def people_for(actor: Actor) -> QuerySet[Person]:
    """Return the people that the actor manages, with organisation and roles."""
    managed = Person.objects.filter(policy.managed(actor, "organisation"))
    return managed.select_related("organisation").prefetch_related("role_assignments")


def person_for(actor: Actor, person_id: UUID) -> Person:
    """Return one of the people that the actor manages; raise NotFound for anybody else."""
    return _one(people_for(actor).filter(pk=person_id))


def invitations_for(actor: Actor) -> QuerySet[Invitation]:
    """Return the open invitations into the organisations that the actor manages."""
    return open_invitations().filter(policy.managed(actor, "organisation")).select_related("invited_by")


def invitation_for(actor: Actor, invitation_id: UUID) -> Invitation:
    """Return one of the open invitations that the actor manages; raise NotFound for any other."""
    return _one(invitations_for(actor).filter(pk=invitation_id))


def open_invitation(secret: str) -> Invitation | None:
    """Return the open invitation with this secret, if there is one."""
    return open_invitations().filter(token_hash=digest(secret)).first()


def open_invitations() -> QuerySet[Invitation]:
    """Return the invitations that can still be accepted, with their organisation."""
    return Invitation.objects.select_related("organisation").filter(
        accepted_at__isnull=True,
        revoked_at__isnull=True,
        expires_at__gt=clock.now(),
        organisation__standing=Standing.ACTIVE,
    )


def groups_known_to(actor: Actor) -> QuerySet[Group]:
    """Return the groups that the actor may know of."""
    return Group.objects.filter(policy.known_groups(actor))


def groups_for(actor: Actor) -> QuerySet[Group]:
    """Return the groups that the actor may know of, each with `mine`, `people_count` and `organisation_count`.

    Of a group that is not the actor's own, the organisations alone are counted, in steps of three: a count that grows
    by one before its reader's eyes tells of one (`core.domain.small_numbers`).
    """
    belongs = Q(
        memberships__left_at__isnull=True,
        memberships__person__standing=Standing.ACTIVE,
        memberships__person__organisation__standing=Standing.ACTIVE,
    )
    own = Q(pk__isnull=False) if authority.manages_community(actor) else Q(pk__in=actor.groups)
    return (
        groups_known_to(actor)
        .annotate(
            mine=Case(When(pk__in=actor.groups, then=Value(1)), default=Value(0), output_field=BooleanField()),
            people=Count("memberships__person", filter=belongs, distinct=True),
            organisations=Count("memberships__person__organisation", filter=belongs, distinct=True),
        )
        .annotate(
            people_count=Case(When(own, then="people"), default=None, output_field=IntegerField()),
            organisation_count=Case(
                When(own, then="organisations"),
                When(organisations__gte=FEWEST, then=F("organisations") - F("organisations") % FEWEST),
                default=None,
                output_field=IntegerField(),
            ),
        )
    )


def groups_narrowed(actor: Actor, *, mine: bool | None) -> QuerySet[Group]:
    """Return the groups that the actor may know of: all, its own, or those it does not belong to."""
    rows = groups_for(actor)
    if mine is None:
        return rows
    return rows.filter(pk__in=actor.groups) if mine else rows.exclude(pk__in=actor.groups)


def group_for(actor: Actor, slug: str) -> Group:
    """Return one of the groups the actor sees; raise NotFound for any other."""
    return _one(groups_for(actor).filter(slug=slug))


def stays_of(group: Group) -> QuerySet[GroupMembership]:
    """Return who belongs to `group` and who did, those of now first."""
    stays = group.memberships.select_related("person__organisation")
    return stays.order_by(F("left_at").desc(nulls_first=True), "joined_at")


def default_level(group: Group) -> TLP:
    """Return the marking that is usual for what is shared to the group: what a form offers first."""
    return TLP(group.default_tlp)


def charters_of(group: Group) -> QuerySet[GroupCharter]:
    """Return the versions of a group's charter, the one in force first: whoever may know of the group reads them."""
    return group.charters.order_by("-number")


def charter_of(group: Group) -> GroupCharter | None:
    """Return the charter in force."""
    return charters_of(group).first()


def coordinators_of(group: Group) -> QuerySet[Person]:
    """Return the active people who coordinate `group` now."""
    return active_people().filter(pk__in=_stays().filter(group=group, coordinator=True).values("person_id"))


def is_coordinator(actor: Actor, groups: Collection[UUID]) -> bool:
    """Whether the actor coordinates one of `groups` now."""
    offices = _stays().filter(person=actor.person, group__in=groups, coordinator=True)
    return actor.is_active and actor.person is not None and offices.exists()


def requests_for(actor: Actor) -> QuerySet[JoinRequest]:
    """Return the actor's own requests to groups it may know of, and those to the groups it manages."""
    known = JoinRequest.objects.filter(group__in=Group.objects.filter(policy.known_groups(actor)))
    known = known.filter(group__closed_at__isnull=True).select_related("group", "person__organisation")
    if authority.manages_community(actor):
        return known
    offices = _stays().filter(person=actor.person, coordinator=True).values("group_id")
    return known.filter(Q(person=actor.person, person__isnull=False) | Q(group__in=offices))


def request_for(actor: Actor, request_id: UUID) -> JoinRequest:
    """Return a request that the actor made or answers; raise NotFound for any other."""
    return _one(requests_for(actor).filter(pk=request_id))


def requests_waiting(actor: Actor, group: Group) -> QuerySet[JoinRequest]:
    """Return the requests to a group that wait for an answer."""
    return requests_for(actor).filter(group=group, state=RequestState.WAITING)


def hidden_groups(actor: Actor) -> QuerySet[Group]:
    """Return the confidential groups of which the actor may not know."""
    return Group.objects.filter(confidential=True).exclude(policy.known_groups(actor))


def house_told(organisation: Organisation) -> House:
    """Return an organisation as another installation is told of it."""
    names = (organisation.slug, organisation.name_ja, organisation.name_en, organisation.kind)
    return House(organisation.pk, *names, MembershipClass(organisation.membership))


def account_named(email: str) -> Person | None:
    """Return the account with exactly this mail address, if it takes part."""
    return active_people().filter(email=email.strip().lower()).first()


def tokens_for(actor: Actor) -> QuerySet[Token]:
    """Return the actor's own tokens, and those of the machines of the organisation it administers.

    Each with `origin_count`: from how many addresses it was used within the last day.
    """
    own = Q(person=actor.person)
    if actor.organisation is not None and authority.administers(actor, actor.organisation):
        own |= Q(organisation=actor.organisation, person__isnull=True)
    if actor.person is None:
        return Token.objects.none()
    lately = Count("origins", filter=Q(origins__last_at__gt=clock.now() - DAY))
    return Token.objects.filter(own).select_related("organisation", "person").annotate(origin_count=lately)


def token_for(actor: Actor, token_id: UUID) -> Token:
    """Return a token that the actor may revoke: its own, or one in the organisations it manages."""
    within_reach = Q(person=actor.person, person__isnull=False) | policy.managed(actor, "organisation")
    return _one(Token.objects.filter(within_reach, pk=token_id))


def tokens_of(person: Person) -> QuerySet[Token]:
    """Return the tokens of a person that can be used."""
    return Token.objects.filter(person=person, revoked_at__isnull=True, expires_at__gt=clock.now())


def alarms_for(actor: Actor) -> QuerySet[Alarm]:
    """Return the alarms about the accounts that the actor looks after, and about its own tokens.

    What is between a token and its owner is not the hub's.
    """
    own = Q(token__isnull=False, person=actor.person, person__isnull=False)
    if authority.manages_community(actor):
        own |= ~Q(measure__in=OF_TOKENS)
    if actor.organisation is not None and authority.administers(actor, actor.organisation):
        own |= Q(organisation=actor.organisation)
    return Alarm.objects.filter(own).select_related("organisation", "person", "token")


def alarm_for(actor: Actor, alarm_id: UUID) -> Alarm:
    """Return one of the alarms that the actor is told of; raise NotFound for any other."""
    return _one(alarms_for(actor).filter(pk=alarm_id))


def hub_operators() -> QuerySet[Person]:
    """Return the people who release and curate for the hub now."""
    return active_people().filter(_OPERATES).distinct()


_OPERATES: Final = Q(organisation__membership=MembershipClass.HUB, role_assignments__role=Role.HUB_OPERATOR)


def told_of(alarm: Alarm) -> QuerySet[Person]:
    """Return who is told of an alarm: the token's owner, the organisation's admins and, of what is read, the hub."""
    people = Q(organisation=alarm.organisation, role_assignments__role=Role.ORGANISATION_ADMIN)
    if alarm.token is not None:
        people |= Q(pk=alarm.token.person_id)
    if Measure(alarm.measure) not in OF_TOKENS:
        people |= _OPERATES
    return active_people().filter(people).distinct()


def community_ceilings() -> dict[str, TLP]:
    """Return the ceilings that the hub has set, by class."""
    return {row.membership: TLP(row.community) for row in ClassCeiling.objects.all()}


def _one(rows: "QuerySet[M]") -> M:
    found = rows.first()
    if found is None:
        raise NotFound
    return found


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
