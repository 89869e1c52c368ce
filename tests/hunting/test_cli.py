"""The commands `noroshi lake` and `noroshi hunt`, as a shell gets them: output, standard error, exit code."""

import gzip
import json
from datetime import UTC, datetime

import duckdb
import pytest
from click.testing import CliRunner

from factories.lakes import EVIL_ADDRESS, EVIL_DOMAIN, event, fill_lake, lakes
from noroshi.core.models import LedgerEntry
from noroshi.hunting.engine import report
from noroshi.site.cli import main

LINE = f'{EVIL_ADDRESS} - - [20/Nov/2026:10:00:00 +0900] "GET /login HTTP/1.1" 200 12 "-" "curl/8"\n'


@pytest.fixture
def run():
    def invoke(*arguments, stdin=None):
        return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)

    return invoke


@pytest.fixture
def write(tmp_path):
    def write_file(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


# lake ingest


def test_ingest_says_in_one_line_what_it_did(cast, run, write):
    result = run("lake", "ingest", "--org", "bank_a", "--source", "web", write("a.log", LINE * 2 + "broken\n"))
    assert (result.exit_code, result.stderr) == (0, "")
    done, _, took = result.stdout.rpartition(", in ")
    assert done == "bank_a/web: 1 files, 2 events, 1 lines in quarantine"
    assert took.endswith(" s\n")


def test_ingest_of_a_known_file_says_so_and_adds_nothing(cast, run, write):
    path = write("a.log", LINE)
    run("lake", "ingest", "--org", "bank_a", "--source", "web", path)
    result = run("lake", "ingest", "--org", "bank_a", "--source", "web", path)
    assert result.exit_code == 0
    assert result.stdout.startswith("bank_a/web: 0 files, 0 events, 0 lines in quarantine, 1 files known already")


def test_ingest_as_json_is_its_report(cast, run, write):
    result = run("lake", "ingest", "--org", "bank_a", "--source", "web", "--json", write("a.log", LINE))
    report = json.loads(result.stdout)
    assert report.pop("seconds") >= 0
    assert report == {
        "organisation": "bank_a",
        "source": "web",
        "files": 1,
        "lines": 1,
        "events": 1,
        "quarantined": 0,
        "skipped_files": [],
        "refused_files": [],
    }


def test_ingest_leaves_its_line_in_the_ledger(cast, run, write):
    run("lake", "ingest", "--org", "bank_a", "--source", "web", write("a.log", LINE))
    entry = LedgerEntry.objects.get(action="hunting.log.ingested")
    assert (entry.actor_label, entry.subject_id) == ("system:lake ingest", cast.bank_a.pk)
    assert entry.payload == {"source": "web", "files": 1, "events": 1, "quarantined": 0}


def test_ingest_for_an_unknown_organisation_is_refused(cast, run, write):
    result = run("lake", "ingest", "--org", "bank_z", "--source", "web", write("a.log", LINE))
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == "noroshi: there is no organisation “bank_z”; `noroshi organisation create` makes one\n"
    assert lakes() == []


def test_ingest_refuses_one_file_and_takes_the_others(cast, run, write):
    good, bad = write("good.log", LINE), write("bad.log", b"\x89PNG\x00" * 50)
    result = run("lake", "ingest", "--org", "bank_a", "--source", "web", bad, good)
    assert result.exit_code == 3
    assert result.stdout.startswith("bank_a/web: 1 files, 1 events, 0 lines in quarantine")
    assert result.stderr == "noroshi: bad.log: The file is not text.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--source", "../web"), "“../web” cannot name an organisation or source"),
        (("--source", "web", "--timezone", "Mars/Base"), "“Mars/Base” is not a time zone."),
        (
            ("--source", "web", "--format", "xml"),
            "“xml” is no log format: use zeek, w3c, json, ndjson, web, syslog, csv",
        ),
    ],
)
def test_ingest_says_which_option_is_wrong(cast, run, write, arguments, sentence):
    result = run("lake", "ingest", "--org", "bank_a", *arguments, write("a.log", LINE))
    assert result.exit_code == 3
    assert sentence in result.stderr
    assert lakes() == []


def test_ingest_reads_unusual_names_by_a_mapping(cast, run, write):
    log = write("a.csv", f"いつ,どこから\n2026-11-20 10:00:00,{EVIL_ADDRESS}\n")
    mapping = write("mapping.json", json.dumps({"いつ": "time", "どこから": "src_ip"}))
    result = run("lake", "ingest", "--org", "bank_a", "--source", "vpn", "--mapping", mapping, log)
    assert result.exit_code == 0
    hits = json.loads(run("hunt", "-", "--json", stdin=EVIL_ADDRESS).stdout)["hits"]
    assert [(hit["first_seen"], hit["count"]) for hit in hits] == [("2026-11-20T01:00:00Z", 1)]


def test_ingest_reads_a_file_as_the_format_it_is_told(cast, run, write):
    log = write("a.log", f"# begins like nothing\n# at all\n{LINE}")
    assert run("lake", "ingest", "--org", "bank_a", "--source", "web", log).exit_code == 3
    result = run("lake", "ingest", "--org", "bank_a", "--source", "web", "--format", "web", log)
    assert result.stdout.startswith("bank_a/web: 1 files, 1 events, 2 lines in quarantine")
    refused = run("lake", "ingest", "--org", "bank_a", "--source", "web", "--format", "csv", write("b.log", LINE * 2))
    assert refused.stderr == "noroshi: b.log: The file does not begin as the format that was asked for does.\n"


def test_ingest_takes_bare_times_in_the_zone_it_is_told(cast, run, write):
    log = write("a.csv", f"time,src_ip\n2026-11-20 10:00:00,{EVIL_ADDRESS}\n")
    run("lake", "ingest", "--org", "bank_a", "--source", "vpn", "--timezone", "UTC", log)
    (hit,) = json.loads(run("hunt", "-", "--json", stdin=EVIL_ADDRESS).stdout)["hits"]
    assert hit["first_seen"] == "2026-11-20T10:00:00Z"


def test_ingest_reads_as_its_mapping_says_but_for_what_an_option_says(cast, run, write):
    log = write("a.csv", f"いつ,どこから\n2026-11-20 10:00:00,{EVIL_ADDRESS}\n")
    text = "format: csv\ntimezone: UTC\nfields:\n  いつ: time\n  どこから: src_ip\n"
    command = ("lake", "ingest", "--org", "bank_a", "--mapping", write("mapping.yaml", text), log)
    assert run(*command, "--source", "vpn", "--format", "zeek").exit_code == 3
    assert run(*command, "--source", "vpn").exit_code == 0
    (hit,) = json.loads(run("hunt", "-", "--json", stdin=EVIL_ADDRESS).stdout)["hits"]
    assert hit["first_seen"] == "2026-11-20T10:00:00Z"


@pytest.mark.parametrize("mapping", ["{", "[]", '{"a": 1}', "[" * 100_000, '{"a": "no such role"}'])
def test_ingest_refuses_a_mapping_that_is_none_by_file_and_line(cast, run, write, mapping):
    path = write("mapping.yaml", mapping)
    result = run("lake", "ingest", "--org", "bank_a", "--source", "web", "--mapping", path, write("a.log", LINE))
    assert result.exit_code == 3
    assert result.stderr.startswith(f"noroshi: {path}:1: ")
    assert result.stderr.count("\n") == 1
    assert lakes() == []


def test_ingest_without_files_is_a_wrong_command_line(cast, run):
    assert run("lake", "ingest", "--org", "bank_a", "--source", "web").exit_code == 2
    assert run("lake", "ingest", "--org", "bank_a", "--source", "web", "gone.log").exit_code == 2


# lake status, lake quarantine


def test_status_is_a_table_or_json(cast, run):
    assert run("lake", "status").stdout == "the lake is empty\n"
    assert json.loads(run("lake", "status", "--json").stdout) == []
    fill_lake(cast.bank_a, [event("2026-11-20T01:00:00Z"), event("2026-11-21T01:00:00.5Z")])
    heading, row = run("lake", "status").stdout.splitlines()
    assert heading.split() == ["organisation", "source", "files", "events", "quarantined", "first_event", "last_event"]
    assert row.split() == ["bank_a", "proxy", "1", "2", "0", "2026-11-20T01:00:00Z", "2026-11-21T01:00:00.500000Z"]
    (status,) = json.loads(run("lake", "status", "--json").stdout)
    assert (status["organisation"], status["events"], status["first_event"]) == ("bank_a", 2, "2026-11-20T01:00:00Z")


def test_quarantine_shows_the_lines_of_one_organisation(cast, run):
    fill_lake(cast.bank_a, [event(), {"timestamp": "never"}])
    fill_lake(cast.bank_b, [event(), {"timestamp": "not yours"}])
    result = run("lake", "quarantine", "--org", "bank_a")
    assert result.exit_code == 0
    assert result.stdout == (
        'proxy  bank_a-proxy.ndjson:2  The line has no readable time between 1990 and 2100.  {"timestamp": "never"}\n'
    )
    (line,) = json.loads(run("lake", "quarantine", "--org", "bank_a", "--json").stdout)
    assert (line["source"], line["line"], line["text"]) == ("proxy", 2, '{"timestamp": "never"}')


def test_quarantine_sends_no_control_sequence_to_the_terminal(cast, run, write):
    run("lake", "ingest", "--org", "bank_a", "--source", "web", write("a.log", LINE + "\x1b[2J\x1b]0;owned\x07\n"))
    result = run("lake", "quarantine", "--org", "bank_a")
    assert "owned" in result.stdout
    assert "\x1b" not in result.stdout
    assert "\x07" not in result.stdout


def test_quarantine_of_more_lines_than_one_reading_has_all_once(cast, run):
    fill_lake(cast.bank_a, [event(), *({"timestamp": f"bad {number}"} for number in range(2345))])
    lines = json.loads(run("lake", "quarantine", "--org", "bank_a", "--json").stdout)
    assert [line["line"] for line in lines] == list(range(2, 2347))


# hunt


@pytest.fixture
def touched(cast):
    fill_lake(
        cast.bank_a,
        [
            event("2026-11-20T01:00:00Z", src_ip=EVIL_ADDRESS),
            event("2026-11-21T02:30:00.25Z", src_ip=EVIL_ADDRESS, url=f"https://{EVIL_DOMAIN}/login"),
        ],
    )
    fill_lake(cast.bank_b, [event("2026-11-22T00:00:00Z", src_ip=EVIL_ADDRESS)])
    return cast


def test_hunt_as_json_is_exactly_the_hits_and_what_they_cost(touched, run, write):
    result = run("hunt", write("values.txt", f"{EVIL_ADDRESS}\n{EVIL_DOMAIN}\n45.1.1.1\n"), "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    answer = json.loads(result.stdout)
    assert (answer.pop("capped"), answer.pop("scanned")) == (False, [])
    assert (answer.pop("suppressed"), answer.pop("suppressed_in")) == ([], None)
    assert set(answer) == {"hits", "wall_seconds", "cpu_seconds"}
    assert answer["wall_seconds"] > 0
    assert answer["cpu_seconds"] > 0
    assert answer["hits"] == [
        {
            "organisation": "bank_a",
            "type": "ipv4",
            "value": EVIL_ADDRESS,
            "first_seen": "2026-11-20T01:00:00Z",
            "last_seen": "2026-11-21T02:30:00.250000Z",
            "count": 2,
        },
        {
            "organisation": "bank_a",
            "type": "domain",
            "value": EVIL_DOMAIN,
            "first_seen": "2026-11-21T02:30:00.250000Z",
            "last_seen": "2026-11-21T02:30:00.250000Z",
            "count": 1,
        },
        {
            "organisation": "bank_b",
            "type": "ipv4",
            "value": EVIL_ADDRESS,
            "first_seen": "2026-11-22T00:00:00Z",
            "last_seen": "2026-11-22T00:00:00Z",
            "count": 1,
        },
    ]


def test_hunt_of_one_organisation_searches_no_other(touched, run):
    result = run("hunt", "-", "--org", "bank_b", "--json", stdin=EVIL_ADDRESS)
    assert [hit["organisation"] for hit in json.loads(result.stdout)["hits"]] == ["bank_b"]


def test_hunt_finds_nothing_and_that_is_no_failure(touched, run):
    result = run("hunt", "-", "--json", stdin="45.1.1.1")
    assert (result.exit_code, json.loads(result.stdout)["hits"]) == (0, [])


def test_hunt_of_an_empty_lake_finds_nothing(cast, run):
    result = run("hunt", "-", "--json", stdin=EVIL_ADDRESS)
    assert (result.exit_code, json.loads(result.stdout)["hits"]) == (0, [])


def test_hunt_gives_a_value_as_its_line_wrote_it(touched, run):
    written = f"HTTPS://{EVIL_DOMAIN.upper()}:443/login"
    result = run("hunt", "-", "--json", stdin=f"{written}\n")
    assert [hit["value"] for hit in json.loads(result.stdout)["hits"]] == [written]


def test_hunt_reads_defanged_lines_comments_and_labels(touched, run):
    fill_lake(touched.insurer, [event(account="普通 1234567")], source="bank")
    lines = f"# 一覧\n\nhxxps://{EVIL_DOMAIN.replace('.', '[.]')}/login\naccount: 1234567\n"
    result = run("hunt", "-", "--json", "--org", "bank_a", stdin=lines)
    assert [hit["type"] for hit in json.loads(result.stdout)["hits"]] == ["url"]


def test_hunt_names_the_lines_it_did_not_look_for(touched, run):
    result = run("hunt", "-", stdin=f"{EVIL_ADDRESS}\nno value here\n10.0.0.0/4\n")
    assert result.exit_code == 0
    assert "not looked for: no value here\n" in result.stderr
    wide = "The network is too wide: an IPv4 network needs at least /8, an IPv6 network at least /16."
    assert f"not looked for: 0.0.0.0/4: {wide}\n" in result.stderr


def test_hunt_within_a_window_counts_what_lies_in_it_and_says_what_it_read(touched, run):
    window = ("--since", "2026-11-20T11:00:00", "--until", "2026-11-21T02:30:01+0000")
    answer = json.loads(run("hunt", "-", "--json", *window, stdin=EVIL_ADDRESS).stdout)
    assert [(hit["organisation"], hit["count"]) for hit in answer["hits"]] == [("bank_a", 1)]
    reason = "Values were counted in the events: a time window or a long URL cuts through what the index counts."
    assert answer["scanned"] == [{"reason": reason, "files": 1}]
    told = run("hunt", "-", *window, stdin=EVIL_ADDRESS).stderr
    assert f"1 files read: {reason}\n" in told


def test_hunt_leaves_harmless_values_out_and_names_them(touched, run):
    fill_lake(touched.insurer, [event(src_ip="8.8.8.8")])
    result = run("hunt", "-", stdin="8.8.8.8")
    sentence = "A warning list knows this value as harmless; it is in the logs."
    assert (result.stdout, f"not looked for: 8.8.8.8: {sentence}\n" in result.stderr) == ("", True)
    assert len(json.loads(run("hunt", "-", "--json", "--harmless", stdin="8.8.8.8").stdout)["hits"]) == 1


def test_hunt_as_csv_and_parquet_has_the_rows_of_the_table(touched, run, tmp_path):
    lines = run("hunt", "-", "--org", "bank_b", "--format", "csv", stdin=EVIL_ADDRESS).stdout.splitlines()
    assert lines == [
        "organisation,type,value,count,first_seen,last_seen",
        f"bank_b,ipv4,{EVIL_ADDRESS},1,2026-11-22T00:00:00Z,2026-11-22T00:00:00Z",
    ]
    target = tmp_path / "hits.parquet"
    run("hunt", "-", "--org", "bank_b", "--format", "parquet", "--output", target, stdin=EVIL_ADDRESS)
    with duckdb.connect() as connection:
        rows = connection.execute("SELECT * EXCLUDE (last_seen), epoch(last_seen) FROM read_parquet(?)", [str(target)])
        moment = datetime(2026, 11, 22, tzinfo=UTC)
        assert rows.fetchall() == [("bank_b", "ipv4", EVIL_ADDRESS, 1, moment, moment.timestamp())]


@pytest.mark.parametrize("arguments", [("--format", "parquet"), ("--output", "hits.csv", "--format", "csv")])
def test_hunt_writes_parquet_to_a_file_and_nothing_else_to_one(cast, run, arguments):
    result = run("hunt", "-", *arguments, stdin=EVIL_ADDRESS)
    assert (result.exit_code, "--format parquet and --output FILE go together" in result.stderr) == (2, True)


def test_hunt_that_found_more_than_an_answer_holds_says_so(touched, run, monkeypatch):
    monkeypatch.setattr(report, "MAX_HITS", 1)
    result = run("hunt", "-", stdin=EVIL_ADDRESS)
    assert "there are more hits than one answer holds" in result.stderr


def test_hunt_without_json_is_a_table(touched, run):
    result = run("hunt", "-", "--org", "bank_b", stdin=EVIL_ADDRESS)
    heading, row = result.stdout.splitlines()
    assert heading.split() == ["organisation", "type", "value", "count", "first_seen", "last_seen"]
    assert row.split() == ["bank_b", "ipv4", EVIL_ADDRESS, "1", "2026-11-22T00:00:00Z", "2026-11-22T00:00:00Z"]
    assert result.stderr.startswith("1 hits for 1 values in ")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "no line names a value that can be looked for"),
        ("# nothing\n\n", "no line names a value that can be looked for"),
        (gzip.compress(b"1.2.3.4\n" * 1000), "no line names a value that can be looked for"),
    ],
    ids=["empty", "comments", "binary"],
)
def test_hunt_for_nothing_is_refused_in_one_sentence(cast, run, write, content, sentence):
    result = run("hunt", write("values.txt", content), "--json")
    assert (result.exit_code, result.stdout) == (3, "")
    assert sentence in result.stderr


def test_hunt_for_an_unknown_organisation_is_refused(touched, run):
    result = run("hunt", "-", "--org", "bank_z", stdin=EVIL_ADDRESS)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == "noroshi: there is no organisation “bank_z”; `noroshi organisation create` makes one\n"


def test_hunt_refuses_a_list_that_is_too_long_to_be_one(cast, run, write, monkeypatch):
    from noroshi.hunting.cli import hunting

    monkeypatch.setattr(hunting, "MAX_VALUE_FILE", 10)
    result = run("hunt", write("values.txt", "1.2.3.4\n" * 2))
    assert (result.exit_code, result.stdout) == (3, "")
    assert "at most 10 bytes" in result.stderr


def test_hunt_leaves_who_searched_where_and_no_value(touched, run):
    run("hunt", "-", "--org", "bank_a", stdin=EVIL_ADDRESS)
    entry = LedgerEntry.objects.get(action="hunting.lake.searched")
    assert (entry.actor_label, entry.payload) == ("system:hunt", {"lakes": ["bank_a"], "values": 1, "hits": 1})


@pytest.mark.parametrize(
    "arguments", [("lake",), ("lake", "ingest"), ("lake", "status"), ("lake", "quarantine"), ("hunt",)]
)
def test_every_command_explains_itself(run, arguments):
    result = run(*arguments, "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.stdout


def test_replay_reads_the_quarantine_as_it_is_told(cast, run, write):
    fill_lake(cast.bank_a, [event(), {"when": "2026-11-20T01:00:00Z", "src_ip": EVIL_ADDRESS}, {"no": "time"}])
    mapping = write("mapping.yaml", "when: time\n")
    command = ("lake", "replay", "--org", "bank_a", "--source", "proxy", "--mapping", mapping)
    assert run(*command).stdout == "1 lines became events, 1 are left in quarantine\n"
    assert json.loads(run(*command, "--json").stdout) == {"events": 0, "left": 1}


def test_hunt_as_stix_is_a_bundle_of_sightings_of_canonical_values(cast, run):
    fill_lake(cast.bank_a, [event(src_ip=EVIL_ADDRESS)] * 2)
    result = run("hunt", "-", "--format", "stix", stdin="45[.]155[.]205[.]66")
    objects = {made["type"]: made for made in json.loads(result.stdout)["objects"]}
    assert sorted(objects) == ["identity", "indicator", "ipv4-addr", "marking-definition", "observed-data", "sighting"]
    assert (objects["indicator"]["pattern"], objects["sighting"]["count"], objects["identity"]["name"]) == (
        f"[ipv4-addr:value = '{EVIL_ADDRESS}']",
        2,
        "bank_a",
    )
    assert result.stderr == ""
