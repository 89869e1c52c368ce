"""Lists: what an address may ask, what a page shows, what a file holds."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import Group
from django.http import QueryDict  # noqa: TID251 - a list is read from one
from django.test import RequestFactory
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.kit import lists
from noroshi.kit.lists import (
    ChoiceFilter,
    Column,
    DateFilter,
    ListSpec,
    TextFilter,
    csv_lines,
    read_list,
    read_question,
    respond,
)

NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ANALYST = Actor(label="佐藤 花子 (あおば銀行)")


def exported(actor):
    """Stand for a shareable object: a red one is seen on the web and not by export."""
    groups = Group.objects.all()
    return groups.exclude(name__startswith="RED") if actor.channel is Channel.EXPORT else groups


SPEC = ListSpec(
    name="groups",
    columns=(
        Column("name", "Name", lambda group: group.name, sort="name"),
        Column("length", "Length", lambda group: len(group.name)),
        Column("action", "Action", lambda group: "open", exported=False),
    ),
    filters=(
        TextFilter("q", "Text", ("name",)),
        ChoiceFilter("first", "First letter", [("a", "A"), ("b", "B")], "name__istartswith"),
        DateFilter("since", "Since", "name__gte"),
    ),
    default_sort="name",
    export_queryset=exported,
)


@pytest.fixture
def groups(db):
    Group.objects.bulk_create(Group(name=name) for name in ("beta", "alpha", "gamma", "RED delta"))


def names(query="", spec=SPEC):
    return [group.name for group in read_list(spec, QueryDict(query), Group.objects.all()).page.rows]


def file_of(query="", actor=ANALYST):
    lines = csv_lines(actor, read_question(SPEC, QueryDict(query)), NOON)
    return list(csv.reader(io.StringIO("".join(lines).removeprefix("\ufeff"))))


def test_list_without_a_question_is_in_its_default_order(groups):
    assert names() == ["RED delta", "alpha", "beta", "gamma"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sort=-name", ["gamma", "beta", "alpha", "RED delta"]),
        ("q=ET", ["beta"]),
        ("first=b", ["beta"]),
        ("q=a&first=a", ["alpha"]),
        ("q=nothing", []),
    ],
)
def test_list_is_filtered_and_sorted_as_asked(groups, query, expected):
    assert names(query) == expected


@pytest.mark.parametrize(
    ("query", "notes"),
    [
        ("sort=password", ["The list cannot be sorted like that."]),
        ("sort=--name", ["The list cannot be sorted like that."]),
        ("first=z", ["“First letter” was left out: its value means nothing here."]),
        ("since=yesterday", ["“Since” was left out: its value means nothing here."]),
        ("since=2026-02-30", ["“Since” was left out: its value means nothing here."]),
        ("q=a%00b", ["“Text” was left out: its value means nothing here."]),
        ("q=" + "a" * 201, ["“Text” was left out: its value means nothing here."]),
        ("page=-1", []),
        ("page=99999999999999999999", []),
        ("page=１", []),
        ("size=7", []),
        ("size=1000000", []),
        ("unknown=1", []),
        ("first=", []),
    ],
)
def test_question_that_means_nothing_is_left_out(groups, query, notes):
    with override("en"):
        question = read_question(SPEC, QueryDict(query))
    assert list(question.notes) == notes
    assert (question.page, question.size, question.values) == (1, 25, {})
    assert names(query) == names()


@given(
    st.dictionaries(st.sampled_from(["q", "first", "since", "sort", "page", "size", "export"]), st.text(max_size=40))
)
def test_any_address_is_read_and_its_own_address_reads_the_same(parameters):
    query = QueryDict(mutable=True)
    query.update(parameters)
    question = read_question(SPEC, query)
    again = read_question(SPEC, QueryDict(question.address(page=question.page).removeprefix("?")))
    assert (again.values, again.sort, again.page, again.size) == (
        question.values,
        question.sort,
        question.page,
        question.size,
    )
    assert again.notes == ()


def test_date_filter_reads_a_day():
    assert read_question(SPEC, QueryDict("since=2026-11-22")).values == {"since": date(2026, 11, 22)}


def test_filter_named_like_a_parameter_of_every_list_is_refused():
    with pytest.raises(ValueError, match="names of their own"):
        ListSpec("x", columns=(), filters=(TextFilter("page", "Page", ("name",)),))


def test_default_sort_by_a_column_that_does_not_sort_is_refused():
    with pytest.raises(ValueError, match="default_sort -length is none of its sorting columns: name"):
        ListSpec("x", columns=SPEC.columns, default_sort="-length")


@pytest.fixture
def sixty(db):
    Group.objects.bulk_create(Group(name=f"g{number:03}") for number in range(60))


def test_page_holds_its_share_and_knows_its_neighbours(sixty):
    page = read_list(SPEC, QueryDict("page=2&q=g"), Group.objects.all()).page
    assert (page.first, page.last, page.count, page.capped) == (26, 50, 60, False)
    assert (page.previous_url, page.next_url) == ("?q=g&page=1", "?q=g&page=3")
    assert [link.number for link in page.links] == [1, 2, 3]
    assert [link.current for link in page.links] == [False, True, False]


def test_last_page_has_no_next(sixty):
    page = read_list(SPEC, QueryDict("page=3"), Group.objects.all()).page
    assert (page.first, page.last, page.next_url) == (51, 60, "")


def test_pages_together_hold_every_row_once(sixty):
    assert [name for number in (1, 2, 3) for name in names(f"page={number}")] == [
        f"g{number:03}" for number in range(60)
    ]


def test_page_behind_the_end_is_empty_and_leads_back(sixty):
    page = read_list(SPEC, QueryDict("page=9999999"), Group.objects.all()).page
    assert (page.rows, page.beyond_end, page.first, page.last) == ([], True, 0, 0)
    assert (page.previous_url, page.next_url) == ("?page=3", "")


def test_page_of_nothing_has_no_others(db):
    page = read_list(SPEC, QueryDict(), Group.objects.all()).page
    assert (page.rows, page.count, page.has_others, page.beyond_end) == ([], 0, False, False)


def test_page_of_a_long_list_counts_to_the_cap_and_no_further(db):
    Group.objects.bulk_create(Group(name=f"g{number:05}") for number in range(lists.COUNT_CAP + 500))
    page = read_list(SPEC, QueryDict("page=3"), Group.objects.all()).page
    assert (page.count, page.capped) == (lists.COUNT_CAP, True)
    assert [link and link.number for link in page.links] == [1, 2, 3, 4, 5]
    last = read_list(SPEC, QueryDict("page=60"), Group.objects.all()).page
    assert (last.last, last.next_url) == (lists.COUNT_CAP + 500, "")


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_two_queries_however_many_rows(db, django_assert_num_queries, count):
    Group.objects.bulk_create(Group(name=f"g{number}") for number in range(count))
    with django_assert_num_queries(2):
        listing = read_list(SPEC, QueryDict("q=g"), Group.objects.all())
        assert len(listing.lines) == count


def test_heading_turns_the_order_round_and_says_which_it_is(groups):
    name, length, _action = read_list(SPEC, QueryDict(), Group.objects.all()).headings
    assert (name.direction, name.url) == ("ascending", "?sort=-name")
    assert (length.direction, length.url) == ("", "")
    turned = read_list(SPEC, QueryDict("sort=-name"), Group.objects.all()).headings[0]
    assert (turned.direction, turned.url) == ("descending", "?sort=name")


def test_file_holds_exactly_the_filtered_rows_marked_with_who_and_when(groups):
    mark = "佐藤 花子 (あおば銀行) 2026-11-22T03:00:00+00:00"
    with override("en"):
        assert file_of("q=ta&sort=-name") == [["Name", "Length", "Exported by, at"], ["beta", "4", mark]]


def test_file_leaves_out_what_may_not_leave_in_bulk(groups):
    assert "RED delta" in names()
    assert [row[0] for row in file_of()[1:]] == ["alpha", "beta", "gamma"]


def test_file_cannot_be_run_by_a_spreadsheet(db):
    formulas = ["=1+1", "@SUM(A1)", "+cmd", "-cmd", "\t=1+1", "\r=1+1", " =1+1", "＝1+1", "＠x"]
    Group.objects.bulk_create(Group(name=name) for name in formulas)
    first = {row[0][0] for row in file_of()[1:]}
    assert first == {"'"}


def test_file_longer_than_the_cap_is_cut_and_says_so(groups, monkeypatch):
    monkeypatch.setattr("noroshi.kit.lists.export.EXPORT_CAP", 2)
    with override("en"):
        rows = file_of()
    assert [row[0] for row in rows[1:]] == ["alpha", "beta", "Cut at 2 rows: narrow the filters to get the rest."]


def test_file_of_exactly_the_cap_is_not_called_cut(groups, monkeypatch):
    monkeypatch.setattr("noroshi.kit.lists.export.EXPORT_CAP", 3)
    assert [row[0] for row in file_of()[1:]] == ["alpha", "beta", "gamma"]


def answer(query="", spec=SPEC, **headers):
    request = RequestFactory().get(f"/groups/?{query}", headers=headers)
    return respond(request, spec, actor=ANALYST, rows=Group.objects.all(), template="kit/list.html")


def test_answer_is_the_page_for_a_browser_and_the_results_for_htmx(groups):
    page, results = answer().content.decode(), answer(HX_Target="list-groups").content.decode()
    assert ("<form" in page, "<form" in results) == (True, False)
    assert ("alpha" in page, "alpha" in results) == (True, True)


def test_answer_to_another_target_is_the_whole_page(groups):
    assert "<form" in answer(HX_Target="somewhere").content.decode()


def test_answer_differs_by_target_for_caches(groups):
    assert answer()["Vary"] == "HX-Target"


def test_answer_to_an_export_is_a_file_for_excel(groups):
    with clock.stopped_at(NOON):
        response = answer("export=csv&q=alpha")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="noroshi-groups-20261122-1200.csv"'
    assert response["Cache-Control"] == "no-store"
    assert b"".join(response.streaming_content).startswith("\ufeff".encode())


def test_list_without_export_answers_the_page_and_offers_no_file(groups):
    spec = ListSpec("groups", columns=SPEC.columns, default_sort="name")
    html = answer("export=csv", spec=spec).content.decode()
    assert "alpha" in html
    assert "export=csv" not in html


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("q=nothing", "Nothing matches these filters."),
        ("page=7", "The list has no page this far."),
        ("q=%3Cscript%3E", "Nothing matches these filters."),
    ],
)
def test_list_without_rows_says_why(groups, query, sentence):
    with override("en"):
        html = answer(query).content.decode()
    assert sentence in html
    assert "<script>" not in html


def test_list_with_nothing_in_it_says_so(db):
    with override("en"):
        assert "There is nothing here yet." in answer().content.decode()


def test_filters_and_order_survive_in_the_form(groups):
    html = answer("q=ta&first=b&sort=-name&size=50").content.decode()
    assert '<input type="hidden" form="list-groups-form" name="sort" value="-name">' in html
    assert '<input type="hidden" form="list-groups-form" name="size" value="50">' in html
    assert '<option value="b" selected>B</option>' in html
