"""Log files come in wholly or not at all, once, and what is bad is set aside with its reason."""

import gzip
import io
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import zstandard

from hunting.conftest import KEY
from noroshi.hunting.engine import FileReason, Lake, LakeError, LineReason, Needle, ingest
from noroshi.hunting.engine import lake as lake_module
from noroshi.hunting.engine.bulk import batches, reading

WEB = '192.0.2.{} - - [01/Apr/2026:09:00:{:02d} +0900] "GET /p{} HTTP/1.1" 200 12 "https://r.example/" "Agent/1"\n'


def web_lines(count, start=0):
    return "".join(WEB.format(i % 250, i % 60, i) for i in range(start, start + count))


def totals(report):
    return (report.files, report.lines, report.events, report.quarantined)


def count_events(lake, organisation):
    return sum(status.events for status in lake.status() if status.organisation == organisation)


def test_ingest_reports_what_it_did_and_status_remembers(lake, write):
    report = lake.ingest("bank-a", "web", [write("access.log", web_lines(100) + "garbage\n")])
    assert totals(report) == (1, 101, 100, 1)
    (status,) = lake.status()
    assert (status.organisation, status.source, status.files, status.events, status.quarantined) == (
        "bank-a",
        "web",
        1,
        100,
        1,
    )
    assert status.first_event.isoformat() == "2026-04-01T00:00:00+00:00"
    assert status.last_event.isoformat() == "2026-04-01T00:00:59+00:00"
    assert status.bytes > 0
    assert lake.organisations() == ["bank-a"]
    (line,) = lake.quarantine("bank-a", "web", 10)
    assert (line.file_name, line.line, line.reason, line.text) == (
        "access.log",
        101,
        str(LineReason.NOT_WEB),
        "garbage",
    )
    assert lake.quarantine("bank-b", "web", 10) == []


@pytest.mark.parametrize("name", ["access.log", "renamed.log", "access.log.gz", "access.log.zst"])
def test_ingest_of_the_same_content_adds_nothing(lake, write, name):
    content = web_lines(50).encode()
    lake.ingest("bank-a", "web", [write("access.log", content)])
    packed = {"gz": gzip.compress, "zst": zstandard.compress}.get(name.rsplit(".", 1)[-1], bytes)(content)
    report = lake.ingest("bank-a", "other", [write(name, packed), write(f"copy-{name}", packed)])
    assert totals(report) == (0, 0, 0, 0)
    assert report.skipped_files == (name, f"copy-{name}")
    assert count_events(lake, "bank-a") == 50


def test_ingest_of_the_same_content_by_two_organisations_is_two_logs(lake, write):
    file = write("access.log", web_lines(5))
    for organisation in ("bank-a", "bank-b"):
        assert totals(lake.ingest(organisation, "web", [file])) == (1, 5, 5, 0)
    assert [hit.organisation for hit in lake.hunt([Needle("ipv4", "192.0.2.1")]).hits] == ["bank-a", "bank-b"]


def test_ingest_of_a_large_file_among_small_ones_keeps_all(lake, write, monkeypatch):
    monkeypatch.setattr(ingest, "BATCH", 100)
    files = [
        write(f"{i}.log", web_lines(size, start)) for i, (size, start) in enumerate([(30, 0), (950, 30), (20, 980)])
    ]
    assert totals(lake.ingest("bank-a", "web", files)) == (3, 1000, 1000, 0)
    assert count_events(lake, "bank-a") == 1000
    assert [hit.count for hit in lake.hunt([Needle("cidr", "192.0.2.0/24")]).hits] == [1000]


def test_ingest_after_a_write_failure_loses_and_doubles_nothing(lake, write, monkeypatch):
    monkeypatch.setattr(ingest, "BATCH", 100)
    files = [write("a.log", web_lines(150)), write("b.log", web_lines(350, 150))]
    working = ingest.PartWriter.write
    calls = []

    def full_disk(self, rows, tables):
        calls.append(rows)
        if len(calls) == 4:
            raise OSError(28, "No space left on device")
        return working(self, rows, tables)

    monkeypatch.setattr(ingest.PartWriter, "write", full_disk)
    with pytest.raises(LakeError, match="The disk is full"):
        lake.ingest("bank-a", "web", files)
    assert count_events(lake, "bank-a") == 150
    monkeypatch.setattr(ingest.PartWriter, "write", working)
    assert lake.ingest("bank-a", "web", files).skipped_files == ("a.log",)
    assert [hit.count for hit in lake.hunt([Needle("cidr", "192.0.2.0/24")]).hits] == [500]


REFUSED = {
    "empty": (b"", FileReason.EMPTY),
    "truncated gzip": (gzip.compress(web_lines(500).encode())[:-20], FileReason.TRUNCATED),
    "truncated zstd": (zstandard.compress(random.Random(1).randbytes(9000).hex().encode())[:-20], FileReason.TRUNCATED),
    "damaged gzip": (gzip.compress(b"x" * 9000)[:12] + b"\xff" * 40, FileReason.CORRUPT),
    "gzip bomb": (gzip.compress(b"0" * (64 << 20)), FileReason.BOMB),
    "zstd bomb": (zstandard.compress(b"0" * (256 << 20)), FileReason.BOMB),
    "noise": (random.Random(1).randbytes(5000), FileReason.BINARY),
    "zip": (b"PK\x03\x04" + b"\x00" * 100, FileReason.COMPRESSION),
    "prose": ("謹啓\n時下ますますご清栄のこととお慶び申し上げます。\n".encode(), FileReason.FORMAT),
    "csv without time": (b"a,b\n1,2\n", FileReason.FORMAT),
    "broken document": (b'[{"ts": 1775001605},', FileReason.DOCUMENT_BROKEN),
    "wild clock": (
        "".join(f'{{"ts": {631152000 + 86400 * day}}}\n' for day in range(20_000)).encode(),
        FileReason.DAYS,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_ingest_of_a_file_that_is_no_log_refuses_it_and_takes_the_others(lake, write, tmp_path, name):
    content, reason = REFUSED[name]
    files = [write("before.log", web_lines(3)), write("bad", content), write("after.log", web_lines(4, 3))]
    report = lake.ingest("bank-a", "web", files)
    assert report.refused_files == (("bad", str(reason)),)
    assert totals(report) == (2, 7, 7, 0)
    assert count_events(lake, "bank-a") == 7
    assert len([*(tmp_path / "lake").glob("events/*/day=*")]) == 1  # of the two others: nothing of it was written


def test_ingest_of_a_missing_file_refuses_it(lake, tmp_path):
    assert lake.ingest("bank-a", "web", [tmp_path / "gone"]).refused_files == (("gone", str(FileReason.MISSING)),)


def test_ingest_of_several_gzip_members_reads_all(lake, write):
    packed = gzip.compress(web_lines(10).encode()) + gzip.compress(web_lines(10, 10).encode()) + b"\0" * 512
    assert totals(lake.ingest("bank-a", "web", [write("a.gz", packed)])) == (1, 20, 20, 0)


def test_ingest_of_a_streamed_zstd_file_reads_all(lake, write):
    target = io.BytesIO()
    with zstandard.ZstdCompressor().stream_writer(target, closefd=False) as writer:
        writer.write(web_lines(9000).encode())
    assert totals(lake.ingest("bank-a", "web", [write("a.zst", target.getvalue())])) == (1, 9000, 9000, 0)


def test_ingest_of_a_ten_megabyte_line_sets_it_aside(lake, write):
    content = web_lines(5) + "x" * 10_000_000 + "\n" + web_lines(5, 5)
    assert totals(lake.ingest("bank-a", "web", [write("a.log", content)])) == (1, 11, 10, 1)
    (line,) = lake.quarantine("bank-a", "web", 10)
    assert (line.line, line.reason, line.text) == (6, str(LineReason.TOO_LONG), "x" * 2000)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "euc_jp", "utf-16", "utf-16-le", "utf-16-be"])
def test_ingest_knows_japanese_encodings(lake, write, encoding):
    text = "日時,接続元IP,ブラウザ,結果\n2026年4月1日 9時0分5秒,192.0.2.1,銀行アプリ,成功\n" * 1
    assert totals(lake.ingest("bank-a", "app", [write("a.csv", text.encode(encoding))]))[2:] == (1, 0)
    (event,) = lake.events("bank-a", Needle("user_agent", "銀行アプリ"), 5)
    assert (event["outcome"], event["time"].isoformat()) == ("success", "2026-04-01T00:00:05+00:00")


def test_ingest_of_a_file_with_a_few_broken_bytes_sets_their_lines_aside(lake, write):
    lines = ['{"ts": 1775001605, "ip": "192.0.2.1", "ua": "日本"}'.encode()] * 5
    lines[3] = b'{"ts": 1775001605, "ua": "\xff\xfe\x80"}'
    assert totals(lake.ingest("bank-a", "app", [write("a.json", b"\n".join(lines))])) == (1, 5, 4, 1)
    assert [(line.line, line.reason) for line in lake.quarantine("bank-a", "app", 5)] == [(4, str(LineReason.ENCODING))]


def test_ingest_of_lines_in_several_encodings_reads_all(lake, write):
    agents = ["銀行アプリ①", "ブラウザ", "端末", "日本語"]
    lines = [
        f'{{"ts": 1775001605, "ua": "{agent}"}}'.encode(encoding)
        for agent, encoding in zip(agents, ("utf-8", "cp932", "euc_jp", "utf-8"), strict=True)
    ]
    assert totals(lake.ingest("bank-a", "app", [write("a.json", b"\n".join([*lines, *lines]))])) == (1, 8, 8, 0)
    assert [hit.count for hit in lake.hunt([Needle("user_agent", agent) for agent in agents]).hits] == [2, 2, 2, 2]


def test_ingest_of_bad_json_lines_names_each_reason(lake, write):
    deep = '{"ts": 1775001605, "a": ' + '{"b": ' * 30 + "1" + "}" * 31
    lines = [
        '{"ts": 1775001605}',
        "{broken",
        "[1]",
        '{"ts": "soon"}',
        "{}",
        deep,
        '{"a":' * 100_000,
        f'{{"ts": 1775001605, "ua": "{"x" * 20_000}"}}',
        '{"ts": 1775001605, "ua": "\\ud800 \\u0000 , \\" \\n"}',
    ]
    assert totals(lake.ingest("bank-a", "app", [write("a.json", "\n".join(lines))])) == (1, 9, 2, 7)
    assert [(line.line, LineReason(line.reason).name) for line in lake.quarantine("bank-a", "app", 10)] == [
        (2, "NOT_JSON"),
        (3, "NOT_JSON"),
        (4, "TIME"),
        (5, "TIME"),
        (6, "NESTED"),
        (7, "NESTED"),
        (8, "FIELD_TOO_LONG"),
    ]


def test_ingest_of_csv_takes_formulas_as_text_and_sets_bad_rows_aside(lake, write):
    rows = [
        "timestamp,ip,ua,note",
        "2026-04-01T00:00:00Z,192.0.2.1,\"=cmd|' /C calc'!A0\",x",
        "2026-04-01T00:00:01Z,192.0.2.2,+SUM(1),x",
        '2026-04-01T00:00:02Z,192.0.2.3,"two',
        'lines, quoted ""so""",x',
        "2026-04-01T00:00:03Z,192.0.2.4,too,few,many",
        '2026-04-01T00:00:04Z,192.0.2.5,"never closed,x',
        "2026-04-01T00:00:05Z,192.0.2.6,fine,x",
    ]
    assert totals(lake.ingest("bank-a", "app", [write("a.csv", "\r\n".join(rows))])) == (1, 8, 4, 2)
    agents = {e["user_agent"] for e in lake.events("bank-a", Needle("cidr", "192.0.2.0/24"), 10)}
    assert agents == {"=cmd|' /C calc'!A0", "+SUM(1)", 'two lines, quoted "so"', "fine"}
    assert [(line.line, line.reason) for line in lake.quarantine("bank-a", "app", 10)] == [
        (6, str(LineReason.COLUMNS)),
        (7, str(LineReason.QUOTES)),
    ]


def test_ingest_with_a_mapping_reads_unusual_names(lake, write):
    file = write("a.csv", "いつ;どこから;だれ\n2026-04-01 09:00:00;192.0.2.1;yamada\n")
    assert lake.ingest("bank-a", "app", [file]).refused_files == (("a.csv", str(FileReason.FORMAT)),)
    mapping = {"いつ": "time", "どこから": "src_ip", "だれ": "account"}
    assert totals(lake.ingest("bank-a", "app", [file], mapping=mapping))[2:] == (1, 0)
    assert [hit.count for hit in lake.hunt([Needle("account", "yamada")]).hits] == [1]


def test_ingest_sets_aside_what_a_wrong_clock_wrote(write, tmp_path):
    lake = Lake(tmp_path / "lake", key=KEY, clock=lambda: datetime(2026, 4, 1, tzinfo=UTC))
    times = [
        "1970-01-01T00:00:01Z",
        "2026-03-31T12:00:00Z",
        "2026-04-01T23:59:59Z",
        "2026-04-02T00:00:01Z",
        "2036-01-01T00:00:00Z",
    ]
    log = write("a.json", "".join(f'{{"ts": "{time}", "ip": "192.0.2.1"}}\n' for time in times))
    assert totals(lake.ingest("bank-a", "app", [log])) == (1, 5, 2, 3)
    assert [(line.line, LineReason(line.reason).name) for line in lake.quarantine("bank-a", "app", 5)] == [
        (1, "TIME"),
        (4, "FUTURE"),
        (5, "FUTURE"),
    ]


def test_a_wild_clock_among_a_streams_devices_loses_its_own_lines_alone_and_a_replay_takes_them(tmp_path, write):
    lake = Lake(tmp_path / "lake", key=KEY, clock=lambda: datetime(2026, 4, 1, tzinfo=UTC))
    wild = [
        f"{1990 + number // 300}-{1 + number // 25 % 12:02}-{1 + number % 25:02}T00:00:00Z" for number in range(4000)
    ]
    good = ["2025-02-25T00:00:01Z", "2026-03-31T12:00:00Z"] * 2
    lines = [f'{{"ts": "{time}", "ip": "192.0.2.1"}}\n' for time in [*good[:2], *wild, *good[2:]]]
    batch = write("b.json", "".join(lines))
    assert lake.ingest("bank-a", "app", [batch]).refused_files == (("b.json", str(FileReason.DAYS)),)
    assert totals(lake.ingest("bank-a", "live", [batch], stream=True)) == (1, 4004, 4, 4000)
    assert {LineReason(each.reason) for each in lake.quarantine("bank-a", "live", 9)} == {LineReason.PAST}
    few = write("c.json", "".join(lines[:3]))
    assert totals(lake.ingest("bank-b", "live", [few], stream=True)) == (1, 3, 2, 1)
    assert lake.replay("bank-b", "live").events == 1


def test_what_a_device_without_a_clock_sends_has_the_time_at_which_a_stream_received_it(lake, write):
    """RFC 5424, section 6.2.3: a sender that cannot know the time writes the NILVALUE."""
    log = write("a.log", "<34>1 - fw1 sshd 7 ID47 - Failed password for root from 192.0.2.1 port 22 ssh2\n")
    received = datetime(2026, 4, 1, 12, tzinfo=UTC)
    os.utime(log, (received.timestamp(),) * 2)
    assert totals(lake.ingest("bank-a", "file", [log], format="syslog")) == (1, 1, 0, 1)
    assert totals(lake.ingest("bank-a", "live", [log], format="syslog", stream=True)) == (1, 1, 1, 0)
    assert [hit.first_seen for hit in lake.hunt([Needle("ipv4", "192.0.2.1")]).hits] == [received]


def test_ingest_takes_times_without_offset_in_the_time_zone_given(lake, write):
    lake.ingest("bank-a", "app", [write("a.json", '{"ts": "2026-04-01 12:00:00"}\n')], timezone="America/New_York")
    assert lake.status()[0].first_event.isoformat() == "2026-04-01T16:00:00+00:00"


@pytest.mark.parametrize("name", ["", "..", "a/b", "../x", "a'b", "a b", "x" * 64, "日本", ".hidden", "a\n"])
def test_names_that_could_leave_the_lake_are_refused(lake, write, name):
    file = write("a.log", web_lines(1))
    for organisation, source in ((name, "web"), ("bank-a", name)):
        with pytest.raises(LakeError, match="cannot name"):
            lake.ingest(organisation, source, [file])
    assert lake.status() == []


def test_a_flood_of_sources_is_refused_and_the_known_ones_stay_open(lake, write, monkeypatch):
    monkeypatch.setattr(lake_module, "MAX_SOURCES", 3)
    for number in range(3):
        lake.ingest("bank-a", f"s{number}", [write("a.log", web_lines(1, number))])
    with pytest.raises(LakeError, match="3 sources already"):
        lake.ingest("bank-a", "s3", [write("a.log", web_lines(1, 3))])
    assert lake.ingest("bank-a", "s0", [write("a.log", web_lines(1, 4))]).events == 1
    assert lake.ingest("bank-b", "s3", [write("a.log", web_lines(1, 5))]).events == 1


def test_wrong_settings_are_refused(lake, write, tmp_path):
    file = write("a.log", web_lines(1))
    with pytest.raises(LakeError, match="time zone"):
        lake.ingest("bank-a", "web", [file], timezone="../etc/passwd")
    with pytest.raises(LakeError, match="mapping names"):
        lake.ingest("bank-a", "web", [file], mapping={"x": "line"})
    with pytest.raises(LakeError, match="key must have"):
        Lake(tmp_path / "other", key=b"short")


def test_ingest_tells_its_progress(lake, write, monkeypatch):
    monkeypatch.setattr(ingest, "PROGRESS_EVERY", 200)
    told = []
    lake.ingest("bank-a", "web", [write("a.log", web_lines(450))], progress=told.append)
    assert [(p.file_name, p.lines, p.total_lines) for p in told] == [("a.log", lines, 450) for lines in (200, 400, 450)]


def test_ingest_in_bulk_tells_its_progress_batch_by_batch(lake, write, monkeypatch):
    monkeypatch.setattr(reading, "WORTH_IT", 1)
    monkeypatch.setattr(batches, "MAX_LINES", 4_000)
    told = []
    lake.ingest("bank-a", "web", [write("a.log", web_lines(9_000))], progress=told.append)
    assert (told[-1].lines, len(told), told[0].total_lines) == (9_000, 2, 9_000)


def test_ingest_by_two_at_once_adds_each_file_once(lake, write):
    files = [write(f"{i}.log", web_lines(50, 50 * i)) for i in range(6)]
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: lake.ingest("bank-a", "web", files), range(4)))
    assert sorted(report.files for report in reports) == [0, 0, 0, 6]
    assert count_events(lake, "bank-a") == 300


def test_ingest_killed_at_any_moment_loses_and_doubles_nothing(write, tmp_path):
    files = [write(f"{i}.log", web_lines(4000, 4000 * i)) for i in range(5)]
    script = textwrap.dedent(f"""
        from pathlib import Path
        from noroshi.hunting.engine import Lake, ingest
        ingest.BATCH = 1500
        lake = Lake(Path({str(tmp_path / "lake")!r}), key={KEY!r})
        lake.ingest("bank-a", "web", [Path(name) for name in {[str(file) for file in files]!r}])
    """)
    moments = random.Random(7)
    for _ in range(8):
        process = subprocess.Popen(
            [sys.executable, "-c", script], env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        )
        time.sleep(moments.uniform(0.3, 1.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
        found = Lake(tmp_path / "lake", key=KEY).hunt([Needle("cidr", "192.0.2.0/24")]).hits
        assert sum(hit.count for hit in found) % 4000 == 0  # whole files only
    lake = Lake(tmp_path / "lake", key=KEY)
    lake.ingest("bank-a", "web", files)
    assert [hit.count for hit in lake.hunt([Needle("cidr", "192.0.2.0/24")]).hits] == [20_000]
    parts = {
        path.relative_to(tmp_path / "lake").as_posix() for path in (tmp_path / "lake" / "events").rglob("*.parquet")
    }
    assert parts == lake._manifest.part_paths("bank-a")
    assert list((tmp_path / "lake" / "staging").iterdir()) == []
