"""At a border nobody becomes a viewer: of every level, reading, audience, state and embargo, for everybody."""

from dataclasses import replace
from itertools import product
from random import Random

import pytest

from access.sector import GROUPS, NOW, ORGANISATIONS, PEOPLE, PERSON_IDS, all_actors, organisation_id, random_item
from noroshi.core.domain import rules
from noroshi.core.domain.audience import Entry, EntryKind
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.core.domain.worlds import REAL
from noroshi.federation.domain.borders import (
    Leave,
    known_lines,
    lines_for,
    reason_to_stay,
    translated,
    translated_item,
)

ACTORS = [actor for actor in all_actors() if actor.channel in (Channel.WEB, Channel.FEDERATION) and actor.world == REAL]
WALKS = {actor: rules.viewing(actor, NOW) for actor in ACTORS}
DRAW = Random(2026)
ITEMS = [random_item(DRAW) for _ in range(150)]


def viewers(item, actors=ACTORS):
    return {actor for actor in actors if rules.decide(WALKS[actor], item).allowed}


@pytest.mark.parametrize("to", Profile)
def test_translation_never_adds_a_viewer(to):
    widened = [item for item in ITEMS if viewers(translated_item(item, to)) - viewers(item)]
    assert widened == []


def test_translation_lets_somebody_see_something():
    assert sum(len(viewers(translated_item(item, Profile.FIRST))) for item in ITEMS) > 0


def test_group_level_of_the_isac_becomes_red_for_the_standard():
    assert translated(TLP.AMBER_STRICT, Profile.F_ISAC_JP, Profile.FIRST) == (TLP.RED, Profile.FIRST)
    same = [level for level in TLP if translated(level, Profile.FIRST, Profile.F_ISAC_JP)[0] == level]
    assert same == list(TLP)


def groups_of(house):
    return {GROUPS[group] for home, _roles, groups in PEOPLE.values() for group in groups if home == house}


@pytest.mark.parametrize("house", [name for name in ORGANISATIONS if name not in ("hub", "supervisor")])
def test_node_decides_about_its_own_people_as_its_hub_does(house):
    """What a node is told of an audience says of each of its people what the whole audience says."""
    number = organisation_id(house)
    own = [actor for actor in ACTORS if actor.organisation == number]
    for item in ITEMS:
        there = replace(item, audience=lines_for(item.audience, number, groups_of(house)))
        assert viewers(there, own) == viewers(item, own)


def test_node_is_not_told_who_else_was_granted_or_left_out():
    house, other = organisation_id("bank_b"), organisation_id("bank_a")
    others = {
        Entry(EntryKind.ORGANISATION, other),
        Entry(EntryKind.EXCLUDED_ORGANISATION, other),
        Entry(EntryKind.PERSON, PERSON_IDS["a1"], other),
        Entry(EntryKind.FROZEN, PERSON_IDS["a1"], other),
        Entry(EntryKind.GROUP, GROUPS["wg_incident"]),
        Entry(EntryKind.PERSON, PERSON_IDS["b1"], None),  # a guest's line names no house
    }
    own = {Entry(EntryKind.COMMUNITY), Entry(EntryKind.PERSON, PERSON_IDS["b1"], house)}
    assert lines_for(others | own, house, [GROUPS["regional"]]) == own


def test_targets_that_are_not_known_are_dropped():
    people, houses = [PERSON_IDS["b1"]], [organisation_id("bank_b")]
    for item in ITEMS:
        known = known_lines(item.audience, people=people, organisations=houses, groups=[])
        assert known <= item.audience
        assert {line.kind for line in item.audience - known} & {EntryKind.COMMUNITY} == set()


ALL, GROUP = Entry(EntryKind.COMMUNITY), Entry(EntryKind.GROUP, GROUPS["regional"])
LEFT_OUT = Entry(EntryKind.EXCLUDED_ORGANISATION, organisation_id("insurer"))
LEAVES = [Leave(), Leave(agreed=True), Leave(agreed=True, released=True), Leave(agreed=True, was_released=True)]
AUDIENCES = [{ALL}, {ALL, GROUP}, {GROUP}, {ALL, LEFT_OUT}, set()]


def goes_by_the_policy(level, audience, same_community, leave):
    """The row "federation hub -> other hub" of the policy page, in its words."""
    consent = leave.agreed and LEFT_OUT not in audience
    return {
        TLP.RED: False,
        TLP.AMBER_STRICT: False,
        TLP.AMBER: consent and leave.released,
        TLP.GREEN: consent or (same_community and ALL in audience and LEFT_OUT not in audience),
        TLP.CLEAR: True,
    }[level]


def test_other_hub_gets_what_the_policy_page_says():
    cases = list(product(TLP, AUDIENCES, (True, False), LEAVES))
    wrong = [
        case
        for case in cases
        if goes_by_the_policy(*case)
        is not (reason_to_stay(case[0], case[1], same_community=case[2], leave=case[3]) == "")
    ]
    assert wrong == []
    assert {goes_by_the_policy(*case) for case in cases} == {True, False}
