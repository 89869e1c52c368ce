"""Long hunts: how far they are, what they have found so far, stopped by a person, or by a worker's end."""

import json

import pytest
from click.testing import CliRunner
from django.test import Client

from factories.lakes import EVIL_ADDRESS, EVIL_DOMAIN, event, fill_lake, share
from noroshi.core.errors import Conflict, NotAllowed
from noroshi.core.models import LedgerEntry
from noroshi.hunting import actions, queries
from noroshi.hunting.actions import running
from noroshi.hunting.cli import hunting
from noroshi.hunting.engine import hunt as engine
from noroshi.hunting.models import Hit, Hunt
from noroshi.members.actions import issue_token
from noroshi.notify.models import Notice
from noroshi.site.cli import main

DAYS = 4


class KilledError(BaseException):
    """A worker that is gone: nothing in it has time to say so."""


@pytest.fixture
def long(cast, settings, monkeypatch):
    """A log of four days that no index covers, read a day at a time; each shows the address once."""
    for day in range(DAYS):
        fill_lake(cast.bank_a, [event(f"2026-11-2{day}T01:00:00Z", src_ip=EVIL_ADDRESS)], name=f"{day}.ndjson")
    for part in settings.LAKE_DIR.glob("index/**/*.parquet"):
        part.unlink()
    monkeypatch.setattr(engine, "SLICE", 1)
    for rest in ("PAUSE", "REST"):
        monkeypatch.setattr(running, rest, 0)
    return cast


@pytest.fixture
def during(monkeypatch):
    """Have something done each time the engine has told how far a hunt is."""

    def do(something):
        note = running._Writer.__call__

        def told(writer, step):
            note(writer, step)
            something()

        monkeypatch.setattr(running._Writer, "__call__", told)

    return do


def ask(cast, **said):
    return actions.search_own_lake(cast.actor("a1"), text=f"{EVIL_ADDRESS}\n{EVIL_DOMAIN}\n9.9.9.9", **said)


def found(hunt):
    return sorted(Hit.everything.filter(hunt=hunt).values_list("value", "count"))


ALL = [(EVIL_ADDRESS, DAYS)]


def test_a_search_shows_what_it_has_found_and_how_far_it_is_while_it_goes_on(long, during):
    hunt = ask(long)
    seen = []

    def look():
        now = Hunt.everything.get()
        hits = queries.hits_for(long.actor("a2")).filter(value=EVIL_ADDRESS)
        seen.append((now.state, now.files_read, now.files, [hit.count for hit in hits]))

    during(look)
    actions.run_hunt(hunt)
    assert seen == [
        ("running", 0, DAYS, []),
        ("running", 0, DAYS, []),
        ("running", 1, DAYS, [1]),
        ("running", 2, DAYS, [2]),
        ("running", 3, DAYS, [3]),
        ("running", 4, DAYS, [4]),
    ]
    hunt.refresh_from_db()
    assert (hunt.state, hunt.lakes, hunt.lakes_done, found(hunt)) == ("done", 1, 1, ALL)
    assert {len(hit.samples) for hit in Hit.everything.filter(value=EVIL_ADDRESS)} == {DAYS}


def test_a_search_whose_worker_dies_begins_again_and_shows_no_hit_twice(long, during):
    hunt = ask(long)
    steps, shown = [], []

    def die():
        steps.append(1)
        shown.extend(count for _value, count in found(hunt))
        if len(steps) in {3, 8}:
            raise KilledError

    during(die)
    for _worker in range(2):
        with pytest.raises(KilledError):
            actions.run_hunt(hunt)
        hunt.refresh_from_db()
        assert (hunt.state, len(found(hunt))) == ("running", 1)
    actions.run_hunt(hunt)
    hunt.refresh_from_db()
    assert (hunt.state, found(hunt)) == ("done", ALL)
    assert shown == sorted(shown)  # it never shows less than before
    assert LedgerEntry.objects.filter(action="hunting.hunt.finished").count() == 1


def test_what_a_killed_search_had_found_and_is_gone_is_not_shown_at_the_end(long, during):
    hunt = ask(long)
    Hit.everything.create(
        hunt=hunt,
        organisation=long.bank_a,
        type="ipv4",
        value="9.9.9.9",
        first_seen=hunt.created_at,
        last_seen=hunt.created_at,
        count=1,
    )
    actions.run_hunt(hunt)
    assert found(hunt) == ALL


def test_harmless_values_and_allowed_ones_are_kept_apart_while_it_goes_on_too(long, during):
    others = [event("2026-11-20T02:00:00Z", src_ip="9.9.9.9", url=f"https://{EVIL_DOMAIN}/")]
    fill_lake(long.bank_a, others, name="x.ndjson")
    actions.allow_values(long.actor("a1"), text=EVIL_ADDRESS, reason="ours")
    hunt = ask(long)
    seen = set()
    during(lambda: seen.update(hit.value for hit in queries.hits_for(long.actor("a1"))))
    actions.run_hunt(hunt)
    assert seen == {EVIL_DOMAIN}
    hunt.refresh_from_db()
    assert [value for value, _reason in hunt.refused] == ["9.9.9.9"]


# Stopped by a person.


def test_a_person_stops_a_search_and_keeps_what_it_has_found(long, during):
    hunt = ask(long)

    def stop():
        if Hunt.everything.get().files_read == 2:
            actions.stop_search(long.actor("a2"), hunt)

    during(stop)
    actions.run_hunt(hunt)
    hunt.refresh_from_db()
    assert (hunt.state, hunt.files_read, hunt.stopped_by, found(hunt)) == ("stopped", 2, long.a2, [(EVIL_ADDRESS, 2)])
    assert hunt.finished_at is not None
    (entry,) = LedgerEntry.objects.filter(action__in=["hunting.hunt.stopped", "hunting.hunt.finished"])
    assert (entry.action, entry.person, entry.payload) == ("hunting.hunt.stopped", long.a2.pk, {})
    actions.run_hunt(hunt)  # as a job that is handed out again
    assert Hunt.everything.get().state == "stopped"


@pytest.mark.parametrize("state", ["waiting", "failed"])
def test_a_search_that_waits_or_broke_off_is_stopped_and_never_run(long, drain, state):
    hunt = ask(long)
    Hunt.everything.update(state=state)
    actions.stop_search(long.actor("a1"), hunt)
    drain()
    assert (Hunt.everything.get().state, found(hunt)) == ("stopped", [])


def test_a_search_that_has_ended_a_signals_hunt_and_anybody_elses_are_not_stopped(long, drain):
    hunt = ask(long)
    for name in ("a_admin", "a_reader"):
        with pytest.raises(NotAllowed):
            actions.stop_search(long.actor(name), hunt)
    drain()
    with pytest.raises(Conflict):
        actions.stop_search(long.actor("a1"), hunt)
    signal = share(long.actor("i1"), EVIL_ADDRESS)
    asked = actions.look_back_for(signal.pk, 1, "real")
    with pytest.raises(Conflict):
        actions.stop_search(long.actor("a1"), asked)


# Hunts of signals.


def test_each_owner_is_told_once_its_logs_are_done_while_others_are_searched(long, during, drain):
    fill_lake(long.bank_b, [event(src_ip=EVIL_ADDRESS)])
    fill_lake(long.insurer, [event()])
    signal = share(long.actor("i1"), EVIL_ADDRESS)
    hunt = actions.look_back_for(signal.pk, 1, "real")
    seen = []

    def look():
        counts = queries.counts_by_organisation(long.actor("hub_op"), signal)
        now = Hunt.everything.get()
        seen.append((now.lakes_done, now.files_read, [count.organisation.slug for count in counts]))

    during(look)
    actions.run_hunt(hunt)
    assert seen[:2] == [(1, 0, []), (2, 0, ["bank_b"])]
    assert seen[-2:] == [(2, DAYS - 1, ["bank_b"]), (3, DAYS, ["bank_a", "bank_b"])]
    drain()
    assert sorted(Notice.everything.filter(kind="hit").values_list("person__name", "count")) == [
        ("a1", 1),
        ("a2", 1),
        ("b1", 1),
        ("b2", 1),
    ]


def test_a_signals_hunt_killed_between_two_owners_tells_each_once(long, during, drain):
    fill_lake(long.bank_b, [event(src_ip=EVIL_ADDRESS)])
    signal = share(long.actor("i1"), EVIL_ADDRESS)
    hunt = actions.look_back_for(signal.pk, 1, "real")
    died = []

    def die():
        if not died and Hit.everything.exists():
            died.append(1)
            raise KilledError

    during(die)
    with pytest.raises(KilledError):
        actions.run_hunt(hunt)
    assert [hit.organisation.slug for hit in Hit.everything.all()] == ["bank_b"]
    actions.run_hunt(hunt)
    drain()
    assert sorted(hit.organisation.slug for hit in Hit.everything.all()) == ["bank_a", "bank_b"]
    assert Notice.everything.filter(kind="hit").count() == 4
    assert LedgerEntry.objects.filter(action="hunting.hit.found").count() == 2


# Pages.


def text_of(response):
    return response.content.decode()


def progress_of(client, path):
    return client.get(path, headers={"HX-Request": "true", "HX-Target": "progress"})


def test_the_page_of_a_running_search_grows_by_itself_and_stops_on_demand(long, during):
    hunt = ask(long)
    client = long.client("a1")
    url = f"/hunting/searches/{hunt.pk}/"
    assert "Waiting for its turn" in text_of(client.get(url))
    pages = []

    def look():
        if Hunt.everything.get().files_read == 2 and not pages:
            pages.extend((client.get(url), progress_of(client, url), progress_of(client, f"{url}?events=2")))
            client.post(f"{url}stop")

    during(look)
    actions.run_hunt(hunt)
    page, grown, same = pages
    assert page.context["listing"].page.count == 1
    assert "Found so far: more may come, and counts may grow." in text_of(page)
    assert "hits.parquet" not in text_of(page)
    assert f"2 of {DAYS} files of events read" in text_of(grown)
    assert f'hx-get="{url}?events=2"' in text_of(grown)
    assert (grown["HX-Trigger"], "HX-Trigger" in same, "HX-Refresh" in grown) == ("found", False, False)
    assert progress_of(client, url)["HX-Refresh"] == "true"
    stopped = text_of(client.get(url))
    assert "a1 stopped the search: this is what was found until then." in stopped
    assert "hits.parquet" in stopped
    assert "The search has ended already." in text_of(client.post(f"{url}stop", follow=True))
    assert client.get("/hunting/searches/?state=stopped").context["listing"].page.count == 1


def test_nobody_else_stops_a_search(long):
    hunt = ask(long)
    for name in ("b1", "hub_op", "a_admin", "sup"):
        assert long.client(name).post(f"/hunting/searches/{hunt.pk}/stop").status_code == 404
    assert Hunt.everything.get().state == "waiting"


def test_the_hub_sees_a_signals_hunt_go_on_by_threes_and_members_see_no_number(long, drain):
    signal = share(long.actor("i1"), EVIL_ADDRESS)
    hunt = actions.look_back_for(signal.pk, 1, "real")
    url = f"/hunting/signals/{signal.pk}/"
    hub, member = long.client("hub_op"), long.client("a1")
    for done, words in ((2, "organisations are done"), (5, "3 or more organisations are done")):
        Hunt.everything.update(state="running", lakes=7, lakes_done=done)
        page = text_of(progress_of(hub, f"{url}?found=0"))
        assert (words in page) is (done > 2)
        assert "7" not in page.replace(str(signal.pk), "")
        assert "being searched" not in text_of(member.get(url))
    assert "HX-Refresh" not in progress_of(hub, f"{url}?found=0")
    assert progress_of(hub, f"{url}?found=1")["HX-Refresh"] == "true"
    actions.run_hunt(hunt)
    assert progress_of(hub, f"{url}?found=1")["HX-Refresh"] == "true"
    assert "being searched" not in text_of(hub.get(url))


# The API and the shell.


def test_the_api_says_how_far_a_search_is_marks_what_is_partial_and_stops_it(long, during):
    token = issue_token(
        long.actor("a1"), label="x", scopes=["hunting.read", "hunting.write"], person=long.people["a1"]
    )[1]
    caller = Client(headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"})
    hunt = ask(long)
    path = f"/api/v1/searches/{hunt.pk}"
    answers = []

    def look():
        if Hunt.everything.get().files_read == 2 and not answers:
            answers.extend(caller.get(address).json() for address in (path, f"{path}/hits"))
            answers.append(caller.post(f"{path}/stop", {}, "application/json").json())

    during(look)
    actions.run_hunt(hunt)
    whole, hits, stopped = answers
    assert (whole["state"], whole["partial"]) == ("running", True)
    assert whole["progress"] == {"parts": 0, "files": DAYS, "files_read": 2, "hits": 1, "events": 2}
    assert [(hit["value"], hit["count"], hit["partial"]) for hit in hits["items"]] == [(EVIL_ADDRESS, 2, True)]
    assert (stopped["state"], stopped["partial"]) == ("stopped", True)
    assert caller.post(f"{path}/stop", {}, "application/json").status_code == 409


def run(*arguments):
    return CliRunner().invoke(main, arguments, input=f"{EVIL_ADDRESS}\n{EVIL_DOMAIN}\n")


def test_the_shell_says_how_far_it_is_on_a_terminal_alone(long, monkeypatch):
    fill_lake(long.bank_b, [event(src_ip=EVIL_ADDRESS)])
    actions.allow_values(long.actor("b1"), text=EVIL_ADDRESS, reason="ours")
    monkeypatch.setattr(hunting, "PAUSE", 0)
    quiet = run("hunt", "-")
    assert "so far" not in quiet.stderr
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _self: True, raising=False)
    shown = run("hunt", "-")
    lines = [line.strip() for line in shown.stderr.split("\r")]
    assert lines[1] == f"searched: 0 of 2 organisations, 0 of {DAYS} files of events; 0 hits so far"
    assert f"searched: 1 of 2 organisations, 2 of {DAYS} files of events; 1 hits so far" in lines
    assert f"searched: 2 of 2 organisations, {DAYS} of {DAYS} files of events; 1 hits so far" in lines
    assert shown.stdout == quiet.stdout
    silent = run("hunt", "-", "--json")
    assert (silent.stderr.count("so far"), len(json.loads(silent.stdout)["hits"])) == (0, 1)
