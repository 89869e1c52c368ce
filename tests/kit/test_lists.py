"""Lists: what an address may ask, what a page shows, what a file holds."""

import base64
import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models import Count
from django.http import QueryDict  # noqa: TID251 - a list is read from one
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factories.members import organisation_fields
from factories.signals import make_signal
from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.membership import Standing
from noroshi.kit import lists
from noroshi.kit.cursors import Mark
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
from noroshi.kit.lists.page import Turn, Way
from noroshi.members.models import Organisation, Person, RoleAssignment
from noroshi.sharing.lists.signals import signal_list_for

NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ASTRAY = "The address names no place in this list: here is its beginning."
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
        ("page=3", []),
        ("end=", []),
        ("after=", []),
        ("after=nonsense", [ASTRAY]),
        ("before=%E7%AB%A0", [ASTRAY]),
        ("after=" + "A" * 5000, [ASTRAY]),
        ("after=" + Mark("beta", 1).sealed("people name"), [ASTRAY]),
        ("after=" + Mark("beta", 1).sealed("groups -name"), [ASTRAY]),
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
    assert (question.turn, question.size, question.values) == (None, 25, {})
    assert names(query) == names()


@given(
    st.dictionaries(
        st.sampled_from(["q", "first", "since", "sort", "after", "before", "size", "export"]), st.text(max_size=40)
    )
)
def test_any_address_is_read_and_its_own_address_reads_the_same(parameters):
    query = QueryDict(mutable=True)
    query.update(parameters)
    question = read_question(SPEC, query)
    again = read_question(SPEC, QueryDict(question.address().removeprefix("?")))
    assert (again.values, again.sort, again.size) == (question.values, question.sort, question.size)
    assert (again.turn, again.notes) == (None, ())


def test_date_filter_reads_a_day():
    assert read_question(SPEC, QueryDict("since=2026-11-22")).values == {"since": date(2026, 11, 22)}


def test_filter_named_like_a_parameter_of_every_list_is_refused():
    with pytest.raises(ValueError, match="names of their own"):
        ListSpec("x", columns=(), filters=(TextFilter("after", "After", ("name",)),))


def test_default_sort_by_a_column_that_does_not_sort_is_refused():
    with pytest.raises(ValueError, match="default_sort -length is none of its sorting columns: name"):
        ListSpec("x", columns=SPEC.columns, default_sort="-length")


@pytest.fixture
def sixty(db):
    Group.objects.bulk_create(Group(name=f"g{number:03}") for number in range(60))


def page_at(url="", spec=SPEC, rows=None):
    return read_list(spec, QueryDict(url.removeprefix("?")), Group.objects.all() if rows is None else rows).page


def turned(way, url="", **more):
    """Yield the pages from `url` on, turned by links of one kind until there is none."""
    page = page_at(url, **more)
    yield page
    while url := getattr(page, f"{way}_url"):
        page = page_at(url, **more)
        yield page


def places(pages):
    return [(page.first, page.last, page.count) for page in pages]


def test_pages_hold_their_share_and_know_their_place(sixty):
    pages = list(turned("next", "q=g"))
    assert places(pages) == [(1, 25, 60), (26, 50, 60), (51, 60, 60)]
    assert [bool(page.first_url) for page in pages] == [False, True, True]
    assert [page.last_url for page in pages] == ["?q=g&end=1", "?q=g&end=1", ""]
    assert [group.name for page in pages for group in page.rows] == [f"g{number:03}" for number in range(60)]


def test_pages_turned_back_from_the_last_are_the_same(sixty):
    assert places(turned("previous", "end=1")) == [(51, 60, 60), (26, 50, 60), (1, 25, 60)]


def test_page_turned_to_is_the_same_after_rows_have_come_and_its_own_border_has_gone(sixty):
    second = page_at(page_at().next_url)
    url = page_at().next_url
    Group.objects.bulk_create(Group(name=f"a{number}") for number in range(30))
    Group.objects.filter(name="g024").delete()

    again = page_at(url)

    assert again.rows == second.rows
    assert (again.first, again.count) == (55, 89)


def test_page_behind_the_end_is_empty_and_leads_back(sixty):
    url = page_at(page_at().next_url).next_url
    Group.objects.filter(name__gte="g040").delete()

    page = page_at(url)

    assert (page.rows, page.beyond_end, page.first, page.last, page.count) == ([], True, 0, 0, 40)
    assert (page.first_url, page.has_others) == ("?", False)


def test_page_before_the_beginning_is_the_first(sixty):
    url = page_at(page_at().next_url).previous_url
    Group.objects.filter(name__lt="g025").delete()

    assert places([page_at(url)]) == [(1, 25, 35)]


@pytest.mark.parametrize("url", ["", "end=1"])
def test_page_of_nothing_has_no_others(db, url):
    assert places([page_at(url)]) == [(0, 0, 0)]
    assert (page_at(url).has_others, page_at(url).beyond_end) == (False, False)


def test_page_of_a_long_list_counts_to_the_cap_and_no_further(db):
    Group.objects.bulk_create(Group(name=f"g{number:05}") for number in range(lists.COUNT_CAP + 500))
    pages = list(turned("next", "size=200"))
    assert places(pages)[4:] == [(801, 1000, 1000)] + [(None, None, 1000)] * 3
    assert [page.capped for page in pages] == [True] * 8
    assert (pages[-1].next_url, pages[-1].last_url) == ("", "")
    end = page_at("end=1&size=200")
    assert (end.rows[-1].name, len(end.rows), end.capped, end.next_url) == ("g01499", 200, True, "")
    with override("en"):
        assert "<strong>200</strong> of 1,000+" in answer(pages[5].next_url.removeprefix("?")).content.decode()


def test_list_that_counts_less_far_says_so_and_is_turned_to_its_end(groups):
    walk = read_list(SPEC, QueryDict(""), Group.objects.all()).question.walk(Group.objects.all())
    short = replace(walk, size=2, count_cap=3)
    first, end = short.page(None), short.page(Turn(Way.END))
    assert [row.name for row in first.rows + end.rows] == names()
    assert [(page.first, page.count, page.capped) for page in (first, end)] == [(1, 3, True), (None, 3, True)]


def test_address_of_a_page_tells_nothing_of_its_border(groups):
    address = read_list(SPEC, QueryDict("size=25"), Group.objects.all()).question.walk(Group.objects.all())
    sealed = Mark("beta", 1).sealed(address.purpose)
    assert Mark.unsealed(sealed, address.purpose) == Mark("beta", 1)
    assert "beta" not in str(base64.urlsafe_b64decode(sealed + "=="))
    assert sealed == Mark("beta", 1).sealed(address.purpose)


ORDERS = ListSpec(
    name="people",
    columns=(
        Column("name", "Name", str, sort="name"),
        Column("seen", "Seen", str, sort="last_login"),
        Column("roles", "Roles", str, sort="role_count"),
        Column("house", "House", str, sort="organisation__name_ja"),
        Column("number", "Number", str, sort="pk"),
    ),
    default_sort="name",
)
MOMENTS = st.one_of(st.none(), st.sampled_from([NOON, NOON + timedelta(microseconds=1), NOON - timedelta(days=1)]))
ROW = st.tuples(st.sampled_from(["", "a", "A", "あ", "\U00020000"]), MOMENTS, st.integers(0, 2), st.integers(0, 1))


@pytest.mark.parametrize(
    "sort", [f"{sign}{name}" for name in ("name", "seen", "roles", "house", "number") for sign in ("", "-")]
)
@given(st.lists(ROW, max_size=9), st.integers(1, 4))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_walk_there_and_back_meets_every_row_once(db, sort, people, size):
    with transaction.atomic():
        rows = crowd(people)
        walk = replace(read_question(ORDERS, QueryDict(f"sort={sort}")).walk(rows), size=size)
        expected = list(walk.order.sort(rows))

        there = met(walk, None, "next_url")
        back = met(walk, Turn(Way.END), "previous_url")

        assert [row for page in there for row in page] == expected
        assert back[::-1] == there
        transaction.set_rollback(True)


def crowd(people):
    """Write people with these names, last sign-ins, numbers of roles and houses; return them as a list would."""
    homes = Organisation.objects.bulk_create(
        Organisation(**organisation_fields(name, membership="regular", kind="broker")) for name in ("one", "other")
    )
    for number, (name, seen, roles, home) in enumerate(people):
        email = f"p{number}@example.jp"
        person = Person.objects.create(email=email, name=name, last_login=seen, organisation=homes[home])
        RoleAssignment.objects.bulk_create(
            RoleAssignment(person=person, role=role) for role in ("analyst", "auditor")[:roles]
        )
    return Person.objects.select_related("organisation").annotate(role_count=Count("role_assignments"))


def met(walk, turn, way):
    """The rows of the pages, turned by one kind of link until there is none."""
    pages = [walk.page(turn)]
    while url := getattr(pages[-1], way):
        pages.append(walk.page(read_question(ORDERS, QueryDict(url.removeprefix("?"))).turn))
    return [page.rows for page in pages]


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_two_queries_however_many_rows(db, django_assert_num_queries, count):
    Group.objects.bulk_create(Group(name=f"g{number}") for number in range(count))
    with django_assert_num_queries(2):
        listing = read_list(SPEC, QueryDict("q=g"), Group.objects.all())
        assert len(listing.lines) == count


def test_page_in_the_middle_costs_four_queries_at_most(sixty, django_assert_max_num_queries):
    url = page_at().next_url
    with django_assert_max_num_queries(4):
        assert page_at(url).count == 60


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


def test_file_read_in_stretches_has_every_row_once(sixty, monkeypatch):
    monkeypatch.setattr("noroshi.kit.lists.export.CHUNK", 7)
    assert [row[0] for row in file_of("sort=-name")[1:]] == [f"g{number:03}" for number in reversed(range(60))]


def test_file_is_put_in_order_once_however_many_stretches_it_has(sixty, monkeypatch):
    monkeypatch.setattr("noroshi.kit.lists.export.CHUNK", 7)
    with CaptureQueriesContext(connection) as seen:
        file_of("sort=-name")
    asked = [query["sql"] for query in seen if "auth_group" in query["sql"] and "ORDER BY" in query["sql"]]
    assert ["LIMIT" in statement for statement in asked] == [True]


def test_file_leaves_out_what_is_gone_meanwhile(sixty, monkeypatch):
    monkeypatch.setattr("noroshi.kit.lists.export.CHUNK", 2)
    lines = csv_lines(ANALYST, read_question(SPEC, QueryDict("sort=name")), NOON)
    taken = [next(lines) for _ in range(3)]
    Group.objects.exclude(name__in=("g000", "g001", "g003", "g059")).delete()
    assert [line[:4] for line in [*taken[1:], *lines]] == ["g000", "g001", "g003", "g059"]


def test_file_ends_where_its_taker_may_read_no_more(cast, monkeypatch):
    monkeypatch.setattr("noroshi.kit.lists.export.CHUNK", 2)
    for number in range(6):
        make_signal(cast.a1, title=f"s{number}")
    spec = signal_list_for(cast.actor("b1"))
    lines = csv_lines(cast.actor("b1"), read_question(spec, QueryDict("sort=title")), NOON)

    taken = [next(lines) for _ in range(3)]  # the headings, and a stretch
    Person.objects.filter(pk=cast.b1.pk).update(standing=Standing.SUSPENDED)
    taken += lines

    assert [title for line in taken for title in ("s0", "s1", "s2", "s3", "s4", "s5") if f",{title}," in line] == [
        "s0",
        "s1",
    ]


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
        ("after=7", "The address names no place in this list: here is its beginning."),
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
