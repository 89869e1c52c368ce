"""Matching that a person asks for, with how far it is; and rules against a vulnerability on the page of its task."""

import re
from datetime import timedelta

import pytest

from factories.tasks import LIST, read_in, task_of, tell
from noroshi.advisories import actions, queries
from noroshi.advisories.actions import match_runs, match_writing
from noroshi.advisories.domain.rule_packs import PackFormat
from noroshi.advisories.models import Match, MatchRun
from noroshi.core.errors import NotAllowed, NotFound
from noroshi.core.models import LedgerEntry
from noroshi.kit import jobs
from noroshi.kit.progress import now_and_then

pytestmark = pytest.mark.django_db


def test_whoever_asks_has_everything_held_and_sees_how_far_it_is(cast, tmp_path, drain):
    inventory = actions.read_in(cast.actor("a1"), name="基幹", body=LIST.encode())
    drain()
    tell(tmp_path)
    assert Match.everything.count() == 0
    run = actions.ask_for_match(cast.actor("a1"), inventory)
    assert (run.records, run.ended_at, run.asked_by_id) == (0, None, cast.actor("a1").person)
    drain()
    run = queries.last_run_for(cast.actor("a1"))
    assert (run.records, run.standing, run.ended_at is not None) == (1, 1, True)
    assert [row.stage for row in Match.everything.all()] == ["open"]


def test_each_step_of_a_run_is_told(cast, tmp_path, monkeypatch):
    for number in range(1001, 1006):
        tell(tmp_path, number)
    monkeypatch.setattr("noroshi.advisories.actions.kept_records._AT_ONCE", 2)
    inventory = actions.read_in(cast.actor("a1"), name="基幹", body=LIST.encode())
    told = []
    actions.match_inventories(inventory.organisation_id, inventory.world, lambda *said: told.append(said))
    read = [("reading", number, 5) for number in (0, 2, 4, 5)]
    assert list(dict.fromkeys(told)) == [*read, ("comparing", 0, 5), ("writing", 0, 5)]


@pytest.mark.pages
def test_the_page_says_what_a_run_is_at_and_nobody_sees_a_part_of_what_is_written(cast, tmp_path, drain, monkeypatch):
    for number in range(1001, 1004):
        tell(tmp_path, number)
    monkeypatch.setattr("noroshi.advisories.actions.kept_records._AT_ONCE", 2)
    monkeypatch.setattr("noroshi.kit.progress.PAUSE", -1)
    inventory = actions.read_in(cast.actor("a1"), name="基幹", body=LIST.encode())
    client, seen = cast.client("a1"), []

    def shown():
        part = client.get(f"/advisories/inventories/{inventory.pk}/", headers={"HX-Target": "progress"})
        text = re.sub(r"<[^>]+>", " ", part.content.decode())
        seen.append((" ".join(text.split()), "every 2s" in part.content.decode()))

    shown()  # before anybody has heard that it was read
    jobs.deliver_events()
    shown()

    def watched(write):
        heard = now_and_then(write)
        return lambda *said: (heard(*said), shown())

    monkeypatch.setattr(match_runs, "now_and_then", watched)
    drain()
    shown()
    stood = seen.pop()
    assert (stood[0].endswith("3 matches stood"), stood[1]) == (True, False)
    assert list(dict.fromkeys(seen)) == [
        ("Waiting for its turn", True),
        ("Reading what records say 0 / 3 · 0 %", True),
        ("Reading what records say 2 / 3 · 66 %", True),
        ("Reading what records say 3 / 3 · 100 %", True),
        ("Comparing what you run with 3 records", True),
        ("Writing what was found: 3 hits, all or none", True),
    ]
    run = queries.last_run_for(cast.actor("a1"))
    assert (run.stage, run.standing, run.ended_at is None) == ("done", 3, False)


def test_who_is_killed_while_writing_has_written_nothing_and_begins_anew(cast, tmp_path, monkeypatch):
    tell(tmp_path)
    inventory = actions.read_in(cast.actor("a1"), name="基幹", body=LIST.encode())
    run = actions.ask_for_match(cast.actor("a1"), inventory)
    with monkeypatch.context() as patched:
        patched.setattr(match_writing, "write_steps", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            actions.run_match(run)
    run.refresh_from_db()
    assert (run.stage, run.ended_at, Match.everything.count()) == ("writing", None, 0)
    stages = []
    monkeypatch.setattr(match_runs, "now_and_then", lambda _write: lambda stage, *_: stages.append(str(stage)))
    actions.run_match(run)
    run.refresh_from_db()
    assert (list(dict.fromkeys(stages)), run.stage, Match.everything.count()) == (
        ["waiting", "reading", "comparing", "writing"],
        "done",
        1,
    )


@pytest.mark.pages
def test_a_run_of_which_nothing_is_heard_says_so_and_can_be_asked_for_anew(cast, stopped_clock):
    inventory = actions.read_in(cast.actor("a1"), name="基幹", body=LIST.encode())
    actions.ask_for_match(cast.actor("a1"), inventory)
    address, client = f"/advisories/inventories/{inventory.pk}/", cast.client("a1")
    stopped_clock.advance(minutes=14)
    page = client.get(address).content.decode()
    assert ("nothing was heard" in page, "Match now" in page) == (False, False)
    stopped_clock.advance(minutes=2)
    page = client.get(address).content.decode()
    assert ("nothing was heard" in page, "Match now" in page) == (True, True)


def test_who_asks_while_it_goes_on_gets_that_and_a_lost_one_bars_nobody(cast, stopped_clock):
    inventory = actions.read_in(cast.actor("a1"), name="基幹", body=LIST.encode())
    first = actions.ask_for_match(cast.actor("a1"), inventory)
    stopped_clock.advance(minutes=14)
    assert actions.ask_for_match(cast.actor("a1"), inventory).pk == first.pk
    assert LedgerEntry.objects.filter(action="advisories.match.requested").count() == 1
    stopped_clock.advance(minutes=2)
    assert actions.ask_for_match(cast.actor("a1"), inventory).pk != first.pk
    stopped_clock.advance(days=31)
    last = actions.ask_for_match(cast.actor("a1"), inventory)
    assert list(MatchRun.everything.values_list("pk", flat=True)) == [last.pk]


@pytest.mark.parametrize("name", ["b1", "a_reader", "a_admin", "hub_op", "sup"])
def test_nobody_else_asks_or_sees_it(cast, name):
    inventory = actions.read_in(cast.actor("a1"), name="基幹", body=LIST.encode())
    actions.ask_for_match(cast.actor("a1"), inventory)
    assert list(MatchRun.objects.visible_to(cast.actor(name))) == []
    assert cast.client(name).post(f"/advisories/inventories/{inventory.pk}/match").status_code in (403, 404)
    with pytest.raises((NotFound, NotAllowed)):
        actions.ask_for_match(cast.actor(name), inventory)
    assert MatchRun.everything.count() == 1


@pytest.mark.pages
def test_a_person_presses_the_button_and_watches(cast, tmp_path, drain):
    tell(tmp_path)
    client = cast.client("a1")
    inventory = actions.read_in(cast.actor("a1"), name="基幹", body=LIST.encode())
    address = f"/advisories/inventories/{inventory.pk}/"
    assert "Match now" in client.get(address).content.decode()
    assert client.post(f"{address}match").status_code == 302
    page = client.get(address).content.decode()
    assert ("<progress" in page, "every 2s" in page, "Match now" in page) == (True, True, False)
    part = client.get(address, headers={"HX-Target": "progress", "HX-Request": "true"})
    assert (part.content.decode().strip()[:18], "HX-Refresh" in part.headers) == ('<div id="progress"', False)
    drain()
    part = client.get(address, headers={"HX-Target": "progress", "HX-Request": "true"})
    assert (part.headers["HX-Refresh"], "1 match stood" in part.content.decode()) == ("true", True)


@pytest.mark.pages
def test_a_task_shows_the_rules_against_it_as_its_own_organisation_has_them(cast, tmp_path, stopped_clock):
    tell(tmp_path)
    read_in(cast)
    read_in(cast, "b1")
    actions.import_pack(
        cast.actor("hub_op"),
        name="et",
        form=PackFormat.SURICATA,
        licence="MIT",
        content=b'alert http any any -> any any (msg:"Quokka"; reference:cve,2099-1001; sid:77; rev:1;)\n',
    )
    pack = queries.packs_for(cast.actor("a1")).get()
    until = stopped_clock.now.date() + timedelta(days=30)
    actions.say_enabled(cast.actor("a1"), pack, text="77", until=until)
    pages = {name: cast.client(name).get(f"/advisories/tasks/{task_of(cast, name).pk}/") for name in ("a1", "b1")}
    shown = {name: page.content.decode() for name, page in pages.items()}
    assert [f"Holds until</span> {until}" in text or f"Holds until {until}" in text for text in shown.values()] == [
        True,
        False,
    ]
    assert ["a rule exists" in text for text in shown.values()] == [False, True]
