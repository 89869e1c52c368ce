"""Our checker beside the committee's library (stix2 3.0.2) and validator (stix2-validator 3.2.0).

Where they are right we agree; where they are not, the difference has a name here. What they accept and the standard
does not (no identifier, confidence 101, a revocation that is a string) is in `test_check`.
"""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
import stix2
import stix2validator
from stix2.canonicalization.Canonicalize import canonicalize
from stix2patterns.validator import run_validator

from factories.stix import EXAMPLES, EXTENSION, GONE, MARKING, WHEN, bare, stix
from noroshi.intel.domain.stix.check import TABLES, check_object, check_stream
from noroshi.intel.domain.stix.ids import canonical, deterministic_id
from noroshi.intel.domain.stix.patterns import check_pattern
from noroshi.intel.domain.stix.types import SCO

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries: deprecations of their own

OPTIONS = stix2validator.ValidationOptions(version="2.1", strict=False)
VERSIONING = {"created_by_ref", "created", "modified", "revoked"}


def by_library(value: dict[str, Any]) -> bool:
    try:
        stix2.parse(value, allow_custom=True)
    except Exception:  # noqa: BLE001 - it raises what it likes
        return False
    return True


def by_validator(value: dict[str, Any]) -> bool:
    return not stix2validator.validate_instance(value, OPTIONS).errors


def by_us(value: dict[str, Any]) -> bool:
    return not check_object(value)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_example_when_it_says_everything_then_all_three_accept_it(kind):
    value = stix(kind)
    assert (by_us(value), by_library(value), by_validator(value)) == (True, True, True)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_table_when_compared_with_the_library_then_it_has_the_same_properties(kind):
    """Versions of an observable, which the library does not know, are in section 3.6."""
    known = stix2.registry.class_for_type(kind, "2.1", "objects") or stix2.registry.class_for_type(
        kind, "2.1", "observables"
    )
    assert set(TABLES[kind].properties) - (VERSIONING if kind in SCO else set()) == set(known._properties)


def test_examples_of_the_validator_when_read_then_all_objects_are_sound():
    folder = Path(stix2validator.__file__).parent / "schemas-2.1" / "examples"
    found = [problems for file in sorted(folder.rglob("*.json")) for _, problems in check_stream(file.open("rb"))]
    assert (len(found), [problems for problems in found if problems]) == (260, [])


MUTANTS = (
    None,
    True,
    5,
    101,
    -1.5,
    "x",
    "2030-01-01T00:00:00.000Z",
    "2026-02-30T00:00:00.000Z",
    [],
    {},
    [1],
    ["x"],
)


def mutants(count: int):
    """Objects with one property taken away or changed."""
    random = Random(7)
    for _ in range(count):
        kind = random.choice(sorted(EXAMPLES))
        name = random.choice(sorted(set(EXAMPLES[kind]) - {"type", "id", "spec_version"}))
        yield stix(kind, **{name: random.choice((GONE, *MUTANTS))})


def test_mutants_when_the_validator_refuses_one_then_we_do_too():
    accepted = [value for value in mutants(400) if by_us(value) and not by_validator(value)]
    assert accepted == []


def test_shape_when_it_takes_what_it_is_given_then_the_checks_do_too():
    """The faster way to yes says nothing but yes (`shapes`)."""
    tables = [(TABLES[value["type"]], value) for value in mutants(4_000)]
    taken = [(table, value) for table, value in tables if table._is_sound(value, table._plain)]
    assert [value for table, value in taken if table._walk(value, table._plain)] == []
    assert 500 < len(taken) < 3_500


@pytest.mark.parametrize(
    ("value", "who"),
    [
        # The schema of granular markings forgets that a language may stand in the place of a marking (7.2.3).
        (stix("campaign", granular_markings=[{"lang": "en", "selectors": ["name"]}]), "validator"),
        # Languages of software are RFC 5646 (6.14.1), not ISO 639-2.
        (stix("software", languages=["ja"]), "validator"),
        # A list of languages is not the registry.
        (stix("campaign", lang="ab"), "validator"),
        # A catalogue's number under another source is forbidden for vulnerabilities and attack patterns (4.1, 4.19).
        (bare("report", external_references=[{"source_name": "NVD", "external_id": "CVE-2026-1000"}]), "validator"),
        # The name of a TLP marking is optional (7.2.1).
        (
            {
                "type": "marking-definition",
                "spec_version": "2.1",
                "id": "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
                "created": "2017-01-20T00:00:00.000Z",
                "definition_type": "tlp",
                "definition": {"tlp": "white"},
            },
            "validator",
        ),
        # An extension adds properties at the top (7.3); the library asks that it be registered in the program.
        (
            stix("indicator", rank=1, extensions={EXTENSION: {"extension_type": "toplevel-property-extension"}}),
            "nobody",
        ),
        (stix("file", hashes={"x_own": "aa"}), "nobody"),
    ],
)
def test_difference_when_an_oracle_is_wrong_then_we_follow_the_standard(value, who):
    refused_by = {name for name, judge in (("library", by_library), ("validator", by_validator)) if not judge(value)}
    assert (by_us(value), refused_by) == (True, {who} - {"nobody"})


@pytest.mark.parametrize(
    "changes",
    [
        {"id": GONE},
        {"created": GONE, "modified": GONE},
        {"confidence": 101},
        {"labels": [], "granular_markings": GONE},
        {"modified": "2020-01-01T00:00:00.000Z"},
        {"revoked": "false"},
    ],
)
def test_library_when_it_mints_what_is_missing_or_takes_the_impossible_then_we_refuse(changes):
    value = stix("campaign", **changes)
    assert (by_us(value), by_library(value)) == (False, True)


def test_forged_marking_when_it_says_clear_under_the_identifier_of_red_then_only_we_refuse():
    red = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
    extension = {"extension_type": "property-extension", "tlp_2_0": "clear"}
    value = bare(
        "marking-definition",
        id=red,
        created="2022-10-01T00:00:00.000Z",
        extensions={"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d": extension},
    )
    assert (by_us(value), by_library(value)) == (False, True)


def test_identifier_when_an_observable_is_named_then_it_is_the_library_s():
    made = [
        stix2.File(name="請求書.exe", hashes={"SHA-256": "b" * 64, "MD5": "a" * 32}),
        stix2.IPv4Address(value="198.51.100.3"),
        stix2.NetworkTraffic(protocols=["tcp"], src_ref=EXAMPLES["ipv4-addr"]["id"], start=WHEN, src_port=80),
        stix2.EmailMessage(is_multipart=False, subject="重要", body="a\n"),
        stix2.WindowsRegistryKey(key="HKEY_LOCAL_MACHINE\\A", values=[{"name": "a", "data": "b"}]),
    ]
    values = [json.loads(each.serialize()) for each in made]
    assert [deterministic_id(value) for value in values] == [value["id"] for value in values]
    assert [deterministic_id(value) for value in (bare("process"), bare("user-account"))] == [None, None]


def test_canonical_json_when_numbers_and_names_are_odd_then_it_is_that_of_the_reference_code():
    random = Random(3)
    numbers = [random.uniform(1, 10) * 10 ** random.randint(-12, 25) * random.choice((1, -1)) for _ in range(2_000)]
    odd = [0.0, -0.0, 1e21, 1e20, 1e-6, 1e-7, 5e-324, 1.7976931348623157e308, 123456789012345680000.0]
    texts = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": True, "\U0001f600": None, "\x80": ['é\n\x01\x7f"'], "ö": {}}
    for value in [*numbers, *odd, texts]:
        assert canonical(value) == canonicalize(value, utf8=False)


PATTERNS = (
    "[domain-name:value = 'evil.example']",
    "[ipv4-addr:value = '198.51.100.1/32' OR ipv6-addr:value = '2001:db8::1/128'] REPEATS 5 TIMES",
    "([ipv4-addr:value = '198.51.100.1'] FOLLOWEDBY [domain-name:value = 'example.com']) WITHIN 600.5 SECONDS",
    "[file:hashes.'SHA-256' = 'aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f']",
    "[file:hashes.MD5 = 'zz']",
    "[email-message:body_multipart[*].body_raw_ref.name MATCHES '^Final Report.+\\\\.exe$']",
    "[file:name = 'a'] START t'2016-06-01T00:00:00Z' STOP t'2016-07-01T00:00:00.5Z'",
    "[file:name NOT IN ('a', 'b')] /* why */ // end",
    "[directory:path LIKE 'C:\\\\\\\\Windows\\\\\\\\%' AND directory:path != 'it\\'s']",
    "[EXISTS windows-registry-key:values]",
    "[ipv4-addr:value ISSUBSET '198.51.100.0/24' OR ipv4-addr:value NOT ISSUPERSET '203.0.113.0/24']",
    "[artifact:payload_bin = b'YQ==' AND artifact:size <> -1.5 AND artifact:x_hex = h'00fF' AND artifact:x_a == true]",
    "[file:extensions.'windows-pebinary-ext'.sections[*].entropy >= 7.0]",
    "[(file:size = 1 OR file:size = 2) AND file:name = 'a'] AND ([url:value = 'a'] OR [url:value = 'b'])",
    "[file:size IN ()]",
    "[]",
    "file:size = 1",
    "[file:size = 1",
    "[file:size 1]",
    "[file:size = 01]",
    "[file:size = 1e5]",
    "[file:size = 1.]",
    "[file:size > true]",
    "[file:name LIKE 5]",
    "[file:na-me = 1]",
    "[AND:name = 1]",
    '[file:name = "a"]',
    "[file:name = 'a\\b']",
    "[file:name = b'YQ=']",
    "[file:name = h'0']",
    "[file:name = 'a'] WITHIN 5 MINUTES",
    "[file:name = 'a'] REPEATS 2 TIMES REPEATS 3 TIMES",
    "[file:name = 'a'] REPEATS 1.5 TIMES",
    "[file:name = 'a'] START '2016-06-01T00:00:00Z' STOP '2016-07-01T00:00:00Z'",
    "[file:name = 'a']]",
    "[file:name = 'a'] [file:name = 'b']",
    "[file:name = 'a'] AND",
    "[file.name = 'a']",
    "[file:name = \u3000'a']",
    "[file:name = \u200b'a']",
)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_pattern_when_read_by_both_then_they_agree(pattern):
    assert (check_pattern(pattern) is None) == (run_validator(pattern, "2.1") == [])


@pytest.mark.parametrize(
    "pattern",
    [
        "[file:name = 'a'] REPEATS 0 TIMES",  # 9.5.1: a positive number
        "[file:name = 'a' AND url:value = 'b']",  # 9.5: one object satisfies what AND joins
        "[file:size IN (1, 'a')]",  # 9.6.1: of one type
        "[file:ctime = t'2016-02-30T00:00:00Z']",  # 2.16: a day that there is
        "[fi:name = 'a']",  # 3.1: three letters at least
        "[file:size = 9007199254740992]",  # 2.10: 54 bits
    ],
)
def test_pattern_when_the_standard_says_more_than_the_grammar_then_only_we_refuse(pattern):
    assert (check_pattern(pattern) is None, run_validator(pattern, "2.1")) == (False, [])


def test_marking_when_the_library_knows_it_then_it_is_sound():
    markings = [stix2.TLP_WHITE, stix2.TLP_GREEN, stix2.TLP_AMBER, stix2.TLP_RED]
    assert [check_object(json.loads(each.serialize())) for each in markings] == [[], [], [], []]
    assert stix2.TLP_GREEN.id != MARKING  # of TLP 2.0: of another year, and another object
