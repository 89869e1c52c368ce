"""The cast: the sector in which every test plays. Names are those of the access policy's vectors."""

from dataclasses import dataclass
from typing import Final

from allauth.usersessions.models import UserSession
from django.test import Client

from factories.members import make_people, organisation_fields
from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.worlds import REAL
from noroshi.members.models import Group, GroupMembership, Organisation, Person
from noroshi.members.queries import actor_of, machine_of

ORGANISATIONS: Final = {
    "hub": ("hub", "centre"),
    "bank_a": ("regular", "major_bank"),
    "bank_b": ("regular", "regional_bank"),
    "insurer": ("affiliate", "insurer"),
    "trial": ("trial", "broker"),
    "supporter": ("supporting", "card"),
    "vendor": ("vendor", "vendor"),
    "supervisor": ("supervisor", "supervisor"),
    "outsider": ("regular", "payment"),
}
PEOPLE: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "hub_op": ("hub", ("hub_operator", "analyst")),
    "hub_trusted": ("hub", ("hub_operator", "trusted_operator", "analyst")),
    "hub_admin": ("hub", ("organisation_admin",)),
    "hub_reader": ("hub", ()),
    "auditor": ("hub", ("auditor",)),
    "a1": ("bank_a", ("analyst",)),
    "a2": ("bank_a", ("analyst",)),
    "a_admin": ("bank_a", ("organisation_admin",)),
    "a_reader": ("bank_a", ()),
    "b1": ("bank_b", ("analyst",)),
    "b2": ("bank_b", ("fraud_analyst",)),
    "b_admin": ("bank_b", ("organisation_admin",)),
    "b_reader": ("bank_b", ()),
    "i1": ("insurer", ("analyst",)),
    "i_admin": ("insurer", ("organisation_admin",)),
    "i_reader": ("insurer", ()),
    "t1": ("trial", ("analyst",)),
    "t_admin": ("trial", ("organisation_admin",)),
    "t_reader": ("trial", ()),
    "s1": ("supporter", ("analyst",)),
    "s_admin": ("supporter", ("organisation_admin",)),
    "s_reader": ("supporter", ()),
    "v1": ("vendor", ("analyst",)),
    "v_admin": ("vendor", ("organisation_admin",)),
    "v_reader": ("vendor", ()),
    "sup": ("supervisor", ("supervisor",)),
    "sup_admin": ("supervisor", ("organisation_admin",)),
    "sup_reader": ("supervisor", ()),
    "o1": ("outsider", ("analyst",)),
    "o_admin": ("outsider", ("organisation_admin",)),
    "o_reader": ("outsider", ()),
}
GROUPS: Final = {"wg_incident": ("a1", "b1", "hub_op")}


@dataclass(frozen=True)
class Cast:
    """Everybody by name: `cast.a1`, `cast.bank_a`, `cast.wg_incident`."""

    organisations: dict[str, Organisation]
    people: dict[str, Person]
    groups: dict[str, Group]

    def __getattr__(self, name: str):
        for known in (self.people, self.organisations, self.groups):
            if name in known:
                return known[name]
        raise AttributeError(name)

    def actor(self, name: str, channel: Channel = Channel.WEB, world: str = REAL) -> Actor:
        """The actor that a person is now."""
        return actor_of(Person.objects.get(pk=self.people[name].pk), channel, world)

    def machine(self, name: str, channel: Channel = Channel.API) -> Actor:
        """The actor that an organisation's token is now."""
        return machine_of(Organisation.objects.get(pk=self.organisations[name].pk), channel)

    def client(self, name: str, language: str = "en") -> Client:
        """A browser in which the person is signed in, second factor included."""
        client = Client(headers={"Accept-Language": language})
        client.force_login(self.people[name])
        UserSession.objects.create(  # as the sign-in page does, so that the session can be ended from elsewhere
            user=self.people[name], ip="127.0.0.1", session_key=client.session.session_key
        )
        return client


def address(name: str, home: str) -> str:
    """The mail address of somebody; a host name has no underscore."""
    return f"{name}@{home.replace('_', '-')}.example"


def gather() -> Cast:
    """Write the sector into the database."""
    organisations = {
        name: Organisation(**organisation_fields(name, membership=membership, kind=kind))
        for name, (membership, kind) in ORGANISATIONS.items()
    }
    Organisation.objects.bulk_create(organisations.values())
    made = make_people({address(name, home): (organisations[home], roles) for name, (home, roles) in PEOPLE.items()})
    people = dict(zip(PEOPLE, made, strict=True))
    groups = {name: Group(slug=name, name_ja=f"{name}部会", name_en=name, kind="working_group") for name in GROUPS}
    Group.objects.bulk_create(groups.values())
    GroupMembership.objects.bulk_create(
        GroupMembership(group=groups[name], person=people[member])
        for name, members in GROUPS.items()
        for member in members
    )
    return Cast(organisations, people, groups)
