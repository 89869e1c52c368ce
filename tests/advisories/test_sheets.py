"""Daily sheets: what goes onto one, each thing once; who issues and who reads them; the file; the command."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.core import mail as outgoing
from django.db import transaction
from django.utils import translation
from pypdfium2 import PdfDocument

from factories.subscriptions import choose
from noroshi.advisories import actions, queries
from noroshi.advisories.actions.reading import read_fetch
from noroshi.advisories.actions.writing import readable, write_records
from noroshi.advisories.cli import advisories
from noroshi.advisories.domain.bulletins import digest
from noroshi.advisories.domain.documents import Document
from noroshi.advisories.domain.records import Claim, ClaimKind, Moment, Record
from noroshi.advisories.feeds import sheets_in_feed
from noroshi.advisories.models import CatalogueChange, Fetch, Sheet, SheetMark, Source, SourceState, Vulnerability
from noroshi.advisories.receivers.daily import present_sheets
from noroshi.core import clock
from noroshi.core.domain.channels import Channel
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed
from noroshi.core.models import LedgerEntry
from noroshi.notify.models import Notice, NoticeKind
from noroshi.notify.tasks import send_due_mail
from noroshi.site.options import read_options

EVERYBODY = ("hub_op", "hub_reader", "a1", "a_reader", "i1", "t1", "s1", "v1", "sup", "sup_admin")


@pytest.fixture
def catalogue(stopped_clock):
    """A catalogue of which a file is read: the day of its release, and its entries by name."""
    source = Source.everything.create(name="KEV", kind="kev", enabled=True)
    SourceState.objects.create(source=source, checked_at=clock.now(), new_at=clock.now())

    def file(day, **entries):
        said = [
            {"cveID": f"CVE-2099-{name[1:]}", "vulnerabilityName": name, "dateAdded": "2099-01-01", **value}
            for name, value in entries.items()
        ]
        whole = {"dateReleased": f"2099-01-{day:02}T00:00:00Z", "catalogVersion": str(day), "vulnerabilities": said}
        fetch = Fetch.objects.create(source=source)
        return read_fetch(fetch, [Document(1, "", json.dumps(whole).encode())])

    return file


@pytest.fixture
def told(db):
    """Have a source of a kind say something of a vulnerability, as if it had been fetched."""

    def tell(name, *claims, kind="cve5", title="A title", published=None):
        source, _new = Source.everything.get_or_create(name=kind, kind=kind)
        said = tuple(Claim(name, each, value) for each, value in claims)
        moment = Moment(published, published.isoformat()) if published else None
        record = Record(name, title, names=(name,), claims=said, published=moment)
        with transaction.atomic():
            fetch = Fetch.objects.create(source=source)
            write_records(fetch, [readable(record)], replaces=kind == "epss")

    return tell


def scored(score):
    return ClaimKind.SEVERITY, {"system": "CVSS:3.1", "score": score}


def epss(probability):
    return ClaimKind.EPSS, {"probability": probability, "date": "2099-01-01"}


@pytest.fixture
def issue(cast, stopped_clock):
    """Issue the next sheet as hub_op does, and let an hour pass."""

    def now() -> Sheet:
        actor = cast.actor("hub_op")
        before = actions.next_sheet(actor).before
        sheet = actions.issue_sheet(actor, after=before.pk if before else None)
        stopped_clock.advance(hours=1, minutes=1)
        return sheet

    return now


def changes(sheet):
    return [(each["name"], each["change"]) for each in sheet.frozen["changes"]]


def named(sheet):
    return {each["name"]: [why["reason"] for why in each["reasons"]] for each in sheet.frozen["vulnerabilities"]}


def test_each_change_of_a_catalogue_is_told_by_one_sheet(issue, catalogue):
    catalogue(1, n0001={"dueDate": "2099-02-01"}, n0009={})
    assert changes(issue()) == []
    catalogue(2, n0001={"dueDate": "2099-01-20", "knownRansomwareCampaignUse": "Known"}, n0002={})
    second = issue()
    assert changes(second) == [
        ("CVE-2099-0002", "added"),
        ("CVE-2099-0001", "ransomware"),
        ("CVE-2099-0001", "due"),
        ("CVE-2099-0009", "missing"),
    ]
    catalogue(3, n0001={"dueDate": "2099-01-20", "knownRansomwareCampaignUse": "Known"}, n0002={})
    assert changes(issue()) == [("CVE-2099-0009", "removed")]
    assert changes(issue()) == []
    assert set(CatalogueChange.everything.filter(sheet=second).values_list("change", flat=True)) == {
        "added",
        "ransomware",
        "due",
        "missing",
    }


def test_the_first_sheet_tells_what_is_new_and_remembers_the_rest(issue, told, stopped_clock):
    told("CVE-2099-0001", scored(9.8))
    stopped_clock.advance(days=3)
    told("CVE-2099-0002", scored(9.9))
    told("CVE-2019-0003", scored(9.9), published=stopped_clock.now.replace(year=2019))
    sheet = issue()
    assert (named(sheet), sheet.frozen["is_first"]) == ({"CVE-2099-0002": ["critical"]}, True)
    assert sheet.frozen["older"] == 1
    assert SheetMark.objects.count() == 3
    assert named(issue()) == {}


def test_what_changes_is_told_and_what_trembles_is_not(issue, told):
    told("CVE-2099-0001", scored(7.0), kind="cve5")
    told("CVE-2099-0001", epss(0.2), kind="epss")
    assert named(issue()) == {}
    told("CVE-2099-0001", epss(0.21), kind="epss")
    assert named(issue()) == {}
    told("CVE-2099-0001", epss(0.35), kind="epss")
    assert named(issue()) == {"CVE-2099-0001": ["rose"]}
    told("CVE-2099-0001", scored(9.1), kind="cve5")
    assert named(issue()) == {"CVE-2099-0001": ["critical"]}
    told("CVE-2099-0001", (ClaimKind.STATE, {"state": "rejected"}), kind="cve5")
    assert named(issue()) == {"CVE-2099-0001": ["rejected"]}
    assert named(issue()) == {}


def test_what_only_a_catalogue_says_stands_among_its_changes_alone(issue, catalogue, told):
    catalogue(1)
    issue()
    told("CVE-2099-0002", scored(9.8))
    catalogue(2, n0001={"dateAdded": "2026-11-20"}, n0002={"dateAdded": "2026-11-20"})
    sheet = issue()
    assert changes(sheet) == [("CVE-2099-0001", "added"), ("CVE-2099-0002", "added")]
    assert named(sheet) == {"CVE-2099-0002": ["exploited", "critical"]}
    assert named(issue()) == {}


def test_what_a_catalogue_has_just_listed_is_not_counted_as_history_too(issue, catalogue, told, stopped_clock):
    catalogue(1)
    issue()
    for name in ("CVE-2099-0001", "CVE-2019-0002"):
        told(name, scored(9.8), published=stopped_clock.now.replace(year=2019))
    catalogue(2, n0001={"dateAdded": "2019-01-01"})
    sheet = issue()
    assert (changes(sheet), named(sheet), sheet.frozen["older"]) == ([("CVE-2099-0001", "added")], {}, 1)


def test_a_watched_product_stands_on_the_sheet_however_grave_it_is(cast, issue, told):
    actions.keep_watched_words(cast.actor("hub_op"), ["FortiOS", "", "FortiOS", " 一太郎 "])
    assert queries.watched_words("real") == ["FortiOS", "一太郎"]
    product = ClaimKind.AFFECTED, {"product": {"vendor": "Fortinet", "name": "FortiOS"}, "ranges": []}
    told("CVE-2099-0001", scored(4.0), product)
    told("CVE-2099-0002", scored(4.0), title="一太郎の脆弱性")
    told("CVE-2099-0003", scored(4.0), title="FortiOSManager")
    assert named(issue()) == {"CVE-2099-0001": ["watched"], "CVE-2099-0002": ["watched"]}
    told("CVE-2099-0001", scored(4.5), product)
    assert named(issue()) == {}


def test_words_are_kept_by_operators_within_bounds(cast):
    with pytest.raises(NotAllowed):
        actions.keep_watched_words(cast.actor("a1"), ["x"])
    for words in (["x" * 81], [str(number) for number in range(501)]):
        with pytest.raises(InvalidInput):
            actions.keep_watched_words(cast.actor("hub_op"), words)
    assert queries.watched_words("real") == []
    client = cast.client("hub_op")
    assert client.post("/advisories/sheets/words", {"words": "ASA\r\nCitrix"}).status_code == 302
    assert client.post("/advisories/sheets/words", {"words": "Citrix"}).status_code == 302
    assert queries.watched_words("real") == ["Citrix"]
    assert client.post("/advisories/sheets/words", {"words": "x" * 81}).status_code == 422


def test_an_empty_day_says_so_and_names_whom_it_does_not_hear(cast, issue, catalogue, stopped_clock):
    page = _page(cast, issue())
    assert "Nothing has changed since" in page
    assert "All 1 sources answered as they should." in page
    stopped_clock.advance(days=2)
    page = _page(cast, issue())
    assert "Nothing has changed since" in page
    assert "Not to be relied on, so there may be more: KEV (Late, last checked 2026-11-22 12:00)" in page
    Source.everything.update(enabled=False)
    assert "No source is switched on" in _page(cast, issue())


def _page(cast, sheet, name="a1", language="en"):
    with translation.override(language):
        return cast.client(name, language).get(f"/advisories/sheets/{sheet.pk}/").content.decode()


def test_what_is_out_does_not_change_and_its_digest_names_it(issue, told):
    told("CVE-2099-0001", scored(9.8))
    sheet = issue()
    told("CVE-2099-0001", scored(5.0), title="Another")
    again = Sheet.everything.get(pk=sheet.pk)
    assert again.frozen == sheet.frozen
    assert again.frozen["sha256"] == digest(again.frozen)
    assert (again.reference, again.frozen["reference"], again.tlp) == ("DAILY-2026-0001", "DAILY-2026-0001", "GREEN")
    entry = LedgerEntry.objects.get(action="advisories.sheet.issued")
    assert entry.payload == {"changes": 0, "vulnerabilities": 1}


@pytest.mark.parametrize("name", ["a1", "hub_admin", "hub_reader", "sup", "v1"])
def test_who_is_no_operator_issues_none_and_looks_at_none(cast, name):
    for act in (actions.next_sheet, lambda actor: actions.issue_sheet(actor, after=None)):
        with pytest.raises(NotAllowed):
            act(cast.actor(name))
    client = cast.client(name)
    status = 404 if name == "sup" else 403
    assert client.get("/advisories/sheets/next").status_code == status
    assert client.post("/advisories/sheets/issue", {"after": ""}).status_code == status
    assert Sheet.everything.count() == 0


@pytest.mark.parametrize("channel", [Channel.EXPORT, Channel.FEED])
def test_by_a_way_that_is_only_read_none_goes_out(cast, channel):
    with pytest.raises(NotAllowed):
        actions.issue_sheet(cast.actor("hub_op", channel).veiled(), after=None)


def test_a_button_that_is_pressed_twice_issues_once(cast, told):
    client = cast.client("hub_op")
    for _turn in range(2):
        client.post("/advisories/sheets/issue", {"after": ""})
    sheet = Sheet.everything.get()
    with pytest.raises(Conflict):
        actions.issue_sheet(cast.actor("hub_op"), after=None)
    client.post("/advisories/sheets/issue", {"after": "what is this"})
    client.post("/advisories/sheets/issue", {"after": str(sheet.pk)})
    assert [row.reference for row in Sheet.everything.order_by("number")] == ["DAILY-2026-0001", "DAILY-2026-0002"]


def test_who_reads_bulletins_for_all_members_reads_it_and_nobody_behind_the_wall(cast, issue, told):
    told("CVE-2099-0001", scored(9.8), title="Quokka Server")
    sheet = issue()
    seen = {name for name in EVERYBODY if queries.sheets_for(cast.actor(name)).exists()}
    assert seen == {"hub_op", "hub_reader", "a1", "a_reader", "i1", "t1", "s1"}
    for name in EVERYBODY:
        client = cast.client(name)
        for path in ("", "sheet.csv"):
            answer = client.get(f"/advisories/sheets/{sheet.pk}/{path}")
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert (answer.status_code, b"Quokka" in body) == ((200, True) if name in seen else (404, False))
        listed = client.get("/advisories/sheets/")
        assert (b"DAILY-2026-0001" in listed.content) is (name in seen)


def test_the_page_leads_to_each_vulnerability_in_both_languages(cast, issue, told, catalogue):
    catalogue(1)
    issue()
    catalogue(2, n0001={})
    told("CVE-2099-0002", scored(9.8))
    sheet = issue()
    for row in Vulnerability.everything.all():
        assert f'/advisories/vulnerabilities/{row.pk}/">{row.name}</a>' in _page(cast, sheet)
    assert "CVSS 9.8" in _page(cast, sheet, language="ja")
    assert "追加" in _page(cast, sheet, language="ja")


def test_the_file_starts_no_formula_and_says_who_took_it(cast, issue, told, catalogue):
    catalogue(1)
    issue()
    catalogue(2, n0001={"vendorProject": "=HYPERLINK(1)", "dueDate": "2099-02-01"})
    told("CVE-2099-0002", scored(9.8), title="＝cmd")
    sheet = issue()
    answer = cast.client("a1").get(f"/advisories/sheets/{sheet.pk}/sheet.csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    cells = [cell.strip('"') for line in lines for cell in line.split(",")]
    assert not [cell for cell in cells if cell.startswith(("=", "＝", "+", "@"))]
    assert len(lines) == 1 + 1 + 1 + 1
    assert lines[1].startswith("Catalogue,CVE-2099-0001,Newly listed,'=HYPERLINK(1)")
    assert "CVE-2099-0002,CVSS 9.8,'＝cmd" in "\n".join(lines)
    assert all("a1" in line for line in lines[1:])


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_questions(cast, issue, number, django_assert_num_queries):
    for _turn in range(number):
        issue()
    client = cast.client("a1")
    client.get("/advisories/sheets/")
    with django_assert_num_queries(10):
        page = client.get("/advisories/sheets/").content.decode()
    assert page.count('">DAILY-2026-') == number


@pytest.mark.parametrize("number", [1, 30])
def test_a_sheet_costs_the_same_questions_whatever_it_holds(cast, issue, told, number, django_assert_max_num_queries):
    for each in range(number):
        told(f"CVE-2099-{1000 + each}", scored(9.8))
    actor = cast.actor("hub_op")
    with django_assert_max_num_queries(18):
        sheet = actions.issue_sheet(actor, after=None)
    assert len(sheet.frozen["vulnerabilities"]) == number
    client = cast.client("a1")
    client.get(f"/advisories/sheets/{sheet.pk}/")
    with django_assert_max_num_queries(12):
        assert b"CVE-2099-1000" in client.get(f"/advisories/sheets/{sheet.pk}/").content


def test_the_command_shows_it_and_issues_it_when_it_is_told_to(cast, told, catalogue):
    told("CVE-2099-0001", scored(9.8), title="Quokka")
    run = lambda *words: CliRunner().invoke(advisories, ["sheet", *words], catch_exceptions=False)  # noqa: E731
    shown = run()
    assert (shown.exit_code, "CVE-2099-0001  Critical 9.8  Quokka" in shown.output) == (0, True)
    assert json.loads(run("--json").output)["vulnerabilities"][0]["name"] == "CVE-2099-0001"
    assert "Vulnerability,CVE-2099-0001,CVSS 9.8,Quokka" in run("--csv").output
    assert Sheet.everything.count() == 0
    issued = json.loads(run("--issue", "--json").output)
    assert (issued["reference"], issued["sha256"]) == ("DAILY-2026-0001", digest(issued))
    assert "Nothing has changed since" in run().output


@pytest.mark.parametrize(("language", "words"), [("ja", "業界に関わる脆弱性"), ("en", "Vulnerabilities that matter")])
def test_the_file_to_print_is_read_back_in_its_language(cast, issue, told, settings, language, words):
    if not settings.REPORT_FONT.is_file():
        pytest.skip("no Japanese font here: apt-get install fonts-noto-cjk")
    told("CVE-2099-0001", scored(9.8), title="一太郎の脆弱性")
    sheet = issue()
    answer = cast.client("a1", language).get(f"/advisories/sheets/{sheet.pk}/sheet.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    with PdfDocument(answer.content) as file:
        text = "\n".join(page.get_textpage().get_text_range() for page in file)
    assert [
        each for each in ("CVE-2099-0001", "一太郎の脆弱性", words, "TLP:GREEN", "CVSS 9.8") if each not in text
    ] == []
    assert cast.client("sup").get(f"/advisories/sheets/{sheet.pk}/sheet.pdf").status_code == 404


def test_everybody_whom_it_reaches_is_told_and_mail_has_what_stands_on_it(cast, issue, told, drain, stopped_clock):
    choose(cast.actor("b1"), NoticeKind.SHEET, "at_once")
    told("CVE-2099-0001", scored(9.8), title="Quokka")
    issue()
    drain()
    notices = Notice.everything.filter(kind=NoticeKind.SHEET)
    people = set(notices.values_list("person__name", flat=True))
    assert {name for name in EVERYBODY if name in people} == {
        "hub_op",
        "hub_reader",
        "a1",
        "a_reader",
        "i1",
        "t1",
        "s1",
    }
    assert notices.count() == len(people)
    stopped_clock.advance(minutes=30)
    send_due_mail()
    drain()
    (mail,) = [each for each in outgoing.outbox if each.to == [cast.b1.email]]
    assert [word for word in ("CVE-2099-0001", "Quokka", "CVSS 9.8") if word not in mail.body] == []
    assert [each.to for each in outgoing.outbox if each.to in ([cast.sup.email], [cast.v1.email])] == []


def test_in_feeds_it_stands_for_whom_feeds_may_bring_it(cast, issue, told):
    told("CVE-2099-0001", scored(9.8), title="Quokka")
    sheet = issue()
    (entry,) = sheets_in_feed(cast.actor("b1", Channel.FEED), 10)
    assert (entry.id, entry.title) == (sheet.pk, "DAILY-2026-0001 (TLP:GREEN)")
    assert "CVE-2099-0001  Critical 9.8  Quokka" in entry.text
    assert [sheets_in_feed(cast.actor(name, Channel.FEED), 10) for name in ("sup", "v1")] == [[], []]


def test_a_long_mail_says_where_the_rest_is(cast, issue, told):
    for number in range(60):
        told(f"CVE-2099-{1000 + number}", scored(9.8), title="A title that is rather long " * 3)
    sheet = issue()
    ((_reader, shown),) = present_sheets([cast.actor("a1")], [sheet.pk])
    text = shown[sheet.pk].text
    assert (len(text) < 4_000, text.endswith("\nThe rest stands on the page.")) == (True, True)
    assert "CVE-2099-1000" in text


@pytest.fixture
def weekdays(settings):
    """The sheet goes out at half past eight on weekdays."""
    settings.SHEET_AT = read_options({"NOROSHI_SHEET_AT": "mon-fri 08:30"})["SHEET_AT"]


def test_at_its_fixed_time_one_goes_out_a_day(cast, stopped_clock, weekdays):
    hours = []
    for _hour in range(24 * 8):  # from a Sunday noon to the Monday after the next
        if actions.issue_scheduled_sheet() is not None:
            hours.append(f"{stopped_clock.now + timedelta(hours=9):%a %H:%M}")
        stopped_clock.advance(hours=1)
    assert hours == ["Mon 09:00", "Tue 09:00", "Wed 09:00", "Thu 09:00", "Fri 09:00", "Mon 09:00"]
    row = Sheet.everything.order_by("number").first()
    assert (row.by_schedule, row.author, str(row.day), row.owner) == (True, None, "2026-11-23", cast.hub)


def test_an_operator_may_have_been_quicker_and_the_fixed_time_goes_on_from_there(cast, issue, stopped_clock, weekdays):
    stopped_clock.advance(days=1)
    first = issue()
    second = actions.issue_scheduled_sheet()
    assert (second.since, actions.issue_scheduled_sheet()) == (first.until, None)


def test_without_a_fixed_time_or_a_hub_none_goes_out(cast, stopped_clock, settings):
    stopped_clock.advance(days=1)
    assert actions.issue_scheduled_sheet() is None
    assert Sheet.everything.count() == 0


def test_who_is_killed_while_it_is_issued_has_issued_none(cast, told, stopped_clock, weekdays, monkeypatch):
    stopped_clock.advance(days=1)
    told("CVE-2099-0001", scored(9.8))
    with monkeypatch.context() as patch:
        patch.setattr("noroshi.advisories.actions.daily.ledger.record", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            actions.issue_scheduled_sheet()
    assert (Sheet.everything.count(), SheetMark.objects.count()) == (0, 0)
    sheet = actions.issue_scheduled_sheet()
    assert (sheet.number, named(sheet)) == (1, {"CVE-2099-0001": ["critical"]})
    assert actions.issue_scheduled_sheet() is None


def test_words_are_not_looked_for_in_history_but_in_what_is_said_of_it_anew(cast, issue, told, stopped_clock):
    actions.keep_watched_words(cast.actor("hub_op"), ["FortiOS"])
    long_ago = stopped_clock.now.replace(year=2019)
    told("CVE-2019-0001", scored(4.0), title="FortiOS", published=long_ago)
    told("CVE-2099-0002", scored(4.0), title="FortiOS", published=stopped_clock.now)
    sheet = issue()
    assert (named(sheet), sheet.frozen["older"]) == ({"CVE-2099-0002": ["watched"]}, 0)
    told("CVE-2019-0001", scored(4.5), title="FortiOS", published=long_ago)
    assert named(issue()) == {"CVE-2019-0001": ["watched"]}
