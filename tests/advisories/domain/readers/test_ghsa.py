import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noroshi.advisories.domain.affected import Affected, Range, Scheme, Status
from noroshi.advisories.domain.matching import Component, judge
from noroshi.advisories.domain.readers import READERS, Given
from noroshi.advisories.domain.readers.ghsa import range_of
from noroshi.advisories.domain.records import ClaimKind, Record, Refused, RefusedBecause
from noroshi.advisories.domain.sources import SourceKind

VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"


def read(body):
    return list(READERS[SourceKind.GHSA](body if isinstance(body, bytes) else json.dumps(body).encode(), Given()))


def vulnerable(said, *, ecosystem="pip", name="thing", patched=None):
    package = {"ecosystem": ecosystem, "name": name}
    return {"package": package, "vulnerable_version_range": said, "first_patched_version": patched}


def advisory(**more):
    return {
        "ghsa_id": "GHSA-2222-3333-4444", "cve_id": "CVE-2099-0001", "summary": "A  thing", "description": "# Words",
        "html_url": "https://github.com/advisories/GHSA-2222-3333-4444", "type": "reviewed", "severity": "high",
        "identifiers": [{"value": "GHSA-2222-3333-4444", "type": "GHSA"}, {"value": "CVE-2099-0001", "type": "CVE"}],
        "published_at": "2099-01-01T00:00:00Z", "updated_at": "2099-02-01T00:00:00Z", "withdrawn_at": None,
        "vulnerabilities": [vulnerable(">= 1.0, < 1.2", patched="1.2")], "cwes": [{"cwe_id": "CWE-79", "name": "XSS"}],
        "cvss": {"vector_string": VECTOR, "score": 9.8},
        "cvss_severities": {
            "cvss_v3": {"vector_string": VECTOR, "score": 9.8}, "cvss_v4": {"vector_string": None, "score": 0.0}
        }, **more,
    }  # fmt: skip


def claims(kind, **more):
    (found,) = read([advisory(**more)])
    return [claim.value for claim in found.claims if claim.kind is kind]


def affected(*blocks):
    return [Affected.read(value) for value in claims(ClaimKind.AFFECTED, vulnerabilities=list(blocks))]


def test_an_advisory_is_a_record_with_its_names_and_claims():
    (found,) = read([advisory()])
    assert (found.native_id, found.title, found.link) == (
        "GHSA-2222-3333-4444", "A thing", "https://github.com/advisories/GHSA-2222-3333-4444",
    )  # fmt: skip
    assert found.names == ("GHSA-2222-3333-4444", "CVE-2099-0001")
    assert found.same_as == (("GHSA-2222-3333-4444", "CVE-2099-0001"),)
    assert (found.categories, found.updated.at.isoformat()) == (("reviewed",), "2099-02-01T00:00:00+00:00")
    assert claims(ClaimKind.SEVERITY) == [
        {"system": "CVSS:3.1", "vector": VECTOR, "score": 9.8}, {"system": "GHSA", "level": "high"},
    ]  # fmt: skip
    assert claims(ClaimKind.WEAKNESS) == [{"cwe": "CWE-79"}]
    assert claims(ClaimKind.REMEDY) == [{"kind": "fix", "text": "thing 1.2"}]
    assert {claim.about for claim in found.claims} == {"GHSA-2222-3333-4444"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (">= 1.0, < 1.2", Range("1.0", "1.2")),
        (">= 1.0,<= 1.2", Range("1.0", "1.2", high_included=True)),
        ("> 1.0, < 1.2", Range("1.0", "1.2", low_included=False)),
        ("< 1.2", Range("", "1.2")),
        ("<= 1.2", Range("", "1.2", high_included=True)),
        ("> 1.2", Range("1.2", low_included=False)),
        (">= 0", Range()),
        (">= 0, < 2", Range("", "2")),
        ("= 1.2.0-rc.1", Range("1.2.0-rc.1", "1.2.0-rc.1", high_included=True)),
        ("> 0", Range("0", low_included=False)),
    ],
)
def test_a_range_is_read_to_the_letter(text, found):
    assert range_of(text) == found


@pytest.mark.parametrize(
    "text",
    ["", " ", "1.2", "< ", ">= 1 < 2", ">= 1, >= 2", "= 1, < 2", "< 1, <= 2", "all versions", "= 1, = 2", "~> 1"],
)
def test_what_is_not_understood_is_no_range(text):
    assert range_of(text) is None


def test_the_stretches_of_a_package_are_one_and_what_is_not_understood_leaves_the_rest_open():
    (said,) = affected(vulnerable("< 1.2"), vulnerable(">= 2.0, < 2.3"))
    assert (said.ranges, said.scheme, said.otherwise, said.product.purl) == (
        (Range("", "1.2"), Range("2.0", "2.3")), Scheme.PYTHON, Status.UNAFFECTED, "pkg:pypi/thing",
    )  # fmt: skip
    (said,) = affected(vulnerable("< 1.2"), vulnerable("some builds"), vulnerable(None))
    assert (said.ranges, said.otherwise, said.text) == (
        (Range("", "1.2"),), Status.UNKNOWN, "some builds; no versions named",
    )  # fmt: skip
    answers = {
        at: judge(Component(name="thing", version=at, purl=f"pkg:pypi/thing@{at}"), said).answer.value
        for at in ("1.1", "3.0")
    }
    assert answers == {"1.1": "affected", "3.0": "unknown"}


@pytest.mark.parametrize(
    ("ecosystem", "name", "purl", "scheme"),
    [
        ("npm", "@a/b", "pkg:npm/%40a/b", Scheme.SEMVER),
        ("MAVEN", "org.a:b", "pkg:maven/org.a/b", Scheme.MAVEN),
        ("rust", "a", "pkg:cargo/a", Scheme.SEMVER),
        ("composer", "a/b", "pkg:composer/a/b", Scheme.GENERIC),
        ("erlang", "a", "pkg:hex/a", Scheme.SEMVER),
        ("actions", "a/b", "pkg:githubactions/a/b", Scheme.GENERIC),
        ("other", "a", "", Scheme.GENERIC),
    ],
)
def test_an_ecosystem_is_known_by_githubs_name(ecosystem, name, purl, scheme):
    (said,) = affected(vulnerable("< 1", ecosystem=ecosystem, name=name))
    assert (said.product.purl, said.scheme) == (purl, scheme)


def test_what_was_withdrawn_says_nothing_else():
    (found,) = read([advisory(withdrawn_at="2099-03-01T00:00:00Z")])
    assert [(claim.kind, claim.value["state"]) for claim in found.claims] == [(ClaimKind.STATE, "withdrawn")]


def test_a_patched_version_may_be_an_object_and_severity_unknown():
    assert claims(ClaimKind.REMEDY, vulnerabilities=[vulnerable("< 1", patched={"identifier": "1"})]) == [
        {"kind": "fix", "text": "thing 1"}
    ]
    assert claims(ClaimKind.SEVERITY, severity="unknown", cvss=None, cvss_severities=None) == []


def test_one_rotten_advisory_keeps_no_other_out():
    found = read([advisory(), {"ghsa_id": 5}, {"summary": "no name"}, advisory(ghsa_id="GHSA-5555-6666-7777")])
    assert [type(each) for each in found] == [Record, Refused, Refused, Record]
    assert [(each.place, each.reason) for each in found[1:3]] == [
        (2, RefusedBecause.SHAPE), (3, RefusedBecause.NO_IDENTITY),
    ]  # fmt: skip


def test_an_error_is_said_and_one_alone_is_read():
    (found,) = read({"message": "API rate limit exceeded", "documentation_url": "https://docs.github.com"})
    assert (found.reason, found.detail) == (RefusedBecause.ERROR_ANSWER, "API rate limit exceeded")
    (found,) = read(advisory())
    assert found.native_id == "GHSA-2222-3333-4444"


LEAVES = st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=5)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(advisory())), VALUES)
def test_whatever_stands_in_a_field_is_read_or_refused(name, value):
    assert len(read([advisory(**{name: value})])) == 1
