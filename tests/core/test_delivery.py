"""Delivery of events: once with effect, in order, each subscriber by itself, failures tried again and set aside."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction

from noroshi.core import clock, ledger
from noroshi.core.errors import NotFound
from noroshi.core.models import Cursor, LedgerEntry, ParkedEvent
from noroshi.kit import jobs
from noroshi.kit.models import Schedule

SAID = frozenset({"test.said"})


class Ear:
    """A subscriber that writes a row for each event, then fails on those with a word it cannot bear."""

    def __init__(self, name: str = "test.ear", unbearable: str = "") -> None:
        self.subscription = ledger.Subscription(name, SAID, self.handle, history=True)
        self.unbearable = unbearable
        self.calls = 0

    def handle(self, entry: LedgerEntry) -> None:
        self.calls += 1
        Schedule.objects.create(name=f"{self.subscription.name} {entry.pk}", due_at=clock.now())
        if self.unbearable and entry.payload.get("word") == self.unbearable:
            raise ValueError(f"cannot bear {self.unbearable}\x00")

    @property
    def heard(self) -> list[int]:
        names = Schedule.objects.filter(name__startswith=self.subscription.name + " ").values_list("name", flat=True)
        return sorted(int(name.rpartition(" ")[2]) for name in names)


@pytest.fixture
def subscribed():
    """Register subscribers for the time of a test, in place of the product's own."""
    before = dict(ledger._subscriptions)
    ledger._subscriptions.clear()

    def register(*ears: Ear) -> None:
        ledger._subscriptions.update({ear.subscription.name: ear.subscription for ear in ears})

    yield register
    ledger._subscriptions.clear()
    ledger._subscriptions.update(before)


def test_turn_when_a_worker_died_half_way_then_who_has_read_least_comes_first(say, subscribed):
    early, late = Ear("test.early"), Ear("test.late")
    subscribed(early, late)
    ledger.enrol()
    say("test.said")
    ledger.seal()
    assert ledger.furthest_behind() == [early.subscription, late.subscription]
    ledger.deliver(early.subscription)  # and here the worker dies
    say("test.done")
    ledger.seal()
    assert ledger.furthest_behind() == [late.subscription, early.subscription]
    ledger.deliver(early.subscription)
    assert ledger.furthest_behind() == [late.subscription]


def test_pass_over_moves_those_alone_for_whom_there_is_nothing(say, subscribed, django_assert_num_queries):
    ears = [Ear(f"test.ear{number}") for number in range(9)]
    deaf = [replace(ear.subscription, name=f"{ear.subscription.name}.deaf", actions=frozenset()) for ear in ears]
    subscribed(*ears)
    ledger._subscriptions.update({each.name: each for each in deaf})
    ledger.enrol()
    say("test.done")
    ledger.seal()
    with django_assert_num_queries(8):  # two of which look, two open and close, whoever listens
        ledger.pass_over()
    assert set(Cursor.objects.filter(subscriber__startswith="test").values_list("position", flat=True)) == {1}
    say("test.said")
    say("test.done")
    ledger.seal()
    ledger.pass_over()
    assert ledger.furthest_behind() == [ear.subscription for ear in ears]
    read = dict(Cursor.objects.filter(subscriber__startswith="test").values_list("subscriber", "position"))
    assert read == dict.fromkeys([ear.subscription.name for ear in ears], 1) | {each.name: 3 for each in deaf}
    assert [ledger.deliver(ear.subscription) for ear in ears] == [1] * len(ears)


def test_pass_over_leaves_whoever_failed_its_attempts_and_its_wait(say, subscribed):
    ear = Ear(unbearable="fire")
    subscribed(ear)
    ledger.enrol()
    say(word="fire")
    say("test.done")
    ledger.seal()
    ledger.deliver(ear.subscription)
    failed = Cursor.objects.filter(subscriber="test.ear").values()[0]
    ledger.pass_over()
    assert Cursor.objects.filter(subscriber="test.ear").values()[0] == failed
    assert (failed["position"], failed["attempts"]) == (0, 1)


def test_pass_over_when_somebody_is_far_behind_then_it_reads_no_long_stretch(say, subscribed, monkeypatch):
    ear = Ear()
    subscribed(ear)
    ledger.enrol()
    for _ in range(3):
        say("test.done")
    ledger.seal()
    monkeypatch.setattr(ledger, "BATCH", 2)
    ledger.pass_over()
    assert Cursor.objects.get(subscriber="test.ear").position == 0


def test_deliver_hands_over_what_was_subscribed_once_and_in_order(say):
    first, _other, last = say("test.said"), say("test.done"), say("test.said")
    ledger.seal()
    heard = []
    reader = ledger.Subscription("test", SAID, lambda entry: heard.append(entry.pk), history=True)
    assert [ledger.deliver(reader), ledger.deliver(reader)] == [2, 0]
    assert heard == [first.pk, last.pk]


def test_deliver_up_to_a_limit_leaves_the_rest_for_the_next_round(say):
    for _ in range(5):
        say()
    ledger.seal()
    ear = Ear()
    assert [ledger.deliver(ear.subscription, 2) for _ in range(4)] == [2, 2, 1, 0]


def test_deliver_before_the_seal_hands_over_nothing(say):
    say()
    ear = Ear()
    assert ledger.deliver(ear.subscription) == 0
    assert ear.calls == 0


def test_deliver_past_what_was_not_subscribed_moves_the_cursor_without_a_call(say):
    for _ in range(3):
        say("test.done")
    ledger.seal()
    ear = Ear()
    assert (ledger.deliver(ear.subscription), ear.calls) == (0, 0)
    assert Cursor.objects.get(subscriber="test.ear").position == 3


def test_deliver_with_nothing_new_takes_no_lock(say, django_assert_num_queries):
    say()
    ledger.seal()
    ear = Ear()
    ledger.deliver(ear.subscription)
    with django_assert_num_queries(2):
        assert ledger.deliver(ear.subscription) == 0


def test_handler_that_fails_leaves_nothing_of_its_work(say):
    say(word="fire")
    ledger.seal()
    ear = Ear(unbearable="fire")
    assert ledger.deliver(ear.subscription) == 0
    assert (ear.calls, ear.heard) == (1, [])


def test_handler_that_breaks_the_transaction_leaves_the_cursor_usable(say):
    say()
    ledger.seal()

    def broken(_entry: LedgerEntry) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")

    reader = ledger.Subscription("test", SAID, broken, history=True)
    assert ledger.deliver(reader) == 0
    assert Cursor.objects.get(subscriber="test").attempts == 1


def test_handler_that_fails_is_tried_again_with_growing_waits_then_parked(say, stopped_clock):
    bad, good = say(word="fire"), say(word="water")
    ledger.seal()
    ear = Ear(unbearable="fire")
    waits = []
    while not ParkedEvent.objects.exists():
        ledger.deliver(ear.subscription)
        waits += [_wait_out(ear, stopped_clock)]
    assert waits == [*(timedelta(seconds=seconds) for seconds in (2, 4, 8, 16)), None]
    assert ear.calls == ledger.ATTEMPTS + 1  # and the good one behind it
    parked = ParkedEvent.objects.get()
    assert (parked.subscriber, parked.entry_id) == ("test.ear", bad.pk)
    assert parked.reason == "ValueError: cannot bear fire"
    assert ear.heard == [good.pk]
    cursor = Cursor.objects.get(subscriber="test.ear")
    assert (cursor.position, cursor.attempts, cursor.retry_at) == (2, 0, None)


def _wait_out(ear: Ear, stopped_clock) -> timedelta | None:
    """Let the wait pass; just before its end nothing is tried."""
    retry_at = Cursor.objects.get(subscriber=ear.subscription.name).retry_at
    if retry_at is None:
        return None
    wait, calls = retry_at - clock.now(), ear.calls
    stopped_clock.now = retry_at - timedelta(microseconds=1)
    assert (ledger.deliver(ear.subscription), ear.calls) == (0, calls)
    stopped_clock.now = retry_at
    return wait


def test_handler_that_recovers_is_not_parked_and_takes_effect_once(say, stopped_clock):
    entry = say(word="fire")
    ledger.seal()
    ear = Ear(unbearable="fire")
    ledger.deliver(ear.subscription)
    ear.unbearable = ""
    stopped_clock.advance(seconds=2)
    assert ledger.deliver(ear.subscription) == 1
    assert (ear.heard, ParkedEvent.objects.count()) == ([entry.pk], 0)


def test_poison_event_blocks_no_other_subscriber(say, subscribed):
    entries = [say(word=word).pk for word in ("water", "fire", "earth")]
    poisoned, healthy = Ear("test.a", unbearable="fire"), Ear("test.b")
    subscribed(poisoned, healthy)
    for _ in range(2):
        jobs.deliver_events()
    assert healthy.heard == entries
    assert poisoned.heard == entries[:1]


def _parked(say, subscribed, stopped_clock) -> tuple[LedgerEntry, Ear]:
    entry = say(word="fire")
    ear = Ear(unbearable="fire")
    subscribed(ear)
    for _ in range(ledger.ATTEMPTS):
        jobs.deliver_events()
        stopped_clock.advance(minutes=1)
    return entry, ear


def test_replay_of_a_parked_event_hands_it_over_once_more(say, subscribed, stopped_clock):
    entry, ear = _parked(say, subscribed, stopped_clock)
    number = ParkedEvent.objects.get().pk
    with pytest.raises(ValueError, match="cannot bear"), transaction.atomic():
        ledger.replay(number)
    assert (ear.heard, ParkedEvent.objects.count()) == ([], 1)
    ear.unbearable = ""
    ledger.replay(number)
    assert (ear.heard, ParkedEvent.objects.count()) == ([entry.pk], 0)
    with pytest.raises(NotFound):
        ledger.replay(number)


def test_replay_for_a_subscriber_that_is_gone_is_refused(say, subscribed, stopped_clock):
    _parked(say, subscribed, stopped_clock)
    subscriptions = ledger._subscriptions
    subscriptions.clear()
    with pytest.raises(NotFound):
        ledger.replay(ParkedEvent.objects.get().pk)
    assert ParkedEvent.objects.count() == 1


def test_subscribe_under_a_name_registers_the_handler(subscribed):
    @ledger.subscribe("test.named", "test.said", "test.done")
    def hear(_entry: LedgerEntry) -> None: ...

    assert ledger.subscriptions() == (ledger.Subscription("test.named", frozenset({"test.said", "test.done"}), hear),)


def test_enrol_when_a_subscriber_is_new_to_an_existing_installation_then_it_begins_at_the_present(say, subscribed):
    old, new, historian = Ear("test.old"), Ear("test.new"), Ear("test.historian")
    new.subscription = replace(new.subscription, history=False)
    subscribed(old)
    before = say()
    jobs.deliver_events()
    subscribed(old, new, historian)
    waiting = say()  # written before any worker of the new version has run
    jobs.deliver_events()
    after = say()
    jobs.deliver_events()
    everything = [before.pk, waiting.pk, after.pk]
    assert (old.heard, new.heard, historian.heard) == (everything, everything[1:], everything)


def test_enrol_when_the_installation_is_new_then_what_was_written_before_its_first_worker_is_heard(say, subscribed):
    ear = Ear()
    ear.subscription = replace(ear.subscription, history=False)
    subscribed(ear)
    first = say()
    jobs.deliver_events()
    assert ear.heard == [first.pk]


def test_enrol_when_everybody_has_a_cursor_then_nothing_moves_and_one_look_is_enough(
    say, subscribed, django_assert_num_queries
):
    ear = Ear()
    subscribed(ear)
    say()
    jobs.deliver_events()
    before = list(Cursor.objects.order_by("pk").values())
    with django_assert_num_queries(1):
        ledger.enrol()
    assert list(Cursor.objects.order_by("pk").values()) == before


def test_deliver_when_nobody_enrolled_the_subscriber_then_it_begins_at_the_present_all_the_same(say):
    say()
    ledger.seal()
    ear = Ear()
    reader = replace(ear.subscription, history=False)
    assert ledger.deliver(reader) == 0
    assert ear.heard == []
