"""The access matrix on the database: what `visible_to` returns, what `decide` allows, and what the page says, are one.

The sector of the pure tests becomes rows; random items of every level, reading, audience, state, mode, world and
embargo become signals; then everybody looks, by every channel, in both worlds.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from random import Random
from uuid import UUID

import pytest

from factories.members import organisation_fields
from noroshi.core import clock, policy
from noroshi.core.actor import Actor
from noroshi.core.domain import rules
from noroshi.core.domain.audience import AuthorMode, Item, State
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.membership import Standing
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.core.filters import level_filter
from noroshi.core.models import AudienceEntry
from noroshi.hunting.models import Hit, Hunt
from noroshi.intel.models import Observable, Sighting
from noroshi.members.models import Group, GroupMembership, Organisation, Person, RoleAssignment
from noroshi.members.queries import actors_of, machine_of
from noroshi.notify.models import Notice
from noroshi.sharing.models import Acknowledgement, Comment, Signal, SignalObservable, SignalVersion

from . import oracle
from .sector import (
    GROUPS,
    NOW,
    ORGANISATIONS,
    PEOPLE,
    PERSON_IDS,
    WORLDS,
    all_actors,
    machine_actor,
    number,
    organisation_id,
    person_actor,
    random_item,
)

ITEMS = 320
ACTORS = all_actors()
SAMPLE = 20


def write_sector() -> None:
    Organisation.objects.bulk_create(
        Organisation(pk=pk, **organisation_fields(name, membership=membership))
        for name, (pk, membership) in ORGANISATIONS.items()
    )
    Person.objects.bulk_create(
        Person(pk=PERSON_IDS[name], email=f"{name}@example.jp", name=name, organisation_id=organisation_id(home))
        for name, (home, _, _) in PEOPLE.items()
    )
    RoleAssignment.objects.bulk_create(
        RoleAssignment(person_id=PERSON_IDS[name], role=role)
        for name, (_, roles, _) in PEOPLE.items()
        for role in roles
    )
    Group.objects.bulk_create(
        Group(pk=pk, slug=name, name_ja=name, kind="working_group") for name, pk in GROUPS.items()
    )
    GroupMembership.objects.bulk_create(
        GroupMembership(group_id=GROUPS[group], person_id=PERSON_IDS[name])
        for name, (_, _, groups) in PEOPLE.items()
        for group in groups
    )


def write_items(items: Iterable[Item]) -> dict[UUID, Item]:
    """Write each item as a signal with its audience; return the items by the id of their row."""
    rows = {number(9, index): item for index, item in enumerate(items, 1)}
    Signal.everything.bulk_create(_signal(pk, item) for pk, item in rows.items())
    AudienceEntry.objects.bulk_create(
        AudienceEntry(item_id=pk, kind=entry.kind, target=entry.target, organisation=entry.organisation)
        for pk, item in rows.items()
        for entry in item.audience
    )
    return rows


def _signal(pk: UUID, item: Item) -> Signal:
    facts = {name: value for name, value in vars(item).items() if name not in ("owner", "author", "audience")}
    return Signal(pk=pk, owner_id=item.owner, author_id=item.author, kind="incident", target="own_system", **facts)


@pytest.fixture
def items(db, stopped_clock) -> dict[UUID, Item]:
    """The sector and its signals."""
    assert clock.now() == NOW
    write_sector()
    random = Random(20261122)
    return write_items(random_item(random) for _ in range(ITEMS))


def seen(manager, actor: Actor) -> set[object]:
    return set(manager.visible_to(actor).values_list("pk", flat=True))


def allowed(actor: Actor, items: dict[UUID, Item]) -> set[UUID]:
    viewing = rules.viewing(actor, NOW)
    return {pk for pk, item in items.items() if rules.decide(viewing, item).allowed}


def expected(actor: Actor, items: dict[UUID, Item]) -> set[UUID]:
    return {pk for pk, item in items.items() if oracle.sees(actor, item)}


def test_matrix_covers_every_value_of_every_axis(items):
    found = list(items.values())
    assert {item.tlp for item in found} == set(TLP)
    assert {item.profile for item in found} == set(Profile)
    assert {item.state for item in found} == set(State)
    assert {item.author_mode for item in found} == set(AuthorMode)
    assert {item.world for item in found} == set(WORLDS)
    assert {(item.embargo_until or NOW) > NOW for item in found} == {True, False}
    assert {entry.kind for item in found for entry in item.audience} == set(rules.EntryKind)
    assert {actor.channel for actor in ACTORS} == set(Channel)
    assert {actor.standing for actor in ACTORS} == set(Standing)
    assert {actor.membership for actor in ACTORS} == {membership for _, membership in ORGANISATIONS.values()} | {None}


def test_matrix_of_signals_is_one_by_query_by_decision_and_by_the_page(items):
    rows = list(Signal.everything.all())
    assert {row.pk: row.as_item() for row in rows} == items
    cases, disagreements = 0, []
    for actor in ACTORS:
        answers = seen(Signal.objects, actor), allowed(actor, items), expected(actor, items)
        cases += len(rows)
        if len(set(map(frozenset, answers))) != 1:
            disagreements.append((actor.label, actor.channel, actor.world, answers))
    assert disagreements == []
    assert cases >= 100_000


def test_matrix_of_decisions_on_rows_is_what_the_page_says(items):
    random = Random(7)
    rows = list(Signal.everything.all())
    cases = [(actor, row) for actor in ACTORS for row in random.sample(rows, SAMPLE)]
    wrong = [
        (actor, row.pk)
        for actor, row in cases
        if policy.decide(actor, row).allowed is not oracle.sees(actor, items[row.pk])
    ]
    assert wrong == []
    assert len(cases) >= 10_000


def test_matrix_for_many_readers_at_once_is_the_matrix_of_each(items):
    readers = Random(13).sample(ACTORS, 60)
    found = {reader: {row.pk for row in rows} for reader, rows in policy.seen_by_each(readers, Signal, items)}
    assert found == {reader: seen(Signal.objects, reader) for reader in readers}
    assert len(set(map(frozenset, found.values()))) > 10


def test_matrix_by_level_finds_the_same_whatever_leads_there(items):
    for actor in Random(11).sample(ACTORS, 60):
        rows = Signal.objects.visible_to(actor)
        for level in TLP:
            found = set(rows.filter(level_filter(Signal, actor, level)).values_list("pk", flat=True))
            assert found == set(rows.filter(tlp=level).values_list("pk", flat=True))


def test_matrix_shows_something_to_everybody_who_may_see_and_nothing_to_the_rest(items):
    web = {name: seen(Signal.objects, person_actor(name)) for name in PEOPLE}
    assert web.pop("sup") == set()
    assert all(web.values())
    assert seen(Signal.objects, person_actor("b1", standing=Standing.LEFT)) == set()
    assert seen(Signal.objects, person_actor("b1", standing=Standing.SUSPENDED)) == set()


def test_actor_from_the_database_is_the_actor_of_the_sector(items):
    people = Person.objects.all()
    for channel in (Channel.WEB, Channel.TAXII, Channel.FEDERATION):
        made = {actor.person: replace(actor, label="") for actor in actors_of(people, channel)}
        assert made == {PERSON_IDS[name]: person_actor(name, channel, label="") for name in PEOPLE}
    for name in ORGANISATIONS:
        machine = machine_of(Organisation.objects.get(pk=organisation_id(name)), Channel.FEDERATION)
        assert replace(machine, label="") == replace(machine_actor(name, Channel.FEDERATION), label="")


def test_part_is_seen_by_those_who_see_its_whole(items):
    somebody, home = PERSON_IDS["a1"], organisation_id("bank_a")
    value = Observable.objects.create(type="domain", value="evil.example", digest="d")
    parts = {
        Comment: [Comment(signal_id=pk, author_id=somebody, body="火") for pk in items],
        SignalVersion: [SignalVersion(signal_id=pk, number=1, title="火", tlp=item.tlp) for pk, item in items.items()],
        SignalObservable: [SignalObservable(signal_id=pk, observable=value) for pk in items],
        Acknowledgement: [Acknowledgement(signal_id=pk, person_id=somebody, organisation_id=home) for pk in items],
    }
    for model, rows in parts.items():
        model.everything.bulk_create(rows)
    known = list(Signal.everything.all())
    for actor in Random(3).sample(ACTORS, 120):
        whole = {pk for pk in expected(actor, items) if items[pk].state is not State.WITHDRAWN}  # a tombstone has none
        for model in parts:
            assert set(model.objects.visible_to(actor).values_list("signal", flat=True)) == whole
            assert set(model.objects.of(actor, *known).values_list("signal", flat=True)) == whole


def test_parts_of_what_was_withdrawn_meanwhile_are_not_read(items):
    author = next(pk for pk, item in items.items() if item.author == PERSON_IDS["a1"] and item.state is State.PUBLISHED)
    signal, actor = Signal.everything.get(pk=author), person_actor("a1", world=items[author].world)
    Comment.everything.create(signal=signal, author_id=PERSON_IDS["a1"], body="火")
    assert Comment.objects.of(actor, signal).count() == 1
    signal.state = State.WITHDRAWN
    assert Comment.objects.of(actor, signal).count() == 0


def test_own_rows_are_seen_by_their_organisation_or_person_alone(items):
    homes = {name: pk for name, (pk, _) in ORGANISATIONS.items()}
    hunts = _bulk(Hunt, [Hunt(organisation_id=pk, world=world) for pk in homes.values() for world in WORLDS])
    moment = {"first_seen": NOW, "last_seen": NOW, "count": 1}
    _bulk(
        Hit,
        [Hit(hunt=h, organisation_id=h.organisation_id, type="ip", value="x", world=h.world, **moment) for h in hunts],
    )
    signal = next(iter(items))
    _bulk(
        Sighting,
        [
            Sighting(item_id=signal, organisation_id=pk, source=world[:8], world=world)
            for pk in homes.values()
            for world in WORLDS
        ],
    )
    _bulk(
        Notice,
        [
            Notice(person_id=pk, kind="signal", subject="sharing.signal", subject_id=signal, world=world, event=event)
            for pk in PERSON_IDS.values()
            for event, world in enumerate(WORLDS)
        ],
    )
    for actor in Random(5).sample(ACTORS, 200):
        whole = actor.is_active and actor.membership is not None and not actor.is_supervisor
        own = {(actor.organisation, actor.world)} if whole and oracle._knows(actor) else set()
        for model in (Hunt, Hit, Sighting):
            assert set(model.objects.visible_to(actor).values_list("organisation", "world")) == own
        mine = {(actor.person, actor.world)} if whole and actor.person else set()
        assert set(Notice.objects.visible_to(actor).values_list("person", "world")) == mine


def _bulk(model, rows):
    return model.everything.bulk_create(rows)


def test_hit_is_no_wider_than_the_signal_that_asked(items):
    home = organisation_id("bank_b")
    moment = {"first_seen": NOW, "last_seen": NOW, "count": 1, "type": "ip", "value": "x"}
    hunts = _bulk(Hunt, [Hunt(signal_id=pk, world=item.world) for pk, item in items.items()])
    _bulk(Hit, [Hit(hunt=hunt, organisation_id=home, world=hunt.world, **moment) for hunt in hunts])
    for name in ("b1", "b2", "b_reader", "a1", "sup"):
        for world in WORLDS:
            actor = person_actor(name, world=world)
            signals = {pk for pk in expected(actor, items) if items[pk].state is State.PUBLISHED}
            found = set(Hit.objects.visible_to(actor).values_list("hunt__signal", flat=True))
            assert found == (signals if name in ("b1", "b2") else set())


@cache
def _supervisor_channels() -> tuple[Actor, ...]:
    return tuple(actor for actor in ACTORS if actor.is_supervisor)


def test_wall_shows_a_supervisor_nothing_by_any_channel(items):
    assert len(_supervisor_channels()) == len(Channel) * 3  # the person in two worlds, and the machine
    assert [seen(Signal.objects, actor) for actor in _supervisor_channels()] == [set()] * len(_supervisor_channels())
