"""The fixed form beside the free one: five questions, kept apart, so that answers can be compared and searched.

It follows the form with which the financial ISAC of Japan gets people to post: where an attack came from, how, what
for, what was done and what came of it. It asks for nobody's name.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Final, Self

MAX_ANSWER: Final = 4_000


class Form(StrEnum):
    """How a signal is written: as free text, or by the five questions with free text after them."""

    FREE = "free"
    OUTLINE = "outline"


@dataclass(frozen=True)
class Outline:
    """The answers to the five questions; any may be empty."""

    source: str = ""
    technique: str = ""
    purpose: str = ""
    measure: str = ""
    outcome: str = ""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The questions, in their order."""
        return tuple(field.name for field in fields(cls))

    @classmethod
    def of(cls, stored: Mapping[str, str]) -> Self:
        """Return the outline that a row has; what a row does not know is empty."""
        return cls(**{name: str(stored.get(name, "")) for name in cls.names()})

    @property
    def stored(self) -> dict[str, str]:
        """What a row keeps: the questions that were answered."""
        return {name: text for name, text in asdict(self).items() if text}

    @property
    def is_empty(self) -> bool:
        """Whether no question was answered."""
        return not self.stored

    @property
    def text(self) -> str:
        """The answers, one under the other: what is searched, scanned and looked through for values."""
        return "\n".join(self.stored.values())
