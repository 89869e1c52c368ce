"""Comments and stances between installations: behind their signal, no further than it, once, and ended with it."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories.audience import COMMUNITY, to_group, to_person
from factories.signals import make_signal
from factories.travelling import arrived, make_peer, plain, written
from noroshi.core import ids
from noroshi.core.domain.audience import State
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.core.errors import InvalidInput
from noroshi.core.models import LedgerEntry
from noroshi.federation.actions.outbox import note
from noroshi.federation.carriers import CARRIERS, Skip, readable
from noroshi.federation.domain.stream import Letter
from noroshi.federation.models import Copy, OutboxEntry, PeerKind
from noroshi.federation.queries import copies_of
from noroshi.members.actions import leave_group
from noroshi.members.models import GroupMembership
from noroshi.sharing import actions, queries
from noroshi.sharing.federating import ANSWERS, COMMENT, SUBJECT
from noroshi.sharing.models import Comment, Signal, Stance

COMMENTS = CARRIERS[COMMENT]


@pytest.fixture
def node(cast):
    """The node of bank B, as its hub has it."""
    return make_peer(PeerKind.NODE, cast.bank_b)


@pytest.fixture
def hub(cast):
    """The hub, as the node of bank B has it."""
    return make_peer(PeerKind.HUB, cast.bank_b)


def partner(**fields):
    return make_peer(PeerKind.PARTNER, same_community=True, **fields)


def has(peer, signal):
    Copy.objects.get_or_create(peer=peer, subject=SUBJECT, subject_id=signal.pk)


def say(cast, name, signal, body="We saw it.", **more):
    return actions.comment_on_signal(cast.actor(name), signal, body=body, **more)


def write(peer, comment, *, has_copy=False):
    return COMMENTS.write(peer, comment.pk, has_copy=has_copy)


def read(peer, data, number=None, seq=1):
    return COMMENTS.read(peer, Letter(seq, COMMENT, number or ids.new_id(), [ids.new_id(), peer.installation], data))


def under(signal, parcel):
    """What was written of a comment, as the other installation reads it: there the signal has another number."""
    return {**plain(parcel), "signal": str(signal.pk)}


def thread(cast, name, signal):
    return [
        (said.comment.body, said.by.person, said.by.organisation)
        for said in queries.thread_of(cast.actor(name), signal)
    ]


def test_what_members_say_reaches_a_node_under_their_names_or_none_and_is_told_there_once(cast, node, hub, drain):
    signal = make_signal(cast.i1, COMMUNITY)
    copy = arrived(hub, written(node, signal))
    has(node, signal)
    named, hidden = say(cast, "a1", signal), say(cast, "o1", signal, "Us too.", anonymous=True)
    for comment in (named, hidden):
        number, data = ids.new_id(), under(copy, write(node, comment))
        assert [read(hub, data, number), read(hub, data, number)] == ["taken", "ignored"]
    assert thread(cast, "b1", copy) == [("We saw it.", cast.a1.name, "Bank_A"), ("Us too.", "", "")]
    text = json.dumps(plain(write(node, hidden)))
    assert [word for word in (cast.o1.name, str(cast.o1.pk), "utsider", str(cast.outsider.pk)) if word in text] == []
    assert LedgerEntry.objects.filter(action="sharing.signal.commented", subject_id=copy.pk).count() == 2
    drain()
    assert Comment.everything.count() == 4


def test_what_a_nodes_people_say_stands_at_the_hub_as_if_it_was_said_there_and_goes_on_to_others(
    cast, node, hub, drain
):
    signal = make_signal(cast.a1, COMMUNITY)
    copy = arrived(hub, written(node, signal))
    has(node, signal)
    data = under(signal, write(hub, said := say(cast, "b1", copy)))
    assert write(hub, say(cast, "b2", copy, anonymous=True)) == Skip("anonymous")
    number = ids.new_id()
    assert read(node, data, number) == "taken"
    assert thread(cast, "a1", signal) == [(said.body, cast.b1.name, "Bank_B")]
    there = Comment.everything.get(pk=number)
    assert write(node, there) == Skip("from_there")
    other = make_peer(PeerKind.NODE, cast.insurer)
    has(other, signal)
    assert plain(write(other, there))["voice"]["person"] == cast.b1.name
    foreign = {**data["voice"], "person_id": str(cast.a1.pk)}
    for wrong in ({"author_mode": "anonymous", "voice": None}, {"voice": foreign}):
        with pytest.raises(InvalidInput):
            read(node, {**data, **wrong})
    hidden = make_signal(cast.a1, to_person(cast.i1))
    has(node, hidden)
    with pytest.raises(InvalidInput):
        read(node, {**data, "signal": str(hidden.pk)})


@pytest.mark.parametrize(
    ("tlp", "fields", "goes"),
    [
        ("CLEAR", {}, None),
        ("GREEN", {}, None),
        ("CLEAR", {"same_community": False}, Skip("members")),
        ("AMBER", {}, Skip("consent", "TLP:AMBER")),
        ("CLEAR", {"reads": []}, Skip("older")),
    ],
)
def test_other_hub_gets_what_members_say_only_within_one_community_and_by_the_organisations_name(
    cast, tlp, fields, goes
):
    peer = make_peer(PeerKind.PARTNER, **{"same_community": True, **fields})
    signal = make_signal(cast.a1, COMMUNITY, tlp=tlp)
    has(peer, signal)
    parcel = write(peer, say(cast, "b1", signal))
    if goes is not None:
        assert parcel == goes
        return
    assert plain(parcel)["voice"] == {
        "name_ja": cast.bank_b.name_ja, "name_en": cast.bank_b.name_en, "person": "", "person_id": None, "house": None,
    }  # fmt: skip
    copy = arrived(peer, written(peer, signal))
    read(peer, under(copy, parcel), number := ids.new_id())
    third = partner()
    has(third, copy)
    assert write(third, Comment.everything.get(pk=number)) == Skip("not_ours")
    assert thread(cast, "i1", copy) == [("We saw it.", "", "Bank_B")]


def test_what_was_said_under_a_narrower_level_stays_and_who_had_it_keeps_it(cast, node, stopped_clock):
    signal = make_signal(cast.a1, COMMUNITY)
    has(node, signal)
    before = say(cast, "i1", signal)
    stopped_clock.advance(minutes=1)
    actions.lower_marking(cast.actor("a1"), signal, tlp="GREEN", reason="known")
    stopped_clock.advance(minutes=1)
    after = say(cast, "i1", signal, "Now all may know.")
    assert [write(node, before), write(node, before, has_copy=True)] == [Skip("narrower")] * 2
    assert list(COMMENTS.due_to(node)) == [after.pk]
    Copy.objects.create(peer=node, subject=COMMENT, subject_id=before.pk)
    assert list(COMMENTS.due_to(node)) == [before.pk, after.pk]


def test_comment_whose_signal_still_waits_goes_behind_it_and_is_not_lost(cast, node):
    signal = make_signal(cast.a1, COMMUNITY)
    comment = say(cast, "i1", signal)
    assert write(node, comment) == Skip("never_sent")
    note(node, SUBJECT, [signal.pk])
    assert write(node, comment) == Skip("behind")
    order = OutboxEntry.objects.filter(peer=node).order_by("seq").values_list("subject", "subject_id")
    assert list(order) == [(SUBJECT, signal.pk), (COMMENT, comment.pk)]


def test_comment_ends_where_its_signal_does_and_only_copies_end(cast, node, hub):
    signal = make_signal(cast.a1, COMMUNITY)
    copy = arrived(hub, written(node, signal))
    has(node, signal)
    comment, own = say(cast, "i1", signal), say(cast, "b1", copy)
    read(hub, under(copy, write(node, comment)), number := ids.new_id())
    actions.withdraw_signal(cast.actor("a1"), signal, reason="wrong")
    ended = write(node, comment, has_copy=True)
    assert (plain(ended), ended.ends, write(node, comment)) == ({"state": "ended"}, True, Skip("unpublished"))
    assert [read(hub, plain(ended), each) for each in (number, number, own.pk)] == ["taken", "ignored", "ignored"]
    assert thread(cast, "b1", copy) == [("We saw it.", cast.b1.name, "Bank_B")]


def test_comment_on_what_is_not_there_or_that_cannot_be_read_is_refused(cast, node, hub):
    signal = make_signal(cast.a1, COMMUNITY)
    copy = arrived(hub, written(node, signal))
    has(node, signal)
    data = under(copy, write(node, say(cast, "i1", signal)))
    for wrong in ({"signal": str(ids.new_id())}, {"body": ""}, {"body": "x" * 20_001}, {"extra": 1}, {"files": -1}):
        with pytest.raises(InvalidInput):
            read(hub, {**data, **wrong})
    with pytest.raises(InvalidInput):
        read(partner(), data)  # it did not bring that signal
    Signal.everything.filter(pk=copy.pk).update(state=State.WITHDRAWN)
    with pytest.raises(InvalidInput):
        read(hub, data)


def test_recalled_signal_leaves_no_word_of_others(cast, node, hub):
    signal = make_signal(cast.a1, COMMUNITY)
    copy = arrived(hub, written(node, signal))
    has(node, signal)
    read(hub, under(copy, write(node, say(cast, "i1", signal, "axolotl"))))
    CARRIERS[SUBJECT].read(hub, Letter(9, SUBJECT, copy.pk, [ids.new_id(), hub.installation], {"state": "recalled"}))
    assert [row.body for row in Comment.everything.filter(signal=copy)] == []


def test_comment_that_went_with_a_recalled_signal_is_due_again_with_it(cast, node):
    signal = make_signal(cast.a1, to_group(cast.wg_incident), tlp="AMBER+STRICT", profile=Profile.F_ISAC_JP)
    has(node, signal)
    comment = say(cast, "b1", signal)
    Copy.objects.create(peer=node, subject=COMMENT, subject_id=comment.pk, digest="as it was")
    leave_group(cast.actor("b1"), group=cast.wg_incident, person=cast.b1)
    assert plain(written(node, signal, has_copy=True)) == {"state": "recalled"}
    assert (list(COMMENTS.due_to(node)), copies_of(node, COMMENT)) == ([], set())
    GroupMembership.objects.filter(group=cast.wg_incident, person=cast.b1).update(left_at=None)
    assert list(COMMENTS.due_to(node)) == [comment.pk]


def test_looking_for_what_is_due_asks_no_more_for_three_comments_than_for_one(cast, node):
    signal, costs = make_signal(cast.a1, COMMUNITY), []
    for number in (1, 3):
        while Comment.everything.count() < number:
            say(cast, "i1", signal)
        with CaptureQueriesContext(connection) as asked:
            assert len(list(COMMENTS.due_to(node))) == number
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_comments_and_stances_are_noted_for_who_may_get_them(cast, node, hub, drain):
    drain()
    signal = make_signal(cast.a1, COMMUNITY)
    say(cast, "i1", signal)
    actions.take_stance(cast.actor("b1"), signal, kind="affected")
    drain()
    rows = OutboxEntry.objects.exclude(subject=SUBJECT).values_list("peer", "subject")
    assert sorted(rows, key=str) == sorted([(node.pk, COMMENT), (hub.pk, COMMENT), (hub.pk, ANSWERS)], key=str)


def test_stance_of_a_node_is_its_organisations_at_the_hub(cast, node, hub):
    signal = make_signal(cast.a1, COMMUNITY)
    copy = arrived(hub, written(node, signal))
    actions.take_stance(cast.actor("b1"), copy, kind="affected", named=True)
    answers = CARRIERS[ANSWERS]
    older = make_peer(PeerKind.HUB, cast.bank_b, reads=[], installation=hub.installation)
    copy_of_older = arrived(older, written(node, signal))
    assert "stance" not in plain(answers.write(older, copy_of_older.pk, has_copy=False))
    data = plain(answers.write(hub, copy.pk, has_copy=False))
    for _twice in range(2):
        answers.read(node, Letter(1, ANSWERS, signal.pk, [ids.new_id()], data))
    row = Stance.everything.get(signal=signal)
    assert (row.organisation, row.person, row.kind, row.named) == (cast.bank_b, cast.b1, "affected", True)
    data["stance"]["person"] = str(cast.a1.pk)
    answers.read(node, Letter(2, ANSWERS, signal.pk, [ids.new_id()], data))
    assert Stance.everything.filter(signal=signal).count() == 1
    assert list(answers.owed_to(hub)) == [copy.pk, signal.pk]  # both ends are in one database


def test_page_says_how_many_files_stay_elsewhere(cast, node, hub):
    signal = make_signal(cast.a1, COMMUNITY, tlp=TLP.AMBER)
    copy = arrived(hub, written(node, signal))
    has(node, signal)
    read(hub, {**under(copy, write(node, say(cast, "i1", signal))), "files": 1})
    page = cast.client("b1").get(f"/signals/{copy.pk}/").content.decode()
    assert ("stays where the signal" in page, "1 file stays where the comment was written" in page) == (False, True)
    data = {**plain(written(node, signal)), "files": 2, "version": 2, "reason": "files"}
    CARRIERS[SUBJECT].read(hub, Letter(5, SUBJECT, copy.pk, [ids.new_id(), hub.installation], data))
    page = cast.client("b1").get(f"/signals/{copy.pk}/").content.decode()
    assert "2 files stay where the signal was issued" in page


def test_hub_is_owed_what_was_said_since_comments_travel_and_nothing_older(cast, node, hub):
    copy = arrived(hub, written(node, make_signal(cast.a1, COMMUNITY)))
    say(cast, "b1", copy, "among ourselves")
    newer = say(cast, "b1", copy)
    hub.reads = []
    note(hub, COMMENT, [newer.pk])
    OutboxEntry.objects.filter(peer=hub, subject_id=newer.pk).update(state="skipped", reason=write(hub, newer).reason)
    assert (list(COMMENTS.due_to(hub)), list(COMMENTS.owed_to(hub))) == ([], [newer.pk])


def test_what_can_be_read_names_comments_and_stances():
    assert readable() == ["sharing.answers.stance", "sharing.comment", "sharing.signal.called"]
