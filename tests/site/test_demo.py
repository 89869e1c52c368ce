"""The demonstration is the main job: it must find what was planted, and nothing else."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from factories.shell import fresh_environment
from noroshi.core.errors import Conflict, InvalidInput
from noroshi.site.demo import logs
from noroshi.site.demo.sector import AUTHOR, MEMBERS
from noroshi.site.demo.stage import clear, dealt_out

STEPS = [
    "the installation is made",
    "a sector of 12 institutions, a hub, a supervisor and a vendor moves in",
    "their logs of a week are written",
    "the logs go into each institution's lake",
    "twelve analysts sign in",
    f"{AUTHOR}: the analyst pastes the report and looks it over",
    "the signal is out",
    "shared -> hits at 5 members",
    "shared -> those members are alerted",
    "each of them opens its hits and says: we saw this too",
    "shared -> the author sees how many saw it too",
]


def run_demo(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "noroshi.site", "demo", *arguments],
        env=fresh_environment(NOROSHI_DATA_DIR=str(folder)),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_demo_finds_all_that_was_planted_and_alerts_nobody_else(tmp_path):
    done = run_demo(tmp_path, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [step["name"] for step in told["steps"]] == STEPS
    assert all(step["seconds"] >= 0 for step in told["steps"])
    assert told["events"] >= 1_000_000
    assert {key: told[key] for key in ("hits_expected", "hits_found", "false_alerts")} == {
        "hits_expected": 15,
        "hits_found": 15,
        "false_alerts": 0,
    }


@pytest.mark.slow
def test_the_demo_plays_on_a_users_own_logs(tmp_path, shared_data):
    folder = tmp_path / "logs"
    folder.mkdir()
    lines = (shared_data / "logs" / "web" / "apache_combined_10k.log").read_bytes().splitlines(keepends=True)
    for number in range(4):
        (folder / f"{number}.log").write_bytes(b"".join(lines[number::4]))
    done = run_demo(tmp_path / "data", "--json", "--logs", str(folder))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["events"] == 10_000
    assert told["hits_found"] == told["hits_expected"] >= 5
    assert told["false_alerts"] == 0


def test_the_demo_told_to_stop_takes_its_web_server_and_worker_with_it(tmp_path, migrated):
    migrated(tmp_path)
    code = (
        "import django; django.setup(); import signal; from noroshi.site.commands.installation import prepare; "
        "from noroshi.site.demo import stage; prepare()\n"
        "with stage.running(stage.free_port(0)) as processes:\n"
        "    print(*(process.pid for process in processes), flush=True); signal.pause()"
    )
    settings = {"NOROSHI_DATA_DIR": str(tmp_path), "NOROSHI_DEMO": "yes", "NOROSHI_LOG_LEVEL": "ERROR"}
    environment = fresh_environment(DJANGO_SETTINGS_MODULE="noroshi.site.settings", **settings)
    with subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True) as demo:
        numbers = [int(number) for number in demo.stdout.readline().split()]
        alive = [Path(f"/proc/{number}").exists() for number in numbers]
        demo.terminate()
        assert (demo.wait(), alive) == (128 + signal.SIGTERM, [True, True])
    assert [Path(f"/proc/{number}").exists() for number in numbers] == [False, False]


def test_what_is_planted_is_at_five_banks_and_the_near_misses_differ():
    institutions = {slug for slug, _type, _value in logs.planted()}
    assert institutions == {"minato-bank", "hikari-bank", "kita-bank", "sora-net", "wakaba-shinkin"}
    assert sum(member.lines for member in MEMBERS) >= 1_000_000
    assert len(MEMBERS) == 12


def test_the_sample_logs_are_the_same_for_everybody(tmp_path):
    small = MEMBERS[-1]
    first = logs._write_one(tmp_path / "", small, 1)
    content = first.read_bytes()
    assert logs._write_one(tmp_path / "", small, 1).read_bytes() == content


def test_clear_leaves_alone_what_is_no_demonstration(tmp_path):
    (tmp_path / "noroshi.sqlite3").write_text("somebody's data")
    with pytest.raises(Conflict):
        clear(tmp_path)
    assert (tmp_path / "noroshi.sqlite3").read_text() == "somebody's data"


def test_clear_empties_an_earlier_demonstration_and_keeps_its_keys(tmp_path):
    clear(tmp_path)
    (tmp_path / "noroshi.sqlite3").touch()
    (tmp_path / "keys").mkdir()
    clear(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".noroshi-demo", "keys"]


def test_an_empty_folder_of_logs_is_refused(tmp_path):
    with pytest.raises(InvalidInput):
        dealt_out(tmp_path)


def test_the_demo_leaves_the_installation_of_the_environment_alone(monkeypatch, tmp_path):
    from noroshi.site.commands.demo import set_stage

    monkeypatch.setattr(os, "environ", dict(os.environ))
    os.environ |= {"NOROSHI_DATA_DIR": str(tmp_path), "NOROSHI_DATABASE_URL": "postgres:///the-real-one"}
    set_stage()
    assert os.environ["NOROSHI_DATA_DIR"] == str(tmp_path / "demo")
    assert "NOROSHI_DATABASE_URL" not in os.environ
