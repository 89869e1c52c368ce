import gzip
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.advisories.domain.affected import Affected, Range, Scheme, Status
from noroshi.advisories.domain.readers import READERS, Given
from noroshi.advisories.domain.records import ClaimKind, Record, Refused, RefusedBecause
from noroshi.advisories.domain.sources import SourceKind

CNA = {
    "providerMetadata": {"orgId": "x", "shortName": "maker"},
    "title": "A  title",
    "descriptions": [{"lang": "ja", "value": "説明"}, {"lang": "en-US", "value": " Words "}],
}


def read(body):
    return list(READERS[SourceKind.CVE5](body if isinstance(body, bytes) else json.dumps(body).encode(), Given()))


def record(name="CVE-2099-0001", state="PUBLISHED", adp=(), **cna):
    metadata = {"cveId": name, "state": state, "datePublished": "2099-01-02T03:04:05"}
    return {"cveMetadata": metadata, "containers": {"cna": {**CNA, **cna}, "adp": list(adp)}}


def claims(kind, *args, **kwargs):
    (found,) = read(record(*args, **kwargs))
    return [(claim.by, claim.value) for claim in found.claims if claim.kind is kind]


def versions(*entries, **block):
    ((_by, value),) = claims(ClaimKind.AFFECTED, affected=[{"product": "thing", "versions": list(entries), **block}])
    return Affected.read(value)


def test_a_record_has_its_words_in_english_and_its_dates_with_what_is_known_of_their_zone():
    (found,) = read(record())
    assert (found.native_id, found.title, found.summary, found.names) == (
        "CVE-2099-0001",
        "A title",
        "Words",
        ("CVE-2099-0001",),
    )
    assert (found.published.at.isoformat(), found.published.zone_known) == ("2099-01-02T03:04:05+00:00", False)


def test_each_container_speaks_for_itself():
    said = {
        "format": "CVSS",
        "cvssV3_1": {"vectorString": "CVSS:3.1/AV:N", "baseScore": 9.8, "baseSeverity": "CRITICAL"},
    }
    other = {"cvssV4_0": {"vectorString": "CVSS:4.0/AV:L", "baseScore": 2.1, "baseSeverity": "LOW"}}
    adp = {"providerMetadata": {"shortName": "CISA-ADP"}, "metrics": [other]}
    assert claims(ClaimKind.SEVERITY, metrics=[said], adp=[adp]) == [
        ("maker", {"system": "CVSS:3.1", "vector": "CVSS:3.1/AV:N", "score": 9.8, "level": "critical"}),
        ("CISA-ADP", {"system": "CVSS:4.0", "vector": "CVSS:4.0/AV:L", "score": 2.1, "level": "low"}),
    ]


@pytest.mark.parametrize(
    ("options", "value"),
    [
        (
            [{"Exploitation": "PoC"}, {"Automatable": "yes"}, {"Technical Impact": "Total"}],
            {"exploitation": "poc", "automatable": True, "impact": "total"},
        ),
        ([{"exploitation": "active"}, {"automatable": "No"}], {"exploitation": "active", "automatable": False}),
        ([{"Exploitation": "maybe"}, "nonsense"], {}),
        ("nonsense", {}),
    ],
)
def test_decision_points_are_read_in_whatever_letters(options, value):
    other = {"other": {"type": "ssvc", "content": {"timestamp": "2099-01-31T00:00:00Z", "options": options}}}
    assert claims(ClaimKind.SSVC, metrics=[other]) == [("maker", {**value, "at": "2099-01-31"})]


def test_the_catalogue_of_exploited_ones_is_read_where_an_adp_names_it():
    other = {"other": {"type": "kev", "content": {"dateAdded": "2099-01-31", "reference": "https://x.example/"}}}
    adp = {"providerMetadata": {"shortName": "CISA-ADP"}, "metrics": [other]}
    assert claims(ClaimKind.KEV, adp=[adp]) == [("CISA-ADP", {"catalogue": "cisa", "added": "2099-01-31"})]


@pytest.mark.parametrize(
    ("entry", "ranges"),
    [
        ({"version": "1.2", "status": "affected"}, [Range("1.2", "1.2", high_included=True)]),
        ({"version": "1", "lessThan": "2", "status": "affected"}, [Range("1", "2")]),
        ({"version": "0", "lessThanOrEqual": "2", "status": "affected"}, [Range("", "2", high_included=True)]),
        ({"version": "1", "lessThan": "*", "status": "unaffected"}, [Range("1", "", status=Status.UNAFFECTED)]),
        ({"version": "2.0", "lessThan": "2.*", "status": "affected"}, [Range("2.0", "2.*")]),
        ({"version": "unspecified", "lessThan": "4.1", "status": "affected"}, [Range("", "4.1")]),
        ({"version": "*", "status": "affected"}, [Range()]),
        ({"version": "1.0", "status": "nonsense"}, [Range("1.0", "1.0", high_included=True, status=Status.UNKNOWN)]),
    ],
)
def test_an_entry_is_a_range_by_the_rules_of_the_schema(entry, ranges):
    assert list(versions(entry).ranges) == ranges


def test_changes_cut_a_range_into_stretches():
    changes = [{"at": "1.5", "status": "unaffected"}, {"at": "1.7", "status": "affected"}]
    said = versions({"version": "1.0", "lessThan": "2.0", "status": "affected", "changes": changes})
    assert said.ranges == (
        Range("1.0", "1.5"),
        Range("1.5", "1.7", status=Status.UNAFFECTED),
        Range("1.7", "2.0"),
    )


@pytest.mark.parametrize("text", ["Before v2.24.1", "All versions < V4.5", "1.x and 2.x", "1.0, 1.1", "<= 3"])
def test_a_range_in_words_is_kept_and_not_guessed(text):
    said = versions({"version": text, "status": "affected"})
    assert (said.ranges, said.text, said.otherwise) == ((), text, Status.UNKNOWN)


@pytest.mark.parametrize("text", ["n/a", "unspecified", "", "-"])
def test_what_says_nothing_is_not_kept(text):
    said = versions({"version": text, "status": "affected"})
    assert (said.ranges, said.text) == ((), "")


@pytest.mark.parametrize(
    ("types", "scheme"),
    [
        (["semver", "semver"], Scheme.SEMVER),
        (["git"], Scheme.OPAQUE),
        (["custom"], Scheme.GENERIC),
        ([""], Scheme.GENERIC),
        (["semver", "git"], Scheme.GENERIC),
    ],
)
def test_the_order_of_versions_is_the_one_that_all_entries_name(types, scheme):
    entries = [{"version": str(place), "status": "affected", "versionType": each} for place, each in enumerate(types)]
    assert versions(*entries).scheme is scheme


def test_a_product_has_all_names_that_it_was_given_and_none_that_only_fill_a_field():
    block = {"vendor": "n/a", "packageName": "p", "packageURL": "pkg:npm/p", "cpes": ["cpe:2.3:a:v:p:*"]}
    assert claims(ClaimKind.AFFECTED, affected=[{"vendor": "n/a", "product": "n/a"}]) == []
    ((_by, value),) = claims(ClaimKind.AFFECTED, affected=[{**block, "platforms": ["Linux", "Unknown"]}])
    assert value["product"] == {"name": "p", "cpe": "cpe:2.3:a:v:p:*", "purl": "pkg:npm/p", "platforms": ["Linux"]}


def test_a_rejected_record_says_that_alone():
    reasons = [{"lang": "en", "value": "a duplicate"}]
    (found,) = read(record(state="REJECTED", rejectedReasons=reasons, metrics=[{"cvssV3_1": {"baseScore": 9.8}}]))
    assert [(claim.kind, claim.value) for claim in found.claims] == [
        (ClaimKind.STATE, {"state": "rejected", "reason": "a duplicate"})
    ]


@pytest.mark.parametrize("join", ["list", "lines", "gzip"])
def test_one_rotten_record_keeps_no_other_out(join):
    bodies = [json.dumps(record("CVE-2099-0001")), '{"cveMetadata":{}}', json.dumps(record("CVE-2099-0003"))]
    body = {"list": f"[{','.join(bodies)}]", "lines": "\n".join(bodies), "gzip": "\n".join(bodies)}[join].encode()
    found = read(gzip.compress(body) if join == "gzip" else body)
    assert [each.native_id if isinstance(each, Record) else each.place for each in found] == [
        "CVE-2099-0001",
        2,
        "CVE-2099-0003",
    ]
    assert found[1].reason is RefusedBecause.SHAPE


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", RefusedBecause.NOT_JSON),
        (b"{", RefusedBecause.NOT_JSON),
        (b"\xff\xfe", RefusedBecause.NOT_JSON),
        (b"[{]", RefusedBecause.SHAPE),
        (b"[[]]", RefusedBecause.SHAPE),
        (json.dumps(record("GHSA-1")).encode(), RefusedBecause.NO_IDENTITY),
        (b"\x1f\x8bnonsense", RefusedBecause.ENCODING),
    ],
)
def test_what_is_no_record_is_refused_with_its_reason(body, reason):
    (found,) = read(body)
    assert isinstance(found, Refused)
    assert found.reason is reason


@given(st.binary(max_size=200))
def test_whatever_comes_is_read_or_refused(body):
    assert [each for each in read(body) if not isinstance(each, Record | Refused)] == []


def test_the_real_records_are_all_read(shared_data):
    body = (shared_data / "advisories/cve5/cve5-records.ndjson").read_bytes()
    found = read(body)
    assert (len(found), [each for each in found if isinstance(each, Refused)]) == (1219, [])
    assert replace(found[0]).material == found[0].material
