"""Signals that go to another hub by what people have said of them: the author agrees, an operator reads TLP:AMBER."""

from datetime import timedelta

import pytest

from factories.audience import COMMUNITY, to_group, to_organisation, without
from factories.program import program_of
from factories.signals import make_signal
from factories.travelling import SIGNALS, arrived, make_peer, plain, read, written
from noroshi.core import clock, ids, policy
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.core.models import LedgerEntry
from noroshi.federation.actions import cut_peer, mark_community, reconcile_peer
from noroshi.federation.carriers import Skip
from noroshi.federation.models import Copy, OutboxEntry, PeerKind
from noroshi.notify.models import Notice
from noroshi.sharing import actions, queries
from noroshi.sharing.federating import SUBJECT
from noroshi.sharing.models import Passage, Signal

AGREE = Skip("consent", "TLP:AMBER")
RELEASE = Skip("release", "TLP:AMBER")


@pytest.fixture
def east(cast):
    """Another hub, to which things may go."""
    return make_peer(PeerKind.PARTNER, name="East ISAC")


@pytest.fixture
def west(cast):
    """A third hub, to which nobody agrees that anything goes."""
    return make_peer(PeerKind.PARTNER, name="West ISAC")


def agree(cast, signal, hub, who="a1"):
    return actions.agree_to_passage(cast.actor(who), signal, hub=hub.pk)


def release(cast, signal, hub, who="hub_op"):
    return actions.release_passage(cast.actor(who), signal, hub=hub.pk)


def told(kind, person):
    return Notice.everything.filter(kind=kind, person=person).count()


@pytest.mark.parametrize("tlp", ["GREEN", "AMBER"])
def test_signal_goes_to_the_hub_that_its_author_agreed_to_and_to_no_other(cast, east, west, tlp):
    signal = make_signal(cast.a1, COMMUNITY, tlp=tlp)
    for hub in (east, west):
        assert written(hub, signal) == Skip("consent", f"TLP:{tlp}")
    agree(cast, signal, east)
    if tlp == "AMBER":
        assert written(east, signal) == RELEASE
        release(cast, signal, east)
    assert (plain(written(east, signal))["title"], plain(written(east, signal))["tlp"]) == (signal.title, tlp)
    assert written(west, signal) == Skip("consent", f"TLP:{tlp}")


@pytest.mark.parametrize(
    ("lines", "readers"), [([COMMUNITY], {"hub_op", "b1"}), (["group"], {"hub_op"})], ids=["all", "group"]
)
def test_copy_is_for_all_there_only_where_the_signal_is_for_all_here(cast, east, lines, readers):
    signal = make_signal(cast.a1, *[to_group(cast.wg_incident) if line == "group" else line for line in lines])
    agree(cast, signal, east)
    release(cast, signal, east)
    copy = arrived(east, written(east, signal))
    people = ("hub_op", "b1", "b_reader", "sup")
    assert {name for name in people if policy.decide(cast.actor(name), copy).allowed} == readers
    assert written(make_peer(PeerKind.PARTNER), copy) == Skip("not_ours")


def test_hub_of_the_same_community_gets_green_for_all_and_nothing_narrower(cast, east):
    wide = make_signal(cast.a1, COMMUNITY, tlp="GREEN")
    rest = [
        make_signal(cast.a1, to_group(cast.wg_incident), tlp="GREEN"),
        make_signal(cast.a1, COMMUNITY, without(cast.insurer), tlp="GREEN"),
        make_signal(cast.a1, COMMUNITY, tlp="AMBER"),
        make_signal(cast.a1, COMMUNITY, tlp="GREEN", embargo_until=clock.now() + timedelta(hours=1)),
    ]
    mark_community(cast.actor("hub_op"), east, same=True)
    east.refresh_from_db()
    assert [each for each in (wide, *rest) if not isinstance(written(east, each), Skip)] == [wide]
    assert list(SIGNALS.due_to(east)) == [wide.pk]


def test_community_when_said_then_what_it_changes_goes_and_comes_back(cast, east, ledger):
    signal = make_signal(cast.a1, COMMUNITY, tlp="GREEN")
    operator = cast.actor("hub_op")
    mark_community(operator, east, same=True)
    mark_community(operator, east, same=True)
    assert list(OutboxEntry.objects.filter(peer=east).values_list("subject_id", flat=True)) == [signal.pk]
    OutboxEntry.objects.update(state="acknowledged")
    Copy.objects.create(peer=east, subject=SUBJECT, subject_id=signal.pk)
    peer = mark_community(operator, east, same=False)
    assert OutboxEntry.objects.filter(peer=east, state="waiting", subject_id=signal.pk).count() == 1
    assert plain(written(peer, signal, has_copy=True)) == {"state": "recalled"}
    assert [row for row in ledger() if row[0].startswith("federation.")] == [
        ("federation.peer.placed", cast.hub_op.pk)
    ] * 2


def test_community_is_said_of_connected_hubs_by_who_connects_them(cast, east):
    for kind, house in ((PeerKind.NODE, cast.bank_b), (PeerKind.HUB, cast.bank_b)):
        with pytest.raises(Conflict):
            mark_community(cast.actor("hub_op"), make_peer(kind, house), same=True)
    with pytest.raises(NotFound):
        mark_community(cast.actor("a1"), east, same=True)
    with pytest.raises(NotAllowed):
        mark_community(cast.actor("auditor"), east, same=True)
    cut_peer(cast.actor("hub_op"), east)
    with pytest.raises(Conflict):
        mark_community(cast.actor("hub_op"), east, same=True)


def test_changed_after_its_release_then_it_waits_again_and_what_is_there_stays(cast, east):
    signal = make_signal(cast.a1, COMMUNITY)
    agree(cast, signal, east)
    release(cast, signal, east)
    Copy.objects.create(peer=east, subject=SUBJECT, subject_id=signal.pk)
    signal = actions.amend_signal(cast.actor("a1"), signal, title="Now named", body="of bank X", reason="more is known")
    assert written(east, signal, has_copy=True) == Skip("changed", "TLP:AMBER")
    assert reconcile_peer(east) == 0
    release(cast, signal, east)
    assert plain(written(east, signal))["title"] == "Now named"


def test_lowered_to_green_then_the_agreement_is_enough(cast, east):
    signal = make_signal(cast.a1, COMMUNITY)
    agree(cast, signal, east)
    actions.lower_marking(cast.actor("a1"), signal, tlp="GREEN", reason="known by now")
    assert plain(written(east, signal))["tlp"] == "GREEN"
    with pytest.raises(Conflict):
        release(cast, Signal.everything.get(pk=signal.pk), east)


@pytest.mark.parametrize("who", ["a1", "hub_op"])
def test_taken_back_then_it_is_called_back_there(cast, east, who, drain):
    signal = make_signal(cast.a1, COMMUNITY)
    agree(cast, signal, east)
    release(cast, signal, east)
    copy = arrived(east, written(east, signal))
    drain()
    OutboxEntry.objects.all().delete()
    actions.end_passage(cast.actor(who), signal, hub=east.pk)
    drain()
    assert list(OutboxEntry.objects.values_list("peer", "subject_id")) == [(east.pk, signal.pk)]
    assert plain(written(east, signal, has_copy=True)) == {"state": "recalled"}
    assert arrived(east, written(east, signal, has_copy=True), copy.pk).body == ""
    assert written(east, signal) == AGREE
    assert told("amended", cast.a1) == {"a1": 1, "hub_op": 2}[who]  # the release; and what somebody else did


def test_only_the_author_agrees_and_only_another_operator_releases(cast, east):
    signal, own = make_signal(cast.a1, COMMUNITY), make_signal(cast.hub_op, COMMUNITY)
    for name in ("a2", "b1", "hub_op"):
        with pytest.raises(NotAllowed):
            agree(cast, signal, east, name)
    with pytest.raises(NotFound):
        agree(cast, signal, east, "sup")
    with pytest.raises(NotFound):
        release(cast, signal, east)
    agree(cast, signal, east)
    agree(cast, own, east, "hub_op")
    with pytest.raises(Conflict):
        agree(cast, signal, east)
    for each, name in ((signal, "a1"), (signal, "b1"), (own, "hub_op")):
        with pytest.raises(NotAllowed):
            release(cast, each, east, name)
    with pytest.raises(NotAllowed):
        actions.end_passage(cast.actor("b1"), signal, hub=east.pk)
    release(cast, own, east, "hub_trusted")
    with pytest.raises(Conflict):
        release(cast, own, east, "hub_trusted")
    assert [row.signal_id for row in queries.passages_waiting(cast.actor("hub_op"))] == [signal.pk]


@pytest.mark.parametrize(
    ("lines", "tlp", "sentence"),
    [
        ([COMMUNITY], "CLEAR", "by agreement"),
        (["group"], "AMBER+STRICT", "by agreement"),
        ([COMMUNITY, "without"], "GREEN", "left out"),
        (["house"], "AMBER", "none of them sees"),
    ],
)
def test_agreement_that_opens_nothing_is_refused_with_its_reason(cast, east, lines, tlp, sentence):
    named = {
        "group": to_group(cast.wg_incident),
        "without": without(cast.insurer),
        "house": to_organisation(cast.bank_b),
    }
    signal = make_signal(cast.a1, *[named.get(line, line) for line in lines], tlp=tlp)
    with pytest.raises(InvalidInput, match=sentence):
        agree(cast, signal, east)


def test_agreement_to_what_is_no_hub_or_cut_off_is_refused(cast, east):
    signal = make_signal(cast.a1, COMMUNITY)
    with pytest.raises(NotFound):
        agree(cast, signal, make_peer(PeerKind.NODE, cast.bank_b))
    cut_peer(cast.actor("hub_op"), east)
    with pytest.raises(NotFound):
        agree(cast, signal, east)


def test_author_on_a_node_agrees_on_the_pages_of_the_hub(cast, east):
    node, hub = make_peer(PeerKind.NODE, cast.bank_b), make_peer(PeerKind.HUB, cast.bank_b)
    read(node, number := ids.new_id(), plain(written(hub, make_signal(cast.b1, COMMUNITY, tlp="GREEN"))))
    signal = Signal.everything.get(pk=number)
    assert written(east, signal) == Skip("consent", "TLP:GREEN")
    agree(cast, signal, east, "b1")
    assert plain(written(east, signal))["voice"]["person"] == ""


def test_agreed_while_sending_then_it_is_kept_with_the_draft_that_went(cast, east, west, draft, drain):
    signal = actions.publish_signal(cast.actor("a1"), draft("a1"), hubs=[east.pk])
    assert list(Passage.everything.values_list("signal", "peer", "released_version")) == [(signal.pk, east.pk, None)]
    drain()
    assert told("release", cast.hub_op) == 1
    assert (written(east, signal), written(west, signal)) == (RELEASE, AGREE)
    assert set(OutboxEntry.objects.values_list("peer", flat=True)) == {east.pk, west.pk}
    assert OutboxEntry.objects.count() == 2


def test_agreed_while_sending_what_is_handed_back_then_the_next_sending_decides_anew(cast, east, draft):
    signal = draft("a1", author_mode=AuthorMode.ANONYMOUS)
    actions.publish_signal(cast.actor("a1"), signal, hubs=[east.pk])
    assert written(east, signal) == Skip("unpublished")
    actions.return_signal(cast.actor("hub_op"), signal, reason="shorter")
    actions.publish_signal(cast.actor("a1"), signal)
    assert not Passage.everything.exists()


def test_anonymous_author_agrees_as_nobody_and_at_the_hour_alone(cast, east, share, drain):
    signal = share("a1", tlp=TLP.GREEN, author_mode=AuthorMode.ANONYMOUS)
    row = agree(cast, signal, east)
    entry = LedgerEntry.objects.get(action="sharing.passage.agreed")
    assert (entry.person, entry.organisation, entry.actor_label) == (None, None, "anonymous")
    assert (row.agreed_at.minute, row.agreed_at.second) == (0, 0)
    parcel = str(plain(written(east, signal)))
    assert [
        mark for mark in (str(cast.a1.pk), str(cast.bank_a.pk), cast.a1.name, cast.bank_a.name_ja) if mark in parcel
    ] == []
    drain()
    actions.end_passage(cast.actor("a1"), signal, hub=east.pk)
    drain()
    assert told("amended", cast.a1) == 1  # that it was released; nobody is told of what they did themselves


def test_page_offers_each_what_is_theirs_and_names_other_hubs_to_nobody_else(cast, east):
    signal = make_signal(cast.a1, COMMUNITY)
    page = f"/signals/{signal.pk}/"
    assert "The author has not agreed." in cast.client("a1").get(page).content.decode()
    assert "East ISAC" not in cast.client("b1").get(page).content.decode()
    assert "East ISAC" not in cast.client("a2").get(page).content.decode()
    cast.client("a1").post(f"{page}agree", {"hub": str(east.pk)})
    desk = cast.client("hub_op").get("/signals/release").content.decode()
    assert (signal.title in desk, "East ISAC" in desk) == (True, True)
    assert "Let it go there" in cast.client("hub_op").get(page).content.decode()
    assert "Let it go there" not in cast.client("a1").get(page).content.decode()
    cast.client("hub_op").post(f"{page}let-pass", {"hub": str(east.pk)})
    assert not isinstance(written(east, signal), Skip)
    assert cast.hub_op.name in cast.client("a1").get(page).content.decode()
    assert signal.title not in cast.client("hub_op").get("/signals/release").content.decode()
    cast.client("a1").post(f"{page}end-passage", {"hub": str(east.pk)})
    assert written(east, signal) == AGREE


def test_review_offers_other_hubs_and_sends_only_with_the_ticked_ones(cast, east, west, draft):
    signal, client = draft("a1"), cast.client("a1")
    page = f"/signals/{signal.pk}/review"
    text = client.get(page).content.decode()
    assert ("East ISAC" in text, "West ISAC" in text) == (True, True)
    client.post(page, {"looked_at": signal.changed_at.isoformat(), "hub": [str(ids.new_id())]})
    assert Signal.everything.get(pk=signal.pk).state == "draft"
    client.post(page, {"looked_at": signal.changed_at.isoformat(), "hub": [str(east.pk)]})
    assert list(Passage.everything.values_list("peer", flat=True)) == [east.pk]


def test_page_of_another_hub_says_and_changes_whose_community_it_is(cast, east):
    client, page = cast.client("hub_op"), f"/federation/{east.pk}/"
    assert "It is of another community" in client.get(page).content.decode()
    client.post(f"{page}community", {"same": "1"})
    east.refresh_from_db()
    assert east.same_community is True
    assert "It is of the same community" in client.get(page).content.decode()
    client.post(f"{page}community")
    east.refresh_from_db()
    assert east.same_community is False
    assert "Call this hub the same community?" not in cast.client("auditor").get(page).content.decode()
    node = make_peer(PeerKind.NODE, cast.bank_b)
    assert "same community" not in client.get(f"/federation/{node.pk}/").content.decode()


def test_api_agrees_lists_lets_go_and_takes_back(cast, east, west):
    signal = make_signal(cast.a1, COMMUNITY)
    author, operator, reader = (program_of(cast, name) for name in ("a1", "hub_op", "b1"))
    hubs, to = f"/signals/{signal.pk}/other-hubs", {"hub": str(east.pk)}

    def standing():
        return [(each["name"], each["goes"], each["reason"], each["released_by"]) for each in author.items(hubs)]

    assert standing() == [("East ISAC", False, "consent", ""), ("West ISAC", False, "consent", "")]
    assert (reader.items(hubs), reader.post(hubs, to).status_code) == ([], 403)
    assert operator.post(f"/release/{signal.pk}/other-hubs", to).status_code == 404  # nobody agreed yet
    agreed = author.post(hubs, to)
    assert (agreed.status_code, agreed.json()["reason"], agreed.json()["agreed"]) == (201, "release", True)
    assert author.post(hubs, to).status_code == 409
    (waiting,) = operator.items("/release/other-hubs")
    assert (waiting["id"], waiting["hub"], waiting["changed"]) == (str(signal.pk), str(east.pk), False)
    assert [each.get("/release/other-hubs").status_code for each in (author, reader)] == [404, 404]
    let_go = operator.post(f"/release/{signal.pk}/other-hubs", to)
    assert (let_go.status_code, let_go.json()["goes"]) == (200, True)
    assert standing()[0] == ("East ISAC", True, "", cast.hub_op.name)
    assert not isinstance(written(east, signal), Skip)
    assert author.delete(f"{hubs}/{east.pk}").status_code == 204
    assert (written(east, signal), operator.items("/release/other-hubs")) == (AGREE, [])


def test_navigation_and_home_count_what_waits_to_go_to_other_hubs(cast, east):
    signal = make_signal(cast.a1, COMMUNITY)
    before = cast.client("hub_op").get("/").content.decode()
    agree(cast, signal, east)
    answer = cast.client("hub_op").get("/")
    assert ["to another hub" in text for text in (before, answer.content.decode())] == [False, True]
    assert {entry.label: entry.badge for entry in answer.context["navigation"]}["Release queue"] == 1
