"""The look-up of a few values: their rows in the index are read by their numbers, and added up here.

It makes no tables and asks twice, for the keys that are there and for their rows: a statement takes as long as reading
the rows of a value does. Networks, and many values, are for `lookup`, which gives the same answer.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import duckdb

from noroshi.hunting.engine.conditions import one_of
from noroshi.hunting.engine.index import STORED, stored_rows_of, told
from noroshi.hunting.engine.index_files import Mark
from noroshi.hunting.engine.index_parts import IndexPart
from noroshi.hunting.engine.lookup import Days, days_of, reaching, told_by
from noroshi.hunting.engine.needles import Keys
from noroshi.hunting.engine.observables import BITS
from noroshi.hunting.engine.plan import Question
from noroshi.hunting.engine.scan import Total

FEW: Final = 100
"""Keys up to which rows are read by number here; with more, their rows may be many."""


def suits(keys: Keys) -> bool:
    """Tell whether needles are few and none of them is a network."""
    exact = (key.kind not in BITS or key.prefix == BITS[key.kind] for key in keys.keys)
    return keys.file is None and len(keys.keys) <= FEW and all(exact)


class FewLookup:
    """Finds few needles in parts of the index, as far as a question reaches: as `Lookup`."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        root: Path,
        parts: Sequence[IndexPart],
        question: Question,
        keys: Keys,
    ) -> None:
        self._duckdb = connection
        self._root = root
        self._parts = parts
        self._question = question
        self._asked: dict[tuple[int, int, int], list[tuple[int, bool]]] = defaultdict(list)
        for needle, *_key, kind, key, key2, deep in keys.rows():
            self._asked[kind, key, key2].append((needle, deep))
        self._found = self._by_epoch()

    def totals(self) -> list[Total]:
        """Return what the index could count."""
        return told_by(self._found)[0]

    def cuts(self) -> list[Days]:
        """Return what the events themselves must be asked for."""
        return told_by(self._found)[1]

    def days(self, organisation: str, needles: Sequence[int]) -> list[Days]:
        """Return on which days of its epochs an organisation can have seen needles."""
        return [days_of(row) for row in self._found if row[1] == organisation and row[0] in needles]

    def _by_epoch(self) -> list[tuple[Any, ...]]:
        """Return what each organisation has seen of each needle in each epoch (see `told_by`)."""
        there = set(self._read("DISTINCT type, key", {(kind, key) for kind, key, _key2 in self._asked}))
        found: dict[tuple[int, str, int], tuple[Any, ...]] = {}
        for place, *counted in self._rows(there & {mark[:2] for mark in self._asked}):
            before = found.get(place)
            found[place] = _together(before, counted) if before else tuple(counted)
        return [(*place, *found[place]) for place in sorted(found)]

    def _rows(self, marks: set[Mark]) -> Iterator[tuple[Any, ...]]:
        """Yield (place, days, n, first, last, cut) of each row that counts a needle."""
        for kind, key, key2, organisation, epoch, *stored in self._read(STORED, marks):
            days, n, first, last = told(epoch, *stored)
            for needle, deep in self._asked.get((kind, key, key2), ()):
                cut = deep or not self._question.holds(first, last)
                yield (needle, organisation, epoch), days, n, first, last, cut

    def _read(self, columns: str, marks: set[Mark]) -> list[Any]:
        """Return columns of the rows that have some types and keys; a few of other types can have the same number."""
        if not marks:
            return []
        conditions = [one_of("key", sorted({key for _, key in marks})), *reaching(self._question)]
        rows = stored_rows_of(self._root, self._parts, columns, conditions, [(mark, mark) for mark in sorted(marks)])
        return self._duckdb.execute(rows).fetchall()


def _together(one: Sequence[Any], other: Sequence[Any]) -> tuple[Any, ...]:
    """Return what two parts of the index count of one place."""
    days, n, first, last, cut = zip(one, other, strict=True)
    return days[0] | days[1], sum(n), min(first), max(last), any(cut)
