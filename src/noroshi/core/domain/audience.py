"""Items and their audience as the policy sees them: plain values, no database."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from noroshi.core.domain.tlp import TLP, Profile
from noroshi.core.domain.worlds import REAL


class State(StrEnum):
    """Where an item stands in its life."""

    DRAFT = "draft"
    HELD = "held"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class AuthorMode(StrEnum):
    """How much the author shows: the name, nothing to members, or nothing even to the hub."""

    NAMED = "named"
    ANONYMOUS = "anonymous"
    UNLINKABLE = "unlinkable"


class EntryKind(StrEnum):
    """One line of an audience: a grant, what became of a grant, or an exclusion."""

    COMMUNITY = "community"
    ORGANISATION = "organisation"
    GROUP = "group"
    PERSON = "person"
    FROZEN = "frozen"  # a person of a granted group at the moment a RED item was published
    RELAY = "relay"  # an organisation to which a recipient relayed an AMBER item by a recorded act
    EXCLUDED_ORGANISATION = "excluded_organisation"
    EXCLUDED_PERSON = "excluded_person"


GRANTS = (EntryKind.COMMUNITY, EntryKind.ORGANISATION, EntryKind.GROUP, EntryKind.PERSON)
EXCLUSIONS = (EntryKind.EXCLUDED_ORGANISATION, EntryKind.EXCLUDED_PERSON)


@dataclass(frozen=True, order=True)
class Entry:
    """One line of an audience. `organisation` is the home of a person entry at the time of granting."""

    kind: EntryKind
    target: UUID | None = None
    organisation: UUID | None = None


@dataclass(frozen=True)
class Item:
    """What the policy reads of a shareable object."""

    owner: UUID
    author: UUID | None
    tlp: TLP
    profile: Profile = Profile.FIRST
    audience: frozenset[Entry] = field(default_factory=frozenset)
    state: State = State.PUBLISHED
    author_mode: AuthorMode = AuthorMode.NAMED
    embargo_until: datetime | None = None
    world: str = REAL

    def without_hidden_author(self) -> Self:
        """Return the item as if nobody had written it where its author is anonymous.

        Whatever others are shown is computed from this: a list of readers, or of organisations searched, in which
        the author stands by that right alone would name the author.
        """
        return self if self.author_mode is AuthorMode.NAMED else replace(self, author=None)


def refusals(tlp: TLP, profile: Profile, kinds: frozenset[EntryKind]) -> frozenset[EntryKind]:
    """Return the kinds of grant that an item of this level refuses when it is composed."""
    refused: dict[tuple[TLP, Profile], set[EntryKind]] = {
        (TLP.RED, Profile.FIRST): {EntryKind.COMMUNITY, EntryKind.ORGANISATION},
        (TLP.RED, Profile.F_ISAC_JP): {EntryKind.COMMUNITY, EntryKind.ORGANISATION},
        (TLP.AMBER_STRICT, Profile.FIRST): {EntryKind.COMMUNITY},
        (TLP.AMBER_STRICT, Profile.F_ISAC_JP): {EntryKind.COMMUNITY, EntryKind.ORGANISATION},
    }
    return kinds & frozenset(refused.get((tlp, profile), set()))
