"""Signals between installations: what goes to whom, and that nobody sees a copy who would not see the original.

One database is both ends: what is written of one signal is read back under another number, by a peer of the other kind.
"""

import json
from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest

from factories.audience import COMMUNITY, to_group, to_organisation, to_person, without
from factories.signals import make_signal
from factories.travelling import SIGNALS, arrived, make_peer, plain, read, written
from noroshi.core import clock, ids, policy
from noroshi.core.domain.audience import AuthorMode, EntryKind, State
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.core.domain.worlds import exercise
from noroshi.core.errors import InvalidInput, NotAllowed
from noroshi.core.models import LedgerEntry
from noroshi.federation.carriers import CARRIERS, Skip
from noroshi.federation.domain.stream import Letter
from noroshi.federation.models import InboxEntry, OutboxEntry, Peer, PeerKind
from noroshi.federation.queries import inbox_for, outbox_for
from noroshi.intel.models import Sighting
from noroshi.members.actions import leave_group, suspend_organisation
from noroshi.sharing import actions
from noroshi.sharing.domain.content import Content, Marking
from noroshi.sharing.federating import ANSWERS, SUBJECT
from noroshi.sharing.models import Acknowledgement, Origin, Receipt, Signal, SignalObservable
from noroshi.sharing.queries import byline


@pytest.fixture
def node(cast):
    """The node of bank B, as its hub has it."""
    return make_peer(PeerKind.NODE, cast.bank_b)


@pytest.fixture
def hub(cast):
    """The hub, as the node of bank B has it."""
    return make_peer(PeerKind.HUB, cast.bank_b)


@pytest.fixture
def partner(cast):
    """Another hub."""
    return make_peer(PeerKind.PARTNER)


def sees(cast, name, signal):
    return policy.decide(cast.actor(name), signal).allowed


CASES = {
    "community": ("AMBER", [COMMUNITY]),
    "green": ("GREEN", [COMMUNITY]),
    "clear": ("CLEAR", []),
    "house": ("AMBER+STRICT", ["house"]),
    "person": ("AMBER+STRICT", ["person"]),
    "group": ("AMBER+STRICT", ["group"]),
    "red": ("RED", ["person"]),
    "shut_person": ("AMBER", [COMMUNITY, "shut"]),
    "others": ("AMBER", ["a_house"]),
}


def audience(cast, lines):
    named = {
        "house": to_organisation(cast.bank_b),
        "a_house": to_organisation(cast.insurer),
        "person": to_person(cast.b1),
        "group": to_group(cast.wg_incident),
        "shut": to_person(cast.b2, EntryKind.EXCLUDED_PERSON),
    }
    return [named.get(line, line) for line in lines]


@pytest.mark.parametrize(
    ("case", "profile"), [pair for pair in product(CASES, Profile) if pair != ("house", Profile.F_ISAC_JP)]
)
def test_copy_when_it_comes_to_a_node_then_each_person_sees_it_as_at_the_hub(cast, node, hub, case, profile):
    tlp, lines = CASES[case]
    signal = make_signal(cast.a1, *audience(cast, lines), tlp=tlp, profile=profile)
    people = [name for name in cast.people if name.startswith("b")]
    expected = {name for name in people if sees(cast, name, signal)}
    parcel = written(node, signal)
    if case == "others":
        assert parcel == Skip("nobody", "TLP:AMBER")
        return
    copy = arrived(hub, parcel)
    assert {name for name in people if sees(cast, name, copy)} == expected
    assert expected
    assert (copy.tlp, copy.profile, copy.owner) == (tlp, profile, cast.bank_a)


def test_node_when_somebody_else_is_in_the_audience_then_it_is_not_told(cast, node):
    lines = [COMMUNITY, without(cast.outsider), to_person(cast.i1), to_organisation(cast.insurer)]
    signal = make_signal(cast.a1, *lines, tlp="AMBER")
    text = json.dumps(plain(written(node, signal)))
    hidden = [cast.outsider.pk, cast.i1.pk, cast.insurer.pk]
    assert [str(number) for number in hidden if str(number) in text] == []


def test_anonymous_author_never_travels(cast, node, partner, hub):
    signal = make_signal(cast.a1, COMMUNITY, tlp="CLEAR", author_mode=AuthorMode.ANONYMOUS)
    named = make_signal(cast.a1, COMMUNITY, tlp="CLEAR")
    marks = [str(cast.a1.pk), str(cast.bank_a.pk), cast.a1.name, cast.bank_a.name_ja, cast.bank_a.slug]
    for peer in (node, partner):
        text = json.dumps(plain(written(peer, signal)), ensure_ascii=False)
        assert [mark for mark in marks if mark in text] == []
    assert str(cast.bank_a.pk) in json.dumps(plain(written(node, named)))
    copy = arrived(hub, written(node, signal))
    assert (copy.owner, copy.author, byline(cast.actor("b1"), copy).is_anonymous) == (cast.hub, None, True)


def test_byline_of_what_arrived_is_what_was_said_of_it(cast, node, hub):
    copy = arrived(hub, written(node, make_signal(cast.a1, COMMUNITY)))
    by = byline(cast.actor("b1"), copy)
    assert (by.organisation, by.person) == (cast.bank_a.name_en or cast.bank_a.name_ja, cast.a1.name)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"tlp": "GREEN"}, Skip("consent", "TLP:GREEN")),
        ({"tlp": "AMBER"}, Skip("consent", "TLP:AMBER")),
        ({"tlp": "AMBER+STRICT"}, Skip("too_narrow", "TLP:AMBER+STRICT")),
        ({"tlp": "RED"}, Skip("too_narrow", "TLP:RED")),
        ({"tlp": "CLEAR", "world": exercise("autumn")}, Skip("exercise")),
        ({"tlp": "CLEAR", "state": State.HELD}, Skip("unpublished")),
    ],
)
def test_another_hub_gets_clear_alone_by_itself(cast, partner, fields, reason):
    person = to_person(cast.b1)
    assert written(partner, make_signal(cast.a1, person, **fields)) == reason
    public = plain(written(partner, make_signal(cast.a1, person, tlp="CLEAR")))
    assert (public["voice"]["person"], public["voice"]["house"]) == ("", None)
    assert public["audience"] == [{"kind": "community", "target": None, "organisation": None}]


def test_other_hub_under_embargo_gets_nothing_until_it_ends(cast, partner, stopped_clock):
    signal = make_signal(cast.a1, COMMUNITY, tlp="CLEAR", embargo_until=clock.now() + timedelta(hours=1))
    assert written(partner, signal) == Skip("embargo")
    stopped_clock.advance(hours=2)
    assert plain(written(partner, signal))["state"] == "published"


@pytest.mark.parametrize(
    ("lines", "fields", "reason"),
    [
        (["house"], {}, Skip("stays_home")),
        ([COMMUNITY], {"author_mode": AuthorMode.ANONYMOUS}, Skip("anonymous")),
        (["person"], {"tlp": "RED"}, Skip("grave", "TLP:RED")),
    ],
)
def test_node_sends_its_hub_what_is_shared_with_others_by_name(cast, hub, lines, fields, reason):
    signal = make_signal(cast.b1, *audience(cast, lines), **{"tlp": "AMBER", **fields})
    assert written(hub, signal) == reason
    shared = plain(written(hub, make_signal(cast.b1, COMMUNITY)))
    assert shared["voice"]["person_id"] == str(cast.b1.pk)


def test_hub_when_a_node_speaks_for_its_own_house_then_it_is_taken_under_its_author(cast, hub, node):
    data = plain(written(hub, make_signal(cast.b1, COMMUNITY, to_group(cast.wg_incident))))
    read(node, number := ids.new_id(), data)
    signal = Signal.everything.get(pk=number)
    assert (signal.owner, signal.author, signal.arrived) == (cast.bank_b, cast.b1, True)
    assert sees(cast, "a1", signal)
    assert written(make_peer(PeerKind.PARTNER), signal) == Skip("consent", "TLP:AMBER")
    with pytest.raises(NotAllowed):
        actions.amend_signal(cast.actor("b1"), signal, title="Other", body="", reason="changed")
    with pytest.raises(NotAllowed):
        actions.withdraw_signal(cast.actor("b1"), signal, reason="gone")


@pytest.mark.parametrize("wrong", ["house", "anonymous", "red", "silent"])
def test_hub_when_a_node_speaks_for_others_or_of_what_is_grave_then_it_is_refused(cast, hub, node, wrong):
    data = plain(written(hub, make_signal(cast.b1, COMMUNITY)))
    if wrong == "house":
        data["voice"]["house"]["id"] = str(cast.bank_a.pk)
    elif wrong == "silent":
        data["voice"] = None
    else:
        data.update({"anonymous": {"author_mode": "anonymous"}, "red": {"tlp": "RED"}}[wrong])
    with pytest.raises(InvalidInput):
        read(node, ids.new_id(), data)
    assert not Origin.objects.exists()


def test_hub_when_a_node_grants_to_a_group_it_is_not_in_then_that_line_is_dropped(cast, hub, node):
    data = plain(written(hub, make_signal(cast.b1, to_group(cast.wg_incident), tlp="AMBER")))
    leave_group(cast.actor("b1"), group=cast.wg_incident, person=cast.b1)
    with pytest.raises(InvalidInput, match="Nobody"):
        read(node, ids.new_id(), data)


def test_other_hubs_narrow_levels_are_not_taken(cast, partner, hub, node):
    for tlp in ("AMBER+STRICT", "RED"):
        data = plain(written(node, make_signal(cast.a1, to_person(cast.b1), tlp=tlp)))
        with pytest.raises(InvalidInput):
            read(partner, ids.new_id(), data)


def test_three_hops_carry_no_further_than_the_marking(cast, partner):
    """Hub A to hub B, to the node of B's member, and to a hub C: what is not public goes to nobody else's members."""
    public = make_signal(cast.a1, COMMUNITY, tlp="CLEAR")
    data = plain(written(partner, public))
    third = make_peer(PeerKind.PARTNER)
    node = make_peer(PeerKind.NODE, cast.bank_b)
    at_b = arrived(partner, written(partner, public))
    assert plain(written(node, at_b))["voice"]["name_ja"] == cast.bank_a.name_ja
    assert plain(written(third, at_b))["tlp"] == "CLEAR"
    assert written(partner, at_b) == Skip("from_there")
    narrow = {**data, "tlp": "AMBER", "audience": []}
    read(partner, number := ids.new_id(), narrow)
    at_b = Signal.everything.get(pk=number)
    assert (sees(cast, "hub_op", at_b), sees(cast, "b1", at_b)) == (True, False)
    assert written(node, at_b) == Skip("nobody", "TLP:AMBER")
    assert written(third, at_b) == Skip("not_ours")


def test_path_when_an_installation_was_passed_then_it_is_not_sent_there_again(cast, partner):
    signal = arrived(partner, written(partner, make_signal(cast.a1, COMMUNITY, tlp="CLEAR")))
    passed = make_peer(PeerKind.PARTNER, installation=UUID(Origin.objects.get(signal=signal).path[0]))
    assert written(passed, signal) == Skip("from_there")


def test_changes_follow_and_the_same_words_have_their_effect_once(cast, node, hub):
    author = cast.actor("a1")
    signal = actions.share_signal(
        author,
        content=Content("phishing", "customer", "Fire", "from 45.155.205.66"),
        marking=Marking(TLP.AMBER, entries=frozenset({COMMUNITY})),
    )
    copy = arrived(hub, written(node, signal))
    assert read(hub, copy.pk, plain(written(node, signal))) == "ignored"
    actions.amend_signal(author, signal, title="Fire", body="from 45.155.205.67", reason="typed wrong")
    arrived(hub, written(node, signal), copy.pk)
    actions.lower_marking(author, signal, tlp="GREEN", reason="known by now")
    arrived(hub, written(node, signal), copy.pk)
    actions.withdraw_signal(author, signal, reason="false alarm")
    copy = arrived(hub, written(node, signal, has_copy=True), copy.pk)
    assert (copy.state, copy.withdrawal_reason, copy.version) == (State.WITHDRAWN, "false alarm", 3)
    events = LedgerEntry.objects.filter(subject_id=copy.pk).order_by("id").values_list("action", flat=True)
    assert [action.rpartition(".")[2] for action in events] == ["published", "amended", "lowered", "withdrawn"]
    values = SignalObservable.everything.filter(signal=copy).values_list("observable__value", flat=True)
    assert list(values) == ["45.155.205.67"]


def test_withdrawn_here_by_the_hub_then_no_later_word_of_its_origin_brings_it_back(cast, hub, node):
    data = plain(written(hub, make_signal(cast.b1, COMMUNITY)))
    read(node, number := ids.new_id(), data)
    actions.withdraw_signal(cast.actor("hub_op"), Signal.everything.get(pk=number), reason="off the pages")
    assert read(node, number, {**data, "title": "Again"}) == "ignored"
    assert Signal.everything.get(pk=number).state == State.WITHDRAWN


def test_recall_when_access_ends_then_nothing_of_it_is_left_and_it_comes_back_with_access(cast, node, hub):
    signal = make_signal(cast.a1, to_group(cast.wg_incident), tlp="AMBER+STRICT", profile=Profile.F_ISAC_JP)
    before = written(node, signal)
    copy = arrived(hub, before)
    leave_group(cast.actor("b1"), group=cast.wg_incident, person=cast.b1)
    recall = written(node, signal, has_copy=True)
    assert (plain(recall), recall.ends) == ({"state": "recalled"}, True)
    copy = arrived(hub, recall, copy.pk)
    assert (copy.state, copy.body, signal.title in copy.title, sees(cast, "b1", copy)) == (
        "withdrawn",
        "",
        False,
        False,
    )
    assert arrived(hub, before, copy.pk).title == signal.title


def test_node_of_a_suspended_house_gets_nothing_and_gives_back_what_it_had(cast, node, drain):
    signal = make_signal(cast.a1, COMMUNITY)
    suspend_organisation(cast.actor("hub_op"), organisation=cast.bank_b, reason="contract")
    node = Peer.objects.get(pk=node.pk)
    assert written(node, signal) == Skip("suspended")
    assert plain(written(node, signal, has_copy=True)) == {"state": "recalled"}


def test_peer_changes_nothing_that_was_issued_here_or_that_another_peer_brought(cast, node, hub, partner):
    ours, data = make_signal(cast.a1, COMMUNITY), plain(written(node, make_signal(cast.a1, COMMUNITY)))
    with pytest.raises(InvalidInput):
        read(hub, ours.pk, data)
    copy = arrived(hub, written(node, ours))
    assert read(partner, copy.pk, {**data, "tlp": "CLEAR"}) == "ignored"
    assert Signal.everything.get(pk=copy.pk).tlp == "AMBER"


@pytest.mark.parametrize("broken", [{}, {"state": "published"}, {"tlp": "PURPLE"}, {"title": ""}, {"extra": 1}])
def test_broken_words_are_refused(cast, node, hub, broken):
    data = plain(written(node, make_signal(cast.a1, COMMUNITY)))
    with pytest.raises(InvalidInput):
        read(hub, ids.new_id(), {**data, **broken} if "state" not in broken and broken else broken)


def test_signal_when_something_happens_to_it_then_every_peer_has_an_entry(cast, node, partner, drain):
    marking = Marking(TLP.GREEN, entries=frozenset({COMMUNITY}))
    actions.share_signal(cast.actor("a1"), content=Content("news", "customer", "One"), marking=marking)
    drain()
    assert set(OutboxEntry.objects.values_list("peer_id", "subject")) == {(node.pk, SUBJECT), (partner.pk, SUBJECT)}


def test_receipt_says_that_a_members_node_got_it(cast, node):
    signal = make_signal(cast.a1, COMMUNITY)
    written(node, signal)
    got = Receipt.everything.get(signal=signal)
    assert (got.organisation, got.person, got.channel) == (cast.bank_b, None, "federation")


def test_new_peer_is_due_what_it_may_have(cast, node, partner):
    wide, _own = make_signal(cast.a1, COMMUNITY, tlp="CLEAR"), make_signal(cast.a1, to_organisation(cast.insurer))
    amber = make_signal(cast.a1, COMMUNITY)
    assert list(SIGNALS.due_to(node)) == [wide.pk, amber.pk]
    assert list(SIGNALS.due_to(partner)) == [wide.pk]


@pytest.fixture
def answered(cast, hub):
    """A signal of bank A at the hub, whose copy on the node of bank B somebody took note of and somebody saw."""
    copy = make_signal(cast.a1, COMMUNITY, arrived=True)
    Origin.objects.create(signal=copy, peer=hub, path=[], digest="")
    actions.acknowledge_signal(cast.actor("b1"), copy)
    actions.report_seen(cast.actor("b2"), copy)
    return copy


def answers(peer, signal):
    return CARRIERS[ANSWERS].write(peer, signal.pk, has_copy=False)


def take(peer, signal, data):
    return CARRIERS[ANSWERS].read(peer, Letter(1, ANSWERS, signal.pk, [ids.new_id()], data))


def test_answers_of_a_node_are_taken_at_the_hub_as_if_they_were_given_there(cast, node, hub, answered):
    signal = make_signal(cast.a1, COMMUNITY)
    data = plain(answers(hub, answered))
    assert take(node, signal, data) == "taken"
    assert take(node, signal, data) == "taken"
    sighting = Sighting.everything.get(item_id=signal.pk)
    assert (sighting.organisation, sighting.source, sighting.named) == (cast.bank_b, "person", False)
    assert Acknowledgement.everything.get(signal=signal).person == cast.b1
    recorded = LedgerEntry.objects.filter(action="intel.sighting.recorded", payload__item=str(signal.pk))
    assert [(entry.organisation, entry.actor_label) for entry in recorded] == [(None, "anonymous")]
    assert take(node, signal, {"seen": [], "acknowledged": []}) == "taken"
    assert not Sighting.everything.filter(item_id=signal.pk).exists()


def test_answers_to_what_the_house_does_not_see_or_for_another_house_change_nothing(cast, node, hub, answered):
    data = plain(answers(hub, answered))
    hidden = make_signal(cast.a1, to_organisation(cast.insurer))
    for peer in (node, hub):
        with pytest.raises(InvalidInput):
            take(peer, hidden, data)
    shared = make_signal(cast.a1, COMMUNITY)
    take(node, shared, data | {"acknowledged": [str(cast.i1.pk)]})
    assert not Acknowledgement.everything.filter(signal=shared).exists()
    assert not Sighting.everything.filter(item_id=hidden.pk).exists()


def test_answers_to_what_the_hub_does_not_have_stay_home(cast, hub):
    assert answers(hub, make_signal(cast.b1, to_organisation(cast.bank_b))) == Skip("never_sent")


def test_hub_is_not_shown_which_member_answered(cast, node):
    """That a node sent answers at all says that its organisation saw something."""
    for subject in (SUBJECT, ANSWERS):
        for model in (InboxEntry, OutboxEntry):
            model.objects.create(
                peer=node, seq=len(subject), subject=subject, subject_id=make_signal(cast.a1, COMMUNITY).pk
            )
    for name in ("hub_op", "auditor"):
        for rows in (inbox_for(cast.actor(name), node), outbox_for(cast.actor(name), node)):
            assert [row.subject for row in rows] == [SUBJECT]


def test_outbox_shows_and_counts_what_its_reader_sees_anyway(cast, node):
    red, open_to_all = make_signal(cast.a1, to_person(cast.b1), tlp="RED"), make_signal(cast.a1, COMMUNITY)
    for place, signal in enumerate((red, open_to_all)):
        OutboxEntry.objects.create(peer=node, seq=place + 1, subject=SUBJECT, subject_id=signal.pk)
    seen = {
        name: set(outbox_for(cast.actor(name), node).values_list("subject_id", flat=True))
        for name in ("hub_op", "auditor", "a1")
    }
    assert seen == {"hub_op": {open_to_all.pk}, "auditor": {red.pk, open_to_all.pk}, "a1": set()}


def test_pages_say_what_went_and_why_not(cast, node):
    signal = make_signal(cast.a1, COMMUNITY)
    OutboxEntry.objects.create(
        peer=node, seq=1, subject=SUBJECT, subject_id=signal.pk, state="skipped", reason="nobody", detail="TLP:AMBER"
    )
    client = cast.client("hub_op")
    page = client.get(f"/federation/{node.pk}/").content.decode()
    assert signal.reference in page
    assert "TLP:AMBER, and its audience reaches nobody of that organisation." in page
    assert node.name in client.get("/federation/").content.decode()
    file = b"".join(client.get(f"/federation/{node.pk}/?export=csv").streaming_content).decode()
    assert signal.reference in file
    assert [cast.client(name).get("/federation/").status_code for name in ("a1", "b_admin", "sup", "auditor")] == [
        404,
        404,
        404,
        200,
    ]
