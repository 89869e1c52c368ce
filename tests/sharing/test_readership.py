"""Readers counted by the thousand are the very people whom the rules let in one by one."""

from dataclasses import replace
from datetime import timedelta

from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factories.audience import COMMUNITY, to_group, to_organisation, to_person, without
from factories.members import make_people
from noroshi.core import clock
from noroshi.core.domain.audience import AuthorMode, EntryKind, Item, State
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.members.models import ClassCeiling, Person
from noroshi.members.queries import active_people, actors_of
from noroshi.sharing import queries
from noroshi.sharing.domain.ways import way_to

KINDS = [EntryKind.PERSON, EntryKind.FROZEN, EntryKind.EXCLUDED_PERSON]
HOUSES = [EntryKind.ORGANISATION, EntryKind.RELAY, EntryKind.EXCLUDED_ORGANISATION]


def items(cast):
    people, houses = list(cast.people.values()), list(cast.organisations.values())
    lines = st.one_of(
        st.just(COMMUNITY),
        st.just(to_group(cast.wg_incident)),
        st.builds(to_person, st.sampled_from(people), st.sampled_from(KINDS)),
        st.builds(to_organisation, st.sampled_from(houses), st.sampled_from(HOUSES)),
    )
    return st.builds(
        lambda author, **rest: Item(owner=author.organisation_id, author=author.pk, **rest),
        st.sampled_from(people),
        tlp=st.sampled_from(TLP),
        profile=st.sampled_from(Profile),
        audience=st.frozensets(lines, max_size=6),
        state=st.just(State.PUBLISHED),
        author_mode=st.sampled_from(AuthorMode),
        embargo_until=st.sampled_from([None, clock.now() + timedelta(days=1)]),
    )


def one_by_one(item):
    people = list(active_people())
    ways = {
        person.pk: way_to(actor, item, clock.now()) for person, actor in zip(people, actors_of(people), strict=True)
    }
    return {number: way for number, way in ways.items() if way is not None}


def test_reach_when_the_item_is_anything_then_it_is_those_whom_the_rules_let_in_and_by_the_same_way(cast):
    ClassCeiling.objects.create(membership="affiliate", community="GREEN")
    Person.objects.filter(pk=cast.i_reader.pk).update(standing="suspended")
    homes = dict(Person.objects.values_list("pk", "organisation"))

    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
    @given(items(cast))
    def agrees(item):
        expected = one_by_one(item)
        reached = queries.reach(item).by_organisation.values()
        assert {reader.person.pk: reader.way for some in reached for reader in some} == expected
        counted = queries.readership(cast.actor("a1"), item)
        assert {
            (house.pk, some.way): some.people for house, ways in counted.houses.items() for some in ways
        } == _counted(expected, homes)

    agrees()


def _counted(ways, homes):
    counts = {}
    for number, way in ways.items():
        counts[homes[number], way] = counts.get((homes[number], way), 0) + 1
    return counts


def names(readership):
    return {name for ways in readership.houses.values() for some in ways for name in some.names}


def test_readership_when_shown_then_only_those_are_named_whom_the_asker_may_know(cast):
    item = Item(cast.bank_a.pk, cast.a1.pk, TLP.AMBER, audience=frozenset({COMMUNITY, to_person(cast.o1)}))
    shown = {name: names(queries.readership(cast.actor(name), item)) for name in ("a1", "i1")}
    assert shown == {"a1": {"a1", "a2", "b1", "hub_op", "o1"}, "i1": {"i1", "o1"}}
    everybody = queries.readership(cast.actor("a1"), item)
    assert (everybody.organisations, everybody.people) == (5, 9 - 1)


def test_preview_when_it_names_readers_then_strangers_are_counted(cast):
    make_people({"kurosawa-yukari@bank-b.example": (cast.bank_b, ("analyst",))}, name="kurosawa-yukari")
    text = cast.client("a1").post(reverse("sharing:preview"), {"tlp": "AMBER", "community": "on"}).content.decode()
    assert [word in text for word in ("kurosawa-yukari", "b1, 2 people")] == [False, True]


def test_readership_when_there_are_more_people_then_it_costs_no_more_queries(cast, django_assert_num_queries):
    item = Item(cast.bank_a.pk, cast.a1.pk, TLP.AMBER, audience=frozenset({COMMUNITY, without(cast.insurer)}))
    asker = cast.actor("a1")
    with django_assert_num_queries(5) as first:
        queries.readership(asker, item)
    make_people({f"p{number}@bank-b.example": (cast.bank_b, ("analyst",)) for number in range(30)})
    with django_assert_num_queries(len(first.captured_queries)):
        assert queries.readership(asker, replace(item)).people == 7 + 30
