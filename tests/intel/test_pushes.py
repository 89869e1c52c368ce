"""Pushes: what a server of somebody else took, what it did not and why, and who may have something sent."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from factories.elsewhere import API_ROOT, OursElsewhere, Scripted, said
from factories.endpoint import LOOPBACK, endpoint
from factories.stix_store import indicator, send_in
from factories.taxii import KIND, taxii_token
from noroshi.core import clock
from noroshi.core.domain.membership import Role
from noroshi.core.errors import InvalidInput, NotAllowed, NotFound
from noroshi.core.models import LedgerEntry
from noroshi.intel import actions
from noroshi.intel.actions import PushSaid
from noroshi.intel.domain.stix.header import header_of
from noroshi.intel.models import Mark, Push, Source, StixObject
from noroshi.intel.queries import pushed_views
from noroshi.intel.tasks import push_what_is_due
from noroshi.kit import outbound
from noroshi.kit.jobs import run_until_idle
from noroshi.members.models import Organisation, RoleAssignment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _keeper(cast):
    """a1 is the one of bank_a who may have something sent."""
    RoleAssignment.objects.create(person=cast.a1, role=Role.COORDINATOR)


@pytest.fixture
def server(monkeypatch):
    """The wire alone is replaced: what goes over it is tested with `kit.outbound`."""
    return wired(monkeypatch, Scripted())


@pytest.fixture
def ours(monkeypatch):
    return wired(monkeypatch, OursElsewhere())


def wired(monkeypatch, server):
    monkeypatch.setattr(outbound, "get", server.get)
    monkeypatch.setattr(outbound, "post", server.post)
    return server


def say(cast, view="sent-in", **said):
    views = {each.alias: str(each.id) for each in pushed_views(cast.actor("a1"))}
    known = {"title": "SIEM", "api_root": API_ROOT, "collection": "c", "whose": "own", "view": views[view]}
    return PushSaid(**{**known, **said})


def add(cast, view="sent-in", **said):
    return actions.add_push(cast.actor("a1"), said=say(cast, view, **said))


def pushed(push):
    push.refresh_from_db()
    actions.push_out(push)
    push.refresh_from_db()
    return push.trouble


def marks(push, *names):
    """What became of objects: their states, reasons and what was said, in the order of the names."""
    found = {mark.stix_id: (mark.state, mark.reason, mark.said) for mark in push.marks.all()}
    return [found[name] for name in names] if names else found


TAKEN = ("taken", "", "")


def test_what_a_collection_gives_lies_in_our_own_server_elsewhere_and_goes_there_once(cast, ours):
    sent = [indicator(str(number)) for number in range(3)]
    send_in(cast.actor("a1"), *sent)
    push = add(cast, collection="sent-in", auth="bearer", secret=taxii_token(cast, "bank_b"))
    push_what_is_due()
    run_until_idle()
    assert ours.envelopes == [[each["id"] for each in sent]]
    there = StixObject.everything.filter(parcel__owner=cast.bank_b, parcel__source=Source.RECEIVED)
    assert [json.loads(row) for row in there.order_by("position").values_list("raw", flat=True)] == sent
    push.refresh_from_db()
    assert (push.trouble, push.good_at is not None) == ("", True)
    assert set(marks(push).values()) == {TAKEN}
    send_in(cast.actor("a1"), later := indicator(name=sent[0]["id"], modified="2026-11-05T00:00:00.000Z"))
    push_what_is_due()
    run_until_idle()
    assert len(ours.envelopes) == 1
    with clock.stopped_at(clock.now() + timedelta(minutes=61)):
        push_what_is_due()
        run_until_idle()
    assert ours.envelopes[1:] == [[later["id"]]]
    (entry, _last) = LedgerEntry.objects.filter(action="intel.objects.pushed").order_by("id")
    assert (entry.payload, entry.organisation, entry.person) == ({"objects": {"taken": 3}}, cast.bank_a.pk, None)


def test_what_is_refused_there_is_named_with_its_words_and_goes_again_when_somebody_wants_it(cast, ours):
    fine, wrong = indicator(), indicator("2")
    send_in(cast.actor("a1"), fine, wrong)
    row = StixObject.everything.get(stix_id=wrong["id"])
    broken = json.dumps({**wrong, "confidence": 101}).encode()
    StixObject.everything.filter(pk=row.pk).update(raw=broken)  # as one that a stricter server would refuse
    push = add(cast, collection="sent-in", auth="bearer", secret=taxii_token(cast, "bank_b"))
    assert pushed(push) == ""
    good, (state, reason, words) = marks(push, fine["id"], wrong["id"])
    assert (good, state, reason) == (TAKEN, "refused", "refused")
    assert words.startswith("confidence: 101")
    StixObject.everything.filter(pk=row.pk).update(raw=json.dumps(wrong).encode())
    assert actions.send_again(cast.actor("a1"), push) == 1
    assert pushed(push) == ""
    assert (marks(push, wrong["id"]), ours.envelopes[1:]) == ([TAKEN], [[wrong["id"]]])


@pytest.mark.parametrize(("cut", "posts"), [("cut_before", 4), ("cut_after", 5)])
def test_a_push_that_is_cut_goes_on_behind_what_has_its_mark(cast, ours, monkeypatch, cut, posts):
    """An envelope whose answer was lost goes once more, which is no error there; none is there twice."""
    monkeypatch.setattr(actions.pushing, "LIMIT", 2)
    sent = [indicator(str(number)) for number in range(7)]
    send_in(cast.actor("a1"), *sent)
    push = add(cast, collection="sent-in", auth="bearer", secret=taxii_token(cast, "bank_b"))
    setattr(ours, cut, 2)
    assert pushed(push) == "unreachable"
    assert (len(push.marks.all()), push.failures, push.good_at) == (2, 1, None)
    ours.cut_before = 0
    assert pushed(push) == ""
    assert (len(ours.envelopes), push.failures) == (posts, 0)
    assert marks(push, *(each["id"] for each in sent)) == [TAKEN] * 7
    there = StixObject.everything.filter(parcel__owner=cast.bank_b)
    assert sorted(there.values_list("stix_id", flat=True)) == sorted(each["id"] for each in sent)


def test_an_answer_that_comes_later_is_asked_for_until_it_is_there(cast, server):
    send_in(cast.actor("a1"), one := indicator(), two := indicator("2"))
    server.status = {"status": "pending", "failure_count": 0}
    server.statuses["s1"] = said({"id": "s1", "status": "pending"})
    push = add(cast)
    assert pushed(push) == ""
    assert set(marks(push).values()) == {("sent", "", "")}
    assert push.due_at - clock.now() < timedelta(minutes=2)
    failures = [{"id": two["id"], "version": "x", "message": "no\x07 \u202epattern"}]
    server.statuses["s1"] = said({"id": "s1", "status": "complete", "failure_count": 1, "failures": failures})
    assert pushed(push) == ""
    assert marks(push, one["id"], two["id"]) == [TAKEN, ("refused", "refused", "no [U+202E]pattern")]
    assert push.due_at - clock.now() > timedelta(minutes=59)


def test_what_a_server_never_answers_is_said_to_be_so(cast, server):
    send_in(cast.actor("a1"), one := indicator())
    server.status = {"status": "pending"}
    push = add(cast)
    assert pushed(push) == ""  # it has no such status
    assert marks(push, one["id"]) == [("untold", "forgotten", "")]
    assert actions.send_again(cast.actor("a1"), push) == 1
    server.statuses["s1"] = said({"id": "s1", "status": "pending"})
    pushed(push)
    with clock.stopped_at(clock.now() + timedelta(hours=25)):
        pushed(push)
    assert marks(push, one["id"]) == [("untold", "overdue", "")]
    send_in(cast.actor("a1"), two := indicator("2"))
    server.status = {"status": "pending", "id": "../../admin"}
    pushed(push)
    assert (marks(push, two["id"]), [path for path in server.asked if ".." in path]) == (
        [("untold", "forgotten", "")],
        [],
    )


def test_an_object_on_which_a_server_chokes_is_found_and_keeps_out_no_other(cast, server):
    sent = [indicator(str(number)) for number in range(5)]
    send_in(cast.actor("a1"), *sent)
    server.chokes_on = {sent[3]["id"]}
    push = add(cast)
    assert pushed(push) == ""
    assert marks(push, sent[3]["id"]) == [("refused", "refused", "422 Unprocessable: I choke")]
    assert marks(push, *(each["id"] for each in sent if each != sent[3])) == [TAKEN] * 4


def test_an_envelope_is_as_large_as_the_server_takes_and_what_is_larger_is_told(cast, server):
    small, large = indicator(), indicator("2", description="x" * 2_000)
    send_in(cast.actor("a1"), small, large, last := indicator("3"))
    server.room = 700
    push = add(cast)
    assert pushed(push) == ""
    assert server.envelopes == [[small["id"]], [last["id"]]]
    assert marks(push, small["id"], large["id"], last["id"]) == [TAKEN, ("skipped", "too-large", ""), TAKEN]


@pytest.mark.parametrize(
    ("broken", "trouble"),
    [
        (said({}, 401), "denied"),
        (said({}, 429, **{"retry-after": "18000"}), "busy"),
        (said({}, 503), "busy"),
        (said({"title": "T"}, 400), "status"),
        (outbound.Answer(202, b"<html>", 0.1, {"content-type": "text/html"}), "no-envelope"),
    ],
)
def test_a_server_that_does_not_take_it_is_left_in_peace_and_nothing_is_marked(cast, server, broken, trouble):
    send_in(cast.actor("a1"), one := indicator())
    server.broken = broken
    push = add(cast)
    assert pushed(push) == trouble
    assert (marks(push), push.failures, push.after) == ({}, 1, 0)
    wait = timedelta(hours=5 if broken.headers.get("retry-after") else 2)
    assert wait - timedelta(minutes=1) < push.due_at - clock.now() <= wait
    assert 'class="notice' in cast.client("a2").get(f"/intel/pushes/{push.pk}/").content.decode()
    server.broken = None
    assert (pushed(push), marks(push, one["id"]), push.failures) == ("", [TAKEN], 0)


def test_where_one_may_not_write_nothing_is_sent_and_the_page_says_so(cast, server):
    send_in(cast.actor("a1"), indicator())
    server.can_write = False
    push = add(cast)
    assert (pushed(push), server.envelopes) == ("read-only", [])
    assert "lets you read and not write" in cast.client("a2").get(f"/intel/pushes/{push.pk}/").content.decode()


def test_a_look_sends_so_much_and_the_next_one_goes_on(cast, server, monkeypatch):
    monkeypatch.setattr(actions.pushing, "LIMIT", 1)
    monkeypatch.setattr(actions.pushing, "MOST_SENT", 2)
    send_in(cast.actor("a1"), *(indicator(str(number)) for number in range(3)))
    push = add(cast)
    assert (pushed(push), len(marks(push))) == ("", 2)
    assert push.due_at - clock.now() < timedelta(minutes=2)
    assert (pushed(push), len(marks(push)), len(server.envelopes)) == ("", 3, 3)


def test_what_goes_again_is_what_may_go_now(cast, server):
    send_in(cast.actor("a1"), gone := indicator(), newer := indicator("2"))
    server.refuses = {gone["id"]: "no", newer["id"]: "no"}
    push = add(cast)
    pushed(push)
    actions.delete_received(cast.actor("a1"), stix_id=gone["id"])
    later = indicator("2", name=newer["id"], modified="2026-11-05T00:00:00.000Z")
    send_in(cast.actor("a1"), later)
    server.refuses = {}
    actions.send_again(cast.actor("a1"), push)
    assert pushed(push) == ""
    states = {(mark.stix_id, mark.modified): (mark.state, mark.reason) for mark in push.marks.all()}
    versions = [header_of(each).modified for each in (newer, later)]
    assert states[gone["id"], header_of(gone).modified] == ("skipped", "no-more")
    assert states[newer["id"], versions[0]] == ("skipped", "no-more")
    assert states[newer["id"], versions[1]] == ("taken", "")


def test_who_takes_part_no_more_sends_nothing(cast, server):
    send_in(cast.actor("a1"), indicator())
    push = add(cast)
    Organisation.objects.filter(pk=cast.bank_a.pk).update(standing="suspended")
    assert (pushed(push), server.envelopes) == ("closed", [])


def test_a_push_that_is_paused_or_led_elsewhere_meanwhile_ends_there(cast, server, monkeypatch):
    """What was on its way goes to nobody else, and no mark of it is written for another way."""
    send_in(cast.actor("a1"), one := indicator())
    push = add(cast)
    post = server.post

    def meanwhile(url, **what):
        actions.change_push(cast.actor("a1"), Push.everything.get(), said=say(cast, collection="d"))
        return post(url, **what)

    monkeypatch.setattr(outbound, "post", meanwhile)
    assert (pushed(push), marks(push), push.after, push.tried_at) == ("", {}, 0, None)
    monkeypatch.setattr(outbound, "post", post)
    assert (pushed(push), marks(push, one["id"])) == ("", [TAKEN])
    actions.change_push(cast.actor("a1"), push, said=say(cast, collection="d", title="Renamed"))
    assert len(marks(push)) == 1


def test_over_the_wire_an_envelope_arrives_with_what_the_server_knows_one_by(cast, settings, monkeypatch, tmp_path):
    with endpoint(tmp_path) as here:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        settings.OUTBOUND_NETWORKS = LOOPBACK
        send_in(cast.actor("a1"), one := indicator())
        here.status, here.headers = 200, {"Content-Type": KIND}
        here.answer = json.dumps({"id": "s1", "status": "complete", "can_write": True}).encode()
        root = here.url.removesuffix("/hook") + "/api1/"
        push = add(cast, api_root=root, auth="basic", username="me", secret="pw")
        assert (pushed(push), marks(push, one["id"])) == ("", [TAKEN])
        headers, body = here.received[-1]
        assert json.loads(body) == {"objects": [one]}
        assert (headers["authorization"], headers["content-type"], headers["accept"]) == ("Basic bWU6cHc=", KIND, KIND)
        assert here.asked == ["/api1/", "/api1/collections/c/"]


# Who may


def test_pushes_are_seen_by_those_who_need_to_know_and_kept_by_coordinators_and_admins(cast, server):
    push = add(cast)
    for name, status in (("a2", 200), ("b1", 404), ("hub_op", 404), ("sup", 404), ("a_reader", 403)):
        assert (name, cast.client(name).get(f"/intel/pushes/{push.pk}/").status_code) == (name, status)
    for verb in ("now", "pause", "again", "remove"):
        assert cast.client("b1").post(f"/intel/pushes/{push.pk}/{verb}").status_code == 404
        assert cast.client("a2").post(f"/intel/pushes/{push.pk}/{verb}").status_code == 403
    for stranger, refusal in (("a2", NotAllowed), ("a_admin", NotAllowed), ("sup", NotFound)):
        with pytest.raises(refusal):
            actions.add_push(cast.actor(stranger), said=say(cast))
    with pytest.raises(NotAllowed):
        actions.add_push(cast.machine("bank_a"), said=say(cast))
    assert Role.COORDINATOR in cast.actor("a1").roles


def test_only_an_own_collection_can_be_pushed_and_a_secret_goes_to_its_server_alone(cast):
    theirs = next(str(each.id) for each in pushed_views(cast.actor("b1")) if each.alias == "sent-in")
    for wrong in ({"view": theirs}, {"whose": "everybodys"}, {"api_root": "http://x.example/"}):
        with pytest.raises(InvalidInput) as refusal:
            actions.add_push(cast.actor("a1"), said=replace(say(cast), **wrong))
        assert [refusal.value.field] == list(wrong)
    push = add(cast, auth="bearer", secret="s3cret")
    client = cast.client("a1")
    pages = [client.get(f"/intel/pushes/{path}") for path in ("", f"{push.pk}/", f"{push.pk}/change")]
    assert [("s3cret" in page.content.decode(), page.status_code) for page in pages] == [(False, 200)] * 3
    assert "s3cret" not in push.secret
    with pytest.raises(InvalidInput) as refusal:
        actions.change_push(cast.actor("a1"), push, said=say(cast, auth="bearer", api_root="https://other.example/"))
    assert refusal.value.field == "secret"


def test_a_push_is_named_paused_and_removed_by_its_pages(cast, server):
    client = cast.client("a1", "ja")
    known = say(cast, "everything")
    filled = {**{name: getattr(known, name) for name in ("title", "api_root", "collection", "auth", "whose", "view")}}
    assert client.post("/intel/pushes/add", {**filled, "minutes": 1}).status_code == 422
    assert client.post("/intel/pushes/add", {**filled, "minutes": 60}).status_code == 302
    push = Push.everything.get()
    client.post(f"/intel/pushes/{push.pk}/pause")
    push_what_is_due()
    run_until_idle()
    assert (server.asked, client.post(f"/intel/pushes/{push.pk}/now").status_code) == ([], 409)
    client.post(f"/intel/pushes/{push.pk}/pause")
    assert client.post(f"/intel/pushes/{push.pk}/now").status_code == 302
    changed = client.post(f"/intel/pushes/{push.pk}/change", {**filled, "minutes": 30, "title": "SOC"})
    assert (changed.status_code, Push.everything.get().title) == (302, "SOC")
    client.post(f"/intel/pushes/{push.pk}/remove")
    assert (Push.everything.count(), Mark.objects.count()) == (0, 0)


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_of_a_push_tells_each_object_by_the_same_number_of_questions(
    cast, server, number, django_assert_num_queries
):
    send_in(cast.actor("a1"), *(indicator(str(each), name=None) for each in range(number)))
    push = add(cast)
    server.status = {"status": "complete", "failure_count": 9}
    pushed(push)
    client = cast.client("a2")
    page = client.get(f"/intel/pushes/{push.pk}/?state=untold").content.decode()
    assert page.count("indicator--") == number
    with django_assert_num_queries(21):
        client.get(f"/intel/pushes/{push.pk}/")
