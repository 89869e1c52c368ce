"""`noroshi advisories range|match`: no database is asked, and one bad line keeps no other out."""

import gzip
import json

import pytest
from click.testing import CliRunner

from noroshi.site.cli import main

INVENTORY = """asset_id,vendor,product,version
A1,Maker,Thing,1.5
A2,Maker,Thing,2.5
A3,,Thing,1.5
A4,,,
A5,Maker,Thing,1.5
"""


def run(*words):
    return CliRunner().invoke(main, ["advisories", *map(str, words)])


def record(number, **block):
    said = {"vendor": "Maker", "product": "Thing", **block}
    return json.dumps({"cveMetadata": {"cveId": f"CVE-2099-{number}"}, "containers": {"cna": {"affected": [said]}}})


@pytest.fixture
def files(tmp_path):
    """An inventory of five lines, one of which names nothing, and three records, one of which is rotten."""
    ranged = {"version": "1.0", "lessThan": "2.0", "status": "affected", "versionType": "semver"}
    records = [
        record("0001", versions=[ranged], defaultStatus="unaffected"),
        '{"cveMetadata":7}',
        record("0002", product="Other", defaultStatus="affected"),
        record("0003", versions=[{"version": "before 1.9", "status": "affected"}]),
    ]
    inventory, cves = tmp_path / "assets.csv", tmp_path / "cves.ndjson.gz"
    inventory.write_text(INVENTORY)
    cves.write_bytes(gzip.compress("\n".join(records).encode()))
    return inventory, cves


def test_what_is_affected_is_told_with_its_rule_and_what_was_not_read_with_its_place(files):
    done = run("match", "--inventory", files[0], "--cves", files[1], "--json")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [
        (each["asset"], each["vulnerability"], each["answer"], each["confidence"], each["opens_task"]) for each in told
    ] == [
        ("A1", "CVE-2099-0001", "affected", "ranged", True),
        ("A5", "CVE-2099-0001", "affected", "ranged", True),
        ("A3", "CVE-2099-0001", "affected", "heuristic", False),
        ("A1", "CVE-2099-0003", "unknown", "name_only", False),
        ("A5", "CVE-2099-0003", "unknown", "name_only", False),
        ("A2", "CVE-2099-0003", "unknown", "name_only", False),
        ("A3", "CVE-2099-0003", "unknown", "name_only", False),
    ]
    assert told[0]["rule"] == "product maker/thing; >= 1.0 < 2.0: affected"
    assert done.exit_code == 3
    assert "assets.csv:5: no product" in done.stderr
    assert "cves.ndjson.gz:2: shape" in done.stderr
    assert "1 lines and 1 records were refused" in done.stderr


def test_what_is_not_affected_is_told_where_it_is_asked_for(files):
    done = run("match", "--inventory", files[0], "--cves", files[1], "--all")
    assert [line.split("  ")[:3] for line in done.stdout.splitlines() if "not_affected" in line] == [
        ["A2", "CVE-2099-0001", "not_affected"]
    ]


def test_what_is_no_inventory_is_refused_in_a_sentence(tmp_path, files):
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("a,b\n1,2\n")
    done = run("match", "--inventory", wrong, "--cves", files[1])
    assert (done.exit_code, done.stdout) == (3, "")
    assert "no column names a product" in done.stderr


@pytest.mark.parametrize(
    ("text", "code", "ranges"),
    [
        ("1.2.0 から 1.4.5 まで", 0, [[[">=", "1.2.0"], ["<=", "1.4.5"]]]),
        ("すべて", 0, [[["*", ""]]]),
        ("5系", 3, None),
    ],
)
def test_a_phrase_is_said_as_ranges_or_as_unknown(text, code, ranges):
    done = run("range", text, "--json")
    assert (done.exit_code, json.loads(done.stdout)) == (code, {"text": text, "ranges": ranges})


def test_a_phrase_is_said_in_signs():
    assert run("range", "1.0 以上 2.0 未満、3.0").stdout == ">= 1.0 < 2.0\n= 3.0\n"
