"""Keeping the lake: by the worker every day, by the command line on demand, and in the ledger without a value."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from factories.lakes import event, fill_lake
from noroshi.core import clock
from noroshi.core.models import LedgerEntry
from noroshi.hunting.actions import clear_waiting_rooms, send_log_file, set_source
from noroshi.hunting.lake import open_lake
from noroshi.hunting.tasks import queue_tending
from noroshi.site.cli import main


@pytest.fixture
def run():
    return lambda *arguments, stdin=None: CliRunner().invoke(main, ["lake", *arguments], input=stdin)


@pytest.fixture
def days(cast, stopped_clock):
    """Events of ten days before the 22nd of November, in two sources of two banks."""
    for bank in (cast.bank_a, cast.bank_b):
        for source in ("proxy", "vpn"):
            times = [f"2026-11-{day:02}T01:00:00Z" for day in range(12, 22)]
            fill_lake(bank, [event(time, user="yamada", device=source) for time in times], source)
    return cast


def events():
    return {(status.organisation, status.source): status.events for status in open_lake().status()}


def test_logs_are_kept_for_ever_unless_somebody_says_otherwise(days, drain):
    queue_tending()
    drain()
    assert set(events().values()) == {10}
    assert not LedgerEntry.objects.filter(action="hunting.log.aged").exists()


def test_the_worker_takes_out_what_is_too_old_for_the_installation_or_the_source(days, drain, settings):
    settings.LAKE_DAYS = 7
    set_source(days.actor("a1"), source="vpn", mapping="", keep_days=3)
    set_source(days.actor("b1"), source="vpn", mapping="", keep_days=300)
    queue_tending()
    drain()
    assert events() == {
        ("bank_a", "proxy"): 7,
        ("bank_a", "vpn"): 3,
        ("bank_b", "proxy"): 7,
        ("bank_b", "vpn"): 7,
    }
    entries = LedgerEntry.objects.filter(action="hunting.log.aged", subject_id=days.bank_a.pk).order_by("pk")
    assert [entry.payload for entry in entries] == [
        {"source": "proxy", "before": "2026-11-15", "events": 3},
        {"source": "vpn", "before": "2026-11-19", "events": 7},
    ]


def test_the_worker_makes_small_parts_one_and_leaves_today_alone(cast, stopped_clock, drain):
    for number in range(3):
        rows = [event(f"2026-11-{day}T01:00:0{number}Z") for day in (21, 22)]
        fill_lake(cast.bank_a, rows, name=f"{number}.ndjson")
    queue_tending()
    drain()
    assert open_lake().days("bank_a", datetime(2026, 11, 1, tzinfo=UTC).date())[-1][-1] == 3
    assert open_lake().verify().parts == 4


def test_the_worker_clears_away_what_killed_processes_left_and_nothing_that_waits(cast, drain, settings, tmp_path):
    rooms = settings.LAKE_DIR / "waiting"
    (tmp_path / "a.log").write_text("2026-11-20T01:00:00Z src_ip=192.0.2.1\n")
    sent = send_log_file(cast.actor("a1"), source="app", name="a.log", path=tmp_path / "a.log")
    left = {"tmp0", "stdin-0/stdin", "0192a5c4-6f1e-7c3a-9b1d-2f4e6a8c0b1d/b.log"}
    for name in (*left, "streams/bank_a/app/1.log"):
        (rooms / name).parent.mkdir(parents=True, exist_ok=True)
        (rooms / name).write_text("x")
    assert clear_waiting_rooms() == 0  # somebody may be writing them
    with clock.stopped_at(clock.now() + timedelta(days=2)):
        assert clear_waiting_rooms() == 3
    kept = {path.relative_to(rooms).as_posix() for path in rooms.rglob("*") if path.is_file()}
    assert kept == {f"{sent.pk}/a.log", "streams/bank_a/app/1.log"}
    drain()
    assert events() == {("bank_a", "app"): 1}


def test_verify_says_that_all_is_well_or_what_is_not(days, run):
    assert run("verify").stdout == (
        "40 parts, 40 events; 0 unknown files deleted\n4 parts of the index; 0 parts are not indexed yet\n"
    )
    part = next(open_lake()._root.rglob("events/**/*.parquet"))
    name = part.relative_to(open_lake()._root).as_posix()
    part.unlink()
    result = run("verify", "--deep", "--json")
    assert (result.exit_code, result.stderr) == (3, f"noroshi: {name}: The file is missing.\n")
    assert json.loads(result.stdout)["problems"] == [[name, "The file is missing."]]


def test_compact_says_how_many_parts_there_were_and_are(days, run):
    fill_lake(days.bank_a, [event("2026-11-12T02:00:00Z")], "vpn", "more.ndjson")
    index, *lakes = run("compact").stdout.splitlines()
    assert index.startswith("index: 14 rows in 1 files, ")
    assert lakes == ["bank_a: 21 parts before, 20 now", "bank_b: 20 parts before, 20 now"]


def test_a_person_is_forgotten_and_the_ledger_does_not_say_who(days, run):
    result = run("forget", "--org", "bank_a", "--subject", "-", stdin="Yamada\n")
    assert (result.exit_code, result.stdout) == (0, "20 events and 0 lines in quarantine forgotten\n")
    assert events()["bank_a", "vpn"] == 0
    assert events()["bank_b", "vpn"] == 10
    entry = LedgerEntry.objects.get(action="hunting.lake.forgotten")
    assert (entry.actor_label, entry.subject_id) == ("system:lake forget", days.bank_a.pk)
    assert entry.payload == {"events": 20, "quarantined": 0, "allowed": 0}
    refused = run("forget", "--org", "bank_a", "--subject", "ab")
    assert (refused.exit_code, refused.stderr) == (
        3,
        "noroshi: A value that is forgotten has at least 4 characters.\n",
    )
