"""What an author hands over: the words, and for whom they are."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from noroshi.core.domain.audience import EXCLUSIONS, GRANTS, AuthorMode, Entry, EntryKind, Item, State
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.intel.domain.grading import Grading
from noroshi.sharing.domain.handling import Handling
from noroshi.sharing.domain.outline import Form, Outline

MAX_TITLE: Final = 200
MAX_BODY: Final = 50_000
MAX_COMMENT: Final = 10_000
MAX_REASON: Final = 400
MAX_TAGS: Final = 20


@dataclass(frozen=True)
class Content:
    """The words of a signal: `kind` and `target` by their stored names, `body` in Markdown.

    A draft keeps the outline though its form is free, so that nothing is lost by looking at the other form; what the
    form does not show does not go out.
    """

    kind: str
    target: str
    title: str
    body: str = ""
    form: Form = Form.FREE
    outline: Outline = field(default_factory=Outline)
    plain_words: str = ""
    grading: Grading = field(default_factory=Grading)
    tags: frozenset[str] = frozenset()
    """The names of words of taxonomies (`intel.models.Tag`)."""


@dataclass(frozen=True)
class Downgrade:
    """A lower level that a signal takes by itself at its time."""

    at: datetime
    tlp: TLP


@dataclass(frozen=True)
class Marking:
    """How far the words may go: the level and its reading, the lines of the audience, the author's mode, the times.

    `handling` says what readers may do with the words; it changes nobody's seeing.
    """

    tlp: TLP
    profile: Profile = Profile.FIRST
    entries: frozenset[Entry] = field(default_factory=frozenset)
    author_mode: AuthorMode = AuthorMode.NAMED
    embargo_until: datetime | None = None
    expires_at: datetime | None = None
    downgrade: Downgrade | None = None
    handling: Handling = field(default_factory=Handling)

    @property
    def kinds(self) -> frozenset[EntryKind]:
        """The kinds of line in the audience."""
        return frozenset(entry.kind for entry in self.entries)

    @property
    def has_grant(self) -> bool:
        """Whether the audience names anybody at all, or needs nobody named (CLEAR is everyone's)."""
        return self.tlp is TLP.CLEAR or not self.kinds.isdisjoint(GRANTS)

    @property
    def is_of_an_author(self) -> bool:
        """Whether every line is one that authors write; the others come of publishing and relaying."""
        return self.kinds <= {*GRANTS, *EXCLUSIONS}

    def targets(self, kind: EntryKind) -> frozenset[UUID]:
        """Return whom the lines of `kind` name."""
        return frozenset(entry.target for entry in self.entries if entry.kind is kind and entry.target)

    def as_draft(self, owner: UUID, author: UUID, world: str) -> Item:
        """Return the unpublished item that something marked like this would be."""
        return Item(
            owner=owner,
            author=author,
            tlp=self.tlp,
            profile=self.profile,
            audience=self.entries,
            state=State.DRAFT,
            author_mode=self.author_mode,
            embargo_until=self.embargo_until,
            world=world,
        )
