"""Sources asked and read: what is new is written down once, whatever happens in between."""

import gzip
import json
import os
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories.web import Page, web
from noroshi.advisories import actions, raw
from noroshi.advisories.actions import SourceSaid
from noroshi.advisories.domain import readers
from noroshi.advisories.domain.records import Record, Refused, RefusedBecause
from noroshi.advisories.domain.sources import SourceKind
from noroshi.advisories.models import DeadLetter, Fetch, Item, Revision, Source
from noroshi.advisories.tasks import collect_what_is_due
from noroshi.core import clock
from noroshi.core.errors import Conflict
from noroshi.core.models import LedgerEntry
from noroshi.kit.jobs import run_until_idle
from noroshi.notify.models import Notice

pytestmark = pytest.mark.django_db


def lines(body, given):
    """A reader for tests: one item a line, ``id|title``."""
    for place, line in enumerate(body.decode().splitlines(), 1):
        name, bar, title = line.partition("|")
        yield Record(name, title) if bar else Refused(place, RefusedBecause.SHAPE, "no bar", line)


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setattr("noroshi.advisories.actions.reading.READERS", {**readers.READERS, SourceKind.FEED: lines})
    with web() as here:
        yield here


@pytest.fixture
def source(cast, site):
    said = SourceSaid("News", "feed", site.at("/news"), ports=(site.port,), networks=("127.0.0.0/8",), gap_seconds=0)
    source = actions.add_source(cast.actor("hub_op"), said=said)
    actions.switch_source(cast.actor("hub_op"), source, on=True)
    return source


def collected(source):
    (fetch,) = actions.collect(Source.everything.get(pk=source.pk))
    return fetch


def state_of(source):
    return Source.everything.select_related("state").get(pk=source.pk).state


def seen(source):
    rows = Revision.objects.filter(item__source=source).order_by("item__native_id", "number")
    return [(row.item.native_id, row.number, row.title, row.changed) for row in rows.select_related("item")]


def test_what_is_new_is_written_down_and_what_is_known_writes_nothing(source, site):
    site.pages["/news"] = Page(b"a|one\nb|two", headers={"ETag": '"1"', "Content-Type": "text/plain"})
    fetch = collected(source)
    assert (fetch.outcome, fetch.new, fetch.changed, fetch.read, fetch.status) == ("good", 2, 0, 2, 200)
    assert seen(source) == [("a", 1, "one", []), ("b", 1, "two", [])]
    site.pages["/news"] = lambda headers: Page(status=304 if headers.get("if-none-match") == '"1"' else 500)
    assert collected(source).outcome == "unchanged"
    site.pages["/news"] = Page(b"b|two\na|uno")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        fetch = collected(source)
    assert (fetch.new, fetch.changed) == (0, 1)
    assert seen(source) == [("a", 1, "one", []), ("a", 2, "uno", ["title"]), ("b", 1, "two", [])]
    assert {item.native_id: (item.number, item.newest.title) for item in Item.objects.all()} == {
        "a": (2, "uno"), "b": (1, "two"),
    }  # fmt: skip
    site.pages["/news"] = Page(b"a|uno\nb|two")
    with CaptureQueriesContext(connection) as asked:
        fetch = collected(source)
    assert (fetch.outcome, fetch.new, fetch.changed, Revision.objects.count()) == ("good", 0, 0, 3)
    tables = {"advisories_item", "advisories_revision", "advisories_deadletter"}
    written = [each["sql"] for each in asked if each["sql"].startswith(("INSERT", "UPDATE"))]
    assert [sql for sql in written if any(f'"{table}"' in sql.split("SET")[0][:60] for table in tables)] == []


def test_what_is_known_costs_as_many_questions_with_two_items_as_with_three_hundred(source, site):
    def questions(count):
        items = [b"x%d|title" % number for number in range(count)]
        site.pages["/news"] = Page(b"\n".join(items))
        collected(source)
        site.pages["/news"] = Page(b"\n".join(reversed(items)))
        with CaptureQueriesContext(connection) as asked:
            assert collected(source).outcome == "good"
        return len(asked)

    assert questions(2) == questions(300)


def test_bytes_are_kept_before_they_are_read_and_can_be_read_again(cast, source, site, monkeypatch):
    site.pages["/news"] = Page(b"a|one\nrotten")
    fetch = collected(source)
    with raw.opened(fetch.digest) as file:
        assert file.read() == b"a|one\nrotten"
    (letter,) = DeadLetter.objects.all()
    assert (letter.place, letter.reason, letter.excerpt, letter.state) == (2, "shape", "rotten", "waiting")
    monkeypatch.setattr(
        "noroshi.advisories.actions.reading.READERS",
        {SourceKind.FEED: lambda body, _given: (Record(line, line) for line in body.decode().splitlines())},
    )
    again = actions.replay_fetch(cast.actor("hub_op"), fetch)
    assert (again.origin, again.new) == ("replay", 2)
    assert DeadLetter.objects.count() == 1
    raw.remove(fetch.digest)
    with pytest.raises(Conflict, match="not kept"):
        actions.replay_fetch(cast.actor("hub_op"), fetch)


def test_a_rotten_item_is_kept_once_and_mended_by_a_person(cast, source, site):
    site.pages["/news"] = Page(b"a|one\nrotten\nb|two")
    collected(source)
    site.pages["/news"] = Page(b"c|three\na|one\nb|two\nd|four\nrotten")
    assert collected(source).refused == 1
    first, second = DeadLetter.objects.order_by("at")
    site.pages["/news"] = Page(b"e|five\nc|three\na|one\nd|four\nrotten")
    collected(source)
    assert DeadLetter.objects.count() == 2  # at the same place it is the same
    assert actions.document_of(first) == b"a|one\nrotten\nb|two"
    keeper = cast.actor("hub_op")
    with pytest.raises(Conflict, match="still cannot be read"):
        actions.replay_letter(keeper, first, edited=b"rotten|") if False else actions.replay_letter(keeper, first)
    fetch = actions.replay_letter(keeper, first, edited=b"a|one\nrotten|mended\nb|two")
    assert (fetch.origin, fetch.new, seen(source)[-1]) == ("letter", 1, ("rotten", 1, "mended", []))
    actions.ignore_letter(keeper, second)
    assert list(DeadLetter.objects.order_by("at").values_list("state", flat=True)) == ["replayed", "ignored"]


def test_what_is_lost_between_two_windows_is_said_once_to_whoever_keeps_sources(cast, source, site):
    site.pages["/news"] = Page(b"a|one\nb|two")
    collected(source)
    site.pages["/news"] = Page(b"b|two\nc|three")
    assert not collected(source).has_gap
    site.pages["/news"] = Page(b"d|four\ne|five")
    assert collected(source).has_gap
    site.pages["/news"] = Page(b"e|five\nf|six")
    collected(source)
    run_until_idle()
    assert state_of(source).health == "gap"
    operators = {cast.actor(name).person for name in ("hub_op", "hub_trusted")}
    assert {(notice.person_id, notice.kind) for notice in Notice.everything.all()} == {
        (person, "source") for person in operators
    }
    actions.settle_source(cast.actor("hub_op"), source)
    run_until_idle()
    assert (state_of(source).health, Notice.everything.count()) == ("ok", 2)
    assert seen(source)[-1][0] == "f"


def test_a_failing_source_is_left_in_peace_longer_and_longer_and_told_of_once(source, site):
    site.pages["/news"] = Page(status=503, headers={"Retry-After": "7200"})
    fetch = collected(source)
    assert (fetch.outcome, fetch.detail, fetch.status) == ("failed", "HTTP 503", 503)
    assert state_of(source).due_at - clock.now() > timedelta(minutes=119)
    site.pages["/news"] = Page(status=404)
    for _attempt in range(5):
        collected(source)
    assert (state_of(source).failures, state_of(source).health) == (6, "failing")
    assert state_of(source).due_at - clock.now() > timedelta(hours=23)
    assert LedgerEntry.objects.filter(action="advisories.source.ailing").count() == 1
    site.pages["/news"] = Page(b"a|one")
    collected(source)
    assert (state_of(source).failures, state_of(source).health) == (0, "ok")
    assert LedgerEntry.objects.filter(action="advisories.source.recovered").count() == 1


def test_an_answer_of_another_shape_is_told_and_no_place_to_go_on_from(source, site):
    site.pages["/news"] = Page(b"a|one", headers={"ETag": '"1"'})
    collected(source)
    site.pages["/news"] = Page(b"<html>Sign in</html>", headers={"ETag": '"2"'})
    assert collected(source).is_misshapen
    assert (state_of(source).health, seen(source)) == ("changed_shape", [("a", 1, "one", [])])
    site.pages["/news"] = Page(b"a|one\nb|two")
    collected(source)
    assert (state_of(source).health, len(seen(source))) == ("ok", 2)


def test_a_catalogue_that_is_older_than_the_one_before_is_set_aside(cast, source, site, shared_data):
    older, *_between, newer = sorted((shared_data / "advisories" / "kev" / "history").glob("*.json.gz"))
    Source.everything.update(kind="kev")
    site.pages["/news"] = Page(gzip.decompress(newer.read_bytes()))
    fetch = collected(source)
    count = Item.objects.count()
    assert (fetch.outcome, fetch.new, fetch.refused) == ("good", count, 0)
    site.pages["/news"] = Page(gzip.decompress(older.read_bytes()))
    fetch = collected(source)
    assert (fetch.outcome, fetch.new, fetch.changed, state_of(source).health) == ("set_aside", 0, 0, "regressed")
    assert (Item.objects.count(), Revision.objects.count()) == (count, count)
    actions.settle_source(cast.actor("hub_op"), source)
    assert collected(source).outcome == "good"  # it is what the source says now


def test_sources_that_are_due_are_asked_by_the_worker_one_of_each_host(cast, source, site):
    said = SourceSaid("More", "feed", site.at("/more"), ports=(site.port,), networks=("127.0.0.0/8",))
    more = actions.add_source(cast.actor("hub_op"), said=said)
    actions.switch_source(cast.actor("hub_op"), more, on=True)
    site.pages |= {"/news": Page(b"a|one"), "/more": Page(b"b|two")}
    collect_what_is_due()
    assert actions.handed_out() == []
    run_until_idle()
    assert [path for path, _headers in site.asked] == ["/news"]
    collect_what_is_due()
    run_until_idle()
    assert [path for path, _headers in site.asked] == ["/news", "/more"]
    collect_what_is_due()
    run_until_idle()
    assert (len(site.asked), actions.handed_out()) == (2, [])
    with clock.stopped_at(clock.now() + timedelta(minutes=61)):
        assert {each.name for each in actions.handed_out()} == {"News"}


def test_what_a_killed_process_left_half_read_is_read_on_first(source, site, monkeypatch):
    site.pages["/news"] = Page(b"\n".join(b"x%d|title" % number for number in range(5)))
    monkeypatch.setattr("noroshi.advisories.actions.reading.BATCH", 2)
    real, calls = actions.reading.write_records, []

    def broken(fetch, records, **how):
        calls.append(len(records))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(fetch, records, **how)

    monkeypatch.setattr("noroshi.advisories.actions.reading.write_records", broken)
    with pytest.raises(KeyboardInterrupt):
        collected(source)
    assert (Item.objects.count(), Fetch.objects.get().outcome, state_of(source).etag) == (2, "reading", "")
    resumed, asked = actions.collect(Source.everything.get(pk=source.pk))
    assert (resumed.outcome, resumed.new, asked.outcome) == ("good", 5, "unchanged")
    assert (Item.objects.count(), Revision.objects.count()) == (5, 5)


def test_old_bytes_and_old_fetches_are_forgotten_but_for_what_is_needed(source, site, settings):
    site.pages["/news"] = Page(b"a|one\nrotten")
    first = collected(source)
    site.pages["/news"] = Page(b"a|one\nb|two")
    second = collected(source)
    unchanged = collected(source)
    for each in (first, second):
        os.utime(raw._path(each.digest), (0, 0))
    Fetch.objects.update(at=clock.now() - timedelta(days=91))
    assert actions.forget_fetched() == 1
    assert (raw.is_kept(first.digest), raw.is_kept(second.digest)) == (True, False)  # its dead letter waits
    assert not Fetch.objects.filter(pk=unchanged.pk).exists()
    assert set(Fetch.objects.all()) == {first, second}


def test_nvd_is_asked_window_by_window_and_page_by_page(source, site, monkeypatch):
    monkeypatch.setattr(
        "noroshi.advisories.actions.reading.READERS",
        {SourceKind.NVD: lambda body, _given: (Record(name, name) for name in json.loads(body)["ids"])},
    )
    Source.everything.update(kind="nvd")

    def page(*names, total=3):
        return Page(json.dumps({"resultsPerPage": len(names), "totalResults": total, "ids": names}).encode())

    answers = [page("CVE-2099-1", "CVE-2099-2"), page("CVE-2099-3")]
    site.pages["/news"] = lambda _headers: answers.pop(0)
    fetches = actions.collect(Source.everything.get(pk=source.pk), pages=9)
    assert [fetch.new for fetch in fetches] == [2, 1]
    assert [path.rpartition("&")[2] for path, _headers in site.asked] == ["startIndex=0", "startIndex=2"]
    state = state_of(source)
    assert state.cursor["until"] == ""
    assert f"lastModEndDate={fetches[0].cursor['until'][:19]}".replace(":", "%3A") in site.asked[1][0]


def test_the_windows_of_the_samples_are_told_apart(source, site, shared_data):
    Source.everything.update(kind="jvn_rss", zone="Asia/Tokyo")
    found = []
    for name in ("t0", "t1_overlap3", "t2_gap"):
        site.pages["/news"] = Page((shared_data / "advisories" / "synthetic" / "window" / f"{name}.rdf").read_bytes())
        fetch = collected(source)
        found.append((fetch.outcome, fetch.refused, fetch.has_gap))
    assert found == [("good", 0, False), ("good", 0, False), ("good", 0, True)]
