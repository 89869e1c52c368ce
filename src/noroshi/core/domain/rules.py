"""Who may see what: the nine rules of the policy, in their order; the first that answers wins.

`POLICY`, "Order of the rules" and the table of levels. Each rule is a condition over the item, built for one actor
and one moment, and an answer. `decide` walks them on one item; `visible` folds the same list into the one condition
under which an item is seen, which `core.policy` turns into a query. There is no second place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from uuid import UUID

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, EntryKind, Item, State
from noroshi.core.domain.channels import Channel, carried_by
from noroshi.core.domain.conditions import (
    NEVER,
    Condition,
    Later,
    Open,
    any_of,
    fact,
    holds,
    listed,
    when,
)
from noroshi.core.domain.tlp import TLP, Profile

DEFAULT_DENY = "default-deny"


@dataclass(frozen=True)
class Rule:
    """One rule: where `condition` holds, the answer is `allows`."""

    name: str
    allows: bool
    condition: Condition


@dataclass(frozen=True)
class Decision:
    """The answer, the rule that gave it, and whether only a tombstone is left to see."""

    allowed: bool
    rule: str
    tombstone: bool = False


@dataclass(frozen=True)
class Step:
    """One rule on the way to a decision: whether it held; None if an earlier one had answered already."""

    rule: str
    allows: bool
    held: bool | None

    @property
    def decides(self) -> bool:
        """Whether this is the rule that answered."""
        return self.held is True


def viewing(actor: Actor, now: datetime, *, walled: bool = True, confined: bool = False) -> Sequence[Rule]:
    """Return the rules for viewing, in their order.

    `walled` items are closed to supervisors altogether. `confined` ones are parts of the group that they were given
    to, and no part is wider than its whole: who is not in the group now, the author too, is not asked any further.
    """
    circle = Rule("circle", allows=False, condition=~listed(EntryKind.GROUP, actor.groups))
    return (
        Rule("world", allows=False, condition=~fact("world", actor.world)),
        Rule("channel", allows=False, condition=~fact("tlp", *carried_by(actor.channel))),
        Rule("wall", allows=False, condition=when(walled and actor.is_supervisor)),
        Rule("standing", allows=False, condition=when(not actor.is_active)),
        *([circle] if confined else []),
        Rule("author", allows=True, condition=_is_author(actor)),
        Rule("release", allows=True, condition=fact("state", State.HELD) & when(actor.is_hub_operator)),
        Rule("state", allows=False, condition=fact("state", State.DRAFT, State.HELD)),
        Rule("exclusion", allows=False, condition=_is_excluded(actor)),
        Rule("embargo", allows=False, condition=Later("embargo_until", now) & ~_is_named(actor)),
        Rule("owner", allows=True, condition=_is_of_owner(actor)),
        Rule("grant", allows=True, condition=_is_granted(actor)),
    )


def viewing_own(actor: Actor, holder: str) -> Sequence[Rule]:
    """Return the rules for what belongs to one `holder`, an organisation or a person, and is shared with nobody.

    What an organisation holds (hits in its logs, its sightings) is for its people with a need to know.
    """
    own = {
        "organisation": when(actor.needs_to_know) & fact("organisation", actor.organisation),
        "person": fact("person", actor.person),
    }[holder]
    return (
        Rule("world", allows=False, condition=~fact("world", actor.world)),
        Rule("wall", allows=False, condition=when(actor.is_supervisor)),
        Rule("standing", allows=False, condition=when(not actor.is_active)),
        Rule("owner", allows=True, condition=own),
    )


def viewing_asked(actor: Actor) -> Sequence[Rule]:
    """Return the rules for what an organisation asks the hub: its own, and the hub's operators answer it."""
    return (*viewing_own(actor, "organisation"), Rule("desk", allows=True, condition=when(actor.is_hub_operator)))


def decide(rules: Sequence[Rule], item: Item) -> Decision:
    """Return the first rule's answer on `item`; no where none answers."""
    for rule in rules:
        if holds(rule.condition, item):
            gone = rule.allows and item.state is State.WITHDRAWN
            return Decision(rule.allows, rule.name, tombstone=gone)
    return Decision(allowed=False, rule=DEFAULT_DENY)


def explain(rules: Sequence[Rule], item: Item) -> list[Step]:
    """Return the way that `decide` goes; what lies behind the answer is not asked, so it tells nothing."""
    steps: list[Step] = []
    for rule in rules:
        answered = any(step.decides for step in steps)
        steps.append(Step(rule.name, rule.allows, None if answered else holds(rule.condition, item)))
    return steps


def visible(rules: Sequence[Rule]) -> Condition:
    """Return the condition under which `decide` allows: the same rules, folded from the last to the first."""

    def prepend(rest: Condition, rule: Rule) -> Condition:
        return rule.condition | rest if rule.allows else ~rule.condition & rest

    return reduce(prepend, reversed(rules), NEVER)


def _is_author(actor: Actor) -> Condition:
    return fact("author", actor.person) & ~fact("author_mode", AuthorMode.UNLINKABLE)


def _is_excluded(actor: Actor) -> Condition:
    return any_of(
        listed(EntryKind.EXCLUDED_ORGANISATION, {actor.organisation}),
        listed(EntryKind.EXCLUDED_PERSON, {actor.person}),
    )


def _people(actor: Actor, kind: EntryKind) -> Condition:
    """The lines of `kind` that mean this actor: by person; for a node's own machine, any of its people."""
    if actor.channel is Channel.FEDERATION and actor.is_machine:
        return listed(kind, {actor.organisation}, column="organisation")
    return listed(kind, {actor.person})


def _is_named(actor: Actor) -> Condition:
    return _people(actor, EntryKind.PERSON)


def _is_of_owner(actor: Actor) -> Condition:
    """Colleagues of a named author see AMBER and below, and AMBER+STRICT where the standard's reading holds."""
    open_to_colleagues = fact("tlp", TLP.CLEAR, TLP.GREEN, TLP.AMBER) | (
        fact("tlp", TLP.AMBER_STRICT) & fact("profile", Profile.FIRST)
    )
    return (
        when(actor.needs_to_know)
        & fact("owner", actor.organisation)
        & fact("author_mode", AuthorMode.NAMED)
        & open_to_colleagues
    )


def _is_granted(actor: Actor) -> Condition:
    return any_of(_clear(), _green(actor), _amber(actor), _amber_strict(actor), _red(actor))


def _clear() -> Condition:
    return fact("tlp", TLP.CLEAR)


def _green(actor: Actor) -> Condition:
    """Every person of the organisations the grants reach."""
    return fact("tlp", TLP.GREEN) & any_of(
        Open(EntryKind.COMMUNITY) & _community_reaches(actor, TLP.GREEN),
        _named_organisation(actor, TLP.GREEN),
        _named_directly(actor, TLP.GREEN),
        listed(EntryKind.RELAY, {actor.organisation}),
    )


def _amber(actor: Actor) -> Condition:
    """People with a need to know in the organisations the grants reach, and whoever was named."""
    by_organisation = any_of(
        Open(EntryKind.COMMUNITY) & _community_reaches(actor, TLP.AMBER),
        _named_organisation(actor, TLP.AMBER),
        listed(EntryKind.RELAY, {actor.organisation}),
    )
    return fact("tlp", TLP.AMBER) & (when(actor.needs_to_know) & by_organisation | _named_directly(actor, TLP.AMBER))


def _amber_strict(actor: Actor) -> Condition:
    """`first`: as AMBER without the community. `f-isac-jp`: the named people and the groups' members alone."""
    colleagues = (
        fact("profile", Profile.FIRST) & when(actor.needs_to_know) & _named_organisation(actor, TLP.AMBER_STRICT)
    )
    return fact("tlp", TLP.AMBER_STRICT) & (colleagues | _named_directly(actor, TLP.AMBER_STRICT))


def _red(actor: Actor) -> Condition:
    """The people named, and those a granted group had at the moment of publication."""
    frozen = _people(actor, EntryKind.FROZEN)
    return fact("tlp", TLP.RED) & (
        _reaches(actor.ceiling.by_name, TLP.RED) & _is_named(actor) | _reaches(actor.ceiling.by_group, TLP.RED) & frozen
    )


def _reaches(ceiling: TLP | None, level: TLP) -> Condition:
    return when(level in TLP.up_to(ceiling))


def _community_reaches(actor: Actor, level: TLP) -> Condition:
    return _reaches(actor.ceiling.community, level)


def _named_organisation(actor: Actor, level: TLP) -> Condition:
    """The organisation is granted, a person of it is, or somebody of it belongs to a granted group."""
    by_name = any_of(
        listed(EntryKind.ORGANISATION, {actor.organisation}),
        listed(EntryKind.PERSON, {actor.organisation}, column="organisation"),
    )
    by_group = listed(EntryKind.GROUP, actor.organisation_groups)
    return _reaches(actor.ceiling.by_name, level) & by_name | _reaches(actor.ceiling.by_group, level) & by_group


def _named_directly(actor: Actor, level: TLP) -> Condition:
    """The person is granted, or belongs to a granted group now. Whoever is named needs no role besides."""
    groups = _groups_of(actor)
    return _reaches(actor.ceiling.by_name, level) & _is_named(actor) | _reaches(actor.ceiling.by_group, level) & listed(
        EntryKind.GROUP, groups
    )


def _groups_of(actor: Actor) -> frozenset[UUID]:
    node = actor.channel is Channel.FEDERATION and actor.is_machine
    return actor.organisation_groups if node else actor.groups
