"""TAXII 2.1 (OASIS Standard, 10 June 2021), section by section: what a server must do, and what it should.

M in a name of a case is a MUST of the standard, S a SHOULD, R what the standard leaves open and clients need.
"""

import json
import re
from uuid import UUID, uuid4

import pytest
from django.urls import get_resolver

from factories.stix import EXAMPLES, stix
from factories.stix_store import indicator
from factories.taxii import KIND, ROOT, Taxii, client_of
from noroshi.intel import queries
from noroshi.intel.domain.taxii import query
from noroshi.intel.domain.taxii.resources import UNVERSIONED
from noroshi.intel.tasks import forget_what_is_over

NOBODY = "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
FIRST, SECOND, THIRD = (f"2026-11-0{day}T03:04:05.678Z" for day in (2, 3, 4))
OBJECTS, MANIFEST = "collections/sent-in/objects/", "collections/sent-in/manifest/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def siem(cast):
    """A machine of bank_a that reads and writes."""
    return client_of(cast, "bank_a")


@pytest.fixture
def stocked(siem):
    """The same, and three objects there are: an indicator in three versions, another one, and an address."""
    name = f"indicator--{uuid4()}"
    versions = [indicator(name=name, modified=modified) for modified in (FIRST, SECOND, THIRD)]
    other, address = indicator(), {**stix("ipv4-addr"), "object_marking_refs": [], "granular_markings": []}
    address = {key: value for key, value in address.items() if value != []}
    assert siem.post(*versions).status_code == 202
    answer = siem.post(other, address)
    assert answer.json()["success_count"] == 2, answer.content
    siem.name, siem.other, siem.address = name, other["id"], address["id"]
    return siem


def told(answer, status):
    """An error message of this status, which tells nothing else (3.6.1)."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == KIND
    body = answer.json()
    assert (bool(body["title"]), body["http_status"]) == (True, str(status))
    assert body.keys() <= {"title", "description", "http_status"}
    return body


def has_no_empty_list(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value not in ([], None) and all(has_no_empty_list(each) for each in inner)


# 3.1, 1.6.8: media types

ADDRESSES = ("/taxii2/", ROOT, "collections/", "collections/everything/", OBJECTS, MANIFEST)


TAXII_KINDS = (
    "application/taxii+json;version=2.1",
    "application/taxii+json",
    "application/taxii+json; version=2.1",
    "text/html,application/taxii+json;version=2.1",
    "application/taxii+json;version=2.1,application/stix+json;version=2.1",
    "*/*",
    "",
)
OTHER_KINDS = ("application/json", "application/taxii+json;version=2.0", "text/html")


def test_m_3_1_every_address_when_it_is_asked_for_taxii_then_it_answers_taxii_and_else_406(stocked):
    for address in (*ADDRESSES, f"{OBJECTS}{stocked.name}/", f"{OBJECTS}{stocked.name}/versions/"):
        for accept in TAXII_KINDS:
            answer = stocked.ask("GET", address, Accept=accept)
            assert (answer.status_code, answer["Content-Type"]) == (200, KIND), (address, accept)
            assert has_no_empty_list(answer.json()), address
        for accept in OTHER_KINDS:
            told(stocked.ask("GET", address, Accept=accept), 406)


def test_m_3_1_post_when_the_body_is_taxii_then_it_is_read_and_else_415(siem):
    body = json.dumps({"objects": [indicator()]}).encode()
    for kind in ("application/taxii+json;version=2.1", "application/taxii+json", f"{KIND}; charset=utf-8"):
        assert siem.ask("POST", OBJECTS, body, Content_Type=kind).status_code == 202
    for kind in (*OTHER_KINDS, "text/plain"):
        told(siem.ask("POST", OBJECTS, body, Content_Type=kind), 415)
    told(siem.ask("POST", OBJECTS, body, Content_Encoding="gzip"), 415)


def test_m_3_1_paths_all_end_in_a_slash():
    root = next(each for each in get_resolver().url_patterns if str(each.pattern) == "taxii2/")
    ends = [str(each.pattern) for each in root.url_patterns]
    assert all(not end or end.endswith("/") for end in ends)


def test_m_3_1_error_when_it_is_any_then_it_is_taxii(siem):
    for address in ("/taxii2/nowhere/", "/taxii2/other/collections/", "collections/nowhere/", f"status/{uuid4()}/"):
        told(siem.get(address), 404)
    answer = siem.ask("PUT", OBJECTS)
    assert (told(answer, 405)["title"], answer["Allow"]) == ("Method Not Allowed", "GET, POST")


def test_m_3_1_error_when_the_program_breaks_then_it_is_taxii_and_says_nothing_of_why(siem, monkeypatch):
    def broken(*_args, **_values):
        raise RuntimeError("secret of the house")

    monkeypatch.setattr("noroshi.intel.queries.collections_for", broken)
    assert "secret" not in str(told(siem.get("collections/"), 500))


# 1.6.9, 8.2.2: who asks


def test_m_5_every_address_when_nobody_known_asks_then_it_is_401_with_what_opens_it(cast):
    for client in (Taxii(), Taxii("nrs_" + "x" * 43), client_of(cast, "bank_a", "signals.read")):
        for address in (*ADDRESSES, f"{OBJECTS}{NOBODY}/", f"status/{uuid4()}/"):
            answer = client.get(address)
            told(answer, 401)
            assert re.findall(r"\b(Basic|Bearer) realm=", answer["WWW-Authenticate"]) == ["Bearer", "Basic"]


def test_s_8_2_basic_when_name_and_token_are_given_then_it_opens(cast, siem):
    import base64

    secret = siem.headers["Authorization"].removeprefix("Bearer ")
    header = "Basic " + base64.b64encode(f"bank_a:{secret}".encode()).decode()
    assert Taxii().ask("GET", "/taxii2/", Authorization=header).status_code == 200


def test_s_8_2_1_request_when_it_has_no_user_agent_then_it_is_answered(siem):
    assert siem.ask("GET", "/taxii2/", User_Agent="").status_code == 200


def test_session_when_a_browser_sends_it_then_it_does_not_count(cast):
    assert cast.client("a1").get("/taxii2/", headers={"Accept": KIND}).status_code == 401


# 4: discovery, API root, status


def test_m_4_1_discovery_when_asked_then_the_default_is_one_of_the_roots_and_each_is_a_path(siem):
    found = siem.get("/taxii2/").json()
    assert found["title"]
    assert found["default"] in found["api_roots"]
    assert all(re.fullmatch(r"/[^/?]+(/[^/?]+)*/", root) for root in found["api_roots"])
    assert [siem.get(root).status_code for root in found["api_roots"]] == [200]


def test_m_4_2_api_root_when_asked_then_it_names_the_version_and_the_longest_body(siem):
    found = siem.get(ROOT).json()
    assert (found["versions"], bool(found["title"])) == ([KIND], True)
    assert found["max_content_length"] == 25 * 1024 * 1024


def test_m_4_2_post_when_it_is_as_long_as_may_be_then_it_is_read_and_beyond_it_is_413(siem, settings):
    body = json.dumps({"objects": [indicator()]}).encode()
    settings.TAXII_LIMIT = len(body)
    assert siem.get(ROOT).json()["max_content_length"] == len(body)
    assert siem.ask("POST", OBJECTS, body).status_code == 202
    told(siem.ask("POST", OBJECTS, body + b" "), 413)


def test_m_4_3_status_when_objects_were_sent_then_it_is_as_it_was_answered(siem):
    good, bad = indicator(), indicator(confidence=101)
    answer = siem.post(good, bad, good, "text")
    status = answer.json()
    assert answer.status_code == 202
    assert (UUID(status["id"]).version, status["status"]) == (4, "complete")
    assert [status[f"{name}_count"] for name in ("total", "success", "failure", "pending")] == [4, 2, 2, 0]
    assert status["successes"] == 2 * [{"id": good["id"], "version": good["modified"]}]
    assert [(each["id"], bool(each["version"]), bool(each["message"])) for each in status["failures"]] == [
        (bad["id"], True, True), ("#3", True, True),
    ]  # fmt: skip
    assert STAMP.fullmatch(status["request_timestamp"])
    assert siem.get(f"status/{status['id']}/").content == answer.content


def test_s_4_3_status_when_a_day_is_over_then_it_is_there_and_after_two_it_is_404(siem, stopped_clock):
    number = siem.post(indicator()).json()["id"]
    stopped_clock.advance(hours=25)
    forget_what_is_over()
    assert siem.get(f"status/{number}/").status_code == 200
    stopped_clock.advance(hours=24)
    forget_what_is_over()
    told(siem.get(f"status/{number}/"), 404)


def test_m_4_3_status_when_another_organisation_asks_then_it_is_404(cast, siem):
    number = siem.post(indicator()).json()["id"]
    told(client_of(cast, "bank_b").get(f"status/{number}/"), 404)
    assert client_of(cast, "a1").get(f"status/{number}/").status_code == 200  # who needs to know it there


# 5.1, 5.2: collections


def test_m_5_1_collections_when_asked_then_each_says_what_it_must_in_an_order_that_stays(siem):
    found = siem.get("collections/").json()["collections"]
    assert found == siem.get("collections/").json()["collections"]
    assert [(each["alias"], each["can_read"], each["can_write"]) for each in found] == [
        ("everything", True, False), ("sent-in", True, True), ("group-wg_incident", True, False),
    ]  # fmt: skip
    for each in found:
        assert UUID(each["id"]).version == 4
        assert (bool(each["title"]), each["media_types"]) == (True, ["application/stix+json;version=2.1"])
        assert siem.get(f"collections/{each['id']}/").json() == siem.get(f"collections/{each['alias']}/").json() == each


def test_m_5_1_collections_when_there_is_none_then_the_resource_is_empty(cast):
    assert client_of(cast, "sup").get("collections/").json() == {}


@pytest.mark.parametrize(
    ("scopes", "rights"),
    [(("taxii.read",), [(True, False)] * 3), (("taxii.write",), [(False, False), (False, True), (False, False)])],
)
def test_m_5_2_collection_when_the_token_is_for_one_use_then_it_says_so(cast, scopes, rights):
    found = client_of(cast, "bank_a", *scopes).get("collections/").json()["collections"]
    assert [(each["can_read"], each["can_write"]) for each in found] == rights


@pytest.mark.parametrize(
    ("scopes", "collection", "reads", "writes", "deletes"),
    [
        (("taxii.read", "taxii.write"), "sent-in", 200, 202, 200),
        (("taxii.read",), "sent-in", 200, 403, 403),
        (("taxii.write",), "sent-in", 403, 202, 403),
        (("taxii.read", "taxii.write"), "everything", 200, 403, 403),
        (("taxii.write",), "everything", 404, 404, 404),
        (("taxii.read", "taxii.write"), "nowhere", 404, 404, 404),
    ],
)
def test_m_5_rights_when_they_are_asked_of_each_address_then_it_keeps_to_them(
    cast, stocked, scopes, collection, reads, writes, deletes
):
    client, path = client_of(cast, "bank_a", *scopes), f"collections/{collection}/"
    objects = f"{path}objects/"
    for address in (objects, f"{path}manifest/", f"{objects}{stocked.name}/", f"{objects}{stocked.name}/versions/"):
        assert client.get(address).status_code == reads, address
    assert client.post(indicator(), collection=collection).status_code == writes
    assert client.ask("DELETE", f"{objects}{stocked.name}/").status_code == deletes


# 3.2, 3.3, 5.3, 5.4: reading


@pytest.mark.parametrize("path", [OBJECTS, MANIFEST, OBJECTS + "{}/", OBJECTS + "{}/versions/"])
def test_m_3_2_answer_when_there_is_something_then_it_says_when_the_first_and_last_were_added(stocked, path):
    answer = stocked.get(path.format(stocked.name))
    assert STAMP.fullmatch(answer["X-TAXII-Date-Added-First"])
    assert answer["X-TAXII-Date-Added-First"] <= answer["X-TAXII-Date-Added-Last"]


def test_m_5_3_manifest_when_asked_then_it_has_what_it_must_in_the_order_of_arrival(stocked):
    answer = stocked.get(MANIFEST, **{"match[version]": "all"})
    records = answer.json()["objects"]
    assert [(each["id"], each["version"]) for each in records] == [
        (stocked.name, FIRST), (stocked.name, SECOND), (stocked.name, THIRD), (stocked.other, FIRST),
        (stocked.address, UNVERSIONED),
    ]  # fmt: skip
    added = [each["date_added"] for each in records]
    assert added == sorted(set(added))
    assert all(STAMP.fullmatch(each) for each in added)
    assert (answer["X-TAXII-Date-Added-First"], answer["X-TAXII-Date-Added-Last"]) == (added[0], added[-1])
    assert {each["media_type"] for each in records} == {"application/stix+json;version=2.1"}


def test_m_5_4_objects_when_nothing_fits_then_the_envelope_is_empty(stocked):
    for text in ("match[type]=malware", f"match[id]={NOBODY}", "added_after=2999-01-01T00:00:00.000000Z"):
        for path in (OBJECTS, MANIFEST):
            answer = stocked.ask("GET", f"{path}?{text}")
            assert (answer.status_code, answer.json()) == (200, {})


def test_r_objects_when_they_were_sent_then_the_same_bytes_come_back(siem):
    raw = json.dumps(indicator(x_rate=1.5e1, description="狼煙"), ensure_ascii=False).replace("15.0", "1.50e1").encode()
    assert siem.ask("POST", OBJECTS, b'{ "objects" : [ ' + raw + b" ] }").status_code == 202
    assert siem.get(OBJECTS).content == b'{"objects":[' + raw + b"]}"


def test_r_modified_when_it_has_any_precision_then_it_is_kept_as_written(siem):
    written = ["2026-11-02T03:04:05.678Z", "2026-11-02T03:04:05.678901Z"]
    names = [
        siem.post(each := indicator(modified=text, created="2026-11-02T03:04:05.000Z")) and each["id"]
        for text in written
    ]
    for name, text in zip(names, written, strict=True):
        assert siem.get(f"{OBJECTS}{name}/versions/").json() == {"versions": [text]}
        assert siem.get(f"{OBJECTS}{name}/", **{"match[version]": text}).json()["objects"][0]["modified"] == text


# 3.4: filters


FILTERS = (
    ({}, ["name", "other", "address"]),
    ({"match[type]": "indicator"}, ["name", "other"]),
    ({"match[type]": "indicator,ipv4-addr"}, ["name", "other", "address"]),
    ({"match[id]": "{other},{address}"}, ["other", "address"]),
    ({"match[id]": "{other},{address}", "match[type]": "ipv4-addr"}, ["address"]),
    ({"match[spec_version]": "2.1"}, ["name", "other", "address"]),
    ({"match[spec_version]": "2.0"}, []),
    ({"match[spec_version]": "2.0,2.1"}, ["name", "other", "address"]),
    ({"match[version]": "all"}, ["name", "name", "name", "other", "address"]),
    ({"match[version]": "first,last"}, ["name", "name", "other", "address"]),
    ({"match[version]": SECOND}, ["name"]),
    ({"match[version]": f"{SECOND},{FIRST}"}, ["name", "name", "other"]),
    ({"match[version]": UNVERSIONED}, ["address"]),
    ({"match[anything]": "else"}, ["name", "other", "address"]),
)


def test_m_3_4_filters_when_they_are_given_then_what_fits_all_of_them_comes(stocked):
    names = {name: getattr(stocked, name) for name in ("name", "other", "address")}
    for path in (OBJECTS, MANIFEST):
        for asked, expected in FILTERS:
            given = {key: value.format(**names) for key, value in asked.items()}
            found = stocked.get(path, **given).json().get("objects", [])
            assert [each["id"] for each in found] == [names[name] for name in expected], (path, asked)


def test_m_3_4_1_version_when_none_is_asked_for_then_the_last_one_comes(stocked):
    assert [each["modified"] for each in stocked.get(f"{OBJECTS}{stocked.name}/").json()["objects"]] == [THIRD]
    for asked, expected in (("first", [FIRST]), ("last", [THIRD]), ("all", [FIRST, SECOND, THIRD]), (SECOND, [SECOND])):
        found = stocked.get(f"{OBJECTS}{stocked.name}/", **{"match[version]": asked}).json()["objects"]
        assert [each["modified"] for each in found] == expected


def test_m_3_4_1_type_when_it_is_one_of_stix_then_asking_for_it_is_no_error(siem):
    for kind in (*EXAMPLES, "x-custom", "bundle"):
        assert siem.get(OBJECTS, **{"match[type]": kind}).json() == {}


MALFORMED = (
    "limit=0", "limit=-5", "limit=ten", "limit=1.5", "limit=", "limit=1&limit=2",
    "added_after=yesterday", "added_after=2026-11-02", "added_after=2026-13-02T00:00:00.000000Z",
    "added_after=2026-11-02T00:00:00.000000Z&added_after=2026-11-02T00:00:00.000000Z",
    "match[type]=indicator&match[type]=malware", "match[id]=a&match[id]=b", "match[version]=first&match[version]=last",
    "match[version]=newest", "match[version]=2026-11-02", "match[version]=all,last", "match[version]=last,last",
    "next=nothing", "next=-1", "next=1&next=2",
)  # fmt: skip


def test_m_3_4_parameter_when_it_is_malformed_then_it_is_400_at_every_address(stocked):
    for text in MALFORMED:
        for path in (OBJECTS, MANIFEST):
            told(stocked.ask("GET", f"{path}?{text}"), 400)
    for path in (f"{OBJECTS}{stocked.name}/", f"{OBJECTS}{stocked.name}/versions/"):
        told(stocked.ask("GET", f"{path}?limit=0"), 400)
    told(stocked.ask("DELETE", f"{OBJECTS}{stocked.name}/?match[version]=newest"), 400)


def test_m_3_4_added_after_when_given_then_it_is_exclusive(stocked):
    added = [each["date_added"] for each in stocked.get(MANIFEST).json()["objects"]]
    for place, moment in enumerate(added):
        rest = stocked.get(MANIFEST, added_after=moment).json().get("objects", [])
        assert [each["date_added"] for each in rest] == added[place + 1 :]


# 3.5: pages


@pytest.mark.parametrize(
    ("path", "key"), [(OBJECTS, "objects"), (MANIFEST, "objects"), (OBJECTS + "{}/versions/", "versions")]
)
def test_m_3_5_pages_when_they_are_turned_then_nothing_is_lost_or_doubled(stocked, path, key):
    path, every = path.format(stocked.name), {"match[version]": "all"}
    whole = stocked.get(path, **every).json()[key]
    found, asked = [], {}
    while asked is not None:
        page = stocked.get(path, limit=2, **every, **asked)
        body = page.json()
        assert len(body[key]) <= 2
        found += body[key]
        assert ("next" in body) == (body.get("more", False) is True) == (len(found) < len(whole))
        asked = {"next": body["next"]} if "next" in body else None
    assert found == whole


def test_m_3_5_pages_when_turned_by_added_after_then_nothing_of_one_post_is_lost(siem):
    sent = [indicator() for _ in range(7)]
    siem.post(*sent)
    found, after = [], "1970-01-01T00:00:00.000000Z"
    while ids := siem.ids("sent-in", limit=3, added_after=after):
        found += ids
        after = siem.get(OBJECTS, limit=3, added_after=after)["X-TAXII-Date-Added-Last"]
    assert found == [each["id"] for each in sent]


def test_m_3_4_limit_when_it_is_exactly_what_there_is_then_there_is_no_more(stocked):
    assert stocked.get(OBJECTS, limit=3).json().keys() == {"objects"}
    assert stocked.get(OBJECTS, limit=10**15).json().keys() == {"objects"}


def test_m_b_page_when_more_is_asked_than_one_answer_holds_then_it_is_cut(stocked, monkeypatch):
    monkeypatch.setattr(query, "MOST", 2)
    for asked in ({}, {"limit": 1000}):
        page = stocked.get(OBJECTS, **asked).json()
        assert (len(page["objects"]), page["more"]) == (2, True)
    monkeypatch.setattr(queries, "MOST_BYTES", 10)
    page = stocked.get(OBJECTS).json()
    assert (len(page["objects"]), page["more"]) == (1, True)
    assert stocked.ids("sent-in", next=page["next"]) == [stocked.other]


def test_r_pages_when_something_is_added_meanwhile_then_it_comes_at_the_end(stocked):
    first = stocked.get(OBJECTS, limit=2).json()
    stocked.post(late := indicator())
    assert stocked.ids("sent-in", next=first["next"]) == [stocked.address, late["id"]]


# 5.5: adding


def test_m_5_5_post_when_an_object_is_sent_twice_then_that_is_no_error(stocked):
    one = stocked.get(f"{OBJECTS}{stocked.other}/").json()["objects"][0]
    status = stocked.post(one).json()
    assert (status["success_count"], status["failure_count"]) == (1, 0)
    assert len(stocked.ids("sent-in")) == 3


def test_m_5_5_post_when_the_body_is_no_envelope_then_it_is_422(siem):
    nothing = (
        b" ",
        b"text",
        b"{",
        b"[]",
        b"{}",
        b'{"objects":[]}',
        b'{"objects":[1]}',
        b'{"objects":"x"}',
        b"\xff\xfe",
    )
    for body in (*nothing, b"null"):
        told(siem.ask("POST", OBJECTS, body), 422)
    assert siem.ids() == []


def test_r_post_when_its_length_is_not_said_then_it_is_411(siem):
    told(siem.client.generic("POST", ROOT + OBJECTS, headers=siem.headers, CONTENT_TYPE=KIND), 411)


def test_m_5_5_post_when_an_object_is_of_another_version_then_the_status_says_so(siem):
    older = {key: value for key, value in indicator().items() if key != "spec_version"}
    status = siem.post(older, good := indicator()).json()
    assert (status["success_count"], status["failure_count"], status["failures"][0]["id"]) == (1, 1, older["id"])
    assert siem.ids() == [good["id"]]


def test_m_7_1_post_when_the_envelope_has_properties_of_its_own_then_they_are_ignored(siem):
    body = json.dumps({"x_mine": {"a": [1]}, "objects": [one := indicator()], "more": False}).encode()
    assert siem.ask("POST", OBJECTS, body).status_code == 202
    assert siem.ids() == [one["id"]]


def test_r_post_when_it_breaks_off_then_what_was_whole_is_in_and_the_rest_is_named(siem):
    one = indicator()
    body = json.dumps({"objects": [one, indicator()]}).encode()[:-30]
    status = siem.ask("POST", OBJECTS, body).json()
    assert (status["success_count"], status["failure_count"], siem.ids()) == (1, 1, [one["id"]])


# 5.6, 5.7, 5.8: one object


def test_m_5_6_object_when_it_is_not_there_then_it_is_404(stocked):
    for name in (NOBODY, "nothing", "indicator--x", "%00"):
        for path in (f"{OBJECTS}{name}/", f"{OBJECTS}{name}/versions/"):
            told(stocked.get(path), 404)
        told(stocked.ask("DELETE", f"{OBJECTS}{name}/"), 404)


def test_m_5_6_object_when_the_version_is_not_there_then_the_envelope_is_empty(stocked):
    answer = stocked.get(f"{OBJECTS}{stocked.name}/", **{"match[version]": "2026-01-01T00:00:00.000Z"})
    assert (answer.status_code, answer.json()) == (200, {})
    assert stocked.get(f"{OBJECTS}{stocked.name}/versions/", **{"match[spec_version]": "2.0"}).json() == {}


def test_m_5_7_delete_when_done_then_the_object_is_gone_everywhere(stocked):
    answer = stocked.ask("DELETE", f"{OBJECTS}{stocked.name}/")
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"", KIND)
    for path in (f"{OBJECTS}{stocked.name}/", f"{OBJECTS}{stocked.name}/versions/"):
        told(stocked.get(path), 404)
    for path in (OBJECTS, MANIFEST, "collections/everything/objects/"):
        assert [each["id"] for each in stocked.get(path).json()["objects"]] == [stocked.other, stocked.address]
    told(stocked.ask("DELETE", f"{OBJECTS}{stocked.name}/"), 404)


@pytest.mark.parametrize(
    ("asked", "left"),
    [("first", [SECOND, THIRD]), ("last", [FIRST, SECOND]), (SECOND, [FIRST, THIRD]), (f"first,{SECOND}", [THIRD])],
)
def test_m_5_7_delete_when_versions_are_named_then_the_others_stay(stocked, asked, left):
    assert stocked.ask("DELETE", f"{OBJECTS}{stocked.name}/?match[version]={asked}").status_code == 200
    assert stocked.get(f"{OBJECTS}{stocked.name}/versions/").json() == {"versions": left}


def test_m_5_7_delete_when_the_version_is_not_there_then_it_is_404_and_nothing_goes(stocked):
    for text in ("match[version]=2026-01-01T00:00:00.000Z", "match[spec_version]=2.0"):
        told(stocked.ask("DELETE", f"{OBJECTS}{stocked.name}/?{text}"), 404)
    assert len(stocked.get(f"{OBJECTS}{stocked.name}/versions/").json()["versions"]) == 3


def test_m_5_8_versions_when_asked_then_they_are_as_the_objects_write_them(stocked):
    assert stocked.get(f"{OBJECTS}{stocked.name}/versions/").json() == {"versions": [FIRST, SECOND, THIRD]}
    assert stocked.get(f"{OBJECTS}{stocked.address}/versions/").json() == {"versions": [UNVERSIONED]}
