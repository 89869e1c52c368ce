"""The mandatory tests of CSAF 2.0: what fails each of them, and nothing else."""

import copy
import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noroshi.advisories.domain.csaf_checks import TESTS, failures

VECTOR3 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
VECTOR2 = "AV:N/AC:L/Au:N/C:C/I:C/A:C"


def score3(**more):
    said = {"version": "3.1", "vectorString": VECTOR3, "baseScore": 9.8, "baseSeverity": "CRITICAL", **more}
    return {"products": ["P1"], "cvss_v3": said}


def history(*pairs):
    return [{"date": f"2026-11-{day:02}T00:00:00Z", "number": number, "summary": "-"} for day, number in pairs]


BASE = {
    "document": {
        "category": "csaf_security_advisory", "csaf_version": "2.0", "title": "T", "lang": "ja", "source_lang": "en-US",
        "publisher": {"category": "vendor", "name": "E", "namespace": "https://example.com"},
        "notes": [{"category": "summary", "text": "-"}],
        "references": [{"category": "external", "summary": "-", "url": "https://example.com"}],
        "tracking": {"id": "EX-1", "status": "final", "version": "2", "revision_history": history((1, "1"), (2, "2"))},
    },
    "product_tree": {
        "branches": [
            {"category": "vendor", "name": "E", "branches": [
                {"category": "product_version", "name": "1.2", "product": {
                    "product_id": "P1", "name": "One", "product_identification_helper": {
                        "purl": "pkg:npm/%40a/one@1.2", "hashes": [{"filename": "a", "file_hashes": [
                            {"algorithm": "sha256", "value": "0" * 64}, {"algorithm": "sha512", "value": "0" * 128},
                        ]}],
                    },
                }},
            ]},
        ],
        "full_product_names": [{"product_id": "P2", "name": "Two"}],
        "relationships": [{
            "category": "installed_on", "product_reference": "P1", "relates_to_product_reference": "P2",
            "full_product_name": {"product_id": "P3", "name": "One on two"},
        }],
        "product_groups": [{"group_id": "G1", "product_ids": ["P1", "P2"]}],
    },
    "vulnerabilities": [
        {
            "cve": "CVE-2099-0001", "notes": [{"category": "summary", "text": "-"}],
            "cwe": {"id": "CWE-22", "name": "Path Traversal"},
            "product_status": {"known_affected": ["P1"], "known_not_affected": ["P2"], "fixed": ["P3"]},
            "scores": [score3(attackVector="NETWORK", scope="UNCHANGED"), {
                "products": ["P1"], "cvss_v2": {"version": "2.0", "vectorString": VECTOR2, "baseScore": 10},
            }],
            "remediations": [{"category": "vendor_fix", "details": "-", "product_ids": ["P1"]}],
            "threats": [{"category": "impact", "details": "-", "group_ids": ["G1"]}],
            "flags": [{"label": "component_not_present", "product_ids": ["P2"]}],
            "involvements": [{"party": "vendor", "status": "completed", "date": "2026-11-01T00:00:00Z"}],
        }
    ],
}  # fmt: skip

TREE, ONE, TRACKING = "product_tree", "vulnerabilities/0", "document/tracking"
TRANSLATION = {name: said for name, said in BASE["document"].items() if name != "source_lang"}
TRANSLATION |= {"publisher": {"category": "translator"}}
UNDRAFTED = {"status": "interim", "version": "0", "revision_history": history((1, "0"))}
PRERELEASE = {"status": "final", "version": "1.0.0-1", "revision_history": history((1, "1.0.0"))}
FAILING = [
    ("6.1.1", f"{ONE}/product_status/under_investigation", ["P9"]),
    ("6.1.1", f"{TREE}/product_groups/0/product_ids/2", "P9"),
    ("6.1.1", f"{TREE}/relationships/0/product_reference", "P9"),
    ("6.1.1", f"{ONE}/scores/0/products/1", "P9"),
    ("6.1.1", f"{ONE}/remediations/0/product_ids/1", "P9"),
    ("6.1.2", f"{TREE}/full_product_names/1", {"product_id": "P1", "name": "One"}),
    ("6.1.2", f"{TREE}/full_product_names/1", {"product_id": "P3", "name": "One on two"}),
    ("6.1.3", f"{TREE}/relationships/0/product_reference", "P3"),
    ("6.1.4", f"{ONE}/threats/0/group_ids", ["G9"]),
    ("6.1.4", f"{ONE}/remediations/0/group_ids", ["G9"]),
    ("6.1.5", f"{TREE}/product_groups/1", {"group_id": "G1", "product_ids": ["P1", "P3"]}),
    ("6.1.6", f"{ONE}/product_status/first_fixed", ["P1"]),
    ("6.1.6", f"{ONE}/product_status/under_investigation", ["P2"]),
    ("6.1.7", f"{ONE}/scores/2", score3()),
    ("6.1.8", f"{ONE}/scores/0/cvss_v3", {"version": "3.1", "vectorString": VECTOR3, "baseScore": 9.8}),
    ("6.1.8", f"{ONE}/scores/0/cvss_v3/version", "3.0"),
    ("6.1.8", f"{ONE}/scores/0/cvss_v3/vectorString", VECTOR3.removesuffix("/A:H")),
    ("6.1.8", f"{ONE}/scores/1/cvss_v2/vectorString", "(AV:N/AC:L/Au:N/C:C/I:C/A:C)"),
    ("6.1.8", f"{ONE}/scores/0/cvss_v3/temporalScore", "9.8"),
    ("6.1.9", f"{ONE}/scores/0/cvss_v3/baseScore", 9.9),
    ("6.1.9", f"{ONE}/scores/0/cvss_v3/baseSeverity", "HIGH"),
    ("6.1.9", f"{ONE}/scores/0/cvss_v3/environmentalScore", 1.0),
    ("6.1.9", f"{ONE}/scores/1/cvss_v2/baseScore", 9.9),
    ("6.1.10", f"{ONE}/scores/0/cvss_v3/attackVector", "LOCAL"),
    ("6.1.10", f"{ONE}/scores/0/cvss_v3/exploitCodeMaturity", "HIGH"),
    ("6.1.10", f"{ONE}/scores/1/cvss_v2/accessVector", "LOCAL"),
    ("6.1.11", f"{ONE}/cwe/name", "Improper Input Validation"),
    ("6.1.11", f"{ONE}/cwe/id", "CWE-999999"),
    ("6.1.12", "document/lang", "EZ"),
    ("6.1.12", "document/source_lang", "en_US"),
    ("6.1.13", f"{TREE}/branches/0/branches/0/product/product_identification_helper/purl", "pkg:maven/@1.3.4"),
    ("6.1.14", f"{TRACKING}/revision_history", history((1, "2"), (2, "1"), (3, "2"))),
    ("6.1.15", "document", TRANSLATION),
    ("6.1.16", f"{TRACKING}/version", "1"),
    ("6.1.17", TRACKING, UNDRAFTED),
    ("6.1.18", f"{TRACKING}/revision_history", history((1, "0"), (2, "1"), (3, "2"))),
    ("6.1.19", f"{TRACKING}", {"status": "draft", "version": "1.0.0-1", "revision_history": history((1, "1.0.0-1"))}),
    ("6.1.20", TRACKING, PRERELEASE),
    ("6.1.21", f"{TRACKING}/revision_history", history((1, "2"))),
    ("6.1.21", f"{TRACKING}", {"status": "final", "version": "3", "revision_history": history((1, "1"), (2, "3"))}),
    ("6.1.22", f"{TRACKING}/revision_history", history((1, "1"), (2, "2"), (3, "2"))),
    ("6.1.23", "vulnerabilities/1", {"cve": "CVE-2099-0001", "notes": [{}], "product_status": {}}),
    ("6.1.24", f"{ONE}/involvements/1", {"party": "vendor", "status": "open", "date": "2026-11-01T00:00:00Z"}),
    ("6.1.25", f"{TREE}/branches/0/branches/0/product/product_identification_helper/hashes/0/file_hashes/2",
     {"algorithm": "sha256", "value": "1" * 64}),
    ("6.1.26", "document/category", "Security-Advisory"),
    ("6.1.26", "document/category", "csaf_BASE"),
    ("6.1.27.4", TREE, None),
    ("6.1.27.5", f"{ONE}/notes", []),
    ("6.1.27.6", f"{ONE}/product_status", None),
    ("6.1.27.11", "vulnerabilities", None),
    ("6.1.28", "document/source_lang", "JA"),
    ("6.1.29", f"{ONE}/remediations/0/product_ids", None),
    ("6.1.30", f"{TRACKING}/revision_history", history((1, "1.0.0"), (2, "2"))),
    ("6.1.31", f"{TREE}/branches/0/branches/0/name", "1.2 and earlier"),
    ("6.1.31", f"{TREE}/branches/0/branches/0/name", "<1.2"),
    ("6.1.32", f"{ONE}/flags/0/product_ids", None),
    ("6.1.33", f"{ONE}/flags/1", {"label": "vulnerable_code_not_present", "group_ids": ["G1"]}),
]  # fmt: skip
OF_PROFILES = [
    ("csaf_informational_advisory", "6.1.27.1", "document/notes", []),
    ("csaf_security_incident_response", "6.1.27.1", "document/notes", None),
    ("csaf_security_incident_response", "6.1.27.2", "document/references/0/category", "self"),
    ("csaf_vex", "6.1.27.7", f"{ONE}/product_status", {"recommended": ["P1"]}),
    ("csaf_vex", "6.1.27.8", f"{ONE}/cve", None),
    ("csaf_vex", "6.1.27.10", f"{ONE}/product_status/known_affected", ["P1", "P3"]),
]
ALSO = {
    (TRACKING, str(UNDRAFTED)): {"6.1.18"},
    (TRACKING, str(PRERELEASE)): {"6.1.16", "6.1.17"},
    (f"{TREE}", "None"): {"6.1.1", "6.1.4"},
    (f"{ONE}/scores/0/cvss_v3/version", "3.0"): set(),
    (f"{TRACKING}/revision_history", str(history((1, "2"), (2, "1"), (3, "2")))): {"6.1.21", "6.1.22"},
    (f"{ONE}/product_status/known_affected", str(["P1", "P3"])): {"6.1.6"},
}
"""What fails beside the one that is meant, by its very nature."""


def put(document, path, value):
    """Return the document with something else at a path; None takes away what is there."""
    changed = copy.deepcopy(document)
    *parents, last = path.split("/")
    place = changed
    for part in parents:
        place = place[int(part) if isinstance(place, list) else part]
    if isinstance(place, list):
        place[int(last) :] = [value]
    elif value is None:
        place.pop(last, None)
    else:
        place[last] = value
    return changed


def failing(document):
    return {each.test for each in failures(document)}


def test_a_document_that_is_right_fails_none():
    assert failures(BASE) == []
    assert failures(put(BASE, "document/category", "csaf_vex")) == []
    assert failures(put(put(BASE, "document/category", "csaf_informational_advisory"), "vulnerabilities", None)) == []


@pytest.mark.parametrize(("test", "path", "value"), FAILING)
def test_each_is_failed_by_what_it_is_about(test, path, value):
    assert failing(put(BASE, path, value)) == {test} | ALSO.get((path, str(value)), set())


@pytest.mark.parametrize(("profile", "test", "path", "value"), OF_PROFILES)
def test_a_profile_asks_for_more(profile, test, path, value):
    document = put(BASE, "document/category", profile)
    if profile == "csaf_informational_advisory":
        document = put(document, "vulnerabilities", None)
    also = ALSO.get((path, str(value)), set())
    assert failing(put(document, path, value)) == {test} | also
    assert failing(put(put(document, path, value), "document/category", "csaf_base")) == also


def test_what_is_not_affected_needs_a_reason_and_information_has_no_vulnerabilities():
    vex = put(put(BASE, "document/category", "csaf_vex"), f"{ONE}/flags", None)
    assert failing(vex) == set()  # the group's threat says why
    assert failing(put(vex, f"{ONE}/threats", None)) == {"6.1.27.9"}
    assert failing(put(BASE, "document/category", "csaf_informational_advisory")) == {"6.1.27.3"}


def test_each_test_has_a_failing_document_here():
    told = {test for test, _path, _value in FAILING} | {test for _profile, test, _path, _value in OF_PROFILES}
    assert set(TESTS) - told == {"6.1.27.3", "6.1.27.9"}  # in a test of their own
    assert len(TESTS) == 43


def test_each_test_has_its_words():
    from noroshi.advisories.csaf_wording import TITLES

    assert tuple(TITLES) == TESTS


def test_a_document_of_another_version_is_not_held_against_them():
    document = put(BASE, f"{ONE}/threats/0/group_ids", ["G9"])
    assert failures(put(document, "document/csaf_version", "2.1")) == []


def test_what_is_wrong_is_said_in_a_sentence():
    document = put(BASE, f"{ONE}/scores/0/cvss_v3/baseScore", 9.9)
    assert [each.sentence for each in failures(document)] == ["CVE-2099-0001: the base score is 9.8, not 9.9."]


def test_they_agree_with_the_suite_of_oasis(shared_data):
    """Its files that begin with 0 fail the test that they are named after; those with 1 and more fail none."""
    folder = shared_data / "advisories/csaf/oasis/csaf_2.0/test/validator/data/mandatory"
    wrong, seen = [], 0
    for path in sorted(folder.glob("*.json")):
        found = re.search(r"6-1-(\d\d(?:-\d\d)?)-(\d)\d\.json$", path.name)
        test = "6.1." + ".".join(str(int(part)) for part in found[1].split("-"))
        told, seen = failing(json.loads(path.read_text())), seen + 1
        if (test in told) != (found[2] == "0") or (found[2] != "0" and told):
            wrong.append((path.name, told))
    assert (wrong, seen >= 21) == ([], True)


def test_the_documents_of_cisa_and_the_examples_of_oasis_fail_none(shared_data):
    folder = shared_data / "advisories" / "csaf"
    paths = [*folder.glob("cisa/*/white/20*/*.json"), *folder.glob("oasis/csaf_2.0/examples/csaf/**/*.json")]
    assert (len(paths) > 50, {path.name: failing(json.loads(path.read_text())) for path in paths} == {
        path.name: set() for path in paths
    }) == (True, True)  # fmt: skip


LEAVES = st.none() | st.booleans() | st.integers(-9, 10**30) | st.floats() | st.text(max_size=5)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
PATHS = sorted({path for _test, path, _value in FAILING})


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(PATHS), VALUES)
def test_whatever_stands_in_a_field_is_judged(path, value):
    assert {each.test for each in failures(put(BASE, path, value))} <= set(TESTS)
