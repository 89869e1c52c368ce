"""Many things, a thousand at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, TypeVar

T = TypeVar("T")

BATCH: Final = 1_000
"""Rows written, or asked for, by one statement."""


def in_batches(things: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """Yield `things` in lists of `size`; the last may be shorter, none is empty."""
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch
