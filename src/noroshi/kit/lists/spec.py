"""What a list is: columns, filters, order. Declared once, by dataclasses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.kit.lists.page import COUNT_CAP

Text = str | Promise
Rows = QuerySet[Any]

PAGE_SIZES: Final = (25, 50, 100, 200)
MAX_TEXT: Final = 200
RESERVED: Final = frozenset({"sort", "after", "before", "end", "size", "export"})


@dataclass(frozen=True)
class Column:
    """One column. `sort` is the field it orders by (empty: it does not); `cell` a template that gets `row`, `value`.

    One that is not `shown` stands in the exported file alone.
    """

    name: str
    label: Text
    value: Callable[[Any], object]
    sort: str = ""
    cell: str = ""
    style: str = ""
    exported: bool = True
    shown: bool = True


@dataclass(frozen=True)
class ChoiceFilter:
    """One of a few values, compared with the field `where`, or applied by the function `where`."""

    name: str
    label: Text
    choices: Sequence[tuple[str, Text]] | Callable[[], Sequence[tuple[str, Text]]]
    where: str | Callable[[Rows, str], Rows]
    kind: str = field(default="choice", init=False)

    def options(self) -> Sequence[tuple[str, Text]]:
        """Return pairs of value and label."""
        return self.choices() if callable(self.choices) else self.choices

    def read(self, text: str) -> str | None:
        """Return `text` if it is one of the choices."""
        return text if text in {value for value, _label in self.options()} else None

    def apply(self, rows: Rows, value: str) -> Rows:
        """Return the rows whose field has the value."""
        return self.where(rows, value) if callable(self.where) else rows.filter(**{self.where: value})


@dataclass(frozen=True)
class TextFilter:
    """Free text, searched by `where`: a function, or names of fields of which one contains it."""

    name: str
    label: Text
    where: Callable[[Rows, str], Rows] | Sequence[str]
    kind: str = field(default="text", init=False)

    def read(self, text: str) -> str | None:
        """Return the text if a database can compare it: printable and of bounded length."""
        return text if text.isprintable() and len(text) <= MAX_TEXT else None

    def apply(self, rows: Rows, value: str) -> Rows:
        """Return the rows that contain the text."""
        if callable(self.where):
            return self.where(rows, value)
        contains = Q()
        for name in self.where:
            contains |= Q(**{f"{name}__icontains": value})
        return rows.filter(contains)


@dataclass(frozen=True)
class DateFilter:
    """A day (ISO 8601, `2026-11-22`), compared by the lookup `where`: `published_at__date__gte`."""

    name: str
    label: Text
    where: str
    kind: str = field(default="date", init=False)

    def read(self, text: str) -> date | None:
        """Return the day, or None; a calendar's first and last year have no day before and after."""
        try:
            day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            return None
        return day if MINYEAR < day.year < MAXYEAR else None

    def apply(self, rows: Rows, value: date) -> Rows:
        """Return the rows for which the comparison holds: of a moment, with a moment, which an index serves."""
        name, _sign, comparison = self.where.rpartition("__date__")
        if comparison == "gte":
            return rows.filter(**{f"{name}__gte": clock.midnight(value)})
        if comparison == "lte":
            return rows.filter(**{f"{name}__lt": clock.midnight(value + timedelta(days=1))})
        return rows.filter(**{self.where: value})


Filter = ChoiceFilter | TextFilter | DateFilter
"""Something to narrow a list by: `read` returns None where a text means nothing, `apply` narrows."""


@dataclass(frozen=True)
class ListSpec:
    """A list, declared once per page. Without `export_queryset` there is no export.

    `default_sort` is the name of a column that sorts, with a minus where it descends. `export_queryset` is given the
    actor asking by the EXPORT channel: what may not leave in bulk is not in it. `on_export` is told, by the same actor,
    which rows are about to leave; `on_show`, which rows a page shows to whom. Either raises TooMany where they may not.
    """

    name: str
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    default_sort: str = ""
    page_size: int = PAGE_SIZES[0]
    empty: Text = ""
    export_queryset: Callable[[Actor], Rows] | None = None
    count_cap: int = COUNT_CAP
    """So far its rows are counted, at least a page; less where finding a row costs more than comparing a column."""
    keep_url: str = ""
    """Where what was asked of the list can be kept: this address is followed by the question's."""
    on_export: Callable[[Actor, Sequence[Any]], None] | None = None
    on_show: Callable[[Actor, Sequence[Any]], None] | None = None

    def __post_init__(self) -> None:
        names = [entry.name for entry in self.filters]
        if RESERVED.intersection(names) or len(set(names)) < len(names):
            raise ValueError(f"{self.name}: filters need names of their own")
        if self.default_sort and self.default_sort.removeprefix("-") not in self.sorts:
            known = ", ".join(self.sorts)
            raise ValueError(f"{self.name}: default_sort {self.default_sort} is none of its sorting columns: {known}")

    @property
    def shown(self) -> list[Column]:
        """The columns of the page."""
        return [column for column in self.columns if column.shown]

    @property
    def sorts(self) -> dict[str, str]:
        """Column names that can be sorted by, with their fields."""
        return {column.name: column.sort for column in self.columns if column.sort}
