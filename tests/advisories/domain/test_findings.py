"""Findings of configuration checks: what is read of OCSF, what is refused, and what counts of what is said twice."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from factories.findings import AT, finding, written
from noroshi.advisories.domain import findings as domain
from noroshi.advisories.domain.findings import (
    Outcome,
    Resource,
    Severity,
    Unclear,
    Unreadable,
    UnreadableFindingsError,
    UnreadItem,
    is_stale,
    read_findings,
)

SEEN = datetime.fromtimestamp(AT, UTC)
NOW = SEEN + timedelta(hours=1)


def read(*said):
    return read_findings(written(*said), NOW)


def only(**other):
    found = read(finding(**other))
    assert found.unread == ()
    (one,) = found.checked
    return one


def why(**other):
    found = read(finding(**other))
    assert found.checked == ()
    return [each.because for each in found.unread]


def test_everything_that_prowler_says_is_read():
    one = only(vulnerabilities=[{"cve": {"uid": "cve-2099-1001"}}, {"cve": {"uid": "GHSA-x"}}, "rotten"])
    assert one == domain.Checked(
        uid="prowler-s3_public-ap-northeast-1-bucket-1",
        check="s3_public",
        title="Check s3_public",
        severity=Severity.HIGH,
        outcome=Outcome.FAILING,
        product="Prowler",
        account="123456789012",
        resource=Resource("arn:aws:s3:::bucket-1", "bucket-1", "bucket", "ap-northeast-1"),
        seen_at=SEEN,
        detail="bucket-1 is open to all.",
        remediation="Close it.",
        references=("aws s3api …", "https://example.com/fix"),
        cves=("CVE-2099-1001",),
        frameworks=("CIS-2.0: 2.1.4, 2.1.5", "FISC"),
    )


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({"code": "PASS"}, Outcome.PASSED),
        ({"code": "MANUAL"}, Outcome.MANUAL),
        ({"code": "FAIL", "status": "Suppressed", "status_id": 3}, Outcome.MUTED),
        ({"code": "FAIL", "status_id": 3, "status": None}, Outcome.MUTED),
        ({"code": "PASS", "status": "Suppressed", "status_id": 3}, Outcome.PASSED),
        ({"code": None}, Outcome.FAILING),
        ({"code": None, "status_id": 4, "status": "Resolved"}, Outcome.PASSED),
        ({"code": None, "class_uid": 2002}, Outcome.FAILING),
        ({"code": None, "class_uid": 2003, "compliance": {"status": "Pass"}}, Outcome.PASSED),
        ({"code": None, "class_uid": 2003, "compliance": {"status": "Warning"}}, Outcome.MANUAL),
    ],
)
def test_what_came_of_a_check(said, outcome):
    assert only(**said).outcome is outcome


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ({"at": AT * 1000}, SEEN),
        ({"at": AT + 0.5}, SEEN + timedelta(seconds=0.5)),
        ({"at": None, "time_dt": "2026-10-26T09:00:00+09:00"}, datetime(2026, 10, 26, tzinfo=UTC)),
        ({"at": "no time", "time_dt": "2026-10-26T00:00:00.123"}, datetime(2026, 10, 26, 0, 0, 0, 123000, UTC)),
    ],
)
def test_moments_in_seconds_in_milliseconds_and_in_words(said, at):
    assert only(**said).seen_at == at


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"class_uid": 2001}, Unclear.NO_CLASS),
        ({"class_uid": ["2004"]}, Unclear.NO_CLASS),
        ({"metadata": []}, Unclear.NO_CHECK),
        ({"resources": [{"type": "bucket"}, "x"]}, Unclear.NO_RESOURCE),
        ({"code": "PERHAPS"}, Unclear.NO_OUTCOME),
        ({"code": None, "class_uid": 2003}, Unclear.NO_OUTCOME),
        ({"at": None, "time_dt": "soon"}, Unclear.NO_TIME),
        ({"at": -1, "time_dt": 10**30}, Unclear.NO_TIME),
        ({"at": AT + 2 * 86_400}, Unclear.AHEAD),
    ],
)
def test_what_says_too_little_is_refused_with_the_reason(said, reason):
    assert why(**said) == [reason]


def test_a_rotten_item_keeps_no_other_out_and_is_named_by_its_place():
    lines = [json.dumps(finding(resource="one")), '{"rotten":', "", json.dumps(finding(resource="two")), "7"]
    found = read_findings("\n".join(lines).encode(), NOW)
    assert [each.resource.name for each in found.checked] == ["one", "two"]
    assert found.unread == (UnreadItem(2, Unclear.NO_JSON), UnreadItem(4, Unclear.NO_CLASS))
    rotten = b"\xef\xbb\xbf[" + json.dumps(finding()).encode() + b', {"class_uid": 2004, "x": "\xff"}, null]'
    found = read_findings(rotten, NOW)
    assert [each.place for each in found.unread] == [2, 3]
    assert len(found.checked) == 1


def test_one_object_and_the_first_line_rotten():
    assert len(read_findings(json.dumps(finding(), indent=4).encode(), NOW).checked) == 1
    found = read_findings(b"{rotten\n" + json.dumps(finding()).encode(), NOW)
    assert (len(found.checked), found.unread) == (1, (UnreadItem(1, Unclear.NO_JSON),))


def test_of_a_finding_the_newest_counts_and_at_the_same_moment_the_gravest():
    new, old = finding(code="PASS", at=AT), finding(code="FAIL", at=AT - 60)
    assert [each.outcome for each in read(new, old).checked] == [Outcome.PASSED]
    assert [each.outcome for each in read(old, new).checked] == [Outcome.PASSED]
    one, two = finding(code="FAIL"), finding(code="PASS", finding_info={"uid": "of another key of the same user"})
    assert [each.outcome for each in read(one, two).checked] == [Outcome.FAILING]
    assert [each.outcome for each in read(two, one).checked] == [Outcome.FAILING]
    moved = finding(at=AT - 60, region="us-east-1", finding_info=finding()["finding_info"])
    assert [each.resource.region for each in read(finding(), moved).checked] == ["ap-northeast-1"]


def test_an_account_that_passes_in_one_region_and_fails_in_another_is_two():
    account = [{"uid": "arn:aws:iam::1:root"}]
    here, there = (
        finding(code=code, region=region, resources=[{**account[0], "region": region}])
        for code, region in (("PASS", "us-east-1"), ("FAIL", "us-west-2"))
    )
    assert [each.outcome for each in read(here, there).checked] == [Outcome.PASSED, Outcome.FAILING]


def test_each_resource_is_a_finding_of_its_own_and_kubernetes_has_no_account():
    several = [{"uid": "a"}, {"name": "b", "namespace": "kube-system"}]
    one = {**finding(resources=several, cloud=None), "resource": {"uid": "c"}}
    found = [(each.account, each.resource.uid, each.resource.region) for each in read(one).checked]
    assert found == [("", "a", ""), ("", "b", "kube-system"), ("", "c", "")]


def test_a_vulnerability_finding_without_a_check_is_called_by_its_cve():
    one = only(class_uid=2002, code=None, metadata={}, vulnerabilities=[{"cve": {"uid": "CVE-2099-1001"}}])
    assert (one.check, one.product) == ("CVE-2099-1001", "")


@pytest.mark.parametrize(
    ("said", "severity"),
    [
        ({"severity_id": 5}, Severity.CRITICAL),
        ({"severity_id": 99, "severity": "Other"}, Severity.UNKNOWN),
        ({"severity_id": None, "severity": "MEDIUM"}, Severity.MEDIUM),
        ({"severity_id": "4", "severity": 4}, Severity.UNKNOWN),
    ],
)
def test_severities(said, severity):
    assert only(**said).severity is severity


@pytest.mark.parametrize(
    ("body", "because"),
    [
        (b"", Unreadable.NO_FINDING),
        (b"[]", Unreadable.NO_FINDING),
        (b"[{}", Unreadable.NO_JSON),
        (b"<html>", Unreadable.NO_JSON),
        (b"[" * 100_000, Unreadable.NO_JSON),
        (b"\x00\xff", Unreadable.NO_JSON),
    ],
)
def test_what_is_no_file_of_findings_is_refused_whole(body, because):
    with pytest.raises(UnreadableFindingsError) as refused:
        read_findings(body, NOW)
    assert refused.value.because is because


def test_bounds(monkeypatch):
    monkeypatch.setattr(domain, "MOST_FINDINGS", 2)
    assert len(read(finding(resource="1"), finding(resource="2")).checked) == 2
    three = [finding(resource=str(number)) for number in range(3)]
    for said in (three, [finding(resources=[{"uid": str(number)} for number in range(3)])]):
        with pytest.raises(UnreadableFindingsError) as refused:
            read(*said)
        assert refused.value.because is Unreadable.TOO_MANY
    monkeypatch.setattr(domain, "MOST_BYTES", 10)
    with pytest.raises(UnreadableFindingsError) as refused:
        read(finding())
    assert refused.value.because is Unreadable.TOO_LARGE


def test_letters_that_no_database_takes_are_left_out():
    one = only(status_detail="a\x00b\n c", finding_info={"title": "長" * 1000})
    assert (one.detail, len(one.title)) == ("ab c", 300)
    lines = b"\n".join(written(each)[1:-1] for each in (finding(status_detail="\ud800"), finding()))
    assert read_findings(lines, NOW).unread == (UnreadItem(1, Unclear.NO_JSON),)


def test_stale_after_thirty_days():
    assert [is_stale(SEEN, SEEN + timedelta(days=30, seconds=each)) for each in (0, 1)] == [False, True]
