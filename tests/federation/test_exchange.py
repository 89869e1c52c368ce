"""At-least-once delivery that has its effect once: whatever is lost, doubled, late or cut off in the middle."""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factories.federation import THING, things
from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.federation import actions
from noroshi.federation.actions.exchanging import compose, take_message
from noroshi.federation.actions.keys import fresh_key
from noroshi.federation.actions.outbox import note
from noroshi.federation.models import Copy, EntryState, InboxEntry, OutboxEntry, Peer, PeerState
from noroshi.federation.queries import installation

from .conftest import OPERATOR

ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))


def states(peer):
    return list(OutboxEntry.objects.filter(peer=peer, subject=THING).order_by("seq").values_list("state", "reason"))


def put(goods, peer, number, value):
    goods.ours[number] = value
    note(peer, THING, [number])


def call(connected):
    Peer.objects.update(due_at=clock.now(), leased_until=None)
    with connected.wire.at("west"):
        return actions.call_peer(connected.there.pk)


def test_entries_when_a_peer_is_called_then_they_arrive_both_ways_and_are_taken(connected, goods):
    put(goods, connected.there, ONE, 1)
    with connected.wire.at("east"):
        put(goods, connected.here, TWO, 2)
    assert call(connected)
    assert goods.effects == [(ONE, 1), (TWO, 2)]
    assert [states(peer) for peer in (connected.here, connected.there)] == [[("acknowledged", "")]] * 2


def test_entries_about_one_thing_then_the_last_alone_goes(connected, goods):
    for value in (1, 2, 3):
        put(goods, connected.there, ONE, value)
    assert call(connected)
    assert goods.effects == [(ONE, 3)]
    assert states(connected.there) == [("skipped", "superseded"), ("skipped", "superseded"), ("acknowledged", "")]


def test_entry_when_nothing_changed_since_then_it_is_skipped_and_says_so(connected, goods):
    put(goods, connected.there, ONE, 1)
    call(connected)
    note(connected.there, THING, [ONE])
    call(connected)
    assert states(connected.there) == [("acknowledged", ""), ("skipped", "unchanged")]


def test_entry_when_it_is_refused_then_the_sender_learns_why_and_the_rest_goes_on(connected, goods):
    put(goods, connected.there, ONE, 13)
    put(goods, connected.there, TWO, 2)
    assert call(connected)
    assert goods.effects == [(TWO, 2)]
    assert states(connected.there) == [("refused", "Thirteen is not taken."), ("acknowledged", "")]


def test_entry_when_it_cannot_be_written_then_the_rest_goes_on(connected, goods):
    note(connected.there, THING, [THREE])  # no such thing: writing raises
    put(goods, connected.there, TWO, 2)
    assert call(connected)
    assert states(connected.there) == [("skipped", "unwritable"), ("acknowledged", "")]


@pytest.mark.parametrize("lost", ["request", "answer"])
def test_call_when_it_is_lost_then_it_is_made_again_and_has_one_effect(connected, goods, lost):
    put(goods, connected.there, ONE, 1)
    connected.wire.lost = lost
    assert not call(connected)
    peer = Peer.objects.get(pk=connected.there.pk)
    assert (peer.tries, peer.failing_since is not None, peer.due_at > clock.now()) == (1, True, True)
    connected.wire.lost = ""
    assert call(connected)
    assert goods.effects == [(ONE, 1)]
    assert states(connected.there) == [("acknowledged", "")]
    peer.refresh_from_db()
    assert (peer.tries, peer.failing_since, peer.last_error) == (0, None, "")


def test_call_when_the_answer_is_lost_and_the_thing_changes_then_the_change_arrives_too(connected, goods):
    """The number under which the first words arrived says nothing about the second."""
    put(goods, connected.there, ONE, 1)
    connected.wire.lost = "answer"
    assert not call(connected)
    goods.ours[ONE] = 2  # changed, and its event is not delivered yet
    connected.wire.lost = ""
    assert call(connected)
    note(connected.there, THING, [ONE])
    assert call(connected)
    assert goods.effects == [(ONE, 1), (ONE, 2)]


def test_call_when_it_was_made_before_or_changed_or_is_nobodys_then_it_is_refused(connected, goods):
    put(goods, connected.there, ONE, 1)
    assert call(connected)
    path, content, headers = connected.wire.calls[-1]
    with connected.wire.at("east"):
        answers = [
            connected.wire.send(path, content, headers),
            connected.wire.send(path, content + b" ", headers),
            connected.wire.send("/federation/v1/pair", content, headers),
            connected.wire.send(path, content, {}),
        ]
        with clock.stopped_at(clock.now() + timedelta(minutes=6)):
            answers.append(connected.wire.send(path, content, headers))
    assert [answer.status_code for answer in answers] == [401] * 5
    assert [answer.content for answer in answers] == [b""] * 5


def test_receiver_when_a_backup_was_put_back_then_it_is_sent_again_what_it_lost(connected, goods):
    for number, value in ((ONE, 1), (TWO, 2), (THREE, 3)):
        put(goods, connected.there, number, value)
    assert call(connected)
    Peer.objects.filter(pk=connected.here.pk).update(received=1)
    InboxEntry.objects.filter(peer=connected.here, seq__gt=1).delete()
    goods.theirs = {ONE: 1}
    call(connected)
    assert call(connected)
    assert goods.theirs == {ONE: 1, TWO: 2, THREE: 3}


def test_sender_when_a_backup_was_put_back_then_nothing_new_is_taken_for_old(connected, goods):
    for number, value in ((ONE, 1), (TWO, 2)):
        put(goods, connected.there, number, value)
    assert call(connected)
    OutboxEntry.objects.filter(peer=connected.there).delete()
    Copy.objects.filter(peer=connected.there).delete()
    Peer.objects.filter(pk=connected.there.pk).update(next_seq=1, confirmed=0)
    put(goods, connected.there, THREE, 3)
    call(connected)
    assert call(connected)
    assert goods.theirs == {ONE: 1, TWO: 2, THREE: 3}


def test_loop_when_something_has_been_here_then_it_is_not_taken_again(connected, goods):
    put(goods, connected.there, ONE, 1)
    with connected.wire.at("west"):
        message = compose(connected.there)
    with connected.wire.at("east"):
        message.letters[-1].path.insert(0, installation())
        take_message(connected.here, message)
    assert (goods.effects, InboxEntry.objects.get(subject=THING).outcome) == ([], "ignored")


NUMBERS = st.sampled_from([ONE, TWO, THREE])
EVENTS = st.one_of(
    st.tuples(st.just("change"), NUMBERS),
    st.tuples(st.just("silent"), NUMBERS),
    st.tuples(st.sampled_from(["send", "hold", "late", "twice", "crash", "answer"]), st.integers(0, 3)),
)


class Line:
    """From `a` to `b`, with all that happens to lines; words of one thing only become newer, so values rise."""

    def __init__(self, wire, goods) -> None:
        self.wire, self.goods = wire, goods
        self.ends = {name: self.end(name, other) for name, other in (("a", "b"), ("b", "a"))}
        self.held, self.value, self.unheard = [], 100, set()

    def end(self, name, other):
        with self.wire.at(name):
            named = installation()
        row = {"kind": "partner", "name": other, "our_key": fresh_key()[0], "state": PeerState.ACTIVE}
        peer = Peer.objects.create(**row)
        self.names = {**getattr(self, "names", {}), name: named}
        return peer

    def connect(self):
        for name, other in (("a", "b"), ("b", "a")):
            Peer.objects.filter(pk=self.ends[name].pk).update(installation=self.names[other])

    def says(self, name):
        with self.wire.at(name):
            row = Peer.objects.get(pk=self.ends[name].pk)
            return compose(row, row.told)

    def takes(self, name, message):
        with self.wire.at(name), suppress(KeyboardInterrupt):
            take_message(Peer.objects.get(pk=self.ends[name].pk), message)

    def silent(self, number):
        """Something changes, and its event is not delivered yet."""
        self.value += 1
        self.goods.ours[number] = self.value
        self.unheard.add(number)

    def change(self, number):
        self.silent(number)
        self.hear(number)

    def hear(self, number):
        note(self.ends["a"], THING, [number])
        self.unheard.discard(number)

    def send(self, _which=0):
        self.takes("b", self.says("a"))

    def answer(self, _which=0):
        self.takes("a", self.says("b"))

    def hold(self, _which):
        self.held.append(self.says("a"))

    def twice(self, which):
        if self.held:
            self.takes("b", self.held[which % len(self.held)])

    def late(self, which):
        self.twice(which)
        if self.held:
            del self.held[which % len(self.held)]

    def crash(self, _which):
        self.goods.breaks = True
        self.send()
        self.goods.breaks = False


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(EVENTS, max_size=30))
def test_stream_when_anything_is_lost_doubled_delayed_or_cut_then_the_ends_become_equal(events, wire):
    """Words only ever become newer at the receiver, and in the end it has the newest of everything."""
    with transaction.atomic(), things() as goods:
        line = Line(wire, goods)
        line.connect()
        for what, which in events:
            getattr(line, what)(which)
        for number in sorted(line.unheard):
            line.hear(number)
        for _turn in range(8):
            line.send()
            line.answer()
        assert goods.theirs == goods.ours
        for number in goods.ours:
            seen = [value for about, value in goods.effects if about == number]
            assert seen == sorted(set(seen))
        assert not OutboxEntry.objects.filter(state=EntryState.WAITING).exists()
        transaction.set_rollback(True)


def test_reconciling_when_something_is_due_or_not_any_more_then_it_is_noted_once(connected, goods):
    goods.ours = {ONE: 1, TWO: -1}
    goods.due_to = lambda _peer: [ONE]
    Copy.objects.create(peer=connected.there, subject=THING, subject_id=TWO)
    assert actions.reconcile_peer(connected.there) == 2
    assert actions.reconcile_peer(connected.there) == 0
    assert call(connected)
    assert goods.theirs == {ONE: 1, TWO: -1}


def test_old_entries_are_forgotten_and_what_waits_is_not(connected, goods):
    put(goods, connected.there, ONE, 1)
    assert call(connected)
    put(goods, connected.there, TWO, 1)
    with clock.stopped_at(clock.now() + timedelta(days=91)):
        assert actions.forget_old_entries() > 0
    assert states(connected.there) == [("waiting", "")]


def test_retry_is_for_those_who_connect(connected):
    Peer.objects.filter(pk=connected.there.pk).update(tries=4, due_at=clock.now() + timedelta(hours=1))
    actions.retry_peer(OPERATOR, connected.there)
    assert Peer.objects.get(pk=connected.there.pk).due_at <= clock.now()
    assert Actor.system("cli").is_visitor
