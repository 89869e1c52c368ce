"""Pages of a long list at the cost of the page, not of the list, wherever in it: by cursor, and counted to a bound."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.db.models import QuerySet

from noroshi.kit.cursors import Mark, Order, first_of

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
    """A list on the way through it: its rows, their order, how many a page has, and the address of another page."""

    rows: QuerySet[Any]
    order: Order
    size: int
    address: Callable[..., str]
    purpose: str
    """What its cursors are sealed for."""

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
        found = self._more([self.order.sort(self.rows)])
        return self._shown(found[: self.size], 0, has_next=len(found) > self.size)

    def _after(self, mark: Mark) -> Page:
        found = self._more(self.order.beyond(self.rows, mark))
        if not found:
            return Page([], 0, *self._count(), first_url=self.address(), beyond_end=True)
        rows = found[: self.size]
        return self._shown(rows, self._before_row(rows[0]), has_next=len(found) > self.size)

    def _before(self, mark: Mark) -> Page | None:
        found = self._more(self.order.beyond(self.rows, mark, backwards=True))
        rows = found[: self.size][::-1]
        if not rows:
            return None
        before = self._before_row(rows[0]) if len(found) > self.size else 0
        return self._shown(rows, before, has_next=True)

    def _last(self) -> Page:
        """The last page has what the full ones before it leave; where they are not counted, as many as any."""
        count, capped = self._count()
        size = self.size if capped else count % self.size or self.size
        rows = list(self.order.sort(self.rows, backwards=True)[:size])[::-1]
        return self._shown(rows, None if capped else max(0, count - len(rows)), has_next=False)

    def _shown(self, rows: list[Any], before: int | None, *, has_next: bool) -> Page:
        """A page with so many rows before it; None where these are too many to be counted."""
        if before is None:
            first, count, capped = None, COUNT_CAP, True
        else:
            first = before + 1 if rows else 0
            count, capped = self._count() if has_next else (before + len(rows), False)
        return Page(
            rows=rows,
            first=first,
            count=count,
            capped=capped,
            first_url=self.address() if before != 0 else "",
            previous_url=self._turned(Way.BEFORE, rows[0]) if before != 0 else "",
            next_url=self._turned(Way.AFTER, rows[-1]) if has_next else "",
            last_url=self.address(end=1) if has_next else "",
        )

    def _turned(self, way: Way, row: Any) -> str:
        return self.address(**{way: self.order.mark(row).sealed(self.purpose)})

    def _more(self, parts: Sequence[QuerySet[Any]]) -> list[Any]:
        """The rows of a page, and one more if there is one."""
        return first_of(parts, self.size + 1)

    def _count(self) -> tuple[int, bool]:
        number = _counted(self.order.sort(self.rows), COUNT_CAP)
        return min(number, COUNT_CAP), number > COUNT_CAP

    def _before_row(self, row: Any) -> int | None:
        number = 0
        for part in self.order.beyond(self.rows, self.order.mark(row), backwards=True):
            number += _counted(part, COUNT_CAP - number)
        return number if number <= COUNT_CAP else None


def _counted(rows: QuerySet[Any], most: int) -> int:
    """How many rows there are, up to one more than `most`.

    In their order, for which there is an index: without it the database may try every row before it has enough.
    """
    counted = rows.values("pk") if rows.query.values_select == () else rows
    return counted[: most + 1].count()
