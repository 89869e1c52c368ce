"""Feeds: what partners' servers bring, what hostile ones do not, and who keeps them."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from factories.endpoint import LOOPBACK, endpoint
from factories.stix_store import ids_of, indicator, polled
from factories.taxii import Taxii, taxii_token
from noroshi.core import clock
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput, NotAllowed, NotFound
from noroshi.intel import actions
from noroshi.intel.actions import FeedSaid
from noroshi.intel.domain.stix.tlp import TLP_2
from noroshi.intel.models import Feed, Parcel
from noroshi.intel.tasks import look_at_feeds
from noroshi.kit import outbound
from noroshi.kit.jobs import run_until_idle

pytestmark = pytest.mark.django_db

TAXII = "application/taxii+json;version=2.1"
SAID = FeedSaid("partner", "https://taxii.partner.example/api1/", "abc-1", "bearer", secret="s3cret")


class Server:
    """A partner's server behind the wire: its pages, in order; what it was asked."""

    def __init__(self) -> None:
        self.pages: list[outbound.Answer | Exception] = []
        self.asked: list[tuple[str, str]] = []

    def gives(self, *objects, more=False, following=None, last="2026-11-26T00:00:00.000001Z", status=200, **headers):
        body = {"more": more, "objects": list(objects), **({"next": following} if following else {})}
        known = {"content-type": TAXII, "x-taxii-date-added-last": last, **headers}
        self.pages.append(outbound.Answer(status, json.dumps(body).encode(), 0.1, known))

    def get(self, url, *, headers, **_bounds):
        self.asked.append((url.partition("?")[2], headers.get("Authorization", "")))
        answer = self.pages.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def server(monkeypatch):
    """The wire alone is replaced: what goes over it is tested with `kit.outbound`."""
    server = Server()
    monkeypatch.setattr(outbound, "get", server.get)
    return server


@pytest.fixture
def feed(cast):
    return actions.add_feed(cast.actor("a1"), said=SAID)


def looked_at(feed):
    feed.refresh_from_db()
    tally = actions.look_at_feed(feed)
    feed.refresh_from_db()
    return tally


def test_what_is_due_is_fetched_page_by_page_and_lands_in_triage(cast, server, feed):
    one, two, strict = indicator(), indicator(), indicator(object_marking_refs=[TLP_2[TLP.AMBER_STRICT]])
    server.gives(one, more=True, following="n/1")
    server.gives(two, strict, last="2026-11-26T00:00:09Z")
    look_at_feeds()
    run_until_idle()
    assert server.asked == [("limit=1000", "Bearer s3cret"), ("limit=1000&next=n%2F1", "Bearer s3cret")]
    assert ids_of(polled(cast.actor("a2"), "sent-in")) == [one["id"], two["id"]]
    assert ids_of(polled(cast.actor("b1"))) == []
    feed.refresh_from_db()
    assert (feed.accepted, feed.refused, feed.trouble, feed.added_after) == (2, 1, "", "2026-11-26T00:00:09Z")
    look_at_feeds()
    run_until_idle()
    assert len(server.asked) == 2
    server.gives()
    with clock.stopped_at(clock.now() + timedelta(minutes=61)):
        look_at_feeds()
        run_until_idle()
    assert server.asked[2][0] == "limit=1000&added_after=2026-11-26T00%3A00%3A09Z"


def test_where_a_server_fails_halfway_what_came_is_in_and_the_next_look_goes_on(server, feed):
    server.gives(indicator(), more=True, last="2026-11-26T00:00:01Z")
    server.pages.append(outbound.OutboundFailed("ReadTimeout"))
    assert looked_at(feed).accepted == 1
    assert (feed.trouble, feed.failures, feed.good_at, feed.added_after) == (
        "unreachable", 1, None, "2026-11-26T00:00:01Z",
    )  # fmt: skip
    assert feed.due_at - clock.now() > timedelta(minutes=119)
    server.gives(indicator())
    assert looked_at(feed).accepted == 1
    assert (feed.trouble, feed.failures, feed.accepted) == ("", 0, 2)


def test_a_server_that_pages_for_ever_is_left_after_so_many_pages(server, feed, monkeypatch):
    monkeypatch.setattr(actions.feeds, "MOST_PAGES", 3)
    for number in range(3):
        server.gives(indicator(), more=True, following=f"n{number}")
    assert (looked_at(feed).accepted, feed.next) == (3, "n2")
    server.gives(one := indicator(), more=True, following="n3")
    server.gives(one, more=True, following="n4")
    assert (looked_at(feed).accepted, feed.trouble, feed.next) == (2, "endless", "")


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        ({"status": 401}, "denied"),
        ({"status": 302, "location": "http://169.254.169.254/"}, "status"),
        ({"status": 429, "retry-after": "7200"}, "busy"),
        ({"content-type": "text/html"}, "no-envelope"),
    ],
)
def test_what_is_no_answer_is_told_and_changes_nothing(cast, server, feed, answer, trouble):
    known = {"content-type": TAXII}
    said = {**known, **{name: value for name, value in answer.items() if name != "status"}}
    server.pages.append(outbound.Answer(answer.get("status", 200), b'{"objects":[{}]}', 0.1, said))
    assert looked_at(feed).accepted == 0
    assert (feed.trouble, Parcel.everything.count()) == (trouble, 0)
    page = cast.client("a2").get(f"/intel/feeds/{feed.pk}/").content.decode()
    assert 'class="notice' in page


def test_over_the_wire_a_server_is_heard_and_an_endless_body_or_a_way_inside_is_not(
    cast, settings, monkeypatch, tmp_path
):
    with endpoint(tmp_path) as here:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        root = here.url.removesuffix("/hook") + "/api1/"
        feed = actions.add_feed(cast.actor("a1"), said=FeedSaid("near", root, "c", "basic", "me", "pw"))
        looked_at(feed)
        assert (feed.trouble, here.asked) == ("unreachable", [])
        settings.OUTBOUND_NETWORKS = LOOPBACK
        here.status, here.headers = 200, {"Content-Type": TAXII}
        here.answer = json.dumps({"objects": [one := indicator()]}).encode()
        assert (looked_at(feed).accepted, feed.trouble) == (1, "")
        assert ids_of(polled(cast.actor("a1"))) == [one["id"]]
        assert here.asked == ["/api1/collections/c/objects/?limit=1000"]
        assert here.received[0][0]["authorization"] == "Basic bWU6cHc="
        monkeypatch.setattr(actions.feeds, "MOST_BYTES", 100)
        assert (looked_at(feed).accepted, feed.trouble, feed.detail) == (0, "unreachable", "The answer is too large.")
        here.status, here.headers = 302, {"Location": root}
        monkeypatch.setattr(actions.feeds, "MOST_BYTES", 10_000)
        assert (looked_at(feed).accepted, feed.trouble, len(here.asked)) == (0, "status", 3)
        certain = FeedSaid("near", root, "c", "certificate", secret="no certificate")
        actions.change_feed(cast.actor("a1"), feed, said=certain)
        looked_at(feed)
        assert (feed.trouble, feed.detail) == ("unreachable", "The certificate and its key do not fit together.")


def test_our_own_server_is_read_page_by_page_and_from_where_it_ended(cast, monkeypatch):
    """Another house's feed, with a token of bank_a: all that the token may read, once."""
    taxii = Taxii(secret := taxii_token(cast, "bank_a"))

    def get(url, *, headers, **_bounds):
        answer = taxii.client.get(url.partition(".example")[2], headers=headers)
        return outbound.Answer(answer.status_code, answer.content, 0.1, answer.headers)

    monkeypatch.setattr(outbound, "get", get)
    monkeypatch.setattr(actions.feeds, "LIMIT", 2)
    sent = [indicator() for _ in range(5)]
    taxii.post(*sent)
    said = FeedSaid("A", "https://a.example/taxii2/root/", "everything", "bearer", secret=secret)
    feed = actions.add_feed(cast.actor("b1"), said=said)
    assert (looked_at(feed).accepted, feed.trouble, feed.next) == (5, "", "")
    assert looked_at(feed).accepted == 0
    taxii.post(later := indicator())
    assert looked_at(feed).accepted == 1
    assert ids_of(polled(cast.actor("b1"))) == [each["id"] for each in [*sent, later]]
    actions.change_feed(cast.actor("b1"), feed, said=replace(said, collection="nobody"))
    assert (looked_at(feed).accepted, feed.trouble, feed.detail) == (0, "status", "404")


def test_a_secret_is_kept_from_everybody_and_from_another_server(cast, feed):
    assert "s3cret" not in feed.secret
    client = cast.client("a2")
    pages = [client.get(f"/intel/feeds/{path}") for path in ("", f"{feed.pk}/", f"{feed.pk}/change")]
    assert [("s3cret" in page.content.decode(), page.status_code) for page in pages] == [(False, 200)] * 3
    again = FeedSaid("partner", "https://other.example/api1/", "abc-1", "bearer")
    with pytest.raises(InvalidInput) as refusal:
        actions.change_feed(cast.actor("a2"), feed, said=again)
    assert refusal.value.field == "secret"
    renamed = FeedSaid("Partner", SAID.api_root, "abc-1", "bearer", minutes=30)
    actions.change_feed(cast.actor("a2"), feed, said=renamed)
    assert Feed.everything.get().secret == feed.secret


@pytest.mark.parametrize(
    "api_root", ["http://taxii.example/", "https://me:pw@taxii.example/", "ftp://x", "https://x/?a=1"]
)
def test_an_address_that_may_not_be_called_is_refused(cast, api_root):
    with pytest.raises(InvalidInput):
        actions.add_feed(cast.actor("a1"), said=FeedSaid("x", api_root, "c"))


def test_feeds_are_their_organisations_alone(cast, feed):
    for name, status in (("a2", 200), ("b1", 404), ("hub_op", 404), ("sup", 404), ("a_reader", 403)):
        assert (name, cast.client(name).get(f"/intel/feeds/{feed.pk}/").status_code) == (name, status)
    for verb in ("look", "pause", "remove"):
        assert cast.client("b1").post(f"/intel/feeds/{feed.pk}/{verb}").status_code == 404
    with pytest.raises(NotAllowed):
        actions.add_feed(cast.machine("bank_a"), said=SAID)
    with pytest.raises(NotFound):
        actions.add_feed(cast.actor("sup"), said=SAID)


def test_a_feed_is_named_paused_and_removed_by_its_pages(cast, server):
    client = cast.client("a1", "ja")
    said = {"title": "ISAC", "api_root": "https://t.example/a/", "collection": "c", "auth": "none", "minutes": 60}
    assert client.post("/intel/feeds/add", {**said, "minutes": 1}).status_code == 422
    assert client.post("/intel/feeds/add", said).status_code == 302
    feed = Feed.everything.get()
    assert "ISAC" in client.get("/intel/feeds/").content.decode()
    client.post(f"/intel/feeds/{feed.pk}/pause")
    look_at_feeds()
    run_until_idle()
    assert client.post(f"/intel/feeds/{feed.pk}/look").status_code == 409
    assert server.asked == []
    client.post(f"/intel/feeds/{feed.pk}/pause")
    assert client.post(f"/intel/feeds/{feed.pk}/look").status_code == 302
    client.post(f"/intel/feeds/{feed.pk}/remove")
    assert Feed.everything.count() == 0
