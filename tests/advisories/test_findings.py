"""Findings of configuration checks: taken in, replaced, closed, forgotten, and seen by nobody else."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from factories.findings import AT, finding, take_in_file, written
from factories.tasks import FIREWALL, HEADINGS, read_in, task_of, tell
from noroshi.advisories import actions, queries
from noroshi.advisories.actions import findings as acting
from noroshi.advisories.models import Finding
from noroshi.core.errors import NotAllowed, NotFound
from noroshi.core.models import LedgerEntry

pytestmark = [pytest.mark.django_db]
ADDRESS = "/advisories/findings/"


@pytest.fixture(autouse=True)
def _at_that_time(stopped_clock):
    stopped_clock.now = datetime.fromtimestamp(AT, UTC) + timedelta(hours=1)


def take_in(cast, *said, who="a1", is_whole=True):
    return take_in_file(cast, written(*said), who, is_whole=is_whole)


def counts(done):
    assert done.stage == "done"
    return (done.fresh, done.renewed, done.older, done.closed, done.unread)


def standing(cast, who="a1"):
    return {row.resource_name: row.stage for row in queries.findings_for(cast.actor(who))}


def test_a_newer_scan_replaces_and_closes_and_an_older_one_changes_nothing(cast):
    first = [finding(resource="a"), finding(resource="b"), finding(resource="c", code="PASS")]
    assert counts(take_in(cast, *first)) == (3, 0, 0, 0, 0)
    assert standing(cast) == {"a": "failing", "b": "failing", "c": "passed"}
    number = Finding.everything.get(resource_name="a").pk
    second = [finding(resource="a", code="PASS", at=AT + 60), finding(resource="d", at=AT + 60)]
    assert counts(take_in(cast, *second)) == (1, 1, 0, 2, 0)
    now = {"a": "passed", "b": "closed", "c": "closed", "d": "failing"}
    assert standing(cast) == now
    row = Finding.everything.get(pk=number)
    assert (row.resource_name, row.seen_at - row.first_seen) == ("a", timedelta(seconds=60))
    assert counts(take_in(cast, *first)) == (0, 0, 3, 0, 0)
    assert standing(cast) == now
    assert counts(take_in(cast, *second)) == (0, 2, 0, 0, 0)
    assert standing(cast) == now
    assert counts(take_in(cast, finding(resource="b", at=AT + 120), is_whole=False)) == (0, 1, 0, 0, 0)
    assert standing(cast) == {**now, "b": "failing"}
    said = LedgerEntry.objects.filter(action="advisories.findings.imported").order_by("pk").first()
    assert said.payload == {"fresh": 3, "renewed": 0, "closed": 0, "unread": 0}


def test_nothing_is_closed_in_another_account_or_tool_or_bank_or_by_part_of_a_scan(cast):
    take_in(cast, finding(resource="a"))
    take_in(cast, finding(resource="b"), who="b1")
    other = {"at": AT + 60, "resource": "z"}
    take_in(cast, finding(**other, cloud={"account": {"uid": "999"}}))
    take_in(cast, finding(**other, metadata={"event_code": "x", "product": {"name": "Another"}}))
    take_in(cast, finding(**other), is_whole=False)
    assert counts(take_in(cast, finding(**other), {"class_uid": 2004})) == (0, 1, 0, 0, 1)  # it might be the one
    assert (standing(cast)["a"], standing(cast, "b1")) == ("failing", {"b": "failing"})
    assert counts(take_in(cast, finding(**other))) == (0, 1, 0, 1, 0)
    assert (standing(cast)["a"], standing(cast, "b1")) == ("closed", {"b": "failing"})


def test_without_an_account_nothing_is_closed_for_another_cluster_may_be_meant(cast):
    take_in(cast, finding(resource="pod-1", cloud=None))
    assert counts(take_in(cast, finding(resource="pod-2", cloud=None, at=AT + 60))) == (1, 0, 0, 0, 0)
    assert standing(cast) == {"pod-1": "failing", "pod-2": "failing"}


def test_the_same_resource_is_each_bank_s_own(cast):
    take_in(cast, finding())
    take_in(cast, finding(code="PASS", at=AT + 60), who="b1")
    assert (standing(cast), standing(cast, "b1")) == ({"bucket-1": "failing"}, {"bucket-1": "passed"})


def test_bounds_and_bad_files_are_refused_and_change_nothing(cast, monkeypatch):
    take_in(cast, finding())
    refused = [take_in_file(cast, body) for body in (b"", b"[", b"\xff\xfe", b"[]")]
    assert [row.refusal for row in refused] == ["no finding", "no JSON", "no JSON", "no finding"]
    for said in ({}, 1, finding(code="PERHAPS", at=AT + 60)):
        assert counts(take_in(cast, said)) == (0, 0, 0, 0, 1)
    monkeypatch.setattr(acting, "MOST_ROWS", 1)
    full = take_in(cast, finding(resource="one more"))
    assert (full.stage, full.refusal, full.ended_at is None) == ("refused", "full", False)
    assert counts(take_in(cast, finding(at=AT + 1))) == (0, 1, 0, 0, 0)
    assert standing(cast) == {"bucket-1": "failing"}


def test_what_a_scan_found_is_forgotten_and_nothing_else(cast):
    take_in(cast, finding(), finding(resource="other", cloud={"account": {"uid": "999"}}))
    take_in(cast, finding(), who="b1")
    for scan in (("Prowler", "1"), ("", "999"), ("Prowler\x00", "nobody's")):
        with pytest.raises(NotFound):
            actions.forget_findings(cast.actor("a1"), product=scan[0], account=scan[1])
    assert actions.forget_findings(cast.actor("a1"), product="Prowler", account="123456789012") == 1
    assert (standing(cast), standing(cast, "b1")) == ({"other": "failing"}, {"bucket-1": "failing"})


def test_nobody_else_sees_what_checks_found(cast, tmp_path):
    take_in(cast, finding("secret_check", "秘密の資源"))
    take_in(cast, finding("own_check", "B行の資源"), who="b1")
    row = queries.findings_for(cast.actor("a1")).get()
    assert standing(cast, "b1") == {"B行の資源": "failing"}
    for name in ("b1", "hub_op", "a_reader", "a_admin", "sup", "v1"):
        actor, client = cast.actor(name), cast.client(name)
        assert row not in Finding.objects.visible_to(actor), name
        for address in ("", f"{row.pk}/", "import", "?export=csv", "?q=secret"):
            text = b"".join(client.get(ADDRESS + address)).decode()
            assert [word for word in ("secret_check", "秘密の資源") if word in text] == [], (name, address)
    for name in ("hub_op", "a_reader", "a_admin", "sup", "v1"):
        with pytest.raises((NotFound, NotAllowed)):
            actions.forget_findings(cast.actor(name), product="Prowler", account="123456789012")
    for name in ("a_reader", "a_admin", "sup"):
        with pytest.raises((NotFound, NotAllowed)):
            take_in(cast, finding(), who=name)
    assert Finding.everything.count() == 2
    tell(tmp_path)
    for name in ("a1", "b1"):
        read_in(cast, name, HEADINGS + FIREWALL.replace("A001", "秘密の資源"))
    pages = [cast.client(name).get(f"/advisories/tasks/{task_of(cast, name).pk}/") for name in ("a1", "b1")]
    assert ["secret_check" in page.content.decode() for page in pages] == [True, False]


@pytest.mark.pages
def test_a_task_shows_the_failing_checks_of_its_asset_and_those_that_name_its_vulnerability(cast, tmp_path):
    tell(tmp_path)
    read_in(cast)
    names = [{"cve": {"uid": name}} for name in ("CVE-2099-10011", "CVE-2099-1001")]
    take_in(
        cast,
        finding("by_label", "A001"),
        finding("by_name", "境界FW"),
        finding("by_number", "n", resources=[{"uid": "A001", "name": "n"}]),
        finding("by_vulnerability", "x", vulnerabilities=names),
        finding("longer_number", "y", vulnerabilities=names[:1]),
        finding("longer_name", "A0011"),
        finding("that_passes", "A001", code="PASS"),
    )
    row = task_of(cast)
    about = queries.failing_about(cast.actor("a1"), row.asset, ["CVE-2099-1001"])
    wanted = {"by_label", "by_name", "by_number", "by_vulnerability"}
    assert {each.check_name for each in about} == wanted
    page = cast.client("a1").get(f"/advisories/tasks/{row.pk}/").content.decode()
    shown = [f"Check {name}" in page for name in (*sorted(wanted), "longer_number", "longer_name", "that_passes")]
    assert shown == [True] * 4 + [False] * 3


@pytest.mark.pages
def test_a_person_takes_findings_in_filters_them_and_forgets_them(cast, stopped_clock, drain):
    client = cast.client("a1")
    assert f'href="{ADDRESS}?stage=failing"' in client.get("/advisories/tasks/").content.decode()
    assert client.get(f"{ADDRESS}import").status_code == 200
    assert client.post(f"{ADDRESS}import").status_code == 422
    rotten = client.post(f"{ADDRESS}import", {"file": SimpleUploadedFile("f.json", b"<html>")})
    drain()
    page = client.get(rotten.url).content.decode()
    assert ("no whole JSON" in page, "What was found before stands unchanged" in page) == (True, True)
    body = written(finding(), finding(resource="<b>b</b>", code="PASS", severity_id=2), {"class_uid": 1})
    said = client.post(f"{ADDRESS}import", {"file": SimpleUploadedFile("f.json", body), "is_whole": "on"})
    drain()
    page = client.get(said.url).content.decode()
    assert ("finding 3" in page, "of class 2002, 2003 or 2004" in page, "nothing was closed" in page) == (True,) * 3
    for question, names in (
        ("", {"bucket-1", "<b>b</b>"}),
        ("?stage=failing", {"bucket-1"}),
        ("?severity=2", {"<b>b</b>"}),
        ("?severity=nonsense", {"bucket-1", "<b>b</b>"}),
        ("?q=bucket", {"bucket-1"}),
        ("?age=stale", set()),
    ):
        page = client.get(ADDRESS + question).content.decode()
        shown = {
            name
            for name, as_shown in (("bucket-1", ">bucket-1<"), ("<b>b</b>", "&lt;b&gt;b&lt;/b&gt;"))
            if as_shown.strip("><") in page
        }
        assert (shown, "<b>b</b>" in page) == (names, False), question
    lines = list(csv.DictReader(io.StringIO(b"".join(client.get(f"{ADDRESS}?export=csv")).decode("utf-8-sig"))))
    assert sorted(line["Name of the check"] for line in lines) == ["s3_public", "s3_public"]
    row = Finding.everything.get(stage="failing")
    page = client.get(f"{ADDRESS}{row.pk}/").content.decode()
    assert ('href="https://example.com/fix"' in page, "<code>aws s3api …</code>" in page) == (True, True)
    assert ("CIS-2.0: 2.1.4, 2.1.5" in page, "Not seen for 30 days" in page) == (True, False)
    stopped_clock.advance(days=31)
    assert "Not seen for 30 days" in client.get(f"{ADDRESS}{row.pk}/").content.decode()
    assert "bucket-1" in client.get(f"{ADDRESS}?age=stale").content.decode()
    assert client.post(f"{ADDRESS}forget", {"product": "Prowler", "account": "x"}).status_code == 404
    assert client.get(f"{ADDRESS}forget").status_code == 405
    assert client.post(f"{ADDRESS}forget", {"product": "Prowler", "account": "123456789012"}).status_code == 302
    assert Finding.everything.count() == 0


@pytest.mark.pages
def test_the_pages_cost_the_same_for_one_and_for_three(cast, tmp_path, django_assert_num_queries):
    tell(tmp_path)
    read_in(cast)
    client = cast.client("a1")
    address = f"/advisories/tasks/{task_of(cast).pk}/"
    for checks in (("one",), ("two", "three")):
        take_in(cast, *(finding(check, "A001", at=AT + 60) for check in checks), is_whole=False)
        for each, questions in ((ADDRESS, 12), (address, 15)):
            client.get(each)
            with django_assert_num_queries(questions):
                client.get(each)
    assert Finding.everything.count() == 3
