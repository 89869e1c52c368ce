"""By which of the author's choices an item reaches somebody: the "why" beside each reader's name."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from noroshi.core.actor import Actor
from noroshi.core.domain import rules
from noroshi.core.domain.audience import Entry, EntryKind, Item
from noroshi.core.domain.tlp import TLP


class Way(StrEnum):
    """A way to a reader."""

    AUTHOR = "author"
    RELEASE = "release"
    OWNER = "owner"
    PUBLIC = "public"
    PERSON = "person"
    GROUP = "group"
    ORGANISATION = "organisation"
    COLLEAGUE = "colleague"
    COMMUNITY = "community"
    RELAY = "relay"


_WAYS: Final = {
    EntryKind.PERSON: Way.PERSON,
    EntryKind.FROZEN: Way.GROUP,
    EntryKind.GROUP: Way.GROUP,
    EntryKind.ORGANISATION: Way.ORGANISATION,
    EntryKind.COMMUNITY: Way.COMMUNITY,
    EntryKind.RELAY: Way.RELAY,
}
"""From the narrowest line of an audience to the widest: the narrowest that would do alone is the one named."""


def way_to(actor: Actor, item: Item, now: datetime) -> Way | None:
    """Return by which way `actor` sees `item`; None if it does not. The rules decide; this only asks them."""
    walk = rules.viewing(actor, now)
    decision = rules.decide(walk, item)
    if not decision.allowed:
        return None
    if decision.rule != "grant":
        return Way(decision.rule)
    if item.tlp is TLP.CLEAR:
        return Way.PUBLIC
    for entry in _concerning(actor, item.audience):
        if rules.decide(walk, replace(item, audience=frozenset({entry}))).allowed:
            return _WAYS[entry.kind] if _is_direct(actor, entry) else Way.COLLEAGUE
    raise AssertionError("an item that is granted is granted by some line of its audience")


def _concerning(actor: Actor, audience: Iterable[Entry]) -> list[Entry]:
    """The grants that name the actor, its organisation or its groups, the narrowest first."""
    known = {actor.person, actor.organisation, *actor.groups, *actor.organisation_groups} - {None}
    lines = [line for line in audience if line.kind in _WAYS and {line.target, line.organisation} & known]
    everybody = [line for line in audience if line.kind is EntryKind.COMMUNITY]
    order = list(_WAYS)
    return sorted((*lines, *everybody), key=lambda line: (not _is_direct(actor, line), order.index(line.kind)))


def _is_direct(actor: Actor, entry: Entry) -> bool:
    """Whether the line means the actor, not a colleague."""
    return entry.target in {None, actor.person, actor.organisation, *actor.groups}
