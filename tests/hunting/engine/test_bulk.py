"""What SQL reads in bulk is what the readers make of the same lines, and the lines that it leaves are theirs."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noroshi.hunting.engine.aliases import FieldRoles
from noroshi.hunting.engine.bulk import batches, reading
from noroshi.hunting.engine.bulk.batches import Batch
from noroshi.hunting.engine.bulk.delimited import DelimitedLines
from noroshi.hunting.engine.bulk.objects import ObjectLines
from noroshi.hunting.engine.bulk.reading import BulkReader
from noroshi.hunting.engine.bulk.values import Values
from noroshi.hunting.engine.bulk.web import WebLines
from noroshi.hunting.engine.lake import Lake
from noroshi.hunting.engine.log_file import numbered
from noroshi.hunting.engine.readers import delimited, json_text, web
from noroshi.hunting.engine.reasons import BadLineError
from noroshi.hunting.engine.rows import SPAN_DIGITS, columns_by_role
from noroshi.hunting.engine.schema import SLOTS, STAGED_COLUMNS, events_sql
from noroshi.hunting.engine.timestamps import Bounds

ROLES = FieldRoles()
TOKYO = ZoneInfo("Asia/Tokyo")
BOUNDS = Bounds(latest=int(datetime(2026, 11, 27, tzinfo=UTC).timestamp()) * 1_000_000)
KEY = b"a key for tests only...."
COLUMNS = columns_by_role(KEY, TOKYO, BOUNDS)
FILE = 7
MANY = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.fixture(scope="module")
def duck():
    with duckdb.connect() as connection:
        yield connection


def by_reader(records, lines):
    """The events of the readers, column by column, by line; and the lines that they refuse, with the reasons."""
    events, refused = {}, []

    def reject(line, reason, _raw):
        refused.append((line, str(reason)))

    for line, _raw, fields in records(iter(lines), ROLES, reject):
        row = dict.fromkeys(STAGED_COLUMNS)
        try:
            for role, raw in fields.items():
                row |= dict(zip(SLOTS["url" if role == "host" else role], COLUMNS[role](raw), strict=True))
        except BadLineError as bad:
            refused.append((line, str(bad.reason)))
            continue
        if row["time"] is None:
            refused.append((line, "time"))
        else:
            events[line] = row | {"file": FILE, "line": line}
    return events, sorted(refused)


def both_ways(duck, lines, records, text, first=1):
    """(events and refused lines in bulk, the same by the readers alone, how many events SQL made)."""
    batch = Batch(first, first + text.count("\n"), text.split("\n", 1))
    taken = BulkReader(duck, lines, Values(duck, KEY, TOKYO, BOUNDS)).take(FILE, batch)
    events, refused = by_reader(records, taken.left)
    if taken.table:
        columns = ", ".join(f"NULL::{kind} AS {name}" for name, kind in STAGED_COLUMNS.items())
        staged = f"SELECT {columns} WHERE false UNION ALL BY NAME FROM {taken.table}"
        rows = [dict(zip(STAGED_COLUMNS, row, strict=True)) for row in duck.execute(staged).fetchall()]
        duck.execute(f"DROP TABLE {taken.table}").fetchall()
        assert taken.spans == {str(row["time"])[:-SPAN_DIGITS] for row in rows}
        events |= {row["line"]: row for row in rows}
    return (events, refused), by_reader(records, numbered(first, text)), taken.events


# Web logs.

TIMES = st.sampled_from(
    [
        "20/Nov/2026:10:00:59 +0900",
        "20/Nov/2026:10:00:60 +0900",
        "1/Nov/2026:10:00:00 +0900",
        "20/Nov/2026:10:00:00.5 Z",
        "20/Nov/2036:10:00:00 +0900",
        "31/Feb/2026:10:00:00 +0900",
        "20/Nov/1989:10:00:00 +0900",
        "never",
        "",
    ]
)
HOSTS = st.sampled_from(
    [
        "192.0.2.1",
        "192.0.2.01",
        "255.255.255.255",
        "256.1.1.1",
        "0.0.0.0",
        "2001:DB8::1",
        "::ffff:192.0.2.7",
        "Host.Example",
        "-",
        "",
        "日本",
    ]
)
USERS = st.sampled_from(["-", "taro", "Taro Yamada", "１２３", "普通 1-2", ""])
REQUESTS = st.sampled_from(
    [
        "GET / HTTP/1.1",
        "GET /a/../b?x=%7e HTTP/2",
        "get / HTTP/1.1",
        "GET //x HTTP/1.0",
        "POST http://H.Example:80/a b HTTP/1.1",
        "GET /日本?q=[] HTTP/1.1",
        "GET /x",
        "\\x16\\x03",
        "-",
        "",
        "CONNECT h.example:443 HTTP/1.1",
        "GET /x HTTP/",
    ]
)
TEXTS = st.sampled_from(
    ["-", "", "https://H.example/a?b#c", "http://h.example", "curl/8", 'a \\"quoted\\" agent', "\t", "unknown"]
)
WEB = st.builds(
    '{} - {} [{}] "{}" {} {} "{}" "{}"{}'.format,
    *(HOSTS, USERS, TIMES, REQUESTS, st.sampled_from(["200", "2", "x", "404"]), st.sampled_from(["12", "-", ""])),
    *(TEXTS, TEXTS, st.sampled_from(["", ' "more"', " 0.1"])),
)
COMMON = st.builds('{} - {} [{}] "{}" {} 12'.format, HOSTS, USERS, TIMES, REQUESTS, st.sampled_from(["200", "２００"]))
GOOD = '192.0.2.1 - taro [20/Nov/2026:10:00:00 +0900] "GET /login HTTP/1.1" 200 12 "https://h.example/" "curl/8"'
NOISE = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@MANY
@given(st.lists(WEB | COMMON | NOISE | st.just(GOOD), min_size=1, max_size=20))
def test_access_log_lines_are_the_same_both_ways(duck, lines):
    bulk, alone, _ = both_ways(duck, WebLines(), web.records, "\n".join(lines))
    assert bulk == alone


def test_plain_access_log_lines_are_all_taken_by_sql(duck):
    assert both_ways(duck, WebLines(), web.records, "\n".join([GOOD] * 9), first=100)[2] == 9


# Objects.

NAMES = st.sampled_from(
    [
        "time",
        "ts",
        "@timestamp",
        "src_ip",
        "SrcIP",
        "user",
        "device",
        "url",
        "host",
        "domain",
        "message",
        "error_code",
        "status",
        "bytes_sent",
        "class",
        "action",
        "outcome",
        "amount",
        "dns_query",
        "rule",
        "email",
        "request",
        "hash",
        "x",
        "a.b",
        "Ｔime",
        "source",
        "_path",
        "winlog",
        "EventID",
        "http",
        'quo"ted',
        "",
    ]
)
MOMENTS = st.sampled_from(
    [
        "2026-11-20T10:00:00Z",
        "2026-11-20 10:00:00,123456789",
        "2026/11/20 1:00:00",
        "２０２６-11-20 10:00:00",
        1790000000,
        1790000000.25,
        "1790000000.1234567",
        1790000000123,
        1000000000.0,
        1790000000123456,
        "1790000000",
        0,
        -1,
        4000000000.0,
        "x",
    ]
)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), NOISE, HOSTS, TEXTS, MOMENTS,
    st.sampled_from(["9.99", "500000", "login failed from 192.0.2.9", "DNS", "振込", "a@B.example", "x" * 50, -0.0]),
)  # fmt: skip
OBJECTS = st.dictionaries(
    NAMES,
    st.recursive(
        SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=4
    ),
    max_size=6,
)
ODD = st.sampled_from(
    [
        '{"ts": 1790000000, }',
        '{"ts": 1790000000} x',
        '{"ts": 1790000000, "ts": 1790000001}',
        '{"ts": 1790000000, "x": nan}',
        '{"ts": 1790000000, "x": [1, inf]}',
        '{"ts": 1790000000, "user": NaN}',
        '{"ts": 1790000000, "user": "\\ud800"}',
        "[]",
        '{"ts": 1790000000, "user": 12345678901234567890123}',
        '{"ts": 1790000000, "user": -0}',
        "nothing",
        "{",
        "1",
        "",
        '{"ts": 1790000000, "x": [1,]}',
        '{"ts": 1790000000, "http": {"user": "a", "user": "b"}}',
        ' {"ts": 1790000000}\t',
    ]
)


def line_of(item):
    return json.dumps(item, ensure_ascii=False)


@MANY
@given(
    st.lists(st.builds(line_of, OBJECTS) | ODD, max_size=8),
    st.builds(lambda time, item: line_of({"time": time, **item}), MOMENTS, OBJECTS),
)
def test_objects_are_the_same_both_ways(duck, lines, repeated):
    text = "\n".join([*lines, repeated, repeated])
    bulk, alone, _ = both_ways(duck, ObjectLines(ROLES), json_text.records, text)
    assert bulk == alone


def test_plain_objects_of_several_shapes_are_all_taken_by_sql_though_some_lines_are_broken(duck):
    items = [
        {"time": "2026-11-20T10:00:00Z", "src_ip": "192.0.2.1", "http": {"method": "GET", "bytes": 1}, "tags": ["a"]},
        {"ts": 1_790_000_000.5, "host": "h.example", "url": "/x?y", "user": "taro", "duration": 0.25, "ok": True},
        {
            "ts": 1_790_000_000_123,
            "amount": 1234.5,
            "beneficiary": "1234567",
            "message": "hello",
            "src_ip": "192.0.2.1",
        },
    ]
    text = "\n".join([*map(line_of, items * 4), "nothing", '{"ts": 1790000000', '{"ts": 1790000000,}'])
    bulk, alone, taken = both_ways(duck, ObjectLines(ROLES), json_text.records, text)
    assert (bulk, taken) == (alone, 12)


# CSV.

HEADERS = st.permutations(["日時", "接続元IP", "ユーザーID", "端末", "処理", "金額", "url", "host", "x"])
CELLS = st.sampled_from(
    [
        "",
        "-",
        " ",
        "taro",
        "2026-11-20 10:00:00",
        "2026/11/20 10:00",
        "192.0.2.1",
        "500",
        "ログイン",
        "/a?b",
        "h.example",
    ]
)


@MANY
@given(HEADERS, st.sampled_from(",\t;|"), st.lists(st.lists(CELLS, min_size=8, max_size=10), max_size=12))
def test_cells_are_the_same_both_ways(duck, header, delimiter, rows):
    def records(lines, roles, reject):
        return delimited.records(lines, roles, reject, header=header, delimiter=delimiter)

    text = "\n".join(delimiter.join(row) for row in [header, *rows])
    bulk, alone, taken = both_ways(duck, DelimitedLines(header, delimiter, ROLES), records, text)
    assert bulk == alone
    assert taken == len(bulk[0])


# Whole files.


@pytest.fixture
def ingested(tmp_path, monkeypatch, write):
    """Bring a file into a lake of its own, in bulk or not: its events, quarantine and report."""

    def ingest(name, content, *, bulk):
        monkeypatch.setattr(reading, "WORTH_IT", 1 if bulk else 1 << 60)
        monkeypatch.setattr(batches, "MAX_LINES", 5)
        lake = Lake(tmp_path / f"lake-{name}-{bulk}", key=b"k" * 32, memory_limit="512MB")
        before = write(f"before-{name}", GOOD + "\n")
        report = lake.ingest("bank", "web", [before, write(name, content)])
        parts = [str(path) for path in (tmp_path / f"lake-{name}-{bulk}" / "events").rglob("*.parquet")]
        with duckdb.connect() as connection:
            rows = f"SELECT * REPLACE (epoch_us(time) AS time) FROM ({events_sql('?')})"
            events = connection.execute(f"{rows} ORDER BY file, line", [parts]).fetchall()
        kept = [(line.line, line.reason, line.text) for line in lake.quarantine("bank", "web", 1000)]
        return events, kept, (report.files, report.lines, report.events, report.quarantined, report.refused_files)

    return ingest


CSV_LINES = "日時,接続元IP,ユーザーID\n" + "2026-11-20 10:00:00,192.0.2.1,taro\n" * 12
JSON_LINES = "".join(json.dumps({"ts": 1_790_000_000 + n, "src_ip": "192.0.2.1"}) + "\n" for n in range(12))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.log", f"{GOOD}\nbroken\n{GOOD}\n{GOOD}\n{GOOD}\n{GOOD}\n{GOOD}\n\n{GOOD}"),
        ("crlf.log", (GOOD + "\r\n") * 12),
        ("sjis.log", (GOOD.replace("taro", "太郎") + "\n").encode("cp932") * 12),
        ("bytes.log", (GOOD + "\n").encode() * 6 + b"\xff\xfe broken\n" + (GOOD + "\n").encode() * 6),
        ("a.csv", CSV_LINES + "2026-11-20 10:00:00,192.0.2.1\n" + "2026-11-20 10:00:00,192.0.2.2,x\n"),
        (
            "quoted.csv",
            CSV_LINES + '2026-11-20 10:00:00,192.0.2.1,"ta\nro"\n' + "2026-11-20 10:00:00,192.0.2.2,x\n" * 7,
        ),
        ("a.json", JSON_LINES + "{\n" + JSON_LINES.replace("ts", "time")),
        ("late.json", JSON_LINES + '{"ts": 4000000000}\n{"ts": "x"}\n'),
    ],
)
def test_a_file_gives_the_same_lake_and_quarantine_both_ways(ingested, name, content):
    events, kept, report = ingested(name, content, bulk=True)
    assert (events, kept, report) == ingested(name, content, bulk=False)
    assert report[2] > 12 - 5
