"""Inventories and tasks: what hits whose systems, what was decided of it, and that nobody else learns either."""

import json
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from noroshi.advisories import actions, queries
from noroshi.advisories.actions import SourceSaid
from noroshi.advisories.domain.decisions import is_replayed, tables
from noroshi.advisories.models import Asset, Inventory, Match, MatchStage, Vulnerability
from noroshi.core.actor import Actor
from noroshi.core.domain.worlds import REAL
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.core.models import LedgerEntry

pytestmark = pytest.mark.django_db

HEADINGS = "asset_id,name,業務,exposure,importance,vendor,product,version\n"
FIREWALL = "A001,境界FW,インターネットバンキング,open,very high,Quokka,Gate,7.2.4\n"
PORTAL = "A002,行内ポータル,,内部,中,Wombat,Portal,2.0\n"


@pytest.fixture
def known(db, tmp_path):
    """Let a source say of vulnerabilities which versions they affect."""
    source = actions.add_source(Actor.system("test"), said=SourceSaid("CVEs", "cve5"))

    def tell(number, *, vendor="Quokka", product="Gate", below="7.2.5", scheme="semver", state="PUBLISHED"):
        span = {"version": "0", "status": "affected", "versionType": scheme, "lessThan": below}
        affected = {"vendor": vendor, "product": product, "defaultStatus": "unaffected", "versions": [span]}
        cna = {"title": "t", "descriptions": [{"lang": "en", "value": "d"}], "affected": [affected]}
        if state == "REJECTED":
            cna = {"rejectedReasons": [{"lang": "en", "value": "r"}]}
        meta = {"cveId": f"CVE-2099-{number}", "state": state}
        whole = {"dataType": "CVE_RECORD", "dataVersion": "5.1", "cveMetadata": meta, "containers": {"cna": cna}}
        file = tmp_path / f"{number}.json"
        file.write_text(json.dumps(whole))
        actions.load_file(Actor.system("test"), source, file)

    return tell


def exploited(number):
    Vulnerability.everything.filter(name=f"CVE-2099-{number}").update(exploited_since=date(2099, 1, 1))


def read_in(cast, name="a1", text=HEADINGS + FIREWALL, called="基幹"):
    inventory = actions.read_in(cast.actor(name), name=called, body=text.encode())
    actions.match_inventories(inventory.organisation_id, REAL)
    return inventory


def stages(cast, name="a1") -> dict[str, str]:
    rows = queries.matches_for(cast.actor(name))
    return {f"{row.asset.label} {row.vulnerability.name}": row.stage for row in rows}


def task_of(cast, name="a1") -> Match:
    return queries.matches_for(cast.actor(name)).get()


def test_what_hits_a_system_is_a_task_with_its_day_and_its_reason(cast, known, stopped_clock):
    known(1001)
    known(1002, below="7.2.4")
    known(1003, product="Other")
    exploited(1001)
    read_in(cast, text=HEADINGS + FIREWALL + PORTAL)
    assert stages(cast) == {"A001 CVE-2099-1001": "open"}
    row = task_of(cast)
    assert (row.component, row.answer, row.confidence) == ("Quokka Gate 7.2.4", "affected", "ranged")
    assert row.rule == "product quokka/gate; < 7.2.5: affected"
    assert row.decision["table"] == "BOD 26-04 1.0.0"
    assert row.decision["known"] == {"kev": "yes", "exposed": "yes"}
    assert row.decision["not_known"] == ["automatable", "impact"]
    assert row.due == stopped_clock.now.date() + timedelta(days=row.decision["days"])
    assert is_replayed(tables()[row.decision["table"]], row.decision)
    asset = Asset.everything.get(label="A001")
    assert (asset.service, asset.exposure, asset.importance) == ("インターネットバンキング", "open", "very high")
    portal = Asset.everything.get(label="A002")
    assert (portal.exposure, portal.importance) == ("small", "medium")


def test_an_asset_is_as_important_as_the_graver_of_its_loss_and_its_disclosure(cast):
    read_in(cast, text="asset_id,product,可用性,機密性\nA003,Gate,低,高\n")
    assert Asset.everything.get().importance == "high"


@pytest.mark.parametrize("name", ["b1", "hub_op", "hub_trusted", "hub_admin", "v1", "i1", "sup"])
def test_nobody_else_learns_what_an_organisation_runs_and_what_hits_it(cast, known, name):
    known(1001)
    inventory = read_in(cast)
    row, asset = task_of(cast), Asset.everything.get()
    actor, client = cast.actor(name), cast.client(name)
    for model in (Inventory, Asset, Match):
        assert list(model.objects.visible_to(actor)) == []
    for address in (f"tasks/{row.pk}/", f"assets/{asset.pk}/", f"inventories/{inventory.pk}/"):
        assert client.get(f"/advisories/{address}").status_code == (403 if name == "hub_admin" else 404)
    vulnerability = Vulnerability.everything.get()
    for address in ("tasks/", "assets/", "tasks/?export=csv", f"vulnerabilities/{vulnerability.pk}/"):
        text = b"".join(client.get(f"/advisories/{address}")).decode()
        assert [part for part in ("A001", "境界FW", "7.2.4", "基幹") if part in text] == [], address
    if name != "sup":
        with pytest.raises((NotFound, NotAllowed)):
            actions.acknowledge_task(actor, row)
    assert cast.client("a1").get(f"/advisories/tasks/{row.pk}/").status_code == 200


@pytest.mark.parametrize("name", ["a_reader", "a_admin"])
def test_of_its_own_people_those_without_a_need_to_know_see_and_decide_nothing(cast, known, name):
    known(1001)
    read_in(cast)
    for model in (Inventory, Asset, Match):
        assert list(model.objects.visible_to(cast.actor(name))) == []
    client, row = cast.client(name), task_of(cast)
    for address in ("tasks/", "assets/", f"tasks/{row.pk}/"):
        assert client.get(f"/advisories/{address}").status_code == 403
    page = client.get(f"/advisories/vulnerabilities/{row.vulnerability_id}/")
    assert (page.status_code, "A001" in page.content.decode()) == (200, False)
    with pytest.raises(NotAllowed):
        actions.fix_task(cast.actor(name), task_of(cast))
    with pytest.raises(NotAllowed):
        actions.read_in(cast.actor(name), name="x", body=(HEADINGS + FIREWALL).encode())


def test_what_cannot_be_said_for_sure_waits_for_an_analyst(cast, known):
    known(1001, vendor="")
    read_in(cast)
    assert stages(cast) == {"A001 CVE-2099-1001": "to_judge"}
    row = actions.judge_match(cast.actor("a1"), task_of(cast), affected=False, reason="別の製品です")
    actions.match_inventories(row.organisation_id, REAL)
    assert stages(cast) == {"A001 CVE-2099-1001": "not_affected"}
    with pytest.raises(InvalidInput):
        actions.judge_match(cast.actor("a1"), task_of(cast), affected=True, reason="  ")
    actions.judge_match(cast.actor("a1"), task_of(cast), affected=True, reason="やはり該当します")
    assert (task_of(cast).stage, task_of(cast).reason) == ("open", "やはり該当します")


def test_the_same_list_once_more_changes_nothing_and_a_newer_one_closes_what_is_mended(cast, known):
    known(1001)
    inventory = read_in(cast)
    before = task_of(cast)
    again = actions.read_in(cast.actor("a1"), name="基幹", body=(HEADINGS + FIREWALL).encode())
    assert (again.pk, again.read_at) == (inventory.pk, Inventory.everything.get().read_at)
    read_in(cast, text=HEADINGS + FIREWALL.replace("7.2.4", "7.2.5") + PORTAL)
    assert (task_of(cast).pk, task_of(cast).stage) == (before.pk, "gone")
    read_in(cast)
    assert (task_of(cast).pk, task_of(cast).stage) == (before.pk, "open")
    assert sorted(Asset.everything.values_list("label", flat=True)) == ["A001"]


def test_what_was_called_fixed_is_open_again_where_a_later_list_still_names_it(cast, known, stopped_clock):
    known(1001)
    read_in(cast)
    actions.fix_task(cast.actor("a1"), task_of(cast))
    actions.match_inventories(task_of(cast).organisation_id, REAL)
    assert task_of(cast).stage == "fixed"
    stopped_clock.advance(days=1)
    read_in(cast, text=HEADINGS + FIREWALL + PORTAL)
    assert task_of(cast).stage == "open"


def test_a_rejected_record_closes_what_it_had_opened(cast, known):
    known(1001)
    read_in(cast)
    known(1001, state="REJECTED")
    actions.match_inventories(task_of(cast).organisation_id, REAL)
    assert task_of(cast).stage == "gone"


def test_news_are_held_against_every_inventory_and_grow_urgent_from_that_day(cast, known, stopped_clock):
    known(1001)
    read_in(cast, text=HEADINGS + FIREWALL.replace("open", "small"))
    read_in(cast, "b1")
    calm = task_of(cast).due
    stopped_clock.advance(days=10)
    known(1002, below="8.0")
    Vulnerability.everything.filter(name="CVE-2099-1001").update(
        exploited_since=stopped_clock.now.date(), changed_at=stopped_clock.now
    )
    actions.match_news(REAL, stopped_clock.now - timedelta(minutes=1))
    assert stages(cast) == stages(cast, "b1") == {"A001 CVE-2099-1001": "open", "A001 CVE-2099-1002": "open"}
    row = queries.matches_for(cast.actor("a1")).get(vulnerability__name="CVE-2099-1001")
    assert row.due == stopped_clock.now.date() + timedelta(days=row.decision["days"])
    assert calm is None or row.due < calm
    number = LedgerEntry.objects.count()
    actions.match_news(REAL, stopped_clock.now - timedelta(minutes=1))
    assert LedgerEntry.objects.count() == number


def test_what_may_wait_does_so_until_its_day_and_no_longer(cast, known, stopped_clock):
    known(1001)
    read_in(cast)
    until = stopped_clock.now.date() + timedelta(days=30)
    for wrong in (None, stopped_clock.now.date()):
        with pytest.raises(InvalidInput):
            actions.accept_task(cast.actor("a1"), task_of(cast), reason="停止できない", until=wrong)
    actions.patch_task_virtually(cast.actor("a1"), task_of(cast), reason="WAF規則 1234", until=until)
    stopped_clock.advance(days=30)
    assert actions.reopen_what_is_over() == 0
    stopped_clock.advance(days=2)
    assert (actions.reopen_what_is_over(), task_of(cast).stage) == (1, "open")
    assert actions.reopen_what_is_over() == 0
    assert LedgerEntry.objects.filter(action="advisories.task.reopened").count() == 1


def test_a_decision_on_what_has_moved_on_is_refused(cast, known):
    known(1001)
    read_in(cast)
    row = task_of(cast)
    actions.fix_task(cast.actor("a1"), row)
    with pytest.raises(Conflict):
        actions.acknowledge_task(cast.actor("a1"), row)


@pytest.mark.parametrize(
    ("body", "field"), [(b"", "file"), (b"\x00\x01\x02", "file"), (b"a,b\n1,2\n", "file"), (HEADINGS.encode(), "file")]
)
def test_a_list_that_holds_nothing_is_refused_and_the_one_before_stays(cast, known, body, field):
    known(1001)
    read_in(cast)
    with pytest.raises(InvalidInput) as refused:
        actions.read_in(cast.actor("a1"), name="基幹", body=body)
    assert (refused.value.field, Asset.everything.count(), task_of(cast).stage) == ("file", 1, "open")


@pytest.mark.pages
def test_a_person_reads_a_list_in_and_works_the_task_off(cast, known, drain):
    known(1001)
    client = cast.client("a1")
    assert client.get("/advisories/tasks/").status_code == client.get("/advisories/assets/").status_code == 200
    empty = client.post("/advisories/inventories/new", {"name": "n", "file": SimpleUploadedFile("x.csv", b"")})
    assert empty.status_code == 422
    file = SimpleUploadedFile("x.csv", (HEADINGS + FIREWALL + "A009,x,,,,,,\n").encode("cp932"))
    made = client.post("/advisories/inventories/new", {"name": "基幹", "file": file})
    read = client.get(made["Location"]).content.decode()
    assert ("Line 3" in read, "It names no product, CPE or package URL." in read) == (True, True)
    drain()
    row = task_of(cast)
    page = client.get(f"/advisories/tasks/{row.pk}/").content.decode()
    assert "BOD 26-04 1.0.0" in page
    assert "SSVC deployer 1.0.0" in page
    assert "House 1.0.0" in page
    assert client.post(f"/advisories/tasks/{row.pk}/accept", {"reason": "", "until": ""}).status_code == 422
    assert client.post(f"/advisories/tasks/{row.pk}/nonsense").status_code == 422
    assert client.post(f"/advisories/tasks/{row.pk}/acknowledge").status_code == 302
    assert client.post(f"/advisories/tasks/{row.pk}/fix").status_code == 302
    assert task_of(cast).stage == MatchStage.FIXED
    assert (
        f"/advisories/tasks/{row.pk}/"
        in client.get(f"/advisories/vulnerabilities/{row.vulnerability_id}/").content.decode()
    )
    assert client.get(f"/advisories/assets/{row.asset_id}/").status_code == 200
    assert client.post(f"/advisories/inventories/{row.asset.inventory_id}/give-up").status_code == 302
    assert Match.everything.count() == Asset.everything.count() == Inventory.everything.count() == 0


@pytest.mark.pages
@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("address", "questions"), [("tasks/", 11), ("assets/", 11)])
def test_lists_cost_the_same_questions(cast, known, number, address, questions, django_assert_num_queries):
    for each in range(number):
        known(1001 + each)
    rows = "".join(FIREWALL.replace("A001", f"A00{each}") for each in range(number))
    read_in(cast, text=HEADINGS + rows)
    client = cast.client("a1")
    client.get(f"/advisories/{address}")
    with django_assert_num_queries(questions):
        client.get(f"/advisories/{address}")
