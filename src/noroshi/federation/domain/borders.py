"""What becomes of a marking and an audience at a border between installations. Never does anybody see more.

`POLICY`, channel rows of federation and invariant 7.
"""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from noroshi.core.domain.audience import Entry, EntryKind, Item
from noroshi.core.domain.tlp import TLP, Profile, read_as

PEOPLE = (EntryKind.PERSON, EntryKind.FROZEN, EntryKind.EXCLUDED_PERSON)
HOUSES = (EntryKind.ORGANISATION, EntryKind.RELAY)


def translated(tlp: TLP, profile: Profile, to: Profile) -> tuple[TLP, Profile]:
    """Return a marking as a community with the reading `to` writes it."""
    return read_as(tlp, profile, to), to


def translated_item(item: Item, to: Profile) -> Item:
    """Return an item under another reading; grants that its new level does not know open nothing.

    Nobody was written down as a reader of RED when it was none: such lines would open it now.
    """
    tlp, profile = translated(item.tlp, item.profile, to)
    same = item.audience if tlp is item.tlp else frozenset(e for e in item.audience if e.kind is not EntryKind.FROZEN)
    return replace(item, tlp=tlp, profile=profile, audience=same)


def lines_for(audience: Collection[Entry], organisation: UUID, groups: Collection[UUID]) -> frozenset[Entry]:
    """Return those lines of an audience that decide about people of one organisation, which has people in `groups`.

    Who else was granted, and which other organisation is left out, its node need not know and is not told.
    """
    return frozenset(line for line in audience if _concerns(line, organisation, groups))


def _concerns(line: Entry, organisation: UUID, groups: Collection[UUID]) -> bool:
    if line.kind is EntryKind.COMMUNITY:
        return True
    if line.kind is EntryKind.GROUP:
        return line.target in groups
    return line.organisation == organisation if line.kind in PEOPLE else line.target == organisation


def known_lines(
    audience: Collection[Entry],
    *,
    people: Collection[UUID],
    organisations: Collection[UUID],
    groups: Collection[UUID],
) -> frozenset[Entry]:
    """Return the lines whose targets are known here.

    What is dropped of grants narrows; an exclusion of somebody unknown excludes nobody who is here.
    """

    def known(line: Entry) -> bool:
        if line.kind is EntryKind.GROUP:
            return line.target in groups
        return line.target in (people if line.kind in PEOPLE else organisations)

    return frozenset(line for line in audience if line.kind is EntryKind.COMMUNITY or known(line))
