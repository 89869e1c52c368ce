"""Files dropped into folders come in once, by the command and by the worker, and are put away whatever their end."""

import time
from datetime import timedelta

import pytest
import time_machine
from click.testing import CliRunner

from factories.lakes import EVIL_ADDRESS
from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.models import LedgerEntry
from noroshi.hunting import queries
from noroshi.hunting.actions import ingest_logs, notice_dropped_file, set_source, take_in_folder
from noroshi.hunting.lake import open_lake
from noroshi.hunting.models import HuntState, LogFile
from noroshi.hunting.tasks import look_into_drop_folders
from noroshi.site.cli import main

LINE = f'{EVIL_ADDRESS} - - [20/Nov/2026:10:00:00 +0900] "GET /login HTTP/1.1" 200 12 "-" "curl/8"\n'
BARE = "time,src_ip\n2026-11-20 10:00:00,192.0.2.1\n"


@pytest.fixture
def drop(settings, tmp_path):
    """Drop a file into the folder of an organisation's source."""
    settings.DROP_DIR = str(tmp_path / "drop")

    def run(organisation, source, name, content=LINE):
        folder = tmp_path / "drop" / organisation / source
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder

    return run


@pytest.fixture
def later():
    """The files that are there have settled."""
    with time_machine.travel(time.time() + 60, tick=True):
        yield


def tree(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def events():
    return {(status.organisation, status.source): status.events for status in open_lake().status()}


def test_the_worker_takes_in_what_was_dropped_and_puts_it_away(cast, drop, drain, later):
    web = drop("bank_a", "web", "a.log", LINE * 2)
    drop("bank_a", "web", "bad.log", b"\x89PNG\x00" * 50)
    proxy = drop("bank_b", "proxy", "b.log")
    drop("nobody", "web", "c.log")
    drop("bank_a", "no slug", "d.log")
    look_into_drop_folders()
    assert events() == {}  # a job takes them in
    look_into_drop_folders()
    drain()
    assert events() == {("bank_a", "web"): 2, ("bank_b", "proxy"): 1}
    assert tree(web) == ["done/a.log", "refused/bad.log", "refused/bad.log.reason.txt"]
    assert tree(proxy) == ["done/b.log"]
    rows = LogFile.everything.order_by("name").values_list("organisation__slug", "source", "name", "state", "dropped")
    assert list(rows) == [
        ("bank_a", "web", "a.log", "done", True),
        ("bank_b", "proxy", "b.log", "done", True),
        ("bank_a", "web", "bad.log", "failed", True),
    ]
    assert set(LedgerEntry.objects.filter(action="hunting.log.sent").values_list("actor_label", flat=True)) == {
        "system:drop-folder"
    }


def test_a_file_that_was_read_but_not_put_away_is_put_away_by_the_next_look(cast, drop, drain, later):
    folder = drop("bank_a", "web", "a.log")
    ingest_logs(Actor.system("test"), organisation=cast.bank_a, source="web", files=[folder / "a.log"])
    look_into_drop_folders()
    drain()
    assert (events(), tree(folder)) == ({("bank_a", "web"): 1}, ["done/a.log"])
    assert LogFile.everything.get().known


def test_a_file_whose_job_gave_up_is_asked_for_anew(cast, drop, later):
    drop("bank_a", "web", "a.log")
    first = notice_dropped_file(organisation=cast.bank_a, source="web", name="a.log")
    assert list(queries.dropped_files()) == []
    LogFile.everything.update(created_at=clock.now() - timedelta(hours=2))
    look_into_drop_folders()
    states = dict(LogFile.everything.values_list("pk", "state"))
    assert states.pop(first.pk) == HuntState.FAILED
    assert list(states.values()) == [HuntState.WAITING]


def test_a_dropped_file_is_read_as_its_organisation_said(cast, drop, drain, later):
    drop("bank_a", "vpn", "a.csv", "いつ,どこから\n2026-11-20 10:00:00,192.0.2.1\n")
    mapping = "timezone: UTC\nfields:\n  いつ: time\n  どこから: src_ip\n"
    set_source(cast.actor("a1"), source="vpn", mapping=mapping, keep_days=None)
    look_into_drop_folders()
    drain()
    (status,) = open_lake().status()
    assert status.first_event.isoformat() == "2026-11-20T10:00:00+00:00"


def test_without_a_drop_folder_nothing_is_looked_for(cast, settings, tmp_path):
    assert list(queries.dropped_files()) == []
    settings.DROP_DIR = str(tmp_path / "gone")
    assert list(queries.dropped_files()) == []


def test_the_command_takes_in_what_is_ready_and_says_what_became_of_it(cast, drop):
    folder = drop("x", "y", "a.log", LINE + "garbage\n")
    command = ["lake", "watch-folder", "--org", "bank_a", "--source", "web", "--once", str(folder)]
    assert CliRunner().invoke(main, command).stdout == ""  # not settled yet
    drop("x", "y", "b.log", LINE + "garbage\n")
    drop("x", "y", "c.log", b"\x89PNG\x00" * 50)
    drop("x", "y", "d.csv", BARE)
    with time_machine.travel(time.time() + 60, tick=True):
        result = CliRunner().invoke(main, [*command, "--timezone", "UTC"])
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "a.log: 1 events, 1 lines in quarantine",
        "b.log: known already",
        "c.log: The file is not text.",
        "d.csv: 1 events, 0 lines in quarantine",
    ]
    assert tree(folder) == ["done/a.log", "done/b.log", "done/d.csv", "refused/c.log", "refused/c.log.reason.txt"]
    assert events() == {("bank_a", "web"): 2}


def test_a_folder_can_be_left_in_the_middle(cast, drop, later):
    folder = drop("x", "y", "a.log")
    drop("x", "y", "b.log", LINE * 2)
    taken = take_in_folder(Actor.system("test"), organisation=cast.bank_a, source="web", folder=folder)
    assert next(taken).name == "a.log"
    taken.close()
    assert tree(folder) == ["b.log", "done/a.log"]
