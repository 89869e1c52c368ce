"""What people subscribe to, and what is mailed by it."""

from datetime import UTC, datetime, time

import pytest
from django.core import mail as outgoing

from factories.audience import COMMUNITY, WORDS, to_group, without
from factories.subscriptions import choose
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput, NotAllowed, NotFound
from noroshi.core.models import AudienceEntry, LedgerEntry
from noroshi.members.models import Person
from noroshi.notify.actions import (
    Wanted,
    add_subscription,
    change_subscription,
    delete_subscription,
    pause_subscription,
    set_preferences,
    settle,
)
from noroshi.notify.models import Delivery, Notice, NoticeKind, Preferences, Subscription
from noroshi.notify.queries import USUAL, subscriptions_of, would_have_sent
from noroshi.notify.tasks import send_due_mail
from noroshi.sharing import actions
from noroshi.sharing.domain.content import Marking
from noroshi.sharing.models import Signal

GREEN = Marking(TLP.GREEN, entries=frozenset({COMMUNITY}))


@pytest.fixture
def share(cast, drain, stopped_clock):
    """Share a real signal and return the notice that B's analyst has of it."""
    Person.objects.update(language="en")

    def go(marking=GREEN, content=WORDS, author="a1"):
        signal = actions.share_signal(cast.actor(author), content=content, marking=marking)
        if signal.state == "held":
            actions.release_signal(cast.actor("hub_trusted"), signal)
        drain()
        return Notice.everything.get(person=cast.b1, subject_id=signal.pk, kind="signal")

    return go


@pytest.mark.parametrize(
    ("narrowed", "mailed"),
    [
        ({}, True),
        ({"signal_kinds": ["phishing"]}, True),
        ({"signal_kinds": ["malware"]}, False),
        ({"sectors": ["major_bank"]}, True),
        ({"sectors": ["insurer"]}, False),
        ({"words": "ログイン画面"}, True),
        ({"words": "ランサムウェア"}, False),
        ({"values": "hxxp://evil-bank[.]com/login and 192.0.2.1"}, True),
        ({"values": "hxxp://other-bank[.]com/login"}, False),
        ({"names_assets": True}, True),
    ],
)
def test_subscription_when_narrowed_then_only_what_it_asks_for_is_mailed(cast, share, narrowed, mailed):
    set_preferences(cast.actor("b1"), assets="偽のログイン\n勘定系")
    choose(cast.actor("b1"), NoticeKind.SIGNAL, Delivery.AT_ONCE, **narrowed)

    assert (share().mailed_at is not None) is mailed


def test_subscription_when_it_names_a_group_then_only_what_the_group_was_sent(cast, share):
    choose(cast.actor("b1"), NoticeKind.SIGNAL, Delivery.AT_ONCE, groups=[cast.wg_incident.pk])

    to_all, to_circle = share(), share(Marking(TLP.AMBER, entries=frozenset({to_group(cast.wg_incident)})))

    assert (to_all.mailed_at, to_circle.mailed_at is not None) == (None, True)


def test_subscription_when_a_sector_is_asked_for_then_an_anonymous_signal_is_of_none(cast, share):
    choose(cast.actor("b1"), NoticeKind.SIGNAL, Delivery.AT_ONCE, sectors=["major_bank"])
    anonymous = Marking(TLP.GREEN, entries=frozenset({COMMUNITY}), author_mode=AuthorMode.ANONYMOUS)

    assert (share().mailed_at is not None, share(anonymous).mailed_at) == (True, None)


def test_subscription_when_several_want_it_then_the_promptest_decides_and_one_that_rests_does_not(cast, share):
    choose(cast.actor("b1"), NoticeKind.SIGNAL, Delivery.WEEKLY)
    hourly = add_subscription(cast.actor("b1"), wanted=Wanted(notices=["signal"], delivery="hourly"))

    assert share().delivery == "hourly"
    pause_subscription(cast.actor("b1"), hourly, paused=True)
    assert share().delivery == "weekly"
    pause_subscription(cast.actor("b1"), hourly, paused=False)
    assert share().delivery == "hourly"
    delete_subscription(cast.actor("b1"), hourly)
    assert share().delivery == "weekly"


def test_settle_when_chosen_then_what_was_usual_stands_there_and_mails_the_same(cast, share):
    settle(cast.actor("b1"))
    settle(cast.actor("b1"))

    rows = subscriptions_of(cast.actor("b1"))
    assert {kind: row.delivery for row in rows for kind in row.notices} == {
        kind: delivery for kind, delivery in USUAL.items() if kind is not NoticeKind.HIT
    }
    assert (share().delivery, Subscription.objects.count()) == ("at_once", 2)


def test_settle_when_a_later_version_brings_a_kind_of_notice_then_it_goes_the_usual_way_until_then(cast, share):
    settle(cast.actor("b1"))
    Preferences.objects.update(settled=["amended"])
    Subscription.objects.update(notices=["amended"])

    assert share().delivery == "at_once"


def test_quiet_when_something_comes_then_it_waits_for_the_end_and_own_hits_do_not(
    cast, tell, signal, drain, stopped_clock
):
    Person.objects.update(language="en")
    set_preferences(cast.actor("b1"), quiet_from=time(11), quiet_until=time(14))
    tell(signal("GREEN", title="Quokka"), cast.b1)
    tell(signal("GREEN", title="Okapi"), cast.b1, kind=NoticeKind.HIT)
    drain()
    assert [letter.subject for letter in outgoing.outbox] == ["Found in your own logs: Okapi (TLP:GREEN)"]

    stopped_clock.advance(hours=2)
    send_due_mail()
    drain()
    assert [letter.subject for letter in outgoing.outbox[1:]] == ["A signal reached you: Quokka (TLP:GREEN)"]


def test_mail_when_one_signal_changes_ten_times_in_a_minute_then_one_mail_says_so(
    cast, tell, signal, drain, stopped_clock
):
    Person.objects.update(language="en")
    choose(cast.actor("b1"), NoticeKind.AMENDED, Delivery.AT_ONCE)
    shared = signal("GREEN", title="Quokka")
    for _ in range(10):
        tell(shared, cast.b1, kind=NoticeKind.AMENDED)
        stopped_clock.advance(seconds=5)
        send_due_mail()
        drain()
    for _ in range(5):
        stopped_clock.advance(minutes=1)
        send_due_mail()
        drain()

    (letter,) = outgoing.outbox
    assert letter.subject == "1 notice for you"
    assert "- A signal changed: Quokka (TLP:GREEN), 10 times\n" in letter.body


def test_mail_when_two_hundred_signals_come_in_a_minute_then_one_mail_and_it_says_why(
    cast, tell, signal, drain, stopped_clock
):
    Person.objects.update(language="en")
    shared = signal("GREEN", title="Quokka")
    for _ in range(200):
        tell(shared, cast.b1)
    drain()

    (letter,) = outgoing.outbox
    assert "so that your mailbox is not flooded" in letter.body


def test_mail_when_news_keeps_coming_then_no_more_than_so_many_an_hour_and_the_rest_in_one(
    cast, tell, signal, drain, stopped_clock
):
    Person.objects.update(language="en")
    shared = [signal("GREEN", title=f"Quokka {number}") for number in range(30)]
    for each in shared:
        tell(each, cast.b1)
        drain()
        stopped_clock.advance(minutes=1)
        send_due_mail()
        drain()
    assert len(outgoing.outbox) == 12
    stopped_clock.advance(minutes=45)
    send_due_mail()
    drain()

    assert len(outgoing.outbox) == 13
    assert outgoing.outbox[-1].subject == "18 notices for you"


def test_withdrawal_when_the_signal_was_mailed_then_it_is_mailed_too_whatever_the_subscription(cast, share, drain):
    choose(cast.actor("b1"), NoticeKind.WITHDRAWN, Delivery.INBOX)
    choose(cast.actor("i1"), NoticeKind.WITHDRAWN, Delivery.INBOX)
    choose(cast.actor("i1"), NoticeKind.SIGNAL, Delivery.INBOX)
    notice = share()
    outgoing.outbox.clear()

    actions.withdraw_signal(cast.actor("a1"), Signal.everything.get(pk=notice.subject_id), reason="it was a drill")
    drain()

    told = {address for letter in outgoing.outbox for address in letter.to}
    assert ("b1@bank-b.example" in told, "i1@insurer.example" in told) == (True, False)


def test_magazine_when_a_week_is_over_then_it_is_laid_out_and_says_no_more_than_the_channel_carries(
    cast, share, drain, stopped_clock
):
    choose(cast.actor("b1"), NoticeKind.SIGNAL, Delivery.WEEKLY, at=time(9), weekday=0)
    share(Marking(TLP.AMBER, entries=frozenset({to_group(cast.wg_incident)})))
    share(Marking(TLP.GREEN, entries=frozenset({to_group(cast.wg_incident)})))
    share()
    closed = share()
    AudienceEntry.objects.create(item_id=closed.subject_id, kind=without(cast.bank_b).kind, target=cast.bank_b.pk)
    outgoing.outbox.clear()
    stopped_clock.now = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
    send_due_mail()
    drain()

    letter = next(letter for letter in outgoing.outbox if letter.to == ["b1@bank-b.example"])
    lines = [
        line for line in letter.body.splitlines() if line and not line.startswith(("  http", "=", "-- ", "Choose"))
    ]
    assert (letter.subject, lines) == (
        "Your week: 3 notices",
        [
            "To everybody, or to you",
            "[Phishing]",
            "- A signal reached you: 偽のログイン画面 (TLP:GREEN)",
            "wg_incident",
            "[Phishing]",
            "- A signal reached you: 偽のログイン画面 (TLP:GREEN)",
            "To be read after signing in",
            "- A signal reached you (TLP:AMBER)",
        ],
    )
    ((html, kind),) = letter.alternatives
    assert (kind, html.count("偽のログイン画面"), html.count("TLP:AMBER")) == ("text/html", 2, 1)


def test_preview_when_asked_then_it_counts_what_its_person_still_sees_of_the_last_days(
    cast, tell, signal, stopped_clock
):
    actor = cast.actor("b1")
    row = Subscription(person=cast.b1, notices=["signal"], delivery="at_once")
    tell(signal(), cast.b1)
    stopped_clock.advance(days=31)
    shown, closed = signal(), signal()
    for each in (shown, closed):
        tell(each, cast.b1, cast.i1)
    tell(shown, cast.b1, kind=NoticeKind.COMMENT)
    AudienceEntry.objects.create(item_id=closed.pk, kind=without(cast.bank_b).kind, target=cast.bank_b.pk)

    assert (would_have_sent(actor, row), would_have_sent(cast.actor("b2"), row)) == (1, 0)


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (Wanted(notices=[]), "Choose what"),
        (Wanted(notices=["hit"]), "Choose what"),
        (Wanted(signal_kinds=["gossip"]), "no such kind of signal"),
        (Wanted(sectors=["moon"]), "no such kind of institution"),
        (Wanted(delivery="pigeon"), "no such delivery"),
        (Wanted(weekday=7), "no such day"),
        (Wanted(words="x" * 201), "200 characters"),
        (Wanted(values="nothing in here"), "no address"),
    ],
)
def test_add_when_something_is_wrong_then_one_sentence_and_nothing_is_written(cast, wanted, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        add_subscription(cast.actor("b1"), wanted=wanted)
    assert (Subscription.objects.count(), LedgerEntry.objects.count()) == (0, 0)


def test_add_when_the_group_is_another_s_then_refused(cast):
    with pytest.raises(InvalidInput, match="your own groups"):
        add_subscription(cast.actor("i1"), wanted=Wanted(groups=[cast.wg_incident.pk]))


def test_verbs_when_a_machine_a_supervisor_or_somebody_else_asks_then_refused(cast):
    row = add_subscription(cast.actor("b1"), wanted=Wanted())
    with pytest.raises(NotAllowed):
        add_subscription(cast.machine("bank_a"), wanted=Wanted())
    with pytest.raises(NotFound):
        add_subscription(cast.actor("sup"), wanted=Wanted())
    for verb in (
        lambda actor: change_subscription(actor, row, wanted=Wanted()),
        lambda actor: pause_subscription(actor, row, paused=True),
        lambda actor: delete_subscription(actor, row),
    ):
        with pytest.raises(NotFound):
            verb(cast.actor("b2"))


def test_pages_when_a_subscription_is_made_seen_changed_and_deleted_then_each_step_shows(cast, tell, signal):
    tell(signal(), cast.b1)
    browser, form = cast.client("b1"), {"notices": ["signal"], "delivery": "weekly", "at": "09:30", "weekday": "4"}
    assert "1 notice." in browser.post("/inbox/subscriptions/new", {**form, "preview": "1"}).text
    assert not Subscription.objects.exists()
    browser.post("/inbox/subscriptions/new", {**form, "label": "Friday reading"})
    row = Subscription.objects.get(label="Friday reading")
    assert "Weekly magazine on Friday at 09:30" in browser.get("/inbox/subscriptions").text
    browser.post(f"/inbox/subscriptions/{row.pk}/", {**form, "label": "Changed", "words": "zebra"})
    browser.post(f"/inbox/subscriptions/{row.pk}/pause")
    page = browser.get("/inbox/subscriptions").text
    assert ("with “zebra”" in page, "Paused" in page, "Friday reading" in page) == (True, True, False)
    browser.post(f"/inbox/subscriptions/{row.pk}/delete")
    assert not Subscription.objects.filter(pk=row.pk).exists()
    browser.post(
        "/inbox/subscriptions", {"quiet_from": "22:00", "quiet_until": "07:00", "assets": "FortiGate\n\nFortiGate"}
    )
    assert Preferences.objects.get(person=cast.b1).assets == ["FortiGate"]


def test_pages_when_it_is_another_s_then_there_is_none(cast):
    row = add_subscription(cast.actor("b1"), wanted=Wanted())
    browser = cast.client("b2")
    assert browser.get(f"/inbox/subscriptions/{row.pk}/").status_code == 404
    assert [
        browser.post(f"/inbox/subscriptions/{row.pk}/{verb}").status_code for verb in ("pause", "wake", "delete")
    ] == [
        404,
        404,
        404,
    ]
    assert cast.client("sup").get("/inbox/subscriptions").status_code == 404


def test_preferences_when_the_end_of_the_quiet_is_missing_then_refused(cast):
    with pytest.raises(InvalidInput, match="a beginning and an end"):
        set_preferences(cast.actor("b1"), quiet_from=time(22))
