"""Searches of the own lake over the API: asked for, carried out by the worker, read."""

import pytest
from django.test import Client

from factories.lakes import EVIL_ADDRESS, EVIL_DOMAIN, event, fill_lake
from noroshi.hunting.models import Hunt
from noroshi.members.actions import issue_token


@pytest.fixture
def client(cast):
    """A client with a token: of a person, or of the organisation's machine."""

    def with_token(name="a1", scopes=("hunting.read", "hunting.write"), **holder):
        held = holder or {"person": cast.people[name]}
        token = issue_token(cast.actor(name), label="x", scopes=list(scopes), **held)[1]
        return Client(headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"})

    return with_token


def ask(client, text=f"{EVIL_ADDRESS}\n{EVIL_DOMAIN}\nno value", **body):
    return client.post("/api/v1/searches", {"text": text, **body}, "application/json")


def test_a_search_is_asked_for_carried_out_and_read_page_by_page(cast, client, drain):
    fill_lake(cast.bank_a, [event(src_ip=EVIL_ADDRESS), event(url=f"https://{EVIL_DOMAIN}/x")])
    fill_lake(cast.bank_b, [event(src_ip=EVIL_ADDRESS)])
    caller = client()
    asked = ask(caller)
    assert (asked.status_code, asked.json()["state"], asked.json()["values"]) == (202, "waiting", 2)
    drain()
    path = f"/api/v1/searches/{asked.json()['id']}"
    whole = caller.get(path).json()
    assert (whole["state"], whole["capped"], whole["scanned"]) == ("done", False, [])
    assert whole["refused"] == [{"value": "no value", "reason": ""}]
    first = caller.get(f"{path}/hits?limit=1").json()
    second = caller.get(f"{path}/hits?limit=1&cursor={first['next']}").json()
    found = [(hit["type"], hit["count"]) for page in (first, second) for hit in page["items"]]
    assert (sorted(found), second["next"]) == ([("domain", 1), ("ipv4", 1)], None)
    assert [line["id"] for line in caller.get("/api/v1/searches").json()["items"]] == [whole["id"]]


def test_reasons_are_given_in_the_language_that_is_asked_for(cast, client, drain):
    fill_lake(cast.bank_a, [event(src_ip="8.8.8.8")])
    caller = client()
    asked = ask(caller, "8.8.8.8\nno value", since="2026-11-20T00:59:59.5Z").json()["id"]
    drain()
    Hunt.everything.update(scanned=[["The hunt was told to do without the index.", 2]])
    answer = caller.get(f"/api/v1/searches/{asked}", headers={"Accept-Language": "ja"}).json()
    harmless = {"value": "8.8.8.8", "reason": "既知の無害な値です（ログには存在します）。"}
    assert answer["refused"] == [{"value": "no value", "reason": ""}, harmless]
    assert answer["scanned"] == [{"reason": "索引を使わない調査が指定されました。", "files": 2}]


def test_a_search_over_the_api_looks_within_its_window(cast, client, drain):
    fill_lake(cast.bank_a, [event("2026-11-20T01:00:00Z", src_ip=EVIL_ADDRESS)])
    caller = client()
    path = ask(caller, since="2026-11-20T10:00:01+09:00").json()["id"]
    drain()
    assert caller.get(f"/api/v1/searches/{path}/hits").json()["items"] == []
    assert ask(caller, since="2026-11-20T10:00:01").status_code == 422
    assert ask(caller, since="2026-11-20T10:00:00Z", until="2026-11-20T10:00:00Z").status_code == 422


def test_no_other_organisation_reads_a_search_and_none_is_asked_for_without_the_scope(cast, client):
    number = ask(client()).json()["id"]
    for path in ("", "/hits"):
        statuses = [client(name).get(f"/api/v1/searches/{number}{path}").status_code for name in ("a2", "b1", "hub_op")]
        assert statuses == [200, 404, 404]
    assert client("b1").get("/api/v1/searches").json()["items"] == []
    assert ask(client(scopes=["hunting.read"])).status_code == 401
    assert ask(client("a_admin")).status_code == 403
    assert Hunt.everything.count() == 1
