"""What becomes of a marking and an audience at a border between installations. Never does anybody see more.

`POLICY`, channel rows of federation and invariant 7.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

from noroshi.core.domain.audience import EXCLUSIONS, Entry, EntryKind, Item
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


@dataclass(frozen=True)
class Leave:
    """What people have said of an item and one other hub: its author agreed, and a person looked these words over."""

    agreed: bool = False
    released: bool = False
    was_released: bool = False
    """Whether words of it were looked over that have changed since."""


def reason_to_stay(level: TLP, audience: Collection[Entry], *, same_community: bool, leave: Leave) -> str:
    """Return why an item does not go to another hub, a word of `wording.REASONS`; "" where it does.

    `POLICY`, channels, "federation hub -> other hub". Of itself goes what everybody may have, and within one community
    what is for all of it; never past an exclusion, which another hub could not heed.
    """
    if level > TLP.AMBER:
        return "too_narrow"
    if level is TLP.CLEAR or (level is TLP.GREEN and same_community and is_for_all(audience)):
        return ""
    if not leave.agreed or excludes(audience):
        return "consent"
    if level is TLP.GREEN or leave.released:
        return ""
    return "changed" if leave.was_released else "release"


def is_for_all(audience: Collection[Entry]) -> bool:
    """Whether an audience is the whole community, nobody left out."""
    return any(line.kind is EntryKind.COMMUNITY for line in audience) and not excludes(audience)


def excludes(audience: Collection[Entry]) -> bool:
    """Whether an audience leaves anybody out."""
    return any(line.kind in EXCLUSIONS for line in audience)
