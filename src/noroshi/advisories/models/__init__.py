"""Models of the advisories room."""

from noroshi.advisories.models.bulletins import Bulletin, Category, Numbering, Template
from noroshi.advisories.models.sources import (
    REASONS,
    DeadLetter,
    Fetch,
    Item,
    LetterState,
    Origin,
    Outcome,
    Revision,
    Source,
    SourceState,
)

__all__ = [
    "REASONS",
    "Bulletin",
    "Category",
    "DeadLetter",
    "Fetch",
    "Item",
    "LetterState",
    "Numbering",
    "Origin",
    "Outcome",
    "Revision",
    "Source",
    "SourceState",
    "Template",
]
