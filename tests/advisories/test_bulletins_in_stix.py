"""Bulletins as STIX: what each says to those who see it, later versions as such, nothing of what was withdrawn."""

import json

import pytest
import stix2

from factories.audience import COMMUNITY, to_organisation, without
from factories.stix_store import polled
from noroshi.advisories import actions
from noroshi.advisories.actions.audience import grant
from noroshi.advisories.models import Bulletin
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import AudienceEntry
from noroshi.intel.domain.stix.check import check_object
from noroshi.intel.domain.stix.names import stable_id
from noroshi.intel.domain.stix.tlp import TLP_2

pytestmark = [
    pytest.mark.usefixtures("beginnings"),
    pytest.mark.filterwarnings("ignore:.*:DeprecationWarning:stix2"),
]


def got(cast, name):
    rows = [json.loads(row.raw) for row in polled(cast.machine(name, Channel.TAXII))]
    return [row for row in rows if row["type"] != "identity"]


def test_a_bulletin_is_a_report_of_its_vulnerabilities(cast, published, drain):
    bulletin = published(names=["CVE-2099-0001", "JVNDB-2099-000001"], links=["https://vendor.example/1"])
    drain()
    rows = got(cast, "bank_b")
    assert [row["type"] for row in rows] == ["vulnerability", "vulnerability", "report", "note"]
    first, second, report, note = rows
    assert [row["external_references"] for row in (first, second)] == [
        [{"source_name": "cve", "external_id": "CVE-2099-0001"}],
        [{"source_name": "jvndb", "external_id": "JVNDB-2099-000001"}],
    ]
    assert (report["name"], report["description"], report["lang"]) == (bulletin.title_ja, bulletin.body_ja, "ja")
    assert report["object_refs"] == [first["id"], second["id"]]
    assert [each["source_name"] for each in report["external_references"]] == ["noroshi", "vendor.example"]
    assert report["external_references"][0]["external_id"] == bulletin.citation
    assert (note["abstract"], note["content"], note["lang"]) == (bulletin.title_en, bulletin.body_en, "en")
    assert {row["created_by_ref"] for row in rows} == {stable_id("identity", cast.hub.pk)}
    assert {tuple(row["object_marking_refs"]) for row in rows} == {(TLP_2[TLP.GREEN],)}
    assert [problem for row in rows for problem in check_object(row)] == []
    for row in rows:
        stix2.parse(row)


def test_who_does_not_see_the_bulletin_polls_nothing_of_it(cast, published, drain):
    published(entries=(COMMUNITY, without(cast.insurer)))
    published(tlp=TLP.AMBER, entries=(to_organisation(cast.bank_a),))
    drain()
    names = ("bank_a", "bank_b", "insurer")
    reports = {name: [row for row in got(cast, name) if row["type"] == "report"] for name in names}
    counted = {name: len(rows) for name, rows in reports.items()}
    assert counted == {"bank_a": 2, "bank_b": 1, "insurer": 0}


def test_the_next_version_is_a_version_of_the_same_objects(cast, published, sent, drain, stopped_clock):
    first = published()
    drain()
    stopped_clock.advance(hours=1)
    draft = actions.renew_bulletin(cast.actor("hub_op"), first)
    Bulletin.everything.filter(pk=draft.pk).update(change="新しい版", body_ja="新しい本文")
    second = sent(Bulletin.everything.get(pk=draft.pk))
    drain()
    reports = [row for row in got(cast, "bank_b") if row["type"] == "report"]
    assert [row["description"] for row in reports] == ["新しい本文"]
    assert reports[0]["created"] < reports[0]["modified"]
    assert second.citation == first.citation


def test_of_a_withdrawn_one_stays_that_it_was(cast, published, drain, stopped_clock):
    bulletin = published(names=["CVE-2099-0001"])
    drain()
    stopped_clock.advance(hours=1)
    actions.withdraw_bulletin(cast.actor("hub_op"), bulletin, reason="誤りでした")
    drain()
    drain()
    rows = got(cast, "bank_b")
    assert {row["type"]: row["revoked"] for row in rows} == {"vulnerability": True, "report": True, "note": True}
    text = json.dumps(rows, ensure_ascii=False)
    assert [part for part in (bulletin.title_ja, bulletin.body_ja, "CVE-2099-0001", "Urgent") if part in text] == []


def test_of_a_withdrawn_one_no_earlier_version_is_left_whoever_sees_it_alone(
    cast, published, sent, drain, stopped_clock
):
    first = published(names=["CVE-2099-0001"])
    draft = actions.renew_bulletin(cast.actor("hub_op"), first)
    Bulletin.everything.filter(pk=draft.pk).update(change="新しい版")
    AudienceEntry.objects.filter(item_id=draft.pk).delete()
    grant(draft, [to_organisation(cast.bank_a)])
    stopped_clock.advance(hours=1)
    second = sent(Bulletin.everything.get(pk=draft.pk))
    drain()
    assert [row["type"] for row in got(cast, "bank_b")] == ["vulnerability", "report", "note"]
    stopped_clock.advance(hours=1)
    actions.withdraw_bulletin(cast.actor("hub_op"), second, reason="誤りでした")
    drain()
    for name in ("bank_a", "bank_b"):
        rows = got(cast, name)
        assert sorted(row["type"] for row in rows) == ["note", "report", "vulnerability"], name
        assert {row["revoked"] for row in rows} == {True}
        text = json.dumps(rows, ensure_ascii=False)
        assert [part for part in (first.title_ja, first.body_ja, "CVE-2099-0001", "Urgent") if part in text] == []


def test_said_twice_it_is_there_once(cast, published, drain):
    bulletin = published()
    drain()
    before = got(cast, "bank_b")
    actions.say_bulletin_in_stix(bulletin.pk)
    assert got(cast, "bank_b") == before
