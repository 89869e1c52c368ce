"""A signal as it goes from one installation to another: nothing of it is believed before these shapes have read it."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec

from noroshi.core.domain.audience import AuthorMode, Entry, EntryKind
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.intel.domain.grading import Credibility, Reliability
from noroshi.members.domain.houses import House
from noroshi.sharing.domain.content import MAX_COMMENT, MAX_TAGS
from noroshi.sharing.domain.handling import Caveat, Objective, Pap
from noroshi.sharing.domain.outline import Form
from noroshi.sharing.domain.plain_words import MAX_PLAIN

MOST_LINES = 2_000
MOST_VALUES = 5_000
CALLED: Final = "sharing.signal.called"
"""That a peer reads how a signal is graded and what it is tagged with."""
STANCES: Final = "sharing.answers.stance"
"""That a hub reads where a member's organisation stands."""
COMMENTS: Final = "sharing.comment"
"""That a peer reads comments at all."""

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Lines = Annotated[list["Line"], msgspec.Meta(max_length=MOST_LINES)]
Tags = Annotated[list[Annotated[str, msgspec.Meta(max_length=200)]], msgspec.Meta(max_length=MAX_TAGS)]
Values = Annotated[list["Value"], msgspec.Meta(max_length=MOST_VALUES)]


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of an audience."""

    kind: EntryKind
    target: UUID | None = None
    organisation: UUID | None = None

    @property
    def entry(self) -> Entry:
        """The line as the policy reads it."""
        return Entry(self.kind, self.target, self.organisation)


class Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An observable that the signal names."""

    type: str
    value: str
    reason: Annotated[str, msgspec.Meta(max_length=32)]
    objective: Objective
    benign: Annotated[list[str], msgspec.Meta(max_length=50)]


class Voice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who speaks, where that is said at all: never of what is anonymous.

    `house` and `person_id` go between a hub and its nodes, which know the same people; other hubs get names alone.
    """

    name_ja: Annotated[str, msgspec.Meta(max_length=200)]
    name_en: Annotated[str, msgspec.Meta(max_length=200)]
    person: Annotated[str, msgspec.Meta(max_length=120)] = ""
    person_id: UUID | None = None
    house: House | None = None


class Published(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="state", tag="published"
):
    """A signal that its receiver may have, as it is now. What has a default is not said where it is that."""

    kind: str
    target: str
    title: str
    body: str
    form: Form
    outline: dict[str, str]
    pap: Pap | None
    caveats: list[Caveat]
    tlp: TLP
    profile: Profile
    author_mode: AuthorMode
    voice: Voice | None
    audience: Lines
    values: Values
    version: Annotated[int, msgspec.Meta(ge=1)]
    reason: Annotated[str, msgspec.Meta(max_length=400)]
    """Why it was last changed."""
    published_at: Moment
    embargo_until: Moment | None
    expires_at: Moment | None
    files: Annotated[int, msgspec.Meta(ge=0)]
    """How many files it has where it comes from: they do not travel."""
    plain_words: Annotated[str, msgspec.Meta(max_length=2 * MAX_PLAIN)] = ""
    reliability: Reliability | None = None
    credibility: Credibility | None = None
    tags: Tags = []
    """Names of words of taxonomies. What is called so is said only to peers that read it (`CALLED`)."""


class Withdrawn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="state", tag="withdrawn"):
    """A signal that was taken back."""

    reason: Annotated[str, msgspec.Meta(max_length=400)]


class Recalled(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="state", tag="recalled"):
    """A signal that its receiver had and may not have any more."""


class Seen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That the sender's organisation has seen what a signal is about: counts and times, no line of a log."""

    source: str
    count: Annotated[int, msgspec.Meta(ge=1, le=2**62)]
    first_seen: Moment | None
    last_seen: Moment | None
    named: bool


class Stand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the sender's organisation stands, and who of it said so."""

    kind: Annotated[str, msgspec.Meta(max_length=12)]
    named: bool
    person: UUID


class Answers(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a member's people and logs answer to a signal, whole each time."""

    seen: Annotated[list[Seen], msgspec.Meta(max_length=10)]
    acknowledged: Annotated[list[UUID], msgspec.Meta(max_length=2_000)]
    """People who took note of it."""
    stance: Stand | None = None
    """Said only to a hub that reads it (`STANCES`)."""


class Remark(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="state", tag="said"):
    """A comment on a signal, and who speaks; of an anonymous one nobody, and the hour alone."""

    signal: UUID
    body: Annotated[str, msgspec.Meta(max_length=2 * MAX_COMMENT)]
    author_mode: AuthorMode
    voice: Voice | None
    at: Moment
    files: Annotated[int, msgspec.Meta(ge=0, le=10_000)]


class Ended(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="state", tag="ended"):
    """A comment that its receiver had and may not have any more."""


RemarkSaid = Remark | Ended
"""What may be told of a comment to another installation."""

Said = Published | Withdrawn | Recalled
