"""The sector report: what is told of whom, alike as page, CSV and PDF, and no more than the reader's pages tell."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from pypdfium2 import PdfDocument

from factories.audience import COMMUNITY, to_person, without
from factories.signals import make_signal
from noroshi.core.domain.audience import AuthorMode
from noroshi.sharing import actions, queries
from noroshi.sharing.domain.periods import Period
from noroshi.sharing.models import StanceKind
from noroshi.sharing.queries import ANONYMOUS

OCTOBER, QUARTER = Period(2026, 10), Period(2026, 7, 3)
PAGE = reverse("sharing:statistics")


def write(cast, name, *audience, month=10, day=5, **fields):
    at = datetime(2026, month, day, 3, tzinfo=UTC)
    return make_signal(cast.people[name], *audience, published_at=at, created_at=at - timedelta(hours=2), **fields)


@pytest.fixture
def october(cast, stopped_clock):
    """Five members shared phishing, one a fraud: told of the phishing, and of the total only with another hidden."""
    for name in ("a1", "b1", "i1", "t1", "o1"):
        write(cast, name, tlp="GREEN")
    return write(cast, "a1", tlp="GREEN", kind="fraud", target="own_system")


def report(cast, name="b1", period=OCTOBER):
    return queries.sector_report(cast.actor(name), period)


def told(shown):
    return {key: count for key, count in shown.cells.items() if count is not None}


def test_kinds_when_one_is_about_fewer_than_three_then_what_would_give_it_away_is_hidden_too(cast, october):
    figures = report(cast).now
    assert (figures.kinds.total, told(figures.kinds)) == (6, {})
    for name in ("b1", "i1"):
        write(cast, name, tlp="GREEN", kind="fraud", target="own_system")
    figures = report(cast).now
    assert (figures.kinds.total, told(figures.kinds)) == (8, {"phishing": 5, "fraud": 3})
    assert told(figures.targets) == {"customer": 5, "own_system": 3}


def test_kinds_when_the_anonymous_would_make_up_the_number_then_they_do_not(cast, stopped_clock):
    for name in ("a1", "b1"):
        write(cast, name)
    for author in ("i1", "o1", "a2"):
        write(cast, author, author_mode=AuthorMode.ANONYMOUS)
    figures = report(cast).now
    assert (figures.kinds.total, told(figures.kinds)) == (None, {})
    assert told(figures.types) == {ANONYMOUS: 3}


def test_report_when_somebody_else_is_anonymous_then_it_is_the_same(cast, october):
    told = []
    for author in ("b1", "o1"):
        signal = write(cast, author, tlp="GREEN", author_mode=AuthorMode.ANONYMOUS, kind="malware")
        told.append(report(cast, "i1"))
        type(signal).everything.filter(pk=signal.pk).update(state="withdrawn")
    assert told[0] == told[1]


def test_report_when_a_reader_does_not_see_some_then_they_are_not_counted(cast, october):
    before = report(cast, "o1")
    write(cast, "a1", COMMUNITY, without(cast.outsider))
    write(cast, "b1", to_person(cast.o1), tlp="RED")
    write(cast, "i1", tlp="GREEN", world="exercise:autumn")
    assert report(cast, "o1") == before
    assert report(cast, "i1").now.kinds.total == 7


def test_report_when_a_supervisor_asks_then_it_is_not_there(cast, october):
    files = [reverse("sharing:statistics-file", args=[form]) for form in ("csv", "pdf")]
    assert [cast.client("sup").get(page).status_code for page in (PAGE, *files)] == [404, 404, 404]


def test_quarter_when_a_month_hides_a_kind_then_the_quarter_does_not_tell_it(cast, stopped_clock):
    for name in ("a1", "b1", "i1"):
        for month in (7, 8):
            write(cast, name, month=month)
            write(cast, name, month=month, kind="fraud")
    write(cast, "o1", month=9)
    quarter = report(cast, period=QUARTER).now.kinds
    assert (quarter.total, told(quarter)) == (None, {"fraud": 12 - 6})
    assert report(cast, period=Period(2026, 8)).now.kinds.total == 6


def test_times_when_three_organisations_are_behind_them_then_medians_are_told(cast, october, stopped_clock):
    assert report(cast).now.to_share == timedelta(hours=2)
    assert report(cast).now.to_note is None
    stopped_clock.now = datetime(2026, 10, 5, 4, tzinfo=UTC)
    for name in ("b1", "i1", "t1"):
        actions.acknowledge_signal(cast.actor(name), october)
        stopped_clock.advance(hours=1)
    stopped_clock.now = datetime(2026, 11, 22, 3, tzinfo=UTC)
    actions.acknowledge_signal(cast.actor("s1"), october)  # after the month: it changes nothing any more
    figures = report(cast).now
    assert (figures.to_first_note, figures.to_note) == (None, timedelta(hours=2))


def test_answers_when_added_up_then_they_are_what_the_pages_told_at_the_end(cast, october, stopped_clock):
    other = write(cast, "o1", tlp="GREEN")
    stopped_clock.now = datetime(2026, 10, 6, tzinfo=UTC)
    for name in ("b1", "i1", "t1", "s1", "hub_op"):
        actions.take_stance(cast.actor(name), october, kind="affected")
        actions.report_seen(cast.actor(name), october)
    for name in ("b1", "i1"):
        actions.take_stance(cast.actor(name), other, kind="affected")
    stopped_clock.now = datetime(2026, 11, 22, 3, tzinfo=UTC)
    for name in ("b1", "i1", "t1", "s1"):
        actions.take_stance(cast.actor(name), october, kind="patched")
    figures = report(cast).now
    assert (figures.seen, figures.stances) == (3, {**dict.fromkeys(StanceKind.values), "affected": 3})


def test_page_when_a_period_has_not_ended_then_it_is_not_there_and_the_last_month_is_the_usual_one(cast, october):
    client = cast.client("b1")
    assert client.get(PAGE).context["period"] == "2026-10"
    assert {client.get(PAGE, {"period": text}).status_code for text in ("2026-11", "2026-Q4", "2999-01", "x")} == {404}
    assert client.get(PAGE, {"period": "2026-Q3"}).status_code == 200


def test_csv_when_taken_then_it_has_the_page_s_numbers_and_says_who_took_it(cast, october):
    for name in ("b1", "i1"):
        write(cast, name, tlp="GREEN", kind="fraud", target="own_system")
    answer = cast.client("b1").get(reverse("sharing:statistics-file", args=["csv"]))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["Section", "Item", "2026-10", "2026-09", "2025-10", "Exported by, at"]
    kinds = {row[1]: row[2:5] for row in rows if row[0] == "Signals by kind"}
    assert kinds == {"Phishing": ["5", "", ""], "Fraud": ["3", "", ""], "Total": ["8", "", ""]}
    assert all(row[5].startswith("b1 <b1@bank-b.example>") for row in rows[1:])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ja", ["セクターレポート:2026年10月", "フィッシング 5 – –", "合計 8 – –"]),
        ("en", ["Sector report: 2026-10", "Phishing 5 – –", "Total 8 – –"]),
    ],
)
def test_pdf_when_taken_then_its_text_is_read_back_in_its_language(cast, october, settings, language, words):
    if not settings.REPORT_FONT.is_file():
        pytest.skip("no Japanese font here: apt-get install fonts-noto-cjk")
    for name in ("b1", "i1"):
        write(cast, name, tlp="GREEN", kind="fraud", target="own_system")
    answer = cast.client("a1").get(reverse("sharing:statistics-file", args=["pdf"]), {"language": language})
    assert answer.headers["Content-Type"] == "application/pdf"
    with PdfDocument(answer.content) as file:
        lines = "\n".join(page.get_textpage().get_text_range() for page in file).splitlines()
    assert [word for word in words if word not in lines] == []


def test_pdf_when_the_font_is_missing_then_one_sentence_says_what_to_install(cast, october, settings, tmp_path):
    settings.REPORT_FONT = tmp_path / "missing.ttc"
    answer = cast.client("b1").get(reverse("sharing:statistics-file", args=["pdf"]))
    assert answer.status_code == 409
    assert "fonts-noto-cjk" in answer.content.decode()


def test_report_when_there_is_more_then_it_costs_no_more_queries(cast, october, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        report(cast)
    for name in ("a1", "b1", "i1"):
        write(cast, name, kind="malware")
    with django_assert_num_queries(len(one)):
        report(cast)
