"""What a bulletin says in two languages, how it is numbered, what is checked before it goes, and where it stands."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Self
from uuid import UUID

from noroshi.core.domain.audience import State

MAX_TITLE: Final = 200
MAX_TEXT: Final = 50_000
MAX_LINES: Final = 30
"""Lines of a checklist, and links of a bulletin."""


class Language(StrEnum):
    """A language in which bulletins are written."""

    JA = "ja"
    EN = "en"


@dataclass(frozen=True)
class Words:
    """What a bulletin says: Japanese, and English where it was written too. Texts are Markdown."""

    title_ja: str
    body_ja: str
    title_en: str = ""
    body_en: str = ""

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages that it is written in."""
        return (Language.JA, Language.EN) if self.title_en else (Language.JA,)

    @property
    def is_half_translated(self) -> bool:
        """Whether one of the English title and text is there and the other is not."""
        return bool(self.title_en) is not bool(self.body_en)

    def title(self, language: str) -> str:
        """Return the title for a reader of `language`: in the other one where there is none in it."""
        return self.title_en or self.title_ja if language == Language.EN else self.title_ja

    def body(self, language: str) -> str:
        """Return the text for a reader of `language`, as `title`."""
        return self.body_en or self.body_ja if language == Language.EN else self.body_ja


@dataclass(frozen=True)
class Check:
    """A line of a checklist, and who has said that it holds."""

    ja: str
    en: str
    by: str = ""
    """The person's id; empty while nobody has."""

    def text(self, language: str) -> str:
        """Return the line for a reader of `language`."""
        return self.en or self.ja if language == Language.EN else self.ja


@dataclass(frozen=True)
class Checklist:
    """What has to hold before a bulletin goes."""

    lines: tuple[Check, ...] = ()

    @classmethod
    def of(cls, stored: Sequence[Mapping[str, str]]) -> Self:
        """Return what `stored` was written from."""
        return cls(tuple(Check(**line) for line in stored))

    @property
    def stored(self) -> list[dict[str, str]]:
        """Return it as JSON."""
        return [asdict(line) for line in self.lines]

    @property
    def open(self) -> tuple[Check, ...]:
        """The lines that nobody has ticked."""
        return tuple(line for line in self.lines if not line.by)

    def ticked(self, places: frozenset[int], by: UUID) -> Self:
        """Return the list with the lines at `places` ticked and no other; who ticked a line first stays named."""
        return type(self)(
            tuple(
                Check(line.ja, line.en, (line.by or str(by)) if place in places else "")
                for place, line in enumerate(self.lines)
            )
        )


class Stage(StrEnum):
    """Where a bulletin stands."""

    DRAFT = "draft"
    REVIEW = "review"
    APPROVED = "approved"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


def stage_of(state: State, *, approved: bool, superseded: bool) -> Stage:
    """Return the stage that follows from what is stored."""
    match state:
        case State.DRAFT:
            return Stage.DRAFT
        case State.HELD:
            return Stage.APPROVED if approved else Stage.REVIEW
        case State.WITHDRAWN:
            return Stage.WITHDRAWN
    return Stage.SUPERSEDED if superseded else Stage.PUBLISHED


def reference(series: str, year: int, number: int, version: int) -> str:
    """Return how a bulletin is cited: ``ALERT-2026-0007``, and from its second version on ``ALERT-2026-0007 v2``."""
    name = f"{series}-{year}-{number:04d}"
    return name if version == 1 else f"{name} v{version}"


def frozen(words: Words, html: Mapping[str, str], *, reference: str, tlp: str, published: datetime) -> dict[str, Any]:
    """Return what stays of a bulletin as it went out, with the digest (SHA-256) by which anybody can compare."""
    said = {
        "reference": reference,
        "tlp": tlp,
        "published": published.isoformat(timespec="seconds"),
        "words": asdict(words),
        "html": dict(html),
    }
    return {**said, "sha256": digest(said)}


def digest(said: Mapping[str, Any]) -> str:
    """Return SHA-256, hexadecimal, of what was frozen: JSON, sorted keys, no spaces, without its own digest."""
    plain = {name: value for name, value in said.items() if name != "sha256"}
    written = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()
