"""Bulletins as CSAF: each reader finds what this reader may have, as the standard says, and nothing of the rest."""

import hashlib
import json
from importlib import import_module

import pytest
from django.test import Client

from factories.audience import COMMUNITY, to_organisation, without
from noroshi.advisories import actions
from noroshi.advisories.actions import Draft
from noroshi.advisories.models import Bulletin
from noroshi.core.domain.tlp import TLP
from noroshi.members.actions import issue_token
from noroshi.members.models import Organisation
from noroshi.sharing.domain.content import Marking

pytestmark = pytest.mark.usefixtures("beginnings")

METADATA = "/csaf/provider-metadata.json"
LEVELS = {"white": TLP.CLEAR, "green": TLP.GREEN, "amber": TLP.AMBER}


def bearer(cast, name) -> dict[str, str]:
    token = issue_token(cast.actor(name), person=cast.people[name], label="tool", scopes=("tools.read",))[1]
    return {"Authorization": f"Bearer {token}"}


def entries(client, label, **headers) -> list[str]:
    answer = client.get(f"/csaf/feed-tlp-{label}.json", headers=headers)
    assert answer.status_code == 200
    return sorted(entry["id"] for entry in json.loads(answer.content)["feed"]["entry"])


def document(client, bulletin, **headers):
    return client.get(f"/csaf/{bulletin.year}/{bulletin.citation.lower()}.json", headers=headers)


def test_each_reader_finds_in_the_feeds_what_this_reader_sees(cast, published):
    clear = published(tlp=TLP.CLEAR)
    green = published(entries=(COMMUNITY, without(cast.insurer)))
    amber = published(tlp=TLP.AMBER, entries=(to_organisation(cast.bank_a),))
    every = {"white": [clear.citation], "green": [green.citation], "amber": [amber.citation]}
    nothing = {"white": [], "green": [], "amber": []}
    found = {
        "a1": every,
        "b1": {**every, "amber": []},
        "i1": {**nothing, "white": every["white"]},
        "sup": nothing,
    }
    for name, expected in found.items():
        assert {label: entries(cast.client(name), label) for label in every} == expected, name
        if name != "sup":
            headers = bearer(cast, name)
            assert {label: entries(Client(), label, **headers) for label in every} == expected, name
    assert {label: entries(Client(), label) for label in every} == {**nothing, "white": every["white"]}


def test_a_document_is_there_for_those_alone_who_see_the_bulletin(cast, published):
    bulletin = published(entries=(COMMUNITY, without(cast.insurer)))
    statuses = {name: document(cast.client(name), bulletin).status_code for name in ("a1", "b1", "i1", "sup", "o1")}
    assert statuses == {"a1": 200, "b1": 200, "i1": 404, "sup": 404, "o1": 200}
    assert document(Client(), bulletin).status_code == 404
    assert document(Client(), bulletin, Authorization="Bearer nonsense").status_code == 401
    assert document(Client(), bulletin, **bearer(cast, "b1")).status_code == 200


def test_a_document_tells_its_versions_and_the_digest_beside_it_is_its_own(cast, published, sent):
    first = published(names=["CVE-2099-0001", "JVNDB-2099-000001"], links=["https://vendor.example/1"])
    draft = actions.renew_bulletin(cast.actor("hub_op"), first)
    Bulletin.everything.filter(pk=draft.pk).update(change="回避策を加えました")
    second = sent(Bulletin.everything.get(pk=draft.pk))
    answer = document(cast.client("b1"), second)
    whole = json.loads(answer.content)
    tracking = whole["document"]["tracking"]
    assert (tracking["id"], tracking["version"], tracking["status"]) == (second.citation, "2", "final")
    history = [(each["number"], each["summary"]) for each in tracking["revision_history"]]
    assert history == [("1", "注意喚起として公開"), ("2", "回避策を加えました")]
    assert whole["vulnerabilities"] == [
        {"cve": "CVE-2099-0001"},
        {"ids": [{"system_name": "JVN iPedia", "text": "JVNDB-2099-000001"}]},
    ]
    assert [each["title"] for each in whole["document"]["notes"]] == [second.title_ja, second.title_en]
    said = cast.client("b1").get(f"{answer.request['PATH_INFO']}.sha512").content.decode()
    assert said == f"{hashlib.sha512(answer.content).hexdigest()}  {second.citation.lower()}.json\n"


def test_of_a_version_before_that_a_reader_did_not_have_stands_the_day_alone(cast, published, sent):
    first = published(entries=(to_organisation(cast.bank_a),))
    Bulletin.everything.filter(pk=first.pk).update(change="A銀行だけの話")
    draft = actions.renew_bulletin(cast.actor("hub_op"), first)
    Bulletin.everything.filter(pk=draft.pk).update(change="皆に")
    widened = actions.revise_bulletin(cast.actor("hub_op"), draft, as_draft(draft, entries=(COMMUNITY,), change="皆に"))
    second = sent(widened)

    def told(name):
        tracking = json.loads(document(cast.client(name), second).content)["document"]["tracking"]
        return [each["summary"] for each in tracking["revision_history"]]

    assert (told("a1"), told("b1")) == (["A銀行だけの話", "皆に"], ["注意喚起として公開", "皆に"])


def as_draft(bulletin, *, entries, change):
    marking = Marking(TLP(bulletin.tlp), entries=frozenset(entries))
    return Draft(bulletin.category, bulletin.words, marking, change=change)


def test_of_a_withdrawn_one_no_version_says_any_more_what_was_new(cast, published, sent):
    first = published()
    draft = actions.renew_bulletin(cast.actor("hub_op"), first)
    Bulletin.everything.filter(pk=draft.pk).update(change="回避策を加えました")
    second = sent(Bulletin.everything.get(pk=draft.pk))
    actions.withdraw_bulletin(cast.actor("hub_op"), second, reason="誤りでした")
    answer = document(cast.client("b1"), second)
    history = json.loads(answer.content)["document"]["tracking"]["revision_history"]
    assert [(each["number"], each["summary"]) for each in history] == [
        ("1", "注意喚起として公開"),
        ("2", "注意喚起として公開"),
        ("3", "取り下げ"),
    ]
    assert "回避策" not in answer.content.decode()


def test_of_a_withdrawn_one_stays_that_and_why(cast, published):
    bulletin = published(tlp=TLP.CLEAR, names=["CVE-2099-0001"])
    actions.withdraw_bulletin(cast.actor("hub_op"), bulletin, reason="誤りでした")
    text = document(cast.client("b1"), bulletin).content.decode()
    whole = json.loads(text)
    assert whole["document"]["notes"] == [{"category": "general", "title": "取り下げ", "text": "誤りでした"}]
    assert [each["number"] for each in whole["document"]["tracking"]["revision_history"]] == ["1", "2"]
    assert [part for part in (bulletin.title_ja, bulletin.body_ja, "CVE-2099-0001") if part in text] == []


@pytest.mark.parametrize("tlp", [TLP.CLEAR, TLP.GREEN, TLP.AMBER, TLP.AMBER_STRICT])
def test_documents_and_metadata_are_as_the_schemas_ask(cast, published, shared_data, tlp):
    jsonschema = import_module("jsonschema")
    referencing = import_module("referencing")
    base = shared_data / "advisories" / "csaf" / "oasis" / "csaf_2.0"
    schemas = [*(base / "json_schema").glob("*.json"), *(base / "referenced_schema" / "first").glob("cvss-v?.?.json")]
    contents = {path.name: json.loads(path.read_text()) for path in schemas}
    registry = referencing.Registry().with_resources(
        (each.get("$id", each.get("id")), referencing.Resource.from_contents(each, referencing.jsonschema.DRAFT7))
        for each in contents.values()
    )

    def faults(schema, body):
        validator = jsonschema.Draft202012Validator(contents[schema], registry=registry)
        return [error.message for error in validator.iter_errors(json.loads(body))]

    entries_of = {TLP.CLEAR: (COMMUNITY,), TLP.GREEN: (COMMUNITY,)}.get(tlp, (to_organisation(cast.bank_a),))
    bulletin = published(
        tlp=tlp, entries=entries_of, names=["CVE-2099-0001", "JVN#12345678"], links=["https://x.example/1"]
    )
    assert faults("csaf_json_schema.json", document(cast.client("a1"), bulletin).content) == []
    assert faults("provider_json_schema.json", Client().get(METADATA).content) == []
    assert Client().get("/.well-known/csaf/provider-metadata.json").content == Client().get(METADATA).content


def test_what_a_program_has_already_is_not_sent_again(cast, published):
    bulletin = published(tlp=TLP.CLEAR)
    first = document(Client(), bulletin)
    again = document(Client(), bulletin, **{"If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


@pytest.mark.parametrize(
    "address",
    ["/csaf/feed-tlp-red.json", "/csaf/feed-tlp-x.json", "/csaf/2099/x.json", "/csaf/2099/vuln-2098-0001.json"],
)
def test_what_is_not_there_is_not_found(cast, address):
    assert cast.client("hub_op").get(address).status_code == 404


def test_before_a_hub_is_founded_there_is_no_metadata(db):
    assert Organisation.objects.count() == 0
    assert Client().get(METADATA).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_a_feed_costs_the_same_questions(cast, published, number, django_assert_num_queries):
    for _each in range(number):
        published(tlp=TLP.CLEAR)
    client = cast.client("b1")
    client.get("/csaf/feed-tlp-white.json")
    with django_assert_num_queries(10):
        assert len(entries(client, "white")) == number
