"""Which signals are about the same thing: by the values they share, then by their words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

LEAST_ALIKE: Final = 0.2
"""Two reports of one campaign by different hands share a fifth of their bigrams; unrelated ones a twentieth."""

Key = TypeVar("Key")


@dataclass(frozen=True)
class Likeness(Generic[Key]):
    """How much one signal is like the one at hand."""

    key: Key
    values: int
    words: float

    @property
    def counts(self) -> bool:
        """Whether it is worth showing."""
        return self.values > 0 or self.words >= LEAST_ALIKE

    @property
    def percent(self) -> int:
        """Likeness of the words, for people."""
        return round(100 * self.words)


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of what both have in what either has; nothing is like nothing."""
    both = len(one & other)
    return both / (len(one) + len(other) - both) if both else 0.0


def ranked(likenesses: Iterable[Likeness[Key]], most: int) -> list[Likeness[Key]]:
    """Return those that count, most shared values first, then the most alike; ties keep their order."""
    worth = (likeness for likeness in likenesses if likeness.counts)
    return sorted(worth, key=lambda each: (-each.values, -each.words))[:most]
