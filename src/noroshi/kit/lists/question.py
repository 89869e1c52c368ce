"""What an address asks of a list, read strictly: nothing a person or a robot writes there is ever an error."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from noroshi.kit.cursors import Mark, Order
from noroshi.kit.lists.page import Turn, Walk, Way
from noroshi.kit.lists.spec import PAGE_SIZES, ListSpec, Rows

MAX_CURSOR: Final = 2_000


@dataclass(frozen=True)
class Question:
    """What an address asks of a list, after everything that means nothing was left out.

    `notes` are sentences on what was left out, for the person to read.
    """

    spec: ListSpec
    values: dict[str, Any]
    texts: dict[str, str]
    sort: str
    size: int
    turn: Turn | None = None
    notes: tuple[str, ...] = ()

    def filtered(self, rows: Rows) -> Rows:
        """Return those of `rows` that the filters let through."""
        for entry in self.spec.filters:
            if entry.name in self.values:
                rows = entry.apply(rows, self.values[entry.name])
        return rows

    def walk(self, rows: Rows) -> Walk:
        """Return the way through those of `rows` that the filters let through, in order."""
        purpose, counted = _purpose(self.spec, self.sort), max(self.spec.count_cap, self.size)
        return Walk(rows, self.filtered(rows), self.order, self.size, self.address, purpose, counted)

    @property
    def order(self) -> Order:
        """The order asked for; ties go by primary key, so that paging never repeats a row."""
        chosen = self.sort or self.spec.default_sort
        return Order(self.spec.sorts.get(chosen.removeprefix("-"), "pk"), descending=chosen.startswith("-"))

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
    turn = _read_turn(query, _purpose(spec, sort), notes)
    sizes = {str(size): size for size in PAGE_SIZES}
    size = sizes.get(query.get("size", ""), spec.page_size)
    return Question(spec, values, texts, sort, size, turn, tuple(notes))


def _purpose(spec: ListSpec, sort: str) -> str:
    """What a list's cursors are sealed for: another list, or another order, knows no such place."""
    return f"{spec.name} {sort or spec.default_sort}"


def _read_turn(query: QueryDict, purpose: str, notes: list[str]) -> Turn | None:
    if query.get(Way.END):
        return Turn(Way.END)
    for way in (Way.AFTER, Way.BEFORE):
        if text := query.get(way, "")[:MAX_CURSOR]:
            if mark := Mark.unsealed(text, purpose):
                return Turn(way, mark)
            notes.append(_("The address names no place in this list: here is its beginning."))
            return None
    return None


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
