"""What an address asks of a list, read strictly: nothing a person or a robot writes there is ever an error."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from noroshi.kit.lists.spec import PAGE_SIZES, ListSpec, Rows

_MAX_DIGITS: Final = 7
"""Pages beyond this overflow a database's OFFSET."""


@dataclass(frozen=True)
class Question:
    """What an address asks of a list, after everything that means nothing was left out.

    `notes` are sentences on what was left out, for the person to read.
    """

    spec: ListSpec
    values: dict[str, Any]
    texts: dict[str, str]
    sort: str
    page: int
    size: int
    notes: tuple[str, ...] = ()

    def rows_of(self, rows: Rows) -> Rows:
        """Return `rows` filtered and in order; ties go by primary key, so that paging never repeats a row."""
        for entry in self.spec.filters:
            if entry.name in self.values:
                rows = entry.apply(rows, self.values[entry.name])
        return rows.order_by(*self._order())

    def _order(self) -> list[str]:
        chosen = self.sort or self.spec.default_sort
        sign = "-" if chosen.startswith("-") else ""
        primary = self.spec.sorts.get(chosen.removeprefix("-"), "pk")
        return [f"{sign}{name}" for name in dict.fromkeys((primary, "pk"))]

    def address(self, **changes: str | int) -> str:
        """Return the query string of the same list with `changes`; an empty value takes a parameter out."""
        parameters: dict[str, str | int] = {**self.texts}
        if self.sort:
            parameters["sort"] = self.sort
        if self.size != self.spec.page_size:
            parameters["size"] = self.size
        query = QueryDict(mutable=True)
        query.update({name: str(value) for name, value in {**parameters, **changes}.items() if value != ""})
        return f"?{query.urlencode()}"


def read_question(spec: ListSpec, query: QueryDict) -> Question:
    """Read an address strictly: unknown parameters are ignored, unknown values with a note; never an error."""
    notes: list[str] = []
    values, texts = _read_filters(spec, query, notes)
    sort = query.get("sort", "")
    if sort and sort.removeprefix("-") not in spec.sorts:
        notes.append(_("The list cannot be sorted like that."))
        sort = ""
    size = _number(query.get("size", ""))
    return Question(
        spec=spec,
        values=values,
        texts=texts,
        sort=sort,
        page=_number(query.get("page", "")) or 1,
        size=size if size in PAGE_SIZES else spec.page_size,
        notes=tuple(notes),
    )


def _read_filters(spec: ListSpec, query: QueryDict, notes: list[str]) -> tuple[dict[str, Any], dict[str, str]]:
    values: dict[str, Any] = {}
    texts: dict[str, str] = {}
    for entry in spec.filters:
        text = query.get(entry.name, "").strip()
        value = entry.read(text) if text else None
        if value is not None:
            values[entry.name], texts[entry.name] = value, text
        elif text:
            notes.append(_("“%(filter)s” was left out: its value means nothing here.") % {"filter": entry.label})
    return values, texts


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else 0
