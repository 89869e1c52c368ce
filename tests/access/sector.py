"""A made-up sector for the access tests: plain values, no database, drawn by hypothesis or by a seeded generator."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, Entry, EntryKind, Item, State
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.membership import MembershipClass, Role, Standing
from noroshi.core.domain.tlp import TLP, Profile

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
WORLDS = ("real", "exercise:1")


def number(kind: int, index: int) -> UUID:
    return UUID(int=kind << 64 | index)


ORGANISATIONS = {
    name: (number(1, index), membership)
    for index, (name, membership) in enumerate(
        {
            "hub": MembershipClass.HUB,
            "bank_a": MembershipClass.REGULAR,
            "bank_b": MembershipClass.REGULAR,
            "insurer": MembershipClass.AFFILIATE,
            "trial": MembershipClass.TRIAL,
            "supporter": MembershipClass.SUPPORTING,
            "vendor": MembershipClass.VENDOR,
            "supervisor": MembershipClass.SUPERVISOR,
        }.items(),
        1,
    )
}
GROUPS = {"wg_incident": number(3, 1), "regional": number(3, 2)}
PEOPLE: dict[str, tuple[str, frozenset[Role], tuple[str, ...]]] = {
    "hub_op": ("hub", frozenset({Role.HUB_OPERATOR, Role.ANALYST}), ("wg_incident",)),
    "hub_trusted": ("hub", frozenset({Role.HUB_OPERATOR, Role.TRUSTED_OPERATOR, Role.ANALYST}), ()),
    "a1": ("bank_a", frozenset({Role.ANALYST}), ("wg_incident",)),
    "a2": ("bank_a", frozenset({Role.ANALYST}), ()),
    "a_admin": ("bank_a", frozenset({Role.ORGANISATION_ADMIN}), ()),
    "b1": ("bank_b", frozenset({Role.ANALYST}), ("wg_incident", "regional")),
    "b2": ("bank_b", frozenset({Role.FRAUD_ANALYST}), ()),
    "b_reader": ("bank_b", frozenset(), ("regional",)),
    "i1": ("insurer", frozenset({Role.ANALYST}), ("regional",)),
    "t1": ("trial", frozenset({Role.ANALYST}), ("regional",)),
    "s1": ("supporter", frozenset({Role.ANALYST}), ()),
    "v1": ("vendor", frozenset({Role.ANALYST}), ("regional",)),
    "sup": ("supervisor", frozenset({Role.SUPERVISOR}), ()),
    "auditor": ("hub", frozenset({Role.AUDITOR}), ()),
}
PERSON_IDS = {name: number(2, index) for index, name in enumerate(PEOPLE, 1)}


def organisation_id(name: str) -> UUID:
    return ORGANISATIONS[name][0]


def person_actor(name: str, channel: Channel = Channel.WEB, world: str = "real", **changes: object) -> Actor:
    home, roles, groups = PEOPLE[name]
    colleagues_groups = {group for other, _, theirs in PEOPLE.values() if other == home for group in theirs}
    actor = Actor(
        person=PERSON_IDS[name],
        organisation=organisation_id(home),
        membership=ORGANISATIONS[home][1],
        roles=roles,
        groups=frozenset(GROUPS[group] for group in groups),
        organisation_groups=frozenset(GROUPS[group] for group in colleagues_groups),
        channel=channel,
        world=world,
        label=name,
    )
    return replace(actor, **changes)  # type: ignore[arg-type]


def machine_actor(home: str, channel: Channel, world: str = "real") -> Actor:
    colleagues_groups = {group for other, _, theirs in PEOPLE.values() if other == home for group in theirs}
    return Actor(
        organisation=organisation_id(home),
        membership=ORGANISATIONS[home][1],
        organisation_groups=frozenset(GROUPS[group] for group in colleagues_groups),
        channel=channel,
        world=world,
        label=f"machine of {home}",
    )


def person_entry(name: str, kind: EntryKind = EntryKind.PERSON) -> Entry:
    return Entry(kind, PERSON_IDS[name], organisation_id(PEOPLE[name][0]))


def possible_entries() -> list[Entry]:
    organisations = [organisation_id(name) for name in ORGANISATIONS]
    return [
        Entry(EntryKind.COMMUNITY),
        *(Entry(EntryKind.ORGANISATION, target) for target in organisations),
        *(Entry(EntryKind.RELAY, target) for target in organisations),
        *(Entry(EntryKind.EXCLUDED_ORGANISATION, target) for target in organisations),
        *(Entry(EntryKind.GROUP, target) for target in GROUPS.values()),
        *(person_entry(name) for name in PEOPLE),
        *(person_entry(name, EntryKind.FROZEN) for name in PEOPLE),
        *(person_entry(name, EntryKind.EXCLUDED_PERSON) for name in PEOPLE),
    ]


def random_item(random: Random) -> Item:
    author = random.choice(list(PEOPLE))
    mode = random.choice(list(AuthorMode))
    entries = possible_entries()
    return Item(
        owner=organisation_id(PEOPLE[author][0]),
        author=None if mode is AuthorMode.UNLINKABLE else PERSON_IDS[author],
        tlp=random.choice(list(TLP)),
        profile=random.choice(list(Profile)),
        audience=frozenset(random.sample(entries, random.choice([0, 1, 1, 2, 3, 6]))),
        state=random.choice([State.PUBLISHED] * 5 + [State.DRAFT, State.HELD, State.WITHDRAWN]),
        author_mode=mode,
        embargo_until=random.choice([None, None, None, NOW - timedelta(days=1), NOW + timedelta(days=2)]),
        world=random.choice([WORLDS[0], WORLDS[0], WORLDS[1]]),
    )


def all_actors() -> list[Actor]:
    """Everybody by every channel in both worlds, a suspended and a departed person, machines, and the public."""
    actors = [person_actor(name, channel, world) for name in PEOPLE for channel in Channel for world in WORLDS]
    actors += [person_actor(name, standing=Standing.SUSPENDED) for name in ("a1", "b1", "hub_op")]
    actors += [person_actor("b1", standing=Standing.LEFT)]
    actors += [machine_actor(home, channel) for home in ORGANISATIONS for channel in Channel]
    actors += [Actor.visitor(channel, world) for channel in (Channel.PUBLIC, Channel.WEB) for world in WORLDS]
    return actors
