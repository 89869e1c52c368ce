import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.advisories.domain.affected import Affected, Range, Scheme, Status
from noroshi.advisories.domain.matching import Answer, Component, judge
from noroshi.advisories.domain.readers import READERS, Given
from noroshi.advisories.domain.records import ClaimKind, RefusedBecause
from noroshi.advisories.domain.sources import SourceKind


def read(body):
    return list(READERS[SourceKind.OSV](body if isinstance(body, bytes) else json.dumps(body).encode(), Given()))


def vulnerability(**more):
    return {"id": "GHSA-2222-3333-4444", "modified": "2099-02-01T00:00:00Z", "summary": "A  thing", **more}


def claims(kind, **more):
    (found,) = read(vulnerability(**more))
    return [claim.value for claim in found.claims if claim.kind is kind]


def block(*events, ecosystem="PyPI", kind="ECOSYSTEM", **more):
    package = {"ecosystem": ecosystem, "name": "thing"}
    return {"package": package, "ranges": [{"type": kind, "events": list(events)}], **more}


def affected(*events, **more):
    (value,) = claims(ClaimKind.AFFECTED, affected=[block(*events, **more)])
    return Affected.read(value)


def test_what_has_other_names_says_which_and_keeps_its_own():
    (found,) = read(vulnerability(aliases=["cve-2099-0001", "PYSEC-2099-1"], details="<b>Words</b>"))
    assert (found.native_id, found.title, found.summary) == ("GHSA-2222-3333-4444", "A thing", "Words")
    assert found.names == ("GHSA-2222-3333-4444", "CVE-2099-0001", "PYSEC-2099-1")
    assert found.same_as == (
        ("GHSA-2222-3333-4444", "CVE-2099-0001"),
        ("GHSA-2222-3333-4444", "PYSEC-2099-1"),
    )


def test_several_pairs_in_any_order_are_stretches_by_the_order_of_versions():
    said = affected({"fixed": "2.10"}, {"introduced": "0"}, {"introduced": "2.9"}, {"fixed": "1.4"})
    assert said.ranges == (Range("", "1.4"), Range("2.9", "2.10"))
    assert (said.scheme, said.otherwise, said.product.purl) == (Scheme.PYTHON, Status.UNAFFECTED, "pkg:pypi/thing")


@pytest.mark.parametrize(
    ("events", "ranges"),
    [
        ([{"introduced": "1"}], (Range("1"),)),
        ([{"introduced": "1"}, {"last_affected": "3"}], (Range("1", "3", high_included=True),)),
        ([{"introduced": "3"}, {"last_affected": "3"}], (Range("3", "3", high_included=True),)),
        ([{"introduced": "1"}, {"fixed": "2"}, {"introduced": "2"}], (Range("1", "2"), Range("2"))),
        ([{"introduced": "1"}, {"introduced": "2"}, {"fixed": "3"}, {"fixed": "4"}], (Range("1", "3"),)),
        ([{"introduced": "1"}, {"limit": "3"}, {"introduced": "5"}], (Range("1", "3"),)),
        ([{"introduced": "1"}, {"limit": "*"}], (Range("1"),)),
    ],
)
def test_events_bound_what_is_affected(events, ranges):
    assert affected(*events).ranges == ranges


def test_events_without_a_known_order_are_kept_in_words_and_decide_nothing():
    said = affected({"introduced": "?"}, {"fixed": "one"}, {"introduced": "two words"})
    assert (said.ranges, said.otherwise, said.text) == (
        (),
        Status.UNKNOWN,
        "introduced ?; fixed one; introduced two words",
    )


def test_versions_that_no_range_holds_are_named_one_by_one():
    said = affected({"introduced": "1"}, {"fixed": "2"}, versions=["1.5", "2.5", "2.5"])
    assert said.ranges == (Range("1", "2"), Range("2.5", "2.5", high_included=True))


def test_commits_stand_apart_from_versions_and_are_not_compared():
    commits = block({"introduced": "0"}, {"fixed": "abc"}, kind="GIT", versions=["v1"])
    of_versions, of_commits = (Affected.read(each) for each in claims(ClaimKind.AFFECTED, affected=[commits]))
    assert of_versions.ranges == (Range("v1", "v1", high_included=True),)
    assert (of_commits.scheme, of_commits.ranges) == (Scheme.OPAQUE, (Range("", "abc"),))
    component = Component("thing", "9", purl="pkg:pypi/thing@9")
    assert judge(component, of_commits).answer is Answer.UNKNOWN


def test_severity_is_a_vector_a_word_or_both():
    severity = [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N"}, {"type": "CVSS_V2", "score": "AV:N/AC:L"}]
    more = {"severity": "MODERATE", "cwe_ids": ["CWE-79", "CWE-79"]}
    assert claims(ClaimKind.SEVERITY, severity=severity, database_specific=more) == [
        {"system": "CVSS:3.1", "vector": "CVSS:3.1/AV:N"},
        {"system": "CVSS:2.0", "vector": "AV:N/AC:L"},
        {"system": "OSV", "level": "medium"},
    ]
    assert claims(ClaimKind.WEAKNESS, database_specific=more) == [{"cwe": "CWE-79"}]


def test_what_was_withdrawn_says_that_alone():
    (found,) = read(vulnerability(withdrawn="2099-03-01T00:00:00Z", affected=[block({"introduced": "0"})]))
    assert [(each.kind, each.value) for each in found.claims] == [
        (ClaimKind.STATE, {"state": "withdrawn", "reason": ""})
    ]


def test_packages_are_named_as_package_urls_name_them():
    names = [("npm", "@a/b"), ("Maven", "g.h:a"), ("Debian:12", "openssl"), ("Nowhere", "x")]
    blocks = [{"package": {"ecosystem": where, "name": name}, "versions": ["1"]} for where, name in names]
    products = [Affected.read(each).product for each in claims(ClaimKind.AFFECTED, affected=blocks)]
    assert [each.purl for each in products] == ["pkg:npm/%40a/b", "pkg:maven/g.h/a", "pkg:deb/debian/openssl", ""]
    assert products[2].platforms == ("Debian:12",)


def test_one_that_cannot_be_read_keeps_no_other_out():
    body = b'[{"id": " "}, {"id": 7}, ' + json.dumps(vulnerability()).encode() + b"]"
    first, second, third = read(body)
    assert (first.reason, second.reason) == (RefusedBecause.NO_IDENTITY, RefusedBecause.SHAPE)
    assert third.native_id == "GHSA-2222-3333-4444"
    assert [each.reason for each in read(b"no")] == [RefusedBecause.NOT_JSON]


EVENTS = st.lists(
    st.tuples(st.sampled_from(["introduced", "fixed", "last_affected"]), st.integers(1, 9)), min_size=1, max_size=6
)


@given(EVENTS, st.integers(0, 10))
def test_a_version_is_affected_as_the_schema_evaluates_it(events, version):
    """OSV schema, "Evaluation": the events in order, each that applies to the version sets or clears it."""
    order = {"fixed": 0, "introduced": 1, "last_affected": 2}
    vulnerable = False
    for what, at in sorted(events, key=lambda each: (each[1], order[each[0]])):
        if what == "introduced" and version >= at:
            vulnerable = True
        elif (what == "fixed" and version >= at) or (what == "last_affected" and version > at):
            vulnerable = False
    said = affected(*({what: str(at)} for what, at in events))
    held = [
        each
        for each in said.ranges
        if int(each.low) <= version
        and (not each.high or version < int(each.high) or (each.high_included and version == int(each.high)))
    ]
    assert bool(held) is vulnerable
