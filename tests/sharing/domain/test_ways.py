"""The ways by which an item reaches somebody: asked of the rules, never beside them."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.sector import GROUPS, NOW, all_actors, organisation_id, person_actor, person_entry, random_item
from noroshi.core.domain import rules
from noroshi.core.domain.audience import AuthorMode, Entry, EntryKind, Item, State
from noroshi.core.domain.tlp import TLP
from noroshi.sharing.domain.ways import Way, way_to

ACTORS = all_actors()


@given(st.randoms(use_true_random=False), st.sampled_from(ACTORS))
def test_way_when_there_is_one_then_the_rules_allow_and_the_reverse(random: Random, actor):
    item = random_item(random)
    assert (way_to(actor, item, NOW) is not None) == rules.decide(rules.viewing(actor, NOW), item).allowed


GROUP = Entry(EntryKind.GROUP, GROUPS["wg_incident"])


@pytest.mark.parametrize(
    ("reader", "tlp", "entries", "way"),
    [
        ("a1", TLP.AMBER, [], Way.AUTHOR),
        ("a2", TLP.AMBER, [], Way.OWNER),
        ("b1", TLP.CLEAR, [], Way.PUBLIC),
        ("b1", TLP.AMBER, [Entry(EntryKind.COMMUNITY)], Way.COMMUNITY),
        ("b1", TLP.AMBER, [Entry(EntryKind.COMMUNITY), person_entry("b1")], Way.PERSON),
        ("b1", TLP.AMBER, [Entry(EntryKind.ORGANISATION, organisation_id("bank_b"))], Way.ORGANISATION),
        ("b1", TLP.AMBER, [GROUP], Way.GROUP),
        ("b2", TLP.AMBER, [GROUP], Way.COLLEAGUE),
        ("b2", TLP.AMBER_STRICT, [person_entry("b1")], Way.COLLEAGUE),
        ("b1", TLP.RED, [person_entry("b1", EntryKind.FROZEN)], Way.GROUP),
        ("b1", TLP.AMBER, [Entry(EntryKind.RELAY, organisation_id("bank_b"))], Way.RELAY),
        ("b1", TLP.AMBER, [], None),
    ],
)
def test_way_when_several_lines_would_do_then_the_narrowest_is_named(reader, tlp, entries, way):
    author = person_actor("a1")
    item = Item(author.organisation, author.person, tlp, audience=frozenset(entries))
    assert way_to(person_actor(reader), item, NOW) == way


def test_way_when_held_then_the_operator_releases_it():
    item = Item(organisation_id("bank_a"), None, TLP.RED, state=State.HELD, author_mode=AuthorMode.ANONYMOUS)
    assert way_to(person_actor("hub_op"), item, NOW) is Way.RELEASE
    assert way_to(person_actor("hub_op"), replace(item, state=State.PUBLISHED), NOW) is None
