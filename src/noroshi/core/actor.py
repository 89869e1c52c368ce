"""The actor: who asks, from where, by which channel. Built once per request by `members`; knows no database."""

from dataclasses import dataclass, field, replace
from typing import Self
from uuid import UUID

from noroshi.core.domain.channels import Channel
from noroshi.core.domain.membership import (
    CEILINGS,
    NEED_TO_KNOW,
    NOTHING,
    Ceiling,
    MembershipClass,
    Role,
    Standing,
)
from noroshi.core.domain.tlp import TLP
from noroshi.core.domain.worlds import REAL
from noroshi.core.errors import NotAllowed


@dataclass(frozen=True)
class Actor:
    """A person, an organisation's machine (no person), or a visitor (neither).

    `groups` are those the person belongs to now; `organisation_groups` those in which anybody of the organisation
    does. `community_ceiling` is the hub's own setting for the actor's class, where it has one. `label` is what the
    ledger writes down. `token` is the one that it asks with, of a person or of a machine.
    """

    person: UUID | None = None
    organisation: UUID | None = None
    membership: MembershipClass | None = None
    community_ceiling: TLP | None = None
    standing: Standing = Standing.ACTIVE
    roles: frozenset[Role] = field(default_factory=frozenset)
    groups: frozenset[UUID] = field(default_factory=frozenset)
    organisation_groups: frozenset[UUID] = field(default_factory=frozenset)
    channel: Channel = Channel.WEB
    world: str = REAL
    label: str = ""
    token: UUID | None = None

    @classmethod
    def visitor(cls, channel: Channel = Channel.PUBLIC, world: str = REAL) -> Self:
        """Nobody in particular: the public."""
        return cls(channel=channel, world=world, label="visitor")

    @classmethod
    def system(cls, task: str, world: str = REAL) -> Self:
        """The installation itself, doing `task`: it sees what a visitor sees; its reads name their reason."""
        return cls(channel=Channel.CLI, world=world, label=f"system:{task}")

    @property
    def acting_person(self) -> UUID:
        """The person, for what only a person does; raises NotAllowed for a machine or a visitor."""
        if self.person is None:
            raise NotAllowed("This needs a person's own account.", "person")
        return self.person

    @property
    def acting_organisation(self) -> UUID:
        """The organisation, for what only a member does; raises NotAllowed for a visitor."""
        if self.organisation is None:
            raise NotAllowed("This needs an account of a member organisation.", "organisation")
        return self.organisation

    @property
    def ceiling(self) -> Ceiling:
        """How high the actor's class sees."""
        standard = CEILINGS.get(self.membership, NOTHING) if self.membership else NOTHING
        if self.community_ceiling is None or standard.community is None:
            return standard
        return replace(standard, community=self.community_ceiling)

    @property
    def is_visitor(self) -> bool:
        """Whether nobody signed in."""
        return self.organisation is None

    @property
    def is_machine(self) -> bool:
        """Whether an organisation's token acts, not a person."""
        return self.organisation is not None and self.person is None

    @property
    def needs_to_know(self) -> bool:
        """Whether the role alone gives a need to know."""
        return bool(self.roles & NEED_TO_KNOW) or self.is_machine

    @property
    def is_supervisor(self) -> bool:
        """Whether the actor stands on the authority's side of the wall."""
        return self.membership is MembershipClass.SUPERVISOR

    @property
    def is_hub_operator(self) -> bool:
        """Whether the actor releases and curates for the hub."""
        return self.membership is MembershipClass.HUB and Role.HUB_OPERATOR in self.roles

    @property
    def is_active(self) -> bool:
        """Whether organisation and person both take part."""
        return self.standing is Standing.ACTIVE

    def has(self, *roles: Role) -> bool:
        """Whether the actor holds any of `roles` and takes part."""
        return self.is_active and not self.roles.isdisjoint(roles)

    def veiled(self) -> Self:
        """Return nobody in particular in the same world: how the ledger names the author of what is anonymous."""
        return replace(self, person=None, organisation=None, label="anonymous", token=None)

    def by(self, channel: Channel) -> Self:
        """Return the same actor asking by another channel."""
        return replace(self, channel=channel)
