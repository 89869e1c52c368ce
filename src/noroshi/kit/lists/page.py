"""Pages of a long list at the cost of the page, not of the list, wherever in it: by cursor, and counted to a bound."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.db.models import QuerySet

from noroshi.kit.cursors import Mark, Order, first_of, read_in_order

COUNT_CAP: Final = 1_000
"""Beyond this the list says "1,000+": counting 100,000 rows would cost more than showing 25."""


class Way(StrEnum):
    """Which rows a page has: those after a place, those before it, or the last ones."""

    AFTER = "after"
    BEFORE = "before"
    END = "end"


@dataclass(frozen=True)
class Turn:
    """Where a page is to begin or to end; `mark` is empty at the list's own end."""

    way: Way
    mark: Mark | None = None


@dataclass(frozen=True)
class Page:
    """Some rows of a list and the way to the others; an address is empty where there is nothing to turn to.

    `first` is the place of the first row shown, from 1; 0 if there is none, None where it lies too far to be counted.
    `count` is exact unless `capped`, then a lower bound.
    """

    rows: list[Any]
    first: int | None
    count: int
    capped: bool
    first_url: str = ""
    previous_url: str = ""
    next_url: str = ""
    last_url: str = ""
    beyond_end: bool = False
    """Whether the place asked for lies behind the last row."""

    @property
    def last(self) -> int | None:
        """Place of the last row shown."""
        return None if self.first is None else max(0, self.first + len(self.rows) - 1)

    @property
    def has_others(self) -> bool:
        """Whether there is anything to turn to."""
        return bool(self.previous_url or self.next_url)


@dataclass(frozen=True)
class Walk:
    """A list on the way through it: its rows, their order, how many a page has, and the address of another page.

    What is looked for are keys, up to the bound of the count; the rows of the page alone are read whole, from `source`.
    """

    source: QuerySet[Any]
    rows: QuerySet[Any]
    """Those of `source` that the filters let through."""
    order: Order
    size: int
    address: Callable[..., str]
    purpose: str
    """What its cursors are sealed for."""
    count_cap: int = COUNT_CAP
    """So far the rows are counted, to both sides of a page."""

    def page(self, turn: Turn | None) -> Page:
        """Return the page that `turn` asks for; the first without one, and before the first row."""
        match turn:
            case Turn(Way.AFTER, Mark() as mark):
                return self._after(mark)
            case Turn(Way.BEFORE, Mark() as mark):
                return self._before(mark) or self._first()
            case Turn(Way.END):
                return self._last()
        return self._first()

    def _first(self) -> Page:
        keys = self._keys([self.order.sort(self.rows)])
        return self._shown(self._read(keys[: self.size]), 0, len(keys))

    def _after(self, mark: Mark) -> Page:
        keys = self._keys(self.order.beyond(self.rows, mark))
        if not keys:
            count = len(self._keys([self.rows]))
            return Page(
                [], 0, min(count, self.count_cap), count > self.count_cap, first_url=self.address(), beyond_end=True
            )
        rows = self._read(keys[: self.size])
        before = self._keys(self.order.beyond(self.rows, self.order.mark(rows[0]), backwards=True))
        return self._shown(rows, len(before), len(keys))

    def _before(self, mark: Mark) -> Page | None:
        keys = self._keys(self.order.beyond(self.rows, mark, backwards=True))
        if not keys:
            return None
        rows = self._read(keys[: self.size][::-1])
        after = self._keys(self.order.beyond(self.rows, self.order.mark(rows[-1])))
        return self._shown(rows, len(keys) - len(rows), len(rows) + len(after))

    def _last(self) -> Page:
        """The last page has what the full ones before it leave; where they are not counted, as many as any."""
        keys = self._keys([self.order.sort(self.rows, backwards=True)])
        size = self.size if len(keys) > self.count_cap else len(keys) % self.size or self.size
        rows = self._read(keys[:size][::-1])
        return self._shown(rows, len(keys) - len(rows), len(rows))

    def _shown(self, rows: list[Any], before: int, onward: int) -> Page:
        """A page with so many rows before it, and so many from its first on, as far as both are counted."""
        has_next = onward > len(rows)
        far = before + len(rows) > self.count_cap
        return Page(
            rows=rows,
            first=None if far else before + 1 if rows else 0,
            count=min(before + onward, self.count_cap),
            capped=before + onward > self.count_cap,
            first_url=self.address() if before else "",
            previous_url=self._turned(Way.BEFORE, rows[0]) if before else "",
            next_url=self._turned(Way.AFTER, rows[-1]) if has_next else "",
            last_url=self.address(end=1) if has_next else "",
        )

    def _turned(self, way: Way, row: Any) -> str:
        return self.address(**{way: self.order.mark(row).sealed(self.purpose)})

    def _read(self, keys: Sequence[Any]) -> list[Any]:
        return read_in_order(self.source, keys)

    def _keys(self, parts: Sequence[QuerySet[Any]]) -> list[Any]:
        """The keys of what follows, up to one more than is counted.

        In their order, for which there is an index: without it the database may try every row before it has enough.
        """
        return first_of([part.values_list("pk", flat=True) for part in parts], self.count_cap + 1)
