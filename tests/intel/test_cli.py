"""The command `noroshi intel`, as a shell gets it: output, standard error, exit code."""

import json

import pytest
from click.testing import CliRunner

from factories.stix import EXAMPLES, bare, stix
from noroshi.intel.domain.stix.check import check_object
from noroshi.intel.domain.stix.patterns import Fault
from noroshi.intel.domain.stix.patterns.hunted import Limit
from noroshi.intel.domain.stix.rules import Rule
from noroshi.intel.stix_wording import FAULTS, LIMITS, RULES, reasons
from noroshi.site.cli import main


@pytest.fixture
def run():
    def invoke(*arguments, stdin=None):
        return CliRunner().invoke(main, ["intel", *map(str, arguments)], input=stdin)

    return invoke


def bundle(*objects) -> str:
    return json.dumps({"type": "bundle", "id": "bundle--44af6c39-c09b-49c5-9de2-394224b04982", "objects": objects})


def test_validate_when_all_is_sound_then_it_counts_and_ends_well(run, tmp_path):
    path = tmp_path / "a.json"
    path.write_text(bundle(*EXAMPLES.values()))
    as_json, as_text = run("validate", path, "--json"), run("validate", path)
    assert (as_json.exit_code, json.loads(as_json.stdout)) == (0, {"accepted": len(EXAMPLES), "refused": []})
    assert (as_text.exit_code, as_text.stdout) == (0, f"{len(EXAMPLES)} accepted, 0 refused\n")


def test_validate_when_some_are_wrong_then_each_is_named_with_its_reason_and_the_rest_counts(run):
    text = bundle(stix("campaign"), stix("campaign", confidence=101, labels=[], granular_markings=[]), 5)
    result = run("validate", "-", "--json", stdin=text)
    answer = json.loads(result.stdout)
    reason = (
        "labels: A list has at least one value; leave the property out instead. (STIX 2.1, 2.12) "
        "confidence: 101 does not lie between 0 and 100. (STIX 2.1, 2.10) "
        "granular_markings: A list has at least one value; leave the property out instead. (STIX 2.1, 2.12)"
    )
    assert (result.exit_code, answer["accepted"]) == (3, 1)
    assert [(each["index"], each["id"], each["reason"]) for each in answer["refused"]] == [
        (1, EXAMPLES["campaign"]["id"], reason),
        (2, None, "This is no object. (STIX 2.1, 8.1)"),
    ]
    assert answer["refused"][0]["problems"][1] == {"rule": "range", "path": "confidence", "section": "2.10"}
    assert result.stderr == "noroshi: -: 2 refused\n"


def test_validate_when_japanese_is_asked_for_then_the_sentences_are(run):
    result = run("validate", "-", "--language", "ja", stdin=json.dumps(bare("campaign", id="\x1b[2J")))
    assert result.stdout == (
        "0\t�[2J\tid: 「�[2J」は「型--UUID」(RFC 4122)の形の識別子ではありません。 (STIX 2.1、2.9)\n"
        "0 accepted, 1 refused\n"
    )


def test_validate_when_the_text_breaks_off_then_what_came_before_counts(run):
    result = run("validate", "-", "--json", stdin=bundle(stix("campaign"))[:-2])
    refused = json.loads(result.stdout)["refused"]
    assert [(each["index"], each["reason"]) for each in refused] == [(1, "This is not JSON (byte 1,279). (RFC 8259)")]


def test_wording_when_the_domain_knows_a_rule_then_there_is_a_sentence():
    assert (set(RULES), set(FAULTS), set(LIMITS)) == (set(Rule), set(Fault), set(Limit))


def test_reasons_when_a_pattern_is_wrong_then_the_fault_and_its_place_are_said():
    problems = check_object(stix("indicator", pattern="[file:name == ]"))
    assert reasons(problems) == (
        "pattern: The pattern is none of STIX, from character 15 on: “]” was not expected. (STIX 2.1, 4.7.1)"
    )


def test_extract_when_text_is_given_then_values_are_found_with_their_places(run):
    text = "通信先はhxxp://evil[.]example/aです。203.0.113.5も"
    result = run("extract", "--json", stdin=text)
    rows = json.loads(result.stdout)
    assert rows == [
        {"type": "url", "value": "http://evil.example/a", "start": 4, "end": 27},
        {"type": "ipv4", "value": "203.0.113.5", "start": 30, "end": 41},
    ]
    assert [text[row["start"] : row["end"]] for row in rows] == ["hxxp://evil[.]example/a", "203.0.113.5"]
    assert run("extract", stdin=text).stdout == "url\thttp://evil.example/a\t4\t27\nipv4\t203.0.113.5\t30\t41\n"
    assert (run("extract", stdin="何もない").stdout, run("extract", "--json", stdin="").stdout) == ("", "[]\n")


def test_extract_when_the_text_is_too_long_then_it_is_refused(run):
    result = run("extract", stdin="a " * 1_000_001)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (3, "", 1)
