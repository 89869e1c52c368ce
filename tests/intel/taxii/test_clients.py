"""The clients that others use, unmodified, against a server on a port of this machine."""

import re
from pathlib import Path
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections
from requests import HTTPError
from stix2 import Filter, Indicator, TAXIICollectionStore
from taxii2client.v21 import ApiRoot, Collection, Server, as_pages

from factories.stix_store import indicator
from factories.taxii import BOTH, taxii_token
from noroshi.intel.domain.taxii import query

pytestmark = pytest.mark.django_db


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args):
        pass


@pytest.fixture
def address(db):
    """The root of a server that answers in a thread of its own, within the test's own transaction."""
    shared = connections["default"]
    shared.inc_thread_sharing()
    for signal in (request_started, request_finished):  # as Django's own client does: it would end the transaction
        signal.disconnect(close_old_connections)
    with make_server("localhost", 0, WSGIHandler(), handler_class=_Quiet) as listening:

        def serve():
            connections["default"] = shared
            listening.serve_forever(0.05)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://localhost:{listening.server_port}"
        listening.shutdown()
        thread.join()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
    shared.dec_thread_sharing()


@pytest.fixture
def server(cast, address):
    """bank_a's server, as the committee's client finds it, by Basic."""
    return Server(f"{address}/taxii2/", user="bank_a", password=taxii_token(cast, "bank_a", *BOTH))


def named(server, alias):
    return next(each for each in server.default.collections if each.alias == alias)


def test_committees_client_when_it_walks_then_it_finds_everything(server):
    assert server.title == "Noroshi"
    assert [root.url for root in server.api_roots] == [server.default.url]
    assert isinstance(server.default, ApiRoot)
    assert server.default.versions == ["application/taxii+json;version=2.1"]
    rights = [(each.alias, each.can_read, each.can_write) for each in server.default.collections]
    assert rights == [("everything", True, False), ("sent-in", True, True), ("group-wg_incident", True, False)]


def test_committees_client_when_it_posts_then_it_reads_pages_filters_and_deletes(server, monkeypatch):
    sent_in, everything = named(server, "sent-in"), named(server, "everything")
    objects = [indicator() for _ in range(5)]
    newer = indicator(name=objects[0]["id"], modified="2026-11-05T00:00:00.000Z")
    status = sent_in.add_objects({"objects": [*objects, newer, indicator(confidence=101)]})
    assert (status.status, status.total_count, status.success_count, status.failure_count) == ("complete", 7, 6, 1)
    status.refresh()
    assert [each["message"] for each in status.failures]
    expected = [each["id"] for each in (*objects[1:], newer)]
    for ask in (everything.get_objects, everything.get_manifest):
        pages = list(as_pages(ask, per_request=2))
        assert [len(page["objects"]) for page in pages] == [2, 2, 1]
        assert [each["id"] for page in pages for each in page["objects"]] == expected
    monkeypatch.setattr(query, "MOST", 3)
    assert [len(page["objects"]) for page in as_pages(everything.get_objects, per_request=5000)] == [3, 2]
    assert len(everything.get_objects(id=expected[:2], type=["indicator", "malware"])["objects"]) == 2
    assert sent_in.get_object(newer["id"], version="first")["objects"] == [objects[0]]
    assert sent_in.object_versions(newer["id"])["versions"] == [objects[0]["modified"], newer["modified"]]
    sent_in.delete_object(newer["id"])
    with pytest.raises(HTTPError, match="404"):
        sent_in.get_object(newer["id"])


def test_committees_client_when_it_polls_then_it_gets_what_is_new(server):
    sent_in = named(server, "sent-in")
    sent_in.add_objects({"objects": [indicator()]})
    last = sent_in.get_manifest()["objects"][-1]["date_added"]
    assert sent_in.get_objects(added_after=last) == {}
    sent_in.add_objects({"objects": [late := indicator()]})
    assert sent_in.get_objects(added_after=last) == {"objects": [late]}


def test_stix2_store_when_it_uses_a_collection_then_what_it_adds_comes_back(server):
    store = TAXIICollectionStore(named(server, "sent-in"))
    one = Indicator(pattern="[ipv4-addr:value = '198.51.100.7']", pattern_type="stix", name="狼煙")
    store.add(one)
    store.add([again := one.new_version(name="のろし")])
    assert store.get(one.id) == again
    assert store.query([Filter("type", "=", "indicator")]) == [again]
    assert sorted(each.name for each in store.all_versions(one.id)) == ["のろし", "狼煙"]
    assert store.get("indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f") is None


def test_lines_of_the_document_when_they_are_run_then_they_do_what_it_says(cast, address):
    """The page that says how a client is connected shows lines that work."""
    page = Path(__file__).parents[3] / "docs" / "use" / "taxii.md"
    (lines,) = re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)
    own = lines.replace("https://noroshi.example", address).replace(
        "bank_a's token", taxii_token(cast, "bank_a", *BOTH)
    )
    names = {}
    exec(own, names)
    assert names["status"].success_count == 1
    assert isinstance(names["everything"], Collection)
    assert [each["id"] for each in names["found"]] == [names["indicator"].id]
