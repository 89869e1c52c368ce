import json

import pytest

from noroshi.advisories.domain.affected import Affected, Range, Status
from noroshi.advisories.domain.readers import READERS, Given
from noroshi.advisories.domain.records import ClaimKind, RefusedBecause
from noroshi.advisories.domain.sources import SourceKind

CPE = "cpe:2.3:a:maker:thing:*:*:*:*:*:*:*:*"
UNDER = "cpe:2.3:o:maker:system:-:*:*:*:*:*:*:*"


def read(body):
    return list(READERS[SourceKind.NVD](body if isinstance(body, bytes) else json.dumps(body).encode(), Given()))


def page(*cves):
    return {"totalResults": len(cves), "vulnerabilities": [{"cve": each} for each in cves]}


def cve(name="CVE-2099-0001", status="Analyzed", **more):
    words = [{"lang": "es", "value": "no"}, {"lang": "en", "value": "Some  words"}]
    return {"id": name, "vulnStatus": status, "published": "2099-01-02T03:04:05.000", "descriptions": words, **more}


def claims(kind, **more):
    (found,) = read(page(cve(**more)))
    return [(claim.by, claim.value) for claim in found.claims if claim.kind is kind]


def match(criteria=CPE, *, vulnerable=True, **bounds):
    return {"criteria": criteria, "vulnerable": vulnerable, **bounds}


def node(*matches, **more):
    return {"operator": "OR", "negate": False, "cpeMatch": list(matches), **more}


def affected(*configurations, **more):
    return [
        Affected.read(value) for _by, value in claims(ClaimKind.AFFECTED, configurations=list(configurations), **more)
    ]


def test_a_record_has_its_english_words_and_its_state():
    (found,) = read(page(cve()))
    assert (found.native_id, found.title, found.summary) == (
        "CVE-2099-0001",
        "Some  words".replace("  ", " "),
        "Some  words",
    )
    assert (found.categories, found.published.at.isoformat()) == (("Analyzed",), "2099-01-02T03:04:05+00:00")


def test_what_is_rejected_says_that_alone():
    said = {"status": "Rejected", "configurations": [{"nodes": [node(match())]}]}
    assert claims(ClaimKind.STATE, **said) == [("", {"state": "rejected", "reason": "Some  words"})]
    assert claims(ClaimKind.AFFECTED, **said) == []


def test_each_score_and_weakness_is_by_whoever_gave_it():
    data = {"version": "3.1", "vectorString": "CVSS:3.1/AV:N", "baseScore": 9.8, "baseSeverity": "CRITICAL"}
    old = {"version": "2.0", "vectorString": "AV:N/AC:L", "baseScore": 5.0}
    metrics = {
        "cvssMetricV31": [{"source": "nvd@nist.gov", "cvssData": data}],
        "cvssMetricV2": [{"source": "maker", "cvssData": old, "baseSeverity": "MEDIUM"}],
    }
    assert claims(ClaimKind.SEVERITY, metrics=metrics) == [
        ("nvd@nist.gov", {"system": "CVSS:3.1", "vector": "CVSS:3.1/AV:N", "score": 9.8, "level": "critical"}),
        ("maker", {"system": "CVSS:2.0", "vector": "AV:N/AC:L", "score": 5.0, "level": "medium"}),
    ]
    words = [{"lang": "en", "value": "CWE-79"}, {"lang": "en", "value": "NVD-CWE-noinfo"}]
    assert claims(ClaimKind.WEAKNESS, weaknesses=[{"source": "x", "description": words}]) == [("x", {"cwe": "CWE-79"})]


def test_cisas_catalogue_comes_through():
    assert claims(ClaimKind.KEV, cisaExploitAdd="2099-01-03", cisaActionDue="2099-01-24") == [
        ("cisa", {"catalogue": "cisa", "added": "2099-01-03", "due": "2099-01-24"})
    ]


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (match(versionStartIncluding="1", versionEndExcluding="2"), Range("1", "2")),
        (
            match(versionStartExcluding="1", versionEndIncluding="2"),
            Range("1", "2", low_included=False, high_included=True),
        ),
        (match(), Range()),
        (match(CPE.replace("thing:*", r"thing:1.0\+a")), Range("1.0+a", "1.0+a", high_included=True)),
    ],
)
def test_what_is_named_alone_is_a_range(one, expected):
    (said,) = affected({"nodes": [node(one)]})
    assert (said.ranges, said.otherwise, said.product.cpe) == ((expected,), Status.UNAFFECTED, CPE)


def test_others_are_called_unaffected_only_where_nvd_has_looked():
    (said,) = affected({"nodes": [node(match(versionEndExcluding="2"))]}, status="Awaiting Analysis")
    assert said.otherwise is Status.UNKNOWN


@pytest.mark.parametrize("version", ["-:*", "1.0:sp1"])
def test_no_version_and_one_update_of_a_version_decide_nothing(version):
    criteria = CPE.replace("thing:*:*", f"thing:{version}")
    (said,) = affected({"nodes": [node(match(criteria))]})
    assert (said.ranges, said.otherwise, said.text) == ((), Status.UNKNOWN, criteria)


@pytest.mark.parametrize(
    "configuration",
    [
        {"operator": "AND", "nodes": [node(match()), node(match(UNDER, vulnerable=False))]},
        {"negate": True, "nodes": [node(match())]},
        {"nodes": [node(match(), negate=True)]},
        {"nodes": [node(match(), match(UNDER, vulnerable=False), operator="AND")]},
    ],
)
def test_what_is_joined_or_excluded_stays_in_words_and_surroundings_are_never_affected(configuration):
    (said,) = affected(configuration)
    assert (said.product.cpe, said.ranges, said.otherwise) == (CPE, (), Status.UNKNOWN)
    assert CPE in said.text


def test_errors_and_rotten_records_are_told_and_keep_nothing_out():
    assert [each.reason for each in read({"message": "Invalid apiKey"})] == [RefusedBecause.ERROR_ANSWER]
    assert [each.reason for each in read({"x": 1})] == [RefusedBecause.SHAPE]
    assert [each.reason for each in read(b"<html>")] == [RefusedBecause.NOT_JSON]
    rotten = cve(metrics={"cvssMetricV31": [7]})
    first, second, third = read(page(rotten, cve("no"), cve()))
    assert (first.reason, second.reason) == (RefusedBecause.SHAPE, RefusedBecause.NO_IDENTITY)
    assert third.native_id == "CVE-2099-0001"
