"""Pages of a long list at the cost of the page, not of the list: the count stops at a bound."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

COUNT_CAP: Final = 1_000
"""Beyond this the list says "1,000+": counting 100,000 rows would cost more than showing 25."""

_NEIGHBOURS: Final = 2


@dataclass(frozen=True)
class PageLink:
    """A numbered page."""

    number: int
    url: str
    current: bool


@dataclass(frozen=True)
class Page:
    """Some rows of a list and the way to the others. `count` is exact unless `capped`, then a lower bound."""

    rows: list[Any]
    number: int
    size: int
    count: int
    capped: bool
    has_next: bool
    address: Callable[..., str]

    @property
    def first(self) -> int:
        """Place of the first row shown, from 1; 0 if there is none."""
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """Place of the last row shown."""
        return self.first + len(self.rows) - 1 if self.rows else 0

    @property
    def beyond_end(self) -> bool:
        """Whether the page asked for lies behind the last one."""
        return not self.rows and self.number > 1

    @property
    def has_others(self) -> bool:
        """Whether there is anything to turn to."""
        return self.has_next or self.number > 1

    @property
    def previous_url(self) -> str:
        """Address of the page before, or nothing."""
        return self.address(page=min(self.number - 1, self._known)) if self.number > 1 else ""

    @property
    def next_url(self) -> str:
        """Address of the page after, or nothing."""
        return self.address(page=self.number + 1) if self.has_next else ""

    @property
    def links(self) -> list[PageLink | None]:
        """The first page, those around this one, the last one if it is known; None is a gap."""
        around = range(self.number - _NEIGHBOURS, self.number + _NEIGHBOURS + 1)
        ends = {1} if self.capped else {1, self._known}
        numbers = sorted(ends | {number for number in around if 1 <= number <= self._known})
        links: list[PageLink | None] = []
        for before, number in zip([0, *numbers], numbers, strict=False):
            if number - before > 1:
                links.append(None)
            links.append(PageLink(number, self.address(page=number), number == self.number))
        return links

    @property
    def _known(self) -> int:
        """The highest page known to have rows."""
        counted = -(-self.count // self.size)
        shown = self.number + self.has_next if self.rows else 1
        return max(1, counted, shown)


def page_of(rows: QuerySet[Any], number: int, size: int, address: Callable[..., str]) -> Page:
    """Return page `number` (from 1) of ordered `rows`, in two queries; `address(page=n)` is that of another."""
    start = (number - 1) * size
    found = list(rows[start : start + size + 1])
    # In their order, for which there is an index: without it the database may try every row before it has enough.
    counted = rows.values("pk") if rows.query.values_select == () else rows
    count = counted[: COUNT_CAP + 1].count()
    return Page(
        rows=found[:size],
        number=number,
        size=size,
        count=min(count, COUNT_CAP),
        capped=count > COUNT_CAP,
        has_next=len(found) > size,
        address=address,
    )
