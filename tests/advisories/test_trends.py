"""Threat trends of a quarter: what is counted and what is not told, alike on the page, as files and in print."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.utils import timezone
from pypdfium2 import PdfDocument

from factories.audience import COMMUNITY, without
from factories.signals import make_signal
from noroshi.advisories import actions, queries
from noroshi.advisories.models import Bulletin, CatalogueChange, CatalogueState, Fetch, Source, Vulnerability
from noroshi.advisories.trend_sections import sections
from noroshi.core.domain.audience import AuthorMode
from noroshi.intel.models import Observable, Tag
from noroshi.sharing.domain.periods import Period
from noroshi.sharing.models import Signal, SignalObservable, SignalTag

Q3 = Period(2026, 7, 3)
NOW = Period(2026, 10, 3)
PAGE = "/advisories/trends/"


def moment(month, day=5):
    return datetime(2026, month, day, 3, tzinfo=UTC)


@pytest.fixture
def published(beginnings, drafted, sent):
    """A bulletin that went out on a day of a month."""

    def publish(month, day=5, **said):
        row = sent(drafted(**said))
        Bulletin.everything.filter(pk=row.pk).update(published_at=moment(month, day))
        return row

    return publish


@pytest.fixture
def catalogue(db):
    """A catalogue whose entries are given by name: the day on which each was listed, its maker and its product."""
    source = Source.everything.create(name="KEV", kind="kev")

    def hold(**entries):
        said = {
            f"CVE-2099-{name[1:]}": {"added": added, "vendor": vendor, "product": product}
            for name, (added, vendor, product) in entries.items()
        }
        CatalogueState.objects.update_or_create(source=source, defaults={"entries": said})
        return source

    return hold


def write(cast, name, *audience, month=8, **fields):
    return make_signal(cast.people[name], *audience, published_at=moment(month), created_at=moment(month), **fields)


def figures(cast, name="b1", quarter=Q3):
    """The rows of each section, by its name, with the columns where these differ."""
    found = sections(queries.trends_of(cast.actor(name), quarter))
    return {each.name: (list(each.columns), {label: list(values) for label, values in each.rows}) for each in found}


def rows(cast, section, **asked):
    return figures(cast, **asked)[section][1]


def test_bulletins_are_counted_once_in_the_month_of_their_first_version(cast, stopped_clock, published, sent):
    published(7)
    twice = published(8)
    draft = actions.renew_bulletin(cast.actor("hub_op"), twice)
    Bulletin.everything.filter(pk=draft.pk).update(change="new")
    draft.refresh_from_db()
    second = sent(draft)
    Bulletin.everything.filter(pk=second.pk).update(published_at=moment(9))
    published(9, series="ALERT")
    published(10)
    gone = published(9)
    actions.withdraw_bulletin(cast.actor("hub_op"), gone, reason="誤り")
    published(9, entries=(COMMUNITY, without(cast.bank_b)))
    told = {label: values for label, values in rows(cast, "bulletins").items() if any(values)}
    assert sorted(told.values()) == [[0, 0, 1], [1, 1, 0]]
    assert max(map(sum, rows(cast, "bulletins", name="a1").values())) == 3


def test_what_was_listed_counts_by_the_day_of_the_catalogue_and_what_was_removed_by_the_day_it_was_seen(
    cast, stopped_clock, catalogue
):
    for name, day, ransomware in (
        ("CVE-2099-1", "2026-07-01", True),
        ("CVE-2099-2", "2026-07-31", False),
        ("CVE-2099-3", "2026-09-30", False),
        ("CVE-2099-4", "2026-06-30", True),
        ("CVE-2099-5", "2026-10-01", True),
    ):
        Vulnerability.everything.create(name=name, exploited_since=day, ransomware=ransomware)
    source = catalogue()
    fetch = Fetch.objects.create(source=source)
    for change, day in (("removed", moment(8)), ("missing", moment(8)), ("removed", moment(10))):
        CatalogueChange.everything.create(source=source, fetch=fetch, name="x", change=change, at=day)
    assert rows(cast, "exploited") == {"used for ransomware": [1, 0, 0], "others": [1, 0, 1]}
    assert rows(cast, "removed") == {"removed": [0, 1, 0]}
    (section,) = [each for each in sections(queries.trends_of(cast.actor("b1"), Q3)) if each.name == "exploited"]
    assert section.note == "Used for ransomware: 1 of 3, 33 %."


def test_the_last_hour_of_a_quarter_is_that_of_tokyo(cast, stopped_clock, catalogue):
    source = catalogue()
    fetch = Fetch.objects.create(source=source)
    for at in (datetime(2026, 9, 30, 14, 59, tzinfo=UTC), datetime(2026, 9, 30, 15, tzinfo=UTC)):
        CatalogueChange.everything.create(source=source, fetch=fetch, name="x", change="removed", at=at)
    assert timezone.get_current_timezone_name() == "Asia/Tokyo"
    assert rows(cast, "removed") == {"removed": [0, 0, 1]}
    assert rows(cast, "removed", quarter=NOW) == {"removed": [1, 0, 0]}


def test_the_makers_most_named_stand_first_and_what_has_no_day_is_left_out(cast, stopped_clock, catalogue):
    catalogue(
        n1=("2026-07-01", "Okapi", "Server"),
        n2=("2026-08-01", "Okapi", "Client"),
        n3=("2026-08-02", "Quokka", "Gate"),
        n4=("2026-10-01", "Numbat", "Mail"),
        n5=("someday", "Bilby", "Mail"),
        n6=("2026-09-01", "", "Alone"),
        n7=("2026-09-02", "Okapi", "Okapi Client"),
    )
    assert list(rows(cast, "vendors").items()) == [("Okapi", [1, 1, 1]), ("Quokka", [0, 1, 0])]
    assert rows(cast, "products") == {
        "Alone": [0, 0, 1],
        "Okapi Client": [0, 1, 1],
        "Okapi Server": [1, 0, 0],
        "Quokka Gate": [0, 1, 0],
    }


def test_of_signals_nothing_is_told_that_fewer_than_three_stand_behind(cast, stopped_clock):
    for name in ("a1", "b1", "i1"):
        write(cast, name, tlp="GREEN")
    for name in ("a1", "b1"):
        write(cast, name, tlp="GREEN", month=9)
    assert rows(cast, "phishing") == {"signals": [None, 3, None]}
    assert figures(cast)["kinds"] == ([], {"signals": []})
    write(cast, "i1", tlp="GREEN", month=9)
    assert rows(cast, "phishing") == {"signals": [None, 3, 3]}
    assert figures(cast)["kinds"] == (["Phishing"], {"signals": [6]})


def test_what_a_reader_does_not_see_is_not_counted(cast, stopped_clock):
    for name in ("a1", "b1", "i1"):
        write(cast, name, COMMUNITY, without(cast.outsider), tlp="GREEN")
    assert rows(cast, "phishing") == {"signals": [None, 3, None]}
    assert rows(cast, "phishing", name="o1") == {"signals": [None, None, None]}


def name_value(signal, value, kind="ipv4"):
    made, _new = Observable.objects.get_or_create(digest=value, defaults={"type": kind, "value": value})
    SignalObservable.everything.create(signal=signal, observable=made, reason="typed")


def tag(signal, name):
    word, _new = Tag.objects.get_or_create(name=name, family="ransomware", family_title="Ransomware", title=name[-8:-1])
    SignalTag.everything.create(signal=signal, tag=word)


def test_values_and_families_are_told_where_three_stand_behind_each(cast, stopped_clock):
    family, other = 'misp-galaxy:ransomware="LockBit"', 'misp-galaxy:ransomware="Quokkas"'
    for number, name in enumerate(("a1", "b1", "i1")):
        signal = write(cast, name, tlp="GREEN")
        name_value(signal, f"192.0.2.{number}")
        tag(signal, family)
        tag(signal, f'ransomware:type="{number}"')
    assert figures(cast)["values"] == (["IPv4 address"], {"values": [3]})
    assert figures(cast)["families"] == (["LockBit"], {"signals": [3]})
    hidden = write(cast, "o1", tlp="GREEN", author_mode=AuthorMode.ANONYMOUS)
    name_value(hidden, "okapi.example", "domain")
    tag(hidden, other)
    page = cast.client("b1").get(PAGE).content.decode()
    assert [word for word in ("Domain", "Quokkas") if word in page] == []
    assert Signal.everything.count() == 4


def test_the_quarter_that_lasts_tells_nothing_of_signals(cast, stopped_clock):
    for name in ("a1", "b1", "i1"):
        write(cast, name, tlp="GREEN", month=10)
    assert list(figures(cast, quarter=NOW)) == ["bulletins", "exploited", "removed", "vendors", "products"]
    page = cast.client("b1").get(PAGE, {"quarter": "2026-Q4"}).content.decode()
    assert "The quarter lasts" in page
    assert cast.client("b1").get(f"{PAGE}phishing.csv", {"quarter": "2026-Q4"}).status_code == 404


def test_the_last_quarter_that_has_ended_is_the_usual_one_and_others_can_be_chosen(cast, stopped_clock):
    client = cast.client("b1")
    assert client.get(PAGE).context["quarter"] == "2026-Q3"
    assert client.get(PAGE, {"quarter": "2026-Q1"}).context["quarter"] == "2026-Q1"
    asked = ("2026-08", "2027-Q1", "1999-Q1", "x")
    assert {client.get(PAGE, {"quarter": text}).status_code for text in asked} == {404}


def test_beside_each_plot_are_its_figures_and_no_formula(cast, stopped_clock, catalogue, published):
    published(7)
    catalogue(n1=("2026-07-01", "=HYPERLINK(1)", "Server"))
    client = cast.client("b1")
    page = client.get(PAGE).content.decode()
    assert page.count("<svg class=") >= 3
    names = [each.name for each in sections(queries.trends_of(cast.actor("b1"), Q3))]
    assert [name for name in names if f'href="{PAGE}{name}.csv?quarter=2026-Q3"' not in page] == []
    answer = client.get(f"{PAGE}vendors.csv")
    table = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert table[0] == ["", "2026-07", "2026-08", "2026-09", "Exported by, at"]
    assert table[1][:4] == ["'=HYPERLINK(1)", "1", "0", "0"]
    assert table[1][4].startswith("b1 <b1@bank-b.example>")


def test_a_figure_that_is_not_told_is_empty_in_the_file(cast, stopped_clock):
    for name in ("a1", "b1", "i1"):
        write(cast, name, tlp="GREEN")
    write(cast, "a1", tlp="GREEN", month=9)
    answer = cast.client("b1").get(f"{PAGE}phishing.csv")
    table = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert table[1][:4] == ["signals", "", "3", ""]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ja", ["脅威の傾向", "Okapi 1 0 0", "フィッシング"]),
        ("en", ["Threat trends", "Okapi 1 0 0", "Phishing in signals"]),
    ],
)
def test_the_report_to_print_is_read_back_in_its_language(cast, stopped_clock, catalogue, settings, language, words):
    if not settings.REPORT_FONT.is_file():
        pytest.skip("no Japanese font here: apt-get install fonts-noto-cjk")
    catalogue(n1=("2026-07-01", "Okapi", "Server"))
    Vulnerability.everything.create(name="CVE-2099-1", exploited_since="2026-07-01", ransomware=True)
    for name in ("a1", "b1", "i1"):
        write(cast, name, tlp="GREEN")
    answer = cast.client("b1", language).get(f"{PAGE}report.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    with PdfDocument(answer.content) as file:
        text = "\n".join(page.get_textpage().get_text_range() for page in file)
    assert [word for word in words if word not in text] == []


def test_nobody_behind_the_wall_reads_it(cast, stopped_clock):
    client = cast.client("sup")
    assert [client.get(PAGE + path).status_code for path in ("", "bulletins.csv", "report.pdf")] == [404, 404, 404]


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_questions(
    cast, stopped_clock, catalogue, published, number, django_assert_num_queries
):
    for each in range(number):
        published(7, 1 + each)
        for name in ("a1", "b1", "i1"):
            write(cast, name, tlp="GREEN")
    catalogue(**{f"n{each}": ("2026-07-01", f"Maker {each}", "x") for each in range(number)})
    client = cast.client("b1")
    client.get(PAGE)
    with django_assert_num_queries(16):
        page = client.get(PAGE).content.decode()
    assert page.count('text-anchor="end">Maker') == number * 2
