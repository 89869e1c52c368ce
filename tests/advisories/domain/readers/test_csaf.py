import json

import pytest

from noroshi.advisories.domain.affected import Affected, Range, Scheme, Status
from noroshi.advisories.domain.readers import READERS, Given
from noroshi.advisories.domain.records import ClaimKind, RefusedBecause
from noroshi.advisories.domain.sources import SourceKind


def read(body):
    return list(READERS[SourceKind.CSAF](body if isinstance(body, bytes) else json.dumps(body).encode(), Given()))


def document(*, vulnerability=None, version="1.0", branch="product_version", category="csaf_security_advisory", **tree):
    tracking = {"id": "A-1", "version": "2", "status": "final", "current_release_date": "2099-01-02T00:00:00Z"}
    leaf = {"category": branch, "name": version, "product": {"product_id": "P1", "name": "Maker Thing"}}
    named = {"category": "product_name", "name": "Thing", "branches": [leaf]}
    branches = [{"category": "vendor", "name": "Maker", "branches": [named]}]
    publisher = {"namespace": "https://maker.example/", "name": "Maker"}
    return {
        "document": {"title": "A thing", "category": category, "tracking": tracking, "publisher": publisher},
        "product_tree": {"branches": branches, **tree},
        "vulnerabilities": [
            {"cve": "CVE-2099-0001", "product_status": {"known_affected": ["P1"]}} | (vulnerability or {})
        ],
    }


def claims(kind, **more):
    (found,) = read(document(**more))
    return [claim.value for claim in found.claims if claim.kind is kind]


def affected(**more):
    return [Affected.read(value) for value in claims(ClaimKind.AFFECTED, **more)]


def test_a_document_is_known_by_its_publisher_and_its_number():
    (found,) = read(document())
    assert (found.native_id, found.names) == ("https://maker.example/A-1", ("CVE-2099-0001",))
    assert found.categories == ("csaf_security_advisory", "final")


@pytest.mark.parametrize(
    ("version", "scheme", "ranges"),
    [
        ("vers:pypi/>=1|<2|>=3|<=4", Scheme.PYTHON, (Range("1", "2"), Range("3", "4", high_included=True))),
        ("vers:generic/>1", Scheme.GENERIC, (Range("1", low_included=False),)),
        ("vers:intdot/1.5", Scheme.GENERIC, (Range("1.5", "1.5", high_included=True),)),
        ("vers:all/*", Scheme.GENERIC, (Range(),)),
        ("vers:all/<VX.223.0 Update 3", Scheme.GENERIC, ()),
        ("vers:npm/!=1", Scheme.SEMVER, ()),
        ("<= 4.1", Scheme.GENERIC, ()),
    ],
)
def test_ranges_are_read_where_they_are_vers_and_stay_in_words_elsewhere(version, scheme, ranges):
    (said,) = affected(version=version, branch="product_version_range")
    assert (said.scheme, said.ranges, bool(said.text)) == (scheme, ranges, not ranges)
    assert (said.product.vendor, said.product.name, said.otherwise) == ("Maker", "Thing", Status.UNKNOWN)


@pytest.mark.parametrize(
    ("group", "status"),
    [("fixed", Status.FIXED), ("known_not_affected", Status.UNAFFECTED), ("last_affected", Status.AFFECTED)],
)
def test_each_group_of_products_has_its_status(group, status):
    (said,) = affected(vulnerability={"product_status": {group: ["P1"]}})
    assert said.ranges == (Range("1.0", "1.0", high_included=True, status=status),)


@pytest.mark.parametrize("group", ["under_investigation", "recommended"])
def test_what_is_looked_into_or_recommended_is_not_called_affected(group):
    assert affected(vulnerability={"product_status": {group: ["P1", "nobody"]}}) == []


def test_a_part_of_another_product_keeps_its_versions_and_names_what_it_is_in():
    whole = {"product_id": "OS", "name": "System 9"}
    both = {"full_product_name": {"product_id": "X", "name": "Thing on System"}, "product_reference": "P1"}
    (said,) = affected(
        full_product_names=[whole],
        relationships=[both | {"relates_to_product_reference": "OS"}],
        vulnerability={"product_status": {"known_affected": ["X"]}},
    )
    assert (said.product.platforms, said.ranges) == (("System 9",), (Range("1.0", "1.0", high_included=True),))


def test_what_was_withdrawn_says_that_alone():
    (found,) = read(document(category="csaf_withdrawn"))
    assert [(each.about, each.kind) for each in found.claims] == [("A-1", ClaimKind.STATE)]


def test_scores_weaknesses_and_remedies_of_both_versions_of_the_format():
    score = {"version": "3.1", "vectorString": "CVSS:3.1/AV:N", "baseScore": 9.8, "baseSeverity": "CRITICAL"}
    remedies = [{"category": "vendor_fix", "details": "Update", "url": "javascript:x"}, {"category": "other"}]
    old = {"scores": [{"cvss_v3": score}], "cwe": {"id": "CWE-79"}, "remediations": remedies}
    new = {"metrics": [{"content": {"cvss_v3": score}}], "cwes": [{"id": "CWE-79"}]}
    expected = [{"system": "CVSS:3.1", "vector": "CVSS:3.1/AV:N", "score": 9.8, "level": "critical"}]
    for each in (old, new):
        assert claims(ClaimKind.SEVERITY, vulnerability=each) == expected
        assert claims(ClaimKind.WEAKNESS, vulnerability=each) == [{"cwe": "CWE-79"}]
    assert claims(ClaimKind.REMEDY, vulnerability=old) == [{"kind": "fix", "text": "Update"}]


def test_what_cannot_be_read_is_told():
    assert [each.reason for each in read({"document": {}})] == [RefusedBecause.SHAPE]
    assert [each.reason for each in read(b"no")] == [RefusedBecause.NOT_JSON]
