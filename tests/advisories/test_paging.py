"""Lists read page by page: nothing lost between two pages, whatever moves meanwhile."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from factories.web import Page, web
from noroshi.advisories import actions
from noroshi.advisories.actions import SourceSaid
from noroshi.advisories.domain.asking import Answered, AstrayError, Cursor, address, has_more, has_pages, opened, turned
from noroshi.advisories.domain.jvn_pages import Page as Told
from noroshi.advisories.domain.jvn_pages import page_of
from noroshi.advisories.domain.sources import SourceKind
from noroshi.advisories.models import Item, Revision, Source

HND, OKA, GHSA = SourceKind.JVN_HND, SourceKind.JVN_OKA, SourceKind.GHSA
LIST = "https://jvndb.jvn.jp/myjvn?method=getVulnOverviewList&feed=hnd&keyword=%E6%97%A5&rangeDatePublic=m"
NOW = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)  # in Tokyo it is the 21st
STATUS = '<status:Status xmlns:status="http://jvndb.jvn.jp/myjvn/Status" retCd="{}" errMsg="{}" totalRes="{}"/>'
ITEM = """<item rdf:about="https://jvndb.jvn.jp/{0}"><title>{0}</title><link>https://jvndb.jvn.jp/{0}</link>
<sec:identifier>{0}</sec:identifier></item>"""


def in_xml(names, total, code=0):
    items = "".join(map(ITEM.format, names))
    return (
        '<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:sec="http://jvn.jp/rss/mod_sec/3.0/"><channel/>'
        f"{items}{STATUS.format(code, 'no' if code else '', total)}</rdf:RDF>"
    ).encode()


def in_json(names, total, code=0):
    entries = [{"id": name, "title": name} for name in names]
    return json.dumps({"feed": {"entry": entries}, "status": {"retCd": code, "totalRes": total}}).encode()


WRITTEN = {HND: in_xml, OKA: in_json}


class MyJvn:
    """A server that has a list and gives so much of it as is asked; `between` changes it after a page."""

    def __init__(self, kind, names, *, size=3, between=None):
        self.kind, self.names, self.size, self.between = kind, names, size, between or {}
        self.starts = []

    def answer(self, url):
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        start = int(asked["startItem"])
        names, total = self.names[start - 1 : start - 1 + self.size], len(self.names)
        self.starts.append(start)
        if change := self.between.pop(len(self.starts), None):
            self.names = change(self.names)
        return WRITTEN[self.kind](names, total)


def read_through(server, *, now=NOW, most=50):
    """Ask page by page until nothing is left; return the names that were seen and where it ended."""
    cursor, seen = opened(Cursor(), server.kind, LIST, now), []
    for _page in range(most):
        body = server.answer(address(LIST, server.kind, cursor))
        seen.extend(_names(body))
        cursor = Cursor.of(turned(cursor, server.kind, LIST, Answered(body)).kept)
        if not cursor.until and not has_more(cursor.kept, now):
            return seen, cursor
        cursor = opened(cursor, server.kind, LIST, now)
    raise AssertionError("it never ends")


def _names(body):
    if body.startswith(b"{"):
        return [each["id"] for each in json.loads(body)["feed"]["entry"]]
    return [part.partition("<")[0] for part in body.decode().split("<sec:identifier>")[1:]]


NAMES = [f"JVNDB-2026-{number:06}" for number in range(10)]


@pytest.mark.parametrize("kind", [HND, OKA])
def test_a_list_is_read_page_by_page_to_its_end(kind):
    server = MyJvn(kind, NAMES)
    seen, cursor = read_through(server)
    assert (list(dict.fromkeys(seen)), server.starts) == (NAMES, [1, 3, 5, 7, 9])
    assert cursor == Cursor(since=NOW.isoformat())


@pytest.mark.parametrize("kind", [HND, OKA])
@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("the first was corrected and stands last now", lambda names: [*names[1:], names[0]]),
        ("one is gone", lambda names: names[1:]),
        ("one has come in front", lambda names: ["JVNDB-2026-999999", *names]),
        ("one is gone, another has come", lambda names: [*names[1:], "JVNDB-2026-999999"]),
        ("they stand in another order", lambda names: names[::-1]),
    ],
)
def test_nothing_is_lost_when_the_list_moves_between_two_pages(kind, what, change):
    server = MyJvn(kind, NAMES, between={1: change, 4: change})
    seen, _cursor = read_through(server)
    assert set(server.names) - set(seen) == set()
    assert server.starts.count(1) > 1


def test_a_window_is_days_in_japan_and_the_sources_own_words_stay():
    cursor = opened(Cursor(), HND, LIST, NOW)
    asked = parse_qs(urlsplit(address(LIST, HND, cursor)).query)
    assert address(LIST, HND, cursor).startswith(
        "https://jvndb.jvn.jp/myjvn?method=getVulnOverviewList&feed=hnd&keyword=%E6%97%A5&"
    )
    assert {name: values for name, values in asked.items() if name not in {"method", "feed"}} == {
        "keyword": ["日"], "rangeDatePublic": ["n"], "rangeDatePublished": ["n"], "rangeDateFirstPublished": ["n"],
        "datePublishedStartY": ["2026"], "datePublishedStartM": ["11"], "datePublishedStartD": ["14"],
        "datePublishedEndY": ["2026"], "datePublishedEndM": ["11"], "datePublishedEndD": ["21"],
        "maxCountItem": ["50"], "startItem": ["1"],
    }  # fmt: skip
    asked = parse_qs(urlsplit(address(LIST, OKA, cursor)).query)
    assert (asked["datePublishedStart"], asked["datePublishedEnd"]) == (["20261114"], ["20261121"])


def test_a_backlog_is_read_window_by_window_at_once():
    cursor, windows = Cursor(since=(NOW - timedelta(days=20)).isoformat()), []
    while has_more(cursor.kept, NOW):
        cursor = opened(cursor, HND, LIST, NOW)
        windows.append((cursor.since[:10], cursor.until[:10]))
        cursor = turned(cursor, HND, LIST, Answered(in_xml([], 0)))
    assert windows == [("2026-10-31", "2026-11-07"), ("2026-11-07", "2026-11-14"), ("2026-11-14", "2026-11-20")]


def test_a_window_that_moves_is_read_anew_half_as_long_and_never_less_than_a_day():
    cursor = Cursor("2026-11-01T00:00:00+00:00", "2026-11-08T00:00:00+00:00", start=2, total=9, mark="x")
    ends = []
    for _time in range(5):
        cursor = turned(cursor, HND, LIST, Answered(in_xml(["y"], 9)))
        ends.append(cursor.until[:16])
        cursor = Cursor(cursor.since, cursor.until, start=2, total=9, mark="x")
    assert ends == ["2026-11-04T12:00", "2026-11-02T18:00", "2026-11-02T00:00", "2026-11-02T00:00", "2026-11-02T00:00"]


def test_a_page_that_is_none_is_asked_for_again_and_one_that_is_missing_is_said():
    cursor = Cursor("2026-11-01T00:00:00+00:00", "2026-11-08T00:00:00+00:00", start=2, total=9, mark="x")
    for body in (b"", b"<html/>", b"{", in_xml([], 9, code=1), in_json([], 9, code=1), b'{"feed": 1, "status": []}'):
        assert turned(cursor, HND, LIST, Answered(body)) == cursor
    with pytest.raises(AstrayError, match="9 items, and gives none from 1 on"):
        turned(Cursor(cursor.since, cursor.until), HND, LIST, Answered(in_xml([], 9)))
    one = turned(Cursor(cursor.since, cursor.until), HND, LIST, Answered(in_xml(["a"], 9)))
    assert (one.start, one.mark) == (1, "")  # a server that gives one at a time is gone through too


def test_other_methods_are_asked_as_they_are():
    alerts = "https://jvndb.jvn.jp/myjvn?method=getAlertList&feed=hnd"
    assert [has_pages(HND, LIST), has_pages(HND, alerts), has_pages(SourceKind.FEED, LIST)] == [True, False, False]
    assert address(alerts, HND, opened(Cursor(), HND, alerts, NOW)) == alerts


def test_the_samples_say_how_many_they_are(shared_data):
    folder = shared_data / "advisories" / "jvn"
    told = page_of((folder / "hnd" / "getVulnOverviewList_hnd.xml").read_bytes())
    assert told == Told(2, 6, told.first, told.last)
    assert (told.first.startswith("JVNDB-"), told.first != told.last) == (True, True)
    other = page_of((folder / "oka" / "getVulnOverviewList_oka.json").read_bytes())
    assert (other.total, other.first) == (6, "JVNDB-2025-000000")


@pytest.mark.django_db
def test_a_process_that_is_killed_goes_on_with_the_page_it_was_at(cast, monkeypatch):
    server = MyJvn(HND, NAMES)
    with web() as site:
        site.pages["/myjvn"] = lambda _headers: Page(server.answer(site.asked[-1][0]))
        url = site.at("/myjvn?method=getVulnOverviewList&feed=hnd")
        said = SourceSaid("JVN", "jvn_hnd", url, ports=(site.port,), networks=("127.0.0.0/8",), gap_seconds=0)
        source = actions.add_source(cast.actor("hub_op"), said=said)
        actions.switch_source(cast.actor("hub_op"), source, on=True)
        real = actions.reading.write_records
        monkeypatch.setattr("noroshi.advisories.actions.reading.write_records", _broken_at(3, real))
        with pytest.raises(KeyboardInterrupt):
            actions.collect(Source.everything.get(pk=source.pk), pages=9)
        assert (Item.objects.count(), server.starts) == (5, [1, 3, 5])
        fetches = actions.collect(Source.everything.get(pk=source.pk), pages=9)
        assert ([fetch.new for fetch in fetches], server.starts) == ([2, 2, 1], [1, 3, 5, 7, 9])
        assert [fetch.is_regressed for fetch in fetches] == [False, False, False]
        assert (Item.objects.count(), Revision.objects.count()) == (10, 10)
        state = Source.everything.select_related("state").get(pk=source.pk).state
        assert (state.cursor["until"], state.health, state.regressed_since) == ("", "ok", None)


def _broken_at(number, real):
    calls = []

    def write(fetch, records, **how):
        calls.append(len(records))
        if len(calls) == number:
            raise KeyboardInterrupt
        return real(fetch, records, **how)

    return write


GITHUB = "https://api.github.com/advisories?ecosystem=npm&per_page=30"
MORE = '<https://api.github.com/advisories?after={}>; rel="next", <https://api.github.com/advisories?x>; rel="first"'


def test_github_is_followed_from_page_to_page_by_what_it_says_itself():
    cursor = opened(Cursor(since=NOW.isoformat()), GHSA, GITHUB, NOW)
    assert parse_qs(urlsplit(address(GITHUB, GHSA, cursor)).query) == {
        "ecosystem": ["npm"], "modified": [">=2026-11-20"], "sort": ["updated"], "direction": ["asc"],
        "per_page": ["100"],
    }  # fmt: skip
    cursor = Cursor.of(turned(cursor, GHSA, GITHUB, Answered(b"[]", MORE.format("Y3=="))).kept)
    assert opened(cursor, GHSA, GITHUB, NOW) == cursor
    assert (address(GITHUB, GHSA, cursor), has_more(cursor.kept, NOW)) == (
        "https://api.github.com/advisories?after=Y3==", True,
    )  # fmt: skip
    with pytest.raises(AstrayError, match="next one of itself"):
        turned(cursor, GHSA, GITHUB, Answered(b"[]", MORE.format("Y3==")))
    last = '<https://api.github.com/advisories?x>; rel="first", <https://api.github.com/advisories?y>; rel="prev"'
    assert turned(cursor, GHSA, GITHUB, Answered(b"[]", last)) == Cursor(since=NOW.isoformat())


@pytest.mark.parametrize(
    "there", ["http://api.github.com/advisories", "https://evil.example/advisories", "https://api.github.com/user"]
)
def test_a_next_page_that_lies_elsewhere_is_not_asked_for(there):
    cursor = opened(Cursor(), GHSA, GITHUB, NOW)
    with pytest.raises(AstrayError, match="elsewhere"):
        turned(cursor, GHSA, GITHUB, Answered(b"[]", f'<{there}?after=1>; rel="next"'))


@pytest.mark.django_db
def test_a_next_page_that_lies_elsewhere_is_a_failure_and_its_key_stays(cast):
    with web() as site:
        site.pages["/advisories"] = Page(b"[]", headers={"Link": f'<{site.at("/steal")}>; rel="next"'})
        said = SourceSaid(
            "GitHub", "ghsa", site.at("/advisories"), ports=(site.port,), networks=("127.0.0.0/8",), secret="s3cret"
        )
        source = actions.add_source(cast.actor("hub_op"), said=said)
        actions.switch_source(cast.actor("hub_op"), source, on=True)
        (fetch,) = actions.collect(Source.everything.get(pk=source.pk))
        assert (fetch.outcome, fetch.detail) == ("failed", "it says that its next page is elsewhere")
        assert [(path.partition("?")[0], headers["authorization"]) for path, headers in site.asked] == [
            ("/advisories", "Bearer s3cret")
        ]
