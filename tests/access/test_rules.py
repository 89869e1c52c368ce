"""The rules against the policy page: its own vectors, a plain oracle, and its invariants."""

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.actor import Actor
from noroshi.core.domain import rules
from noroshi.core.domain.audience import AuthorMode, Entry, EntryKind, Item, State
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.conditions import holds
from noroshi.core.domain.membership import MembershipClass
from noroshi.core.domain.tlp import TLP, Profile

from . import oracle
from .sector import (
    GROUPS,
    NOW,
    PEOPLE,
    PERSON_IDS,
    all_actors,
    organisation_id,
    person_actor,
    person_entry,
    random_item,
)

CASES_PER_RUN = 40_000
ACTORS = all_actors()


def sees(actor: Actor, item: Item) -> bool:
    return rules.decide(rules.viewing(actor, NOW), item).allowed


@pytest.mark.parametrize("seed", range(8))
def test_decide_agrees_with_the_oracle_on_random_items(seed: int) -> None:
    random = Random(seed)
    items = [random_item(random) for _ in range(CASES_PER_RUN // 8 // 10)]
    disagreements = [
        (actor, item)
        for item in items
        for actor in random.sample(ACTORS, 10)
        if sees(actor, item) != oracle.sees(actor, item)
    ]
    assert disagreements == []


@given(st.randoms(use_true_random=False), st.sampled_from(ACTORS))
def test_the_folded_condition_is_the_walked_decision(random: Random, actor: Actor) -> None:
    item = random_item(random)
    walked = rules.viewing(actor, NOW)
    assert holds(rules.visible(walked), item) == rules.decide(walked, item).allowed


def refrozen(item: Item, tlp: TLP) -> Item:
    """Publish `item` anew at `tlp`: a RED one freezes the members its groups have now, others have no such list."""
    lines = frozenset(entry for entry in item.audience if entry.kind is not EntryKind.FROZEN)
    if tlp is TLP.RED:
        granted = {entry.target for entry in lines if entry.kind is EntryKind.GROUP}
        lines |= {
            person_entry(name, EntryKind.FROZEN)
            for name, (_, _, groups) in PEOPLE.items()
            if granted & {GROUPS[group] for group in groups}
        }
    return replace(item, tlp=tlp, audience=lines)


@given(st.randoms(use_true_random=False), st.sampled_from(ACTORS))
def test_narrowing_never_adds_a_viewer(random: Random, actor: Actor) -> None:
    item = random_item(random)
    base = refrozen(item, item.tlp)
    if sees(actor, base):
        return
    higher = [refrozen(item, tlp) for tlp in TLP if tlp > item.tlp]
    grants = [entry for entry in base.audience if not entry.kind.startswith("excluded")]
    fewer = [refrozen(replace(base, audience=base.audience - {entry}), base.tlp) for entry in grants]
    excluding = [
        replace(base, audience=base.audience | {person_entry(name, EntryKind.EXCLUDED_PERSON)}) for name in PEOPLE
    ]
    stricter = [replace(base, profile=Profile.F_ISAC_JP)] if base.profile is Profile.FIRST else []
    assert [other for other in (*higher, *fewer, *excluding, *stricter) if sees(actor, other)] == []


LOWER = [
    MembershipClass.REGULAR,
    MembershipClass.AFFILIATE,
    MembershipClass.TRIAL,
    MembershipClass.SUPPORTING,
    MembershipClass.VENDOR,
    MembershipClass.SUPERVISOR,
]


@given(st.randoms(use_true_random=False), st.sampled_from(ACTORS), st.integers(0, 4))
def test_lowering_the_class_never_adds_an_item(random: Random, actor: Actor, step: int) -> None:
    item = random_item(random)
    higher, lower = (replace(actor, membership=membership) for membership in LOWER[step : step + 2])
    assert not (sees(lower, item) and not sees(higher, item))


@given(st.randoms(use_true_random=False), st.sampled_from(sorted(PEOPLE)), st.sampled_from(Channel))
def test_a_channel_never_shows_more_than_the_web(random: Random, name: str, channel: Channel) -> None:
    item = random_item(random)
    assert not sees(person_actor(name, channel), item) or sees(person_actor(name), item)


@given(st.randoms(use_true_random=False), st.sampled_from(ACTORS))
def test_no_actor_sees_the_same_item_in_two_worlds(random: Random, actor: Actor) -> None:
    item = random_item(random)
    elsewhere = replace(actor, world="exercise:1" if actor.world == "real" else "real")
    assert not (sees(actor, item) and sees(elsewhere, item))


def test_withdrawn_leaves_a_tombstone_to_those_who_could_see() -> None:
    item = Item(
        organisation_id("bank_a"), PERSON_IDS["a1"], TLP.GREEN, audience=frozenset({Entry(EntryKind.COMMUNITY)})
    )
    gone = replace(item, state=State.WITHDRAWN)
    decision = rules.decide(rules.viewing(person_actor("b1"), NOW), gone)
    assert decision == rules.Decision(allowed=True, rule="grant", tombstone=True)
    assert not sees(person_actor("v1"), gone)


VECTORS = Path("policy/vectors.yaml")


def _vectors(shared: Path) -> list[dict[str, Any]]:
    return yaml.safe_load((shared / VECTORS).read_text(encoding="utf-8"))["vectors"]


def _item_of(vector: dict[str, Any]) -> tuple[Item, dict[str, set[str]]]:
    """Return the item, and who belongs to each group after what happened since publication."""
    said = vector["item"]
    at_publication = {group: {n for n, (_, _, theirs) in PEOPLE.items() if group in theirs} for group in GROUPS}
    lines: set[Entry] = set()
    for grant in said.get("grants", []) + [f"excluded_{line}" for line in said.get("exclusions", [])]:
        kind, _, name = grant.partition(":")
        if kind in ("person", "excluded_person"):
            lines.add(person_entry(name, EntryKind(kind)))
        elif kind == "group":
            lines.add(Entry(EntryKind.GROUP, GROUPS[name]))
            if said["tlp"] == "RED":
                lines |= {person_entry(member, EntryKind.FROZEN) for member in at_publication[name]}
        else:
            lines.add(Entry(EntryKind(kind), organisation_id(name) if name else None))
    members = {
        group: names | set(said.get("joined_later", {}).get(group, [])) - set(said.get("left", {}).get(group, []))
        for group, names in at_publication.items()
    }
    members = {group: names - set(said.get("left", {}).get(group, [])) for group, names in members.items()}
    item = Item(
        owner=organisation_id(said["owner"]),
        author=PERSON_IDS[said["author"]],
        tlp=TLP(said["tlp"]),
        profile=Profile(said["profile"]),
        audience=frozenset(lines),
        state=State(said["state"]),
        author_mode=AuthorMode(said["author_mode"]),
        embargo_until=NOW.replace(day=NOW.day + 2) if said.get("embargo_until") else None,
        world=said["world"],
    )
    return item, members


def _actor_of(name: str, channel: Channel, members: dict[str, set[str]]) -> Actor:
    if name == "anonymous_visitor":
        return Actor.visitor(channel)
    home = PEOPLE[name][0]
    return person_actor(
        name,
        channel,
        groups=frozenset(GROUPS[group] for group, names in members.items() if name in names),
        organisation_groups=frozenset(
            GROUPS[group] for group, names in members.items() if any(PEOPLE[n][0] == home for n in names)
        ),
    )


def test_the_vectors_of_the_policy_page_hold(shared_data: Path) -> None:
    vectors = _vectors(shared_data)
    wrong = []
    for vector in vectors:
        item, members = _item_of(vector)
        for expected, names in ((True, vector["visible_to"]), (False, vector["not_visible_to"])):
            for name in names:
                actor = _actor_of(name, Channel(vector["channel"]), members)
                decision = rules.decide(rules.viewing(actor, NOW), item)
                if decision.allowed is not expected:
                    wrong.append((vector["name"], name, decision))
                if not expected and "rule" in vector and decision.rule not in (vector["rule"], "wall", "default-deny"):
                    wrong.append((vector["name"], name, decision))
    assert wrong == []
    assert len(vectors) == 38
