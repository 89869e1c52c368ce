"""What accounts do is counted: told when it is much, refused when it is too much, lifted by the hub."""

import pytest
from django.test import Client
from django.urls import reverse

from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.errors import InvalidInput, NotAllowed
from noroshi.core.models import LedgerEntry
from noroshi.members import actions, queries
from noroshi.members.actions.meters import count, refusal_of
from noroshi.members.domain.meters import Measure
from noroshi.members.models import Alarm, Meter, TokenOrigin
from noroshi.members.tokens import authenticate_token
from noroshi.notify.models import Notice


@pytest.fixture(autouse=True)
def _low(settings):
    settings.READING_LIMITS = (2, 4)
    settings.MISSING_LIMITS = (1, 2)
    settings.PAGING_LIMITS = (1, 2)
    settings.ADDRESS_LIMITS = (2, 3)
    settings.TOKEN_REFUSALS = 2


@pytest.fixture
def own(cast):
    return actions.issue_token(cast.actor("a1"), person=cast.a1, label="laptop", scopes=["signals.read"], days=30)


def told():
    """Who has which notice, by name, in the order in which they came."""
    return sorted(Notice.everything.values_list("person__name", "kind"))


def entries(*actions):
    return list(LedgerEntry.objects.filter(action__in=actions).order_by("id").values_list("action", "rule", "payload"))


def alarms():
    return list(Alarm.objects.order_by("raised_at", "pk").values_list("measure", "person__name", "count"))


def test_reading_when_it_is_much_then_it_is_told_once_in_a_window(cast, stopped_clock, drain):
    reader = cast.actor("a1")
    for _ in range(4):
        assert count(reader, Measure.READING) is None
    drain()
    assert alarms() == [("reading", "a1", 3)]
    assert told() == [(name, "alarm") for name in ("a_admin", "hub_op", "hub_trusted")]
    assert entries("members.alarm.raised") == [("members.alarm.raised", "", {"measure": "reading", "count": 3})]


def test_reading_when_it_is_too_much_then_no_more_until_the_window_is_over(cast, stopped_clock, drain):
    reader = cast.actor("a1")
    count(reader, Measure.READING, 3)
    stopped_clock.advance(minutes=10)
    for _ in range(3):
        refusal = count(reader, Measure.READING, 2)
        assert refusal.message == (
            "This account has read 4 signals within an hour, the most that one may. "
            "It goes on at 13:00, or as soon as the hub lets it."
        )
        assert refusal.retry_after == 50 * 60 + 1
    assert Meter.objects.get().count == 3
    assert len(entries("members.alarm.stopped")) == 1
    drain()
    assert len(told()) == 6, "it was told that it is much, and once more that no more is given"
    stopped_clock.advance(minutes=50)
    assert refusal_of(reader, Measure.READING) is None
    assert count(reader, Measure.READING, 2) is None
    assert Meter.objects.get().count == 2


def test_counting_keeps_people_and_their_tokens_and_other_kinds_apart(cast, own):
    by_token = authenticate_token(own[1])
    for actor in (cast.actor("a1"), cast.actor("a2"), by_token, cast.machine("bank_a")):
        assert count(actor, Measure.READING, 4) is None
    assert count(by_token, Measure.MISSING) is None
    assert count(by_token, Measure.READING) is not None
    assert refusal_of(cast.actor("a1"), Measure.READING) is None
    assert refusal_of(by_token.by(Channel.EXPORT), Measure.READING) is not None


def test_public_is_not_counted(db):
    assert [count(Actor.visitor(), Measure.MISSING) for _ in range(9)] == [None] * 9
    assert Meter.objects.count() == 0


def test_hub_lets_an_account_go_on_for_some_days(cast, stopped_clock):
    reader = cast.actor("a1")
    count(reader, Measure.READING, 9)
    alarm = Alarm.objects.get()
    with pytest.raises(NotAllowed):
        actions.lift_alarm(cast.actor("a_admin"), alarm=alarm, days=1)
    with pytest.raises(InvalidInput):
        actions.lift_alarm(cast.actor("hub_op"), alarm=alarm, days=31)
    assert count(reader, Measure.READING, 9) is not None
    actions.lift_alarm(cast.actor("hub_op"), alarm=alarm, days=7)
    assert refusal_of(reader, Measure.READING) is None
    stopped_clock.advance(days=6)
    assert count(reader, Measure.READING, 100) is None
    assert Alarm.objects.count() == 1, "what is let go on is not told again"
    actions.forget_meters()
    stopped_clock.advance(days=1)
    assert count(reader, Measure.READING, 100) is not None


def test_what_was_counted_is_forgotten_and_so_are_old_alarms(cast, stopped_clock):
    count(cast.actor("a1"), Measure.READING, 9)
    stopped_clock.advance(hours=23)
    assert actions.forget_meters() == 0
    stopped_clock.advance(days=2)
    assert actions.forget_meters() == 1
    assert Alarm.objects.count() == 1
    stopped_clock.advance(days=400)
    actions.forget_meters()
    assert Alarm.objects.count() == 0


def test_answer_when_much_is_asked_for_that_is_not_there_then_it_is_refused(cast):
    client = cast.client("a1")
    there, nowhere = reverse("members:profile"), reverse("members:person-detail", args=[cast.b1.pk])
    assert [client.get(nowhere).status_code for _ in range(4)] == [404, 404, 429, 429]
    assert client.get(nowhere).headers["Retry-After"] == "3600"
    assert "has asked 2 times within an hour for what is not there" in client.get(nowhere).content.decode()
    assert client.get(there).status_code == 200
    assert alarms() == [("missing", "a1", 2)]


def test_answer_when_an_address_leads_nowhere_or_nobody_signed_in_then_it_is_not_counted(cast):
    client = cast.client("a1")
    assert [client.get("/favicon.ico").status_code for _ in range(4)] == [404] * 4
    Client().get(reverse("sharing:detail", args=[cast.b1.pk]))
    assert Meter.objects.count() == 0


def test_answer_when_many_pages_of_lists_are_turned_then_no_more(cast):
    client, people = cast.client("hub_op"), reverse("members:person-list")
    turns = ("", "after=", "after=x", "end=1", "before=x", "")
    assert [client.get(f"{people}?{turn}").status_code for turn in turns] == [200, 200, 200, 200, 429, 200]
    assert alarms() == [("paging", "hub_op", 2)]


def test_token_that_opens_nothing_is_refused_in_the_ledger_and_told_to_its_owner(cast, own, stopped_clock, drain):
    actions.revoke_token(cast.actor("a1"), token=own[0])
    assert [authenticate_token(own[1]) for _ in range(5)] == [None] * 5
    assert entries("members.token.refused") == [("members.token.refused", "revoked", {})]
    assert LedgerEntry.objects.get(action="members.token.refused").reason == "The token was revoked."
    drain()
    assert alarms() == [("refused", "a1", 3)]
    assert told() == [("a1", "alarm"), ("a_admin", "alarm")], "what is between a token and its owner is not the hub's"


@pytest.mark.parametrize(
    ("rule", "prepare", "asked"),
    [
        ("expired", lambda cast, clock: clock.advance(days=31), {}),
        ("scope", lambda cast, clock: None, {"scope": "signals.write"}),
        ("alone", lambda cast, clock: None, {"scope": "signals.read", "alone": True}),
        (
            "standing",
            lambda cast, clock: actions.suspend_person(cast.actor("a_admin"), person=cast.a1, reason="lost"),
            {},
        ),
    ],
)
def test_token_is_refused_by_its_rule(cast, stopped_clock, rule, prepare, asked):
    scopes = ["signals.read", "feeds.read"]
    _token, secret = actions.issue_token(cast.actor("a1"), person=cast.a1, label="x", scopes=scopes, days=30)
    prepare(cast, stopped_clock)
    assert authenticate_token(secret, **asked) is None
    assert [found[1] for found in entries("members.token.refused")] == [rule]
    stopped_clock.advance(hours=1)
    authenticate_token(secret, **asked)
    assert len(entries("members.token.refused")) == 2, "the first of each hour"


def test_token_used_from_many_addresses_is_told_and_then_stays_where_it_is(cast, own, stopped_clock, drain):
    def use(*numbers):
        return [authenticate_token(own[1], address=f"198.51.100.{number}") is not None for number in numbers]

    assert use(1, 1, 2, 1, 3) == [True] * 5
    assert alarms() == [("addresses", "a1", 3)]
    assert use(4, 1, 4) == [False, True, False]
    drain()
    assert told() == [("a1", "alarm")] * 2 + [("a_admin", "alarm")] * 2
    stopped_clock.advance(hours=23)
    assert use(1, 4) == [True, False]
    stopped_clock.advance(hours=1, minutes=1)
    assert use(4, 2, 5) == [True, True, True]
    assert sorted(TokenOrigin.objects.values_list("origin", flat=True)) == [f"198.51.100.{n}" for n in (1, 2, 4, 5)]


def test_addresses_are_forgotten_after_a_day(cast, own, stopped_clock):
    authenticate_token(own[1], address="198.51.100.1")
    stopped_clock.advance(hours=23)
    assert actions.forget_addresses() == 0
    assert queries.tokens_for(cast.actor("a1")).get().origin_count == 1
    stopped_clock.advance(hours=1)
    assert queries.tokens_for(cast.actor("a1")).get().origin_count == 0
    assert actions.forget_addresses() == 1


def test_address_behind_proxies_is_what_the_nearest_of_them_say(cast, own, settings):
    client = Client(headers={"Authorization": f"Bearer {own[1]}", "X-Forwarded-For": "203.0.113.9, 198.51.100.1"})
    client.get("/api/v1/signals")
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    client.get("/api/v1/signals")
    assert sorted(TokenOrigin.objects.values_list("origin", flat=True)) == ["127.0.0.1", "198.51.100.1"]


def test_alarms_are_shown_to_who_looks_after_the_account(cast, own):
    for _ in range(3):
        authenticate_token(own[1], scope="signals.write")
    count(cast.actor("a2"), Measure.READING, 3)
    count(cast.actor("b1"), Measure.MISSING, 2)
    seen = {
        name: sorted(queries.alarms_for(cast.actor(name)).values_list("measure", "person__name"))
        for name in ("hub_op", "a_admin", "a1", "a2", "b_admin", "auditor")
    }
    refused, read, missed = ("refused", "a1"), ("reading", "a2"), ("missing", "b1")
    assert seen == {
        "hub_op": [missed, read],
        "a_admin": [read, refused],
        "a1": [refused],
        "a2": [],
        "b_admin": [missed],
        "auditor": [],
    }


def test_page_of_alarms_lets_the_hub_lift_them(cast, django_assert_max_num_queries):
    count(cast.actor("a2"), Measure.READING, 3)
    Alarm.objects.update(count=3_000)
    hub, page = cast.client("hub_op"), reverse("members:alarms")
    text = hub.get(page).content.decode()
    assert [words in text for words in ("3,000 signals within an hour", "on the page")] == [True, True]
    assert "Let go on" not in cast.client("a_admin").get(page).content.decode()
    lift = reverse("members:alarm-lift", args=[Alarm.objects.get().pk])
    assert cast.client("a_admin").post(lift, {"days": 1}).status_code == 404
    assert Meter.objects.get(measure="reading").lifted_until is None
    assert hub.post(lift, {"days": 1}).status_code == 302
    assert Meter.objects.get(measure="reading").lifted_until is not None
    for name in ("b1", "i1", "o1"):
        count(cast.actor(name), Measure.READING, 3)
    hub.get(page)
    with django_assert_max_num_queries(24):
        hub.get(page)
