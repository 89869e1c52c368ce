"""The tables and rules of STIX 2.1: one object of each type that says everything, and what each rule refuses."""

from copy import deepcopy

import pytest

from factories.stix import EXAMPLES, EXTENSION, GONE, IDENTITY, LATER, MARKING, V4, WHEN, bare, ref, stix
from noroshi.intel.domain.stix.check import TABLES, check_object, is_taken_in
from noroshi.intel.domain.stix.rules import Rule
from noroshi.intel.domain.stix.shapes import _SHAPES
from noroshi.intel.domain.stix.tlp import TLP_1, TLP_2, canonical_marking
from noroshi.intel.domain.stix.types import META, SCO, SDO, SRO


def broken(value) -> list[tuple[str, str]]:
    """What an object breaks: rule and place."""
    return [(problem.rule.value, problem.where) for problem in check_object(value)]


def test_tables_when_compared_with_the_standard_then_each_type_has_one():
    assert set(TABLES) == SDO | SRO | SCO | META == set(EXAMPLES)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_object_when_it_says_everything_or_only_what_it_must_then_it_is_sound(kind):
    assert (broken(stix(kind)), broken(bare(kind))) == ([], BARE.get(kind, []))


BARE = {
    "location": [("one-of", "")],
    "malware": [("required", "")],
    "malware-analysis": [("one-of", "")],
    "observed-data": [("one-of", "")],
    "artifact": [("one-of", "")],
    "file": [("one-of", "")],
    "network-traffic": [("one-of", "")],
    "process": [("one-of", "")],
    "user-account": [("identifier-random", "id")],
    "windows-registry-key": [("one-of", "")],
    "x509-certificate": [("one-of", "")],
    "marking-definition": [("required", ""), ("required", "")],
    "email-message": [("identifier-random", "id")],
}
"""Types of which the properties that are always required are not enough."""


@pytest.mark.parametrize("kind", EXAMPLES)
def test_object_when_a_required_property_is_missing_then_it_is_named(kind):
    for name in TABLES[kind].required - {"type"}:
        assert broken(stix(kind, **{name: GONE}))[:1] == [("required", "")], name


@pytest.mark.parametrize("kind", EXAMPLES)
def test_object_when_a_property_is_null_or_of_another_type_then_it_is_refused(kind):
    for name in EXAMPLES[kind]:
        for wrong in (None, {"wrong": {}}, [], [[None]], 1.5e300):
            if name == "type" or (name == "precision" and wrong == 1.5e300):
                continue
            assert {where.split(".")[0] for _rule, where in broken(stix(kind, **{name: wrong})) if where} <= {name}
            assert broken(stix(kind, **{name: wrong})), (name, wrong)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", [("not-an-object", "")]),
        ({}, [("required", "")]),
        ({"type": 5}, [("type-name", "type")]),
        ({"type": "Malware"}, [("type-name", "type")]),
        ({"type": "x--a"}, [("type-name", "type")]),
        ({"type": "bundle"}, [("type-name", "type")]),
        ({"type": "invoice"}, [("type-unknown", "type")]),
        (stix("campaign", spec_version="2.0"), [("spec-version", "spec_version")]),
        (stix("campaign", id="campaign--1"), [("identifier", "id")]),
        (stix("campaign", id=ref("malware")), [("identifier-type", "id")]),
        (stix("campaign", id="campaign--00000000-0000-0000-0000-000000000000"), [("identifier", "id")]),
        (stix("campaign", id="campaign--019aab12-aaaa-7aaa-8aaa-aaaaaaaaaaaa"), [("identifier", "id")]),
        (stix("campaign", revoked="false"), [("boolean", "revoked")]),
        (stix("campaign", revoked=0), [("boolean", "revoked")]),
        (stix("campaign", confidence=101), [("range", "confidence")]),
        (stix("campaign", confidence=True), [("integer", "confidence")]),
        (stix("campaign", confidence=10.5), [("integer", "confidence")]),
        (stix("campaign", confidence=70.0), []),
        (stix("campaign", labels=[], granular_markings=GONE), [("empty-list", "labels")]),
        (stix("campaign", labels=["a", 5]), [("string", "labels.[1]")]),
        (stix("campaign", modified="2026-11-02T03:04:05.677Z"), [("order", "modified")]),
        (stix("campaign", created=WHEN, modified="2026-11-02T03:04:05.678000Z"), []),
        (stix("campaign", created="2026-11-02T03:04:05Z"), [("precision", "created")]),
        (stix("campaign", created="2026-02-29T03:04:05.000Z"), [("timestamp", "created")]),
        (stix("campaign", created="2024-02-29T03:04:60.000000001Z"), []),
        (stix("campaign", created="2026-11-02T03:04:05.678+00:00"), [("timestamp", "created")]),
        (stix("campaign", created="0000-11-02T03:04:05.678Z"), [("timestamp", "created")]),
        (stix("campaign", first_seen="2026-11-02T03:04:05.Z"), [("timestamp", "first_seen")]),
        (stix("campaign", created_by_ref=ref("campaign")), [("reference-type", "created_by_ref")]),
        (stix("campaign", lang="japanese"), [("language", "lang")]),
        (stix("campaign", lang="zh-Hant-TW"), []),
        (stix("campaign", severity="high"), [("reserved", "severity")]),
        (stix("campaign", defanged=True), [("not-applicable", "defanged")]),
        (stix("campaign", nam="x"), [("property-unknown", "nam")]),
        (stix("campaign", Name="x"), [("property-name", "Name")]),
        (stix("campaign", x_bank_rank={"a": [1, None]}), [("null", "x_bank_rank.a.[1]")]),
        (stix("campaign", x_bank_rank=2**53), [("range", "x_bank_rank")]),
        (stix("campaign", x_bank_rank=float("inf")), [("float", "x_bank_rank")]),
        (stix("campaign", x_bank_rank={"a b": 1}), [("dictionary-key", "x_bank_rank.a b")]),
        (stix("campaign", external_references=[{"source_name": "a"}]), [("one-of", "external_references.[0]")]),
        (
            stix("campaign", external_references=[{"source_name": "a", "url": "no url"}]),
            [("url", "external_references.[0].url")],
        ),
        (
            stix("campaign", external_references=[{"source_name": "a", "url": "a:b", "hashes": {"x_own": "a"}}]),
            [("hash-name", "external_references.[0].hashes.x_own")],
        ),
        (
            stix("vulnerability", external_references=[{"source_name": "cve", "external_id": "2026-1"}]),
            [("external-id", "external_references.[0].external_id")],
        ),
        (
            stix("vulnerability", external_references=[{"source_name": "NVD", "external_id": "CVE-2026-10000"}]),
            [("external-id", "external_references.[0]")],
        ),
        (
            stix("campaign", granular_markings=[{"lang": "en", "marking_ref": MARKING, "selectors": ["name"]}]),
            [("exclusive", "granular_markings.[0]")],
        ),
        (stix("campaign", granular_markings=[{"lang": "en", "selectors": ["name", "description"]}]), []),
        (
            stix("campaign", granular_markings=[{"lang": "en", "selectors": ["pattern", "labels.[1]", "name.[0]"]}]),
            [("selector-absent", f"granular_markings.[0].selectors.[{place}]") for place in range(3)],
        ),
        (
            stix("campaign", granular_markings=[{"lang": "en", "selectors": ["$.name"]}]),
            [("selector", "granular_markings.[0].selectors.[0]")],
        ),
        (stix("campaign", extensions={}), [("empty-dictionary", "extensions")]),
        (stix("campaign", extensions={"a-ext": {"b": 1}}), [("extension-key", "extensions.a-ext")]),
        (
            stix("campaign", extensions={EXTENSION: {"rank": 5}}),
            [("extension-type", f"extensions.{EXTENSION}.extension_type")],
        ),
        (
            stix("campaign", extensions={EXTENSION: {"extension_type": ["new-sdo"]}}),
            [("extension-type", f"extensions.{EXTENSION}.extension_type")],
        ),
        (stix("campaign", toxicity=8, extensions={EXTENSION: {"extension_type": "toplevel-property-extension"}}), []),
        (stix("indicator", valid_until=WHEN), [("order", "valid_until")]),
        (stix("indicator", pattern="[file:name = ]"), [("pattern", "pattern")]),
        (stix("indicator", pattern="alert tcp any", pattern_type="snort"), []),
        (stix("location", latitude=91), [("range", "latitude")]),
        (stix("location", longitude=GONE), [("together", "latitude")]),
        (stix("malware", name=GONE, is_family=False), []),
        (stix("observed-data", objects={"0": {"type": "ipv4-addr"}}), [("exclusive", "")]),
        (stix("observed-data", object_refs=[ref("relationship")]), [("reference-type", "object_refs")]),
        (
            stix(
                "observed-data",
                object_refs=GONE,
                objects={"0": {"type": "network-traffic", "src_ref": "1"}, "1": {"value": "198.51.100.3"}},
            ),
            [("contained-object", "objects.1")],
        ),
        (
            stix("observed-data", object_refs=GONE, objects={"0": {"type": "network-traffic", "dst_ref": "7"}}),
            [("contained-object", "objects.0.dst_ref")],
        ),
        (stix("opinion", opinion="yes"), [("enumeration", "opinion")]),
        (stix("report", object_refs=[MARKING]), [("reference-type", "object_refs.[0]")]),
        (stix("relationship", relationship_type="Uses"), [("value-form", "relationship_type")]),
        (stix("relationship", target_ref=ref("sighting")), [("reference-type", "target_ref")]),
        (stix("relationship", target_ref=ref("x-own")), []),
        (stix("relationship", relationship_type="derived-from"), [("reference-type", "target_ref")]),
        (stix("relationship", stop_time=WHEN), [("order", "stop_time")]),
        (stix("sighting", sighting_of_ref=ref("ipv4-addr")), [("reference-type", "sighting_of_ref")]),
        (stix("sighting", count=1_000_000_000), [("range", "count")]),
        (stix("artifact", url="https://a.example"), [("exclusive", "")]),
        (bare("artifact", url="https://a.example"), [("together", "url")]),
        (stix("artifact", encryption_algorithm=GONE), [("together", "decryption_key")]),
        (stix("artifact", payload_bin="a"), [("binary", "payload_bin")]),
        (stix("file", hashes={"MD5": "a"}), [("hash-value", "hashes.MD5")]),
        (stix("file", hashes={"M5": "a"}), [("hash-name", "hashes.M5")]),
        (stix("file", hashes={"x_own": "a"}), []),
        (stix("file", magic_number_hex="4D"), [("hex", "magic_number_hex")]),
        (stix("file", extensions={"ntfs-ext": {}}), [("empty-dictionary", "extensions.ntfs-ext")]),
        (stix("file", extensions={"x-own-ext": {"rank": 1}}), []),
        (stix("file", extensions={"own": {"rank": 1}}), [("extension-key", "extensions.own")]),
        (stix("file", labels=["a"]), [("not-applicable", "labels")]),
        (stix("ipv4-addr", value="198.51.100.300"), [("value-form", "value")]),
        (stix("ipv4-addr", value="198.51.100.0/33"), [("value-form", "value")]),
        (stix("ipv4-addr", value="198[.]51[.]100[.]3", defanged=True), []),
        (stix("ipv6-addr", value="198.51.100.3"), [("value-form", "value")]),
        (stix("email-message", body="a"), [("only-if", "body")]),
        (stix("network-traffic", is_active=True), [("only-if", "end")]),
        (stix("network-traffic", src_port=70000), [("range", "src_port")]),
        (stix("process", id=ref("process")), [("identifier-random", "id")]),
        (stix("domain-name", created=WHEN, modified=LATER), []),
        (
            stix(
                "ipv4-addr",
                id="ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4",
                value="198.51.100.3",
                created=WHEN,
            ),
            [("identifier-shared", "id")],
        ),
        (stix("language-content", contents={"japanese": {"name": "a"}}), [("language", "contents.japanese")]),
        (stix("language-content", contents={"ja": {"name": 5}}), [("string", "contents.ja.name")]),
        (stix("marking-definition", definition={"a": 1}), [("string", "definition.statement")]),
        (
            stix("marking-definition", id=MARKING, object_marking_refs=GONE, granular_markings=GONE),
            [("tlp-forged", "")],
        ),
        (stix("marking-definition", definition_type="tlp", definition={"tlp": "red"}), [("tlp-forged", "id")]),
        (
            stix(
                "marking-definition", object_marking_refs=[ref("marking-definition", EXAMPLES["campaign"]["id"][-36:])]
            ),
            [("marked-by-itself", "id")],
        ),
        (stix("extension-definition", extension_types=["new-sdo"]), [("only-if", "extension_properties")]),
        (stix("extension-definition", created_by_ref=GONE), [("required", "")]),
    ],
)
def test_object_when_it_breaks_a_rule_then_the_rule_and_the_place_are_named(value, expected):
    assert broken(value) == expected


@pytest.mark.parametrize("marking", [*TLP_2.values(), *TLP_1.values()])
def test_tlp_when_a_marking_is_the_canonical_one_then_it_is_sound_and_any_other_word_forges_it(marking):
    canonical = canonical_marking(marking)
    forged = deepcopy(canonical)
    holder = forged.get("definition") or next(iter(forged["extensions"].values()))
    holder["tlp" if "tlp" in holder else "tlp_2_0"] = "green" if "green" not in holder.values() else "clear"
    assert (broken(canonical), broken(forged)) == ([], [("tlp-forged", "")])
    assert broken({**canonical, "created": "2020-01-01T00:00:00.000Z"}) == [("tlp-forged", "")]
    assert broken({name: part for name, part in canonical.items() if name != "name"}) == []


CUSTOM = {
    "type": "x-bank-case",
    "id": ref("x-bank-case", V4),
    "spec_version": "2.1",
    "created": WHEN,
    "modified": LATER,
}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({**CUSTOM, "anything": "goes", "severity": 1}, [("reserved", "severity")]),
        ({**CUSTOM, "created_by_ref": IDENTITY, "defanged": True}, [("not-applicable", "defanged")]),
        ({name: CUSTOM[name] for name in ("type", "id", "created")}, [("required", ""), ("required", "")]),
        ({"type": "x-bank-case", "id": ref("x-bank-case"), "value": "a", "defanged": True}, []),
        (
            {
                **CUSTOM,
                "type": "bank-case",
                "id": ref("bank-case", V4),
                "extensions": {EXTENSION: {"extension_type": "new-sdo"}},
            },
            [],
        ),
        (
            {
                "type": "bank-account",
                "id": ref("bank-account"),
                "number": "1",
                "extensions": {EXTENSION: {"extension_type": "new-sco"}},
            },
            [],
        ),
    ],
)
def test_custom_object_when_it_has_the_common_properties_of_its_kind_then_it_is_sound(value, expected):
    assert broken(value) == expected


def test_custom_objects_when_each_has_a_type_of_its_own_then_nothing_is_kept_of_them():
    before = len(_SHAPES)
    for number in range(200):
        kind = f"x-bank-{number}"
        assert broken({**CUSTOM, "type": kind, "id": ref(kind, V4)}) == []
        assert broken({**CUSTOM, "type": kind}) == [("identifier-type", "id")]
    assert len(_SHAPES) == before


def test_object_when_lists_are_nested_without_end_then_it_is_refused_and_nothing_breaks():
    deep: object = "x"
    for _level in range(150):
        deep = [deep]
    assert {rule for rule, _where in broken(stix("campaign", x_bank=deep))} == {"too-deep"}
    assert {rule for rule, _where in broken(stix("language-content", contents={"ja": {"name": deep}}))} == {"too-deep"}


def test_object_when_it_is_wrong_in_several_places_then_all_are_named():
    value = stix("indicator", name=GONE, confidence=101, labels=[], valid_from=GONE, lang=5, granular_markings=GONE)
    assert sorted(broken(value)) == [
        ("empty-list", "labels"),
        ("language", "lang"),
        ("range", "confidence"),
        ("required", ""),
    ]


def test_intake_when_a_moment_is_not_exact_then_the_object_is_taken_in_all_the_same():
    inexact, wrong = (
        check_object(stix("campaign", **changes)) for changes in ({"created": "2026-11-02T03:04:05Z"}, {"name": 5})
    )
    assert [problem.rule for problem in inexact] == [Rule.PRECISION]
    assert (is_taken_in([]), is_taken_in(inexact), is_taken_in(inexact + wrong)) == (True, True, False)


def test_problem_when_it_quotes_what_was_found_then_nothing_of_it_controls_a_terminal():
    problem = check_object(stix("campaign", lang="\x1b[2Jja" + "x" * 500))[0]
    assert problem.names == {"value": "�[2Jja" + "x" * 73 + "…"}
