"""What is in quarantine becomes events once it can be read, each once, and where it stood."""

import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import time

from hunting.conftest import KEY
from noroshi.hunting.engine import Lake, Needle, Replayed

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


def test_what_is_not_whole_or_needs_a_header_stays(lake, write):
    lake.ingest("bank-a", "app", [write("a.json", line(0, "time") + line(1)[:-2] + ', "x": "' + "y" * 3_000 + '"}\n')])
    lake.ingest("bank-a", "csv", [write("a.csv", "time,src_ip\n2026-11-20T01:00:00Z,192.0.2.1\nnever,192.0.2.2\n")])
    assert lake.replay("bank-a", "app", mapping=MAPPING) == Replayed(0, 1)
    assert lake.replay("bank-a", "csv") == Replayed(0, 1)
    assert lake.replay("bank-a", "nothing") == Replayed(0, 0)


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
