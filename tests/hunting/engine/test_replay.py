"""What is in quarantine becomes events once it can be read, each once, and where it stood."""

import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from datetime import date

import pytest

from hunting.conftest import KEY
from noroshi.hunting.engine import Lake, Needle, Replayed, ingest

ALL = Needle("cidr", "192.0.2.0/24")
MAPPING = {"when it was": "time"}


def line(number, name="when it was"):
    return json.dumps({name: f"2026-11-20T01:00:{number % 60:02}Z", "src_ip": f"192.0.2.{number % 250}"}) + "\n"


def unread(count):
    return line(0, "time") + "".join(line(number) for number in range(1, count)) + "no JSON\n"


def found(lake):
    return sum(hit.count for hit in lake.hunt([ALL]).hits), sum(hit.count for hit in lake.hunt([ALL], index=False).hits)


def test_a_line_that_can_be_read_now_becomes_an_event_and_leaves_the_quarantine(lake, write):
    lake.ingest("bank-a", "app", [write("a.json", unread(3))])
    lake.ingest("bank-b", "app", [write("b.json", unread(3))])
    before = lake.arrived("bank-a", 0).number
    assert lake.replay("bank-a", "app") == Replayed(0, 3)
    assert lake.replay("bank-a", "app", mapping=MAPPING) == Replayed(2, 1)
    assert lake.replay("bank-a", "app", mapping=MAPPING) == Replayed(0, 1)
    assert [(each.line, each.text) for each in lake.quarantine("bank-a", "app", 9)] == [(4, "no JSON")]
    status = {each.organisation: (each.events, each.quarantined) for each in lake.status()}
    assert status == {"bank-a": (3, 1), "bank-b": (1, 3)}
    assert found(lake) == (4, 4)
    samples = lake.hunt([Needle("ipv4", "192.0.2.2")]).hits[0].samples
    assert [(at.file_name, at.line) for at in samples] == [("a.json", 3)]
    assert lake.met_since("bank-a", before, lake.prepare([ALL])) == [ALL]  # what is watched sees them arrive
    assert lake.verify(deep=True).problems == ()


def test_the_file_itself_adds_nothing_after_a_replay(lake, write):
    path = write("a.json", unread(3))
    lake.ingest("bank-a", "app", [path])
    lake.replay("bank-a", "app", mapping=MAPPING)
    assert lake.ingest("bank-a", "app", [path], mapping=MAPPING).skipped_files == ("a.json",)
    assert found(lake) == (3, 3)


def test_what_is_not_whole_stays(lake, write):
    broken = b'{"time": "2026-11-20T01:00:00Z", "x": "\xff\xfe\x80"}\n'
    lake.ingest("bank-a", "app", [write("a.json", line(0, "time") + line(1)[:-2] + ', "x": "' + "y" * 3_000 + '"}\n')])
    lake.ingest("bank-a", "app", [write("b.json", broken.replace(b"\xff\xfe\x80", "銀行".encode()) * 9 + broken)])
    assert lake.replay("bank-a", "app", mapping=MAPPING) == Replayed(0, 2)
    assert lake.replay("bank-a", "nothing") == Replayed(0, 0)


# Of each format with a header: a file of which one mapping reads some lines and another the others; and that mapping.
CSV = """\
time,when it was,src_ip,note
2026-11-20T01:00:00Z,-,192.0.2.1,"of one line"
-,2026-11-20T01:00:01Z,192.0.2.2,"of ""two""
lines"
-,2026-11-20T01:00:02Z,192.0.2.3,one,too many
-,2026-11-20T01:00:03Z,192.0.2.4,"never closed
-,never,192.0.2.5,
-,2026-11-20T01:00:05Z,192.0.2.6,last
"""
W3C = """\
#Software: Microsoft Internet Information Services 10.0
#Fields: date time c-ip cs-method cs-uri-stem
2026-11-20 01:00:00 192.0.2.1 GET /a
#Fields: x-when c-ip cs-method cs-uri-stem
2026-11-20T01:00:01Z 192.0.2.2 GET /b
#Software: Microsoft Internet Information Services 10.0
#Fields: cs-uri-stem x-when c-ip
/c 2026-11-20T01:00:02Z 192.0.2.3
/d never 192.0.2.4
"""
ZEEK = """\
#separator \\x09
#set_separator\t,
#empty_field\t(empty)
#unset_field\t-
#path\thttp
#open\t2026-11-20-01-00-00
#fields\tts\tlogged\tid.orig_h\thost\ttags
#types\ttime\tstring\taddr\tstring\tset[string]
1795136400.0\t-\t192.0.2.1\twww.example.jp\ta,b
-\t2026-11-20T01:00:01Z\t192.0.2.2\twww.example.jp\ta,b
#close\t2026-11-20-01-00-09
#separator \\x09
#path\tdns
#fields\tlogged\tts\tid.orig_h\tquery
#types\tstring\ttime\taddr\tstring
2026-11-20T01:00:02Z\t-\t192.0.2.3\tns.example.jp
never\t-\t192.0.2.4\tns.example.jp
"""


@pytest.mark.parametrize(
    ("text", "mapping", "read", "left"),
    [
        (CSV, {"when it was": "time"}, [("192.0.2.2", 3), ("192.0.2.6", 8)], [5, 6, 7]),
        (W3C, {"x-when": "time"}, [("192.0.2.2", 5), ("192.0.2.3", 8)], [9]),
        (ZEEK, {"logged": "time"}, [("192.0.2.2", 10), ("192.0.2.3", 16)], [17]),
    ],
    ids=["csv", "w3c", "zeek"],
)
def test_a_line_under_a_header_is_read_as_that_header_says(lake, write, text, mapping, read, left):
    lake.ingest("bank-a", "log", [write("a.log", text)])
    whole = Lake(lake._root.parent / "whole", key=KEY)
    whole.ingest("bank-a", "log", [write("a.log", text)], mapping=mapping)
    assert lake.replay("bank-a", "log") == Replayed(0, len(read) + len(left))
    assert lake.replay("bank-a", "log", mapping=mapping) == Replayed(len(read), len(left))
    assert [each.line for each in lake.quarantine("bank-a", "log", 9)] == left
    for address, at in read:
        (event,) = lake.events("bank-a", Needle("ipv4", address), 9)
        assert (event["file"], event["line"]) == ("a.log", at)
        assert [event] == whole.events("bank-a", Needle("ipv4", address), 9)


def test_an_object_of_a_document_is_read_again(lake, write):
    objects = [{"time": "2026-11-20T01:00:00Z", "src_ip": "192.0.2.1"}, json.loads(line(2)), json.loads(line(3))]
    lake.ingest("bank-a", "app", [write("a.json", json.dumps(objects, indent=1))])
    assert lake.replay("bank-a", "app", mapping=MAPPING) == Replayed(2, 0)
    assert found(lake) == (3, 3)


def test_lines_of_which_it_is_not_kept_how_they_are_read_stay(lake, write, monkeypatch):
    fields = "#Fields: x-when c-ip\n2026-11-20T01:00:00Z 192.0.2.1\n"
    monkeypatch.setattr(ingest, "MAX_HEADS", 45)
    lake.ingest(
        "bank-a", "web", [write("a.log", fields * 2 + "#Fields: c-ip x-when\n192.0.2.1 2026-11-20T01:00:00Z\n")]
    )
    assert lake.replay("bank-a", "web", mapping={"x-when": "time"}) == Replayed(2, 1)


def test_a_header_leaves_with_the_last_of_its_lines(lake, write):
    lake.ingest("bank-a", "log", [write("a.log", CSV)])
    heads = lambda: lake._manifest._rows("SELECT line, text FROM head")  # noqa: E731 - what is there now
    assert heads() == [(1, CSV.partition("\n")[0])]
    lake.forget("bank-a", "192.0.2.4")
    assert heads() == [(1, CSV.partition("\n")[0])]
    lake.age("bank-a", "log", date(9999, 1, 1))
    assert heads() == []


def test_a_replay_killed_at_any_moment_loses_and_doubles_nothing(write, tmp_path):
    lake = Lake(tmp_path / "lake", key=KEY)
    for number in range(6):
        lake.ingest("bank-a", "app", [write(f"{number}.json", line(number, "time") + unread(400).partition("\n")[2])])
    script = textwrap.dedent(f"""
        from pathlib import Path
        from noroshi.hunting.engine import Lake, replay
        replay.BATCH = 300
        Lake(Path({str(tmp_path / "lake")!r}), key={KEY!r}).replay("bank-a", "app", mapping={MAPPING!r})
    """)
    moments = random.Random(7)
    for _ in range(3):
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        with subprocess.Popen([sys.executable, "-c", script], env=environment) as process:
            time.sleep(moments.uniform(0.4, 1.0))
            process.send_signal(signal.SIGKILL)
        events = sum(each.events for each in lake.status())
        assert events + sum(each.quarantined for each in lake.status()) == 6 * 401
        assert found(lake) == (events, events)
    assert lake.replay("bank-a", "app", mapping=MAPPING).left == 6
    assert found(lake) == (6 * 400, 6 * 400)
