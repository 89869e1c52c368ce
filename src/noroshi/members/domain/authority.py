"""Who manages whom: pure rules over an actor and plain values.

Three kinds of actor manage something. The operator of the machine (the command line) manages everything. A hub
operator manages the community: organisations, groups, ceilings, the hub's own people, and elsewhere the first admin
of each organisation. An organisation's admin manages its people and machines, and nothing else.
"""

from typing import Final
from uuid import UUID

from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.membership import MembershipClass, Role

OF_THE_HUB: Final = frozenset({Role.HUB_OPERATOR, Role.TRUSTED_OPERATOR, Role.AUDITOR})
OF_AN_AUTHORITY: Final = frozenset({Role.SUPERVISOR})
GIVEN_BY_ADMINS: Final = frozenset({Role.ANALYST, Role.FRAUD_ANALYST, Role.COORDINATOR, Role.ORGANISATION_ADMIN})


def operates_machine(actor: Actor) -> bool:
    """Whether the actor is the installation's own command line: whoever has it has the database too."""
    return actor.channel is Channel.CLI and actor.is_visitor and actor.label.startswith("system:")


def manages_community(actor: Actor) -> bool:
    """Whether the actor manages organisations, groups and ceilings."""
    return operates_machine(actor) or (actor.is_hub_operator and actor.is_active)


def administers(actor: Actor, organisation: UUID) -> bool:
    """Whether the actor is the admin of this very organisation."""
    return actor.organisation == organisation and actor.person is not None and actor.has(Role.ORGANISATION_ADMIN)


def manages_people(actor: Actor, organisation: UUID) -> bool:
    """Whether the actor sees and suspends the people of the organisation."""
    return manages_community(actor) or administers(actor, organisation)


def held_in(membership: MembershipClass) -> frozenset[Role]:
    """Return the roles that make sense in an organisation of this class."""
    if membership is MembershipClass.HUB:
        return GIVEN_BY_ADMINS | OF_THE_HUB
    if membership is MembershipClass.SUPERVISOR:
        return OF_AN_AUTHORITY | {Role.ORGANISATION_ADMIN}
    return GIVEN_BY_ADMINS


def roles_given(actor: Actor, organisation: UUID, membership: MembershipClass) -> frozenset[Role]:
    """Return the roles that the actor may give to, and take from, people of the organisation.

    A hub operator appoints an organisation's admin but not its analysts: otherwise the hub could give itself a pair
    of eyes inside a member. Only a trusted operator makes another, because one sees who wrote an anonymous post.
    """
    fitting = held_in(membership)
    if operates_machine(actor):
        return fitting
    given: set[Role] = set()
    if administers(actor, organisation):
        given |= GIVEN_BY_ADMINS
    if manages_community(actor):
        given |= _given_by_hub(actor, membership)
    return fitting & given


def _given_by_hub(actor: Actor, membership: MembershipClass) -> frozenset[Role]:
    if membership is not MembershipClass.HUB:
        return OF_AN_AUTHORITY | {Role.ORGANISATION_ADMIN}
    kept = frozenset() if actor.has(Role.TRUSTED_OPERATOR) else frozenset({Role.TRUSTED_OPERATOR})
    return (GIVEN_BY_ADMINS | OF_THE_HUB) - kept
