"""Whole numbers by the hundred thousand, each in eight bytes: a set of Python's takes ten times as much."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from typing import Final

RUN: Final = 65_536


class Numbers:
    """A set of numbers of 64 bits that only grows: some as a set, and as soon as they are many, in their order."""

    def __init__(self) -> None:
        self._runs: list[array[int]] = []
        self._fresh: set[int] = set()

    def __contains__(self, number: int) -> bool:
        return number in self._fresh or any(_place(run, number) is not None for run in self._runs)

    def add(self, number: int) -> None:
        """Take a number in."""
        self._fresh.add(number)
        if len(self._fresh) >= RUN:
            self._runs.append(array("q", sorted(self._fresh)))
            self._fresh = set()


class Pairs:
    """Numbers of 64 bits that are looked up by others; given in the order of these."""

    def __init__(self, pairs: Iterable[tuple[int, int]] = ()) -> None:
        self._keys, self._values = array("q"), array("q")
        for key, value in pairs:
            self._keys.append(key)
            self._values.append(value)

    def get(self, key: int) -> int | None:
        """Return the number that goes with `key`; None where there is none."""
        place = _place(self._keys, key)
        return None if place is None else self._values[place]


def _place(run: "array[int]", number: int) -> int | None:
    place = bisect_left(run, number)
    return place if place < len(run) and run[place] == number else None
