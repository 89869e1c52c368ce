"""What an author hands over: the words, and for whom they are."""

from dataclasses import dataclass, field
from datetime import datetime

from noroshi.core.domain.audience import AuthorMode, Entry, EntryKind
from noroshi.core.domain.tlp import TLP, Profile

MAX_TITLE = 200
MAX_BODY = 100_000


@dataclass(frozen=True)
class Content:
    """The words of a signal: `kind` and `target` by their stored names, `body` in Markdown."""

    kind: str
    target: str
    title: str
    body: str = ""


@dataclass(frozen=True)
class Marking:
    """How far the words may go: the level and its reading, the lines of the audience, the author's mode, the times."""

    tlp: TLP
    profile: Profile = Profile.FIRST
    entries: frozenset[Entry] = field(default_factory=frozenset)
    author_mode: AuthorMode = AuthorMode.NAMED
    embargo_until: datetime | None = None
    expires_at: datetime | None = None

    @property
    def kinds(self) -> frozenset[EntryKind]:
        """The kinds of line in the audience."""
        return frozenset(entry.kind for entry in self.entries)

    @property
    def has_grant(self) -> bool:
        """Whether the audience names anybody at all, or needs nobody named (CLEAR is everyone's)."""
        named = {EntryKind.COMMUNITY, EntryKind.ORGANISATION, EntryKind.GROUP, EntryKind.PERSON}
        return self.tlp is TLP.CLEAR or not named.isdisjoint(self.kinds)
