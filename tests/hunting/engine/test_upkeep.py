"""The lake is verified, aged, compacted and made to forget, and is whole whatever happens meanwhile."""

import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from datetime import UTC, date, datetime

import duckdb
import pytest

from hunting.conftest import KEY
from noroshi.hunting.engine import DiskReason, Lake, LakeError, Needle, PartProblem, Removed
from noroshi.hunting.engine.schema import COLUMNS, events_sql

START = datetime(2026, 4, 1, tzinfo=UTC)
LAST = date(2026, 12, 31)
ALL = Needle("cidr", "192.0.2.0/24")


def lines(count, day=1, **fields):
    return "".join(
        f'{{"ts": "2026-04-{day:02}T00:00:{i % 60:02}Z", "ip": "192.0.2.{i % 250}", "user": "user{i % 5}"'
        + "".join(f', "{name}": "{value}"' for name, value in fields.items())
        + "}\n"
        for i in range(count)
    )


@pytest.fixture
def filled(lake, write):
    """A lake with four small parts on two days."""
    for number, day in enumerate((1, 1, 1, 2)):
        lake.ingest("bank-a", "app", [write(f"{number}.json", lines(50 + number, day) + "broken user1\n")])
    return lake


def parts(lake):
    return sorted(path.relative_to(lake._root).as_posix() for path in (lake._root / "events").rglob("*.parquet"))


def count(lake, needle=ALL):
    return sum(hit.count for hit in lake.hunt([needle]).hits)


def test_a_whole_lake_is_verified_and_unknown_files_are_swept(filled):
    stray = filled._root / "events/organisation=bank-a/day=2026-04-01/stray.parquet"
    stray.write_bytes(b"torn")
    report = filled.verify(deep=True)
    assert (report.parts, report.events, report.swept, report.problems) == (4, 206, 1, ())
    assert not stray.exists()


def test_what_is_wrong_with_a_part_is_named(filled):
    paths = [filled._root / path for path in parts(filled)]
    paths[0].unlink()
    paths[1].write_bytes(paths[1].read_bytes() + b"x")
    content = paths[2].read_bytes()
    paths[2].write_bytes(b"\0" * len(content))
    problems = dict(filled.verify().problems)
    names = [path.relative_to(filled._root).as_posix() for path in paths]
    assert problems == {
        names[0]: str(PartProblem.MISSING),
        names[1]: str(PartProblem.SIZE),
        names[2]: str(PartProblem.UNREADABLE),
    }


def test_compaction_makes_small_parts_one_and_changes_no_answer(filled):
    before = count(filled), filled.status()[0].events
    assert filled.compact("bank-a", date(2026, 4, 2)) == (4, 2)
    assert (count(filled), filled.status()[0].events) == before
    assert filled.verify(deep=True).problems == ()
    assert len(parts(filled)) == 2  # `verify` has swept the old ones
    assert filled.compact("bank-a", LAST) == (2, 2)
    events = duckdb.sql(events_sql(str([str(filled._root / path) for path in parts(filled)])))
    assert dict(zip(events.columns, map(str, events.types), strict=True)) == COLUMNS


def test_ageing_takes_out_old_days_of_one_source_with_their_quarantine(filled, write):
    filled.ingest("bank-a", "other", [write("o.json", lines(7))])
    assert filled.age("bank-a", "app", date(2026, 4, 2)) == Removed(3, 153, 0)
    assert {status.source: status.events for status in filled.status()} == {"app": 53, "other": 7}
    assert filled.age("bank-a", "app", date(2126, 1, 1)) == Removed(1, 53, 4)
    assert filled.quarantine("bank-a", "app", 10) == []
    assert filled.verify().problems == ()
    known = filled.ingest("bank-a", "app", [write("0.json", lines(50) + "broken user1\n")])
    assert known.skipped_files == ("0.json",)  # what has aged does not come back


SUBJECT = {"account": "7654321", "email": "taro@a.example", "device": "dev-1234"}


@pytest.mark.parametrize("subject", ["765-4321", "Taro@A.example", "dev-1234", "192.0.2.201", "user1"])
def test_a_subject_is_forgotten_at_once_and_everybody_else_stays(lake, write, subject):
    mine = json.dumps({"ts": "2026-04-01T01:00:00Z", "ip": "192.0.2.201", "user": "user1", **SUBJECT}) + "\n"
    others = lines(20).replace("user1", "user9")
    lake.ingest("bank-a", "app", [write("a.json", others + mine + f"broken {subject}\nbroken user7\n")])
    lake.ingest("bank-b", "app", [write("b.json", mine)])
    old = parts(lake)
    assert lake.forget("bank-a", subject) == Removed(1, 1, 1)
    hits = lake.hunt([Needle("account", "7654321")]).hits
    assert [(hit.organisation, hit.count) for hit in hits] == [("bank-b", 1)]
    assert {status.organisation: status.events for status in lake.status()} == {"bank-a": 20, "bank-b": 1}
    assert [line.text for line in lake.quarantine("bank-a", "app", 5)] == ["broken user7"]
    assert len(set(old) & set(parts(lake))) == 1  # bank-b's alone
    assert lake.verify(deep=True).problems == ()
    assert lake.forget("bank-a", subject) == Removed(0, 0, 0)


def test_a_subject_that_is_all_there_is_leaves_no_part(lake, write):
    lake.ingest("bank-a", "app", [write("a.json", '{"ts": "2026-04-01T01:00:00Z", "user": "user1"}\n')])
    assert lake.forget("bank-a", "user1") == Removed(1, 1, 0)
    assert parts(lake) == []
    assert lake.verify().parts == 0


def test_a_subject_that_is_too_short_is_refused(filled):
    with pytest.raises(LakeError, match="at least 4"):
        filled.forget("bank-a", " ab ")


def test_days_tell_where_events_are_missing(filled):
    assert filled.days("bank-a", date(2026, 4, 1)) == [
        ("bank-a", "app", date(2026, 4, 1), 153),
        ("bank-a", "app", date(2026, 4, 2), 53),
    ]
    assert filled.days(None, date(2026, 4, 2)) == [("bank-a", "app", date(2026, 4, 2), 53)]
    assert filled.days("bank-b", date(2026, 4, 1)) == []


def run(root, body, limit=""):
    script = textwrap.dedent(f"""
        import resource
        from datetime import date
        from pathlib import Path
        from noroshi.hunting.engine import Lake, LakeError
        lake = Lake(Path({str(root)!r}), key={KEY!r})
        {limit}
        {body}
    """)
    path = os.pathsep.join(sys.path)
    return subprocess.Popen([sys.executable, "-c", script], env=os.environ | {"PYTHONPATH": path}, stdout=-1, text=True)


def test_killed_at_any_moment_it_is_as_before_or_as_after(filled):
    moments, whole = random.Random(7), count(filled)
    for _ in range(4):
        process = run(filled._root, "while True: lake.compact('bank-a', date(2026, 12, 31)); lake.verify()")
        time.sleep(moments.uniform(0.5, 2))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        lake = Lake(filled._root, key=KEY)
        assert (count(lake), lake.verify(deep=True).problems) == (whole, ())
    for part in filled._manifest.part_rows("bank-a"):
        assert (filled._root / part.path).is_file()


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("for day in range(1, 29): lake.age('bank-a', 'app', date(2026, 4, day))", [10]),
        ("while True: lake.forget('bank-a', 'user1')", [4 * 28 * 2]),
    ],
    ids=["ageing", "forgetting"],
)
def test_killed_while_events_are_taken_out_it_takes_out_no_other_and_ends_what_it_began(lake, write, body, left):
    for day in range(1, 29):
        lake.ingest("bank-a", "app", [write(f"{day}.json", lines(10, day))])
    moments = random.Random(7)
    for _ in range(3):
        process = run(lake._root, body)
        time.sleep(moments.uniform(0.6, 1.4))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert lake.verify(deep=True).problems == ()
    killed = sum(source.events for source in lake.status())
    assert killed % 2 == 0
    run(lake._root, body.replace("while True: ", "")).communicate()
    assert [sum(source.events for source in lake.status())] == left
    assert count(lake) == left[0]  # by the index, which forgot with them


def test_a_full_disk_leaves_it_as_it_was(filled):
    limit = "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))"
    tell = "exec('try: lake.compact(\"bank-a\", date(2026, 12, 31))\\nexcept LakeError as error: print(error)')"
    said, _ = run(filled._root, tell, limit).communicate()
    assert said == f"{DiskReason.FULL}\n"
    lake = Lake(filled._root, key=KEY)
    assert (count(lake), lake.verify(deep=True).problems) == (206, ())
