"""A page of a list as templates show it, and the answer to a request for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from noroshi.core.actor import Actor
from noroshi.kit.lists.export import EXPORT_CAP, csv_response
from noroshi.kit.lists.page import Page
from noroshi.kit.lists.question import Question, read_question
from noroshi.kit.lists.spec import PAGE_SIZES, Column, Filter, ListSpec, Rows, Text


@dataclass(frozen=True)
class Heading:
    """A column's heading as the template shows it: `direction` is "", "ascending" or "descending"."""

    column: Column
    url: str
    direction: str


@dataclass(frozen=True)
class Cell:
    """One value of one row as the template shows it."""

    column: Column
    row: Model
    value: object


@dataclass(frozen=True)
class FilterInput:
    """A filter with what the person has chosen in it."""

    entry: Filter
    text: str
    options: Iterable[tuple[str, Text]] = ()


@dataclass(frozen=True)
class Listing:
    """One page of a list, ready for `kit/list.html`."""

    question: Question
    page: Page

    @property
    def id(self) -> str:
        """The element that htmx replaces."""
        return f"list-{self.question.spec.name}"

    @property
    def spec(self) -> ListSpec:
        """The list's declaration."""
        return self.question.spec

    @property
    def headings(self) -> list[Heading]:
        """The columns with the links that sort by them."""
        return [self._heading(column) for column in self.spec.shown]

    def _heading(self, column: Column) -> Heading:
        if not column.sort:
            return Heading(column, "", "")
        current = self.question.sort or self.spec.default_sort
        direction = {column.name: "ascending", f"-{column.name}": "descending"}.get(current, "")
        wanted = f"-{column.name}" if direction == "ascending" else column.name
        return Heading(column, self.question.address(sort=wanted), direction)

    @property
    def lines(self) -> list[list[Cell]]:
        """The page's rows, each as its cells."""
        return [[Cell(column, row, column.value(row)) for column in self.spec.shown] for row in self.page.rows]

    @property
    def inputs(self) -> list[FilterInput]:
        """The filters as the form shows them."""
        return [
            FilterInput(entry, self.question.texts.get(entry.name, ""), getattr(entry, "options", tuple)())
            for entry in self.spec.filters
        ]

    @property
    def sizes(self) -> list[tuple[int, str]]:
        """Page sizes to choose from, the current one without a link."""
        return [(size, "" if size == self.question.size else self.question.address(size=size)) for size in PAGE_SIZES]

    @property
    def first_url(self) -> str:
        """Address of the list's first page."""
        return self.question.address()

    @property
    def export_url(self) -> str:
        """Where the CSV file of exactly these rows is, or nothing."""
        return self.question.address(export="csv") if self.spec.export_queryset else ""

    @property
    def keep_url(self) -> str:
        """Where what is asked here can be kept, or nothing."""
        asked = self.spec.keep_url and self.question.texts
        return f"{self.spec.keep_url}{self.question.address()}" if asked else ""

    @property
    def export_cap(self) -> int:
        """How many rows a file holds at most."""
        return EXPORT_CAP


def read_list(spec: ListSpec, query: QueryDict, rows: Rows) -> Listing:
    """Return the page of `rows` that `query` asks for."""
    question = read_question(spec, query)
    return Listing(question, question.walk(rows).page(question.turn))


def respond(
    request: HttpRequest,
    spec: ListSpec,
    *,
    actor: Actor,
    rows: Rows,
    template: str,
    context: dict[str, Any] | None = None,
) -> HttpResponseBase:
    """Answer with the page, with the results alone if htmx asks for them, or with the CSV file.

    The template extends `kit/base.html` and includes `kit/list.html`; it finds the list as `listing`.
    """
    if request.GET.get("export") == "csv" and spec.export_queryset:
        return csv_response(actor, read_question(spec, request.GET))
    listing = read_list(spec, request.GET, rows)
    if spec.on_show is not None:
        spec.on_show(actor, listing.page.rows)
    partial = request.headers.get("HX-Target") == listing.id
    chosen = "kit/list_results.html" if partial else template
    response = render(request, chosen, {**(context or {}), "listing": listing})
    patch_vary_headers(response, ["HX-Target"])
    return response
