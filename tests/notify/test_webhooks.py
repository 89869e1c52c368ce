"""Webhooks: what leaves, to whom, signed how, tried again when, and what happens to a dead endpoint."""

import base64
import hashlib
import hmac
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories.audience import COMMUNITY, WORDS, to_group, to_organisation, to_person, without
from factories.endpoint import LOOPBACK, endpoint
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.membership import Standing
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput, NotAllowed, NotFound
from noroshi.core.models import AudienceEntry
from noroshi.members.models import Organisation, Person
from noroshi.notify import webhooks
from noroshi.notify.actions import (
    add_webhook,
    dispatch_event,
    pause_webhook,
    remove_webhook,
    replay_dispatches,
)
from noroshi.notify.actions import (
    test_webhook as try_webhook,
)
from noroshi.notify.domain.webhooks import WAITS, new_secret, signature
from noroshi.notify.models import Attempt, Dispatch, Webhook
from noroshi.notify.tasks import call_due_webhooks
from noroshi.sharing import actions
from noroshi.sharing.domain.content import Marking
from noroshi.sharing.models import Signal

EVERYBODY = frozenset({COMMUNITY})


@pytest.fixture
def hook(cast, partner):
    """Bank B's webhook, and its secret."""
    return add_webhook(cast.actor("b_admin"), label="SIEM", url="https://siem.bank-b.example/hook")


@pytest.fixture
def share(cast):
    def go(tlp=TLP.GREEN, entries=EVERYBODY, **more):
        signal = actions.share_signal(
            cast.actor("a1"), content=WORDS, marking=Marking(tlp, entries=frozenset(entries), **more)
        )
        if signal.state == "held":
            actions.release_signal(cast.actor("hub_trusted"), signal)
        return signal

    return go


def test_webhook_when_a_signal_goes_out_then_a_signed_message_comes(cast, hook, share, drain, partner, stopped_clock):
    signal = share()
    drain()

    ((url, headers, body),) = partner.sent
    dispatch = Dispatch.objects.get()
    assert (url, body["type"], body["data"]["id"]) == (
        "https://siem.bank-b.example/hook",
        "signal.published",
        str(signal.pk),
    )
    assert body["data"]["from"] == {"organisation": "Bank_A", "person": "a1"}
    assert {row["value"] for row in body["data"]["observables"]} >= {"45.155.205.66"}
    assert headers["webhook-id"] == f"msg_{dispatch.pk.hex}"
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + raw
    key = base64.b64decode(hook[1].removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert (dispatch.state, [attempt.status for attempt in Attempt.objects.all()]) == ("delivered", [204])


def test_signature_when_made_then_it_is_that_of_the_standard_s_example():
    moment = datetime.fromtimestamp(1614265330, UTC)
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    made = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", moment, b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def receiver():
    """The function that the documentation gives to those who receive."""
    page = (Path(__file__).parents[2] / "docs" / "use" / "notify.md").read_text(encoding="utf-8")
    code = {}
    exec(re.search(r"```python\n(.*?)```", page, re.DOTALL)[1], code)
    return code["is_to_be_taken"]


def test_receiver_of_the_documentation_takes_each_message_once_while_it_is_fresh(
    cast, hook, share, drain, partner, stopped_clock
):
    share()
    drain()
    takes, taken = receiver(), set()

    def take(place=0, secret=hook[1], more=b"", **changed):
        _url, headers, message = partner.sent[place]
        body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
        with time_machine.travel(stopped_clock.now, tick=False):
            return takes(secret, headers | changed, body + more, taken)

    forged = [{"secret": new_secret()}, {"more": b" "}, {"webhook-timestamp": "9"}, {"webhook-signature": "v1,"}]
    assert [take(**changed) for changed in forged] == [False] * 4
    assert [take(), take()] == [True, False]
    stopped_clock.advance(minutes=4)
    replay_dispatches(cast.actor("b_admin"), hook[0], dispatch=Dispatch.objects.get().pk)
    drain()
    assert partner.sent[1][1]["webhook-id"] == partner.sent[0][1]["webhook-id"]
    assert [take(1), take(1), take(0)] == [True, False, False]
    taken.clear()
    stopped_clock.advance(minutes=6)
    assert not take(1), "too old"


@pytest.mark.parametrize(
    ("tlp", "grants", "comes"),
    [
        (TLP.CLEAR, ["all"], True),
        (TLP.GREEN, ["all"], True),
        (TLP.AMBER, ["all"], True),
        (TLP.AMBER, ["b"], True),
        (TLP.AMBER, ["i"], False),
        (TLP.AMBER_STRICT, ["b"], False),
        (TLP.AMBER_STRICT, ["group"], False),
        (TLP.RED, ["b1"], False),
    ],
)
@pytest.mark.usefixtures("hook")
def test_webhook_when_the_marking_or_audience_keeps_it_out_then_there_is_no_message_and_no_trace(
    cast, share, drain, partner, tlp, grants, comes
):
    lines = {
        "all": COMMUNITY,
        "b": to_organisation(cast.bank_b),
        "i": to_organisation(cast.insurer),
        "group": to_group(cast.wg_incident),
        "b1": to_person(cast.b1),
    }
    share(tlp, {lines[name] for name in grants})
    drain()

    assert (len(partner.sent), Dispatch.objects.count()) == (int(comes), int(comes))


def test_webhook_when_the_author_is_anonymous_then_the_message_names_nobody(cast, hook, share, drain, partner):
    share(author_mode=AuthorMode.ANONYMOUS)
    drain()

    ((_url, _headers, body),) = partner.sent
    assert body["data"]["from"] is None
    words = ('"a1"', "a1@", str(cast.a1.pk), str(cast.bank_a.pk), "Bank_A", "bank_a")
    assert [word for word in words if word in json.dumps(body, ensure_ascii=False)] == []


def test_webhook_when_withdrawn_before_it_was_sent_then_only_the_withdrawal_is(cast, hook, share, drain, partner):
    pause_webhook(cast.actor("b_admin"), hook[0], paused=True)
    signal = share()
    actions.withdraw_signal(cast.actor("a1"), signal, reason="it was a drill")
    drain()
    pause_webhook(cast.actor("b_admin"), hook[0], paused=False)
    drain()

    assert partner.types == ["signal.withdrawn"]
    assert [
        word for word in (WORDS.title, "45.155") if word in json.dumps(partner.sent[0][2], ensure_ascii=False)
    ] == []
    assert partner.sent[0][2]["data"]["reason"] == "it was a drill"


def test_webhook_when_left_out_before_it_was_sent_then_nothing_is_sent(cast, hook, share, drain, partner):
    pause_webhook(cast.actor("b_admin"), hook[0], paused=True)
    signal = share()
    drain()
    AudienceEntry.objects.create(item_id=signal.pk, kind=without(cast.bank_b).kind, target=cast.bank_b.pk)
    pause_webhook(cast.actor("b_admin"), hook[0], paused=False)
    drain()

    assert (partner.sent, Dispatch.objects.get().state) == ([], "dropped")


def test_webhook_when_the_organisation_is_suspended_then_nothing_is_sent(cast, hook, share, drain, partner):
    pause_webhook(cast.actor("b_admin"), hook[0], paused=True)
    share()
    drain()
    pause_webhook(cast.actor("b_admin"), hook[0], paused=False)
    Organisation.objects.filter(pk=cast.bank_b.pk).update(standing=Standing.SUSPENDED)
    drain()

    assert partner.sent == []


def test_webhook_when_it_fails_then_it_waits_longer_each_time_then_rests_and_its_admin_is_told(
    cast, hook, share, drain, partner, stopped_clock
):
    Person.objects.update(language="en")
    partner.status = 500
    share()
    share()
    drain()
    spans, last = [], stopped_clock.now
    while not Webhook.objects.get().paused_at:
        stopped_clock.now = Dispatch.objects.order_by("created_at").first().due_at
        spans.append(stopped_clock.now - last)
        last = stopped_clock.now
        call_due_webhooks()
        drain()
    first, second = Dispatch.objects.order_by("created_at", "pk")

    assert spans == list(WAITS)
    assert (first.state, first.attempts.count()) == ("given_up", len(WAITS) + 1)
    assert (second.state, second.attempts.count()) == ("waiting", 0)
    told = [
        letter.subject for letter in mail.outbox if letter.to == ["b-admin@bank-b.example"] or "b_admin" in letter.to[0]
    ]
    assert told.count("A webhook was paused (TLP:AMBER)") == 1

    partner.status = 204
    pause_webhook(cast.actor("b_admin"), hook[0], paused=False)
    drain()
    second.refresh_from_db()
    assert second.state == "delivered"


def test_webhook_when_the_other_side_is_gone_then_it_rests_at_once(cast, hook, share, drain, partner):
    partner.status = 410
    share()
    drain()

    assert (Webhook.objects.get().pause_reason, len(partner.sent)) == ("gone", 1)


@pytest.mark.parametrize("status", [301, 302, 400, 500, 0])
def test_webhook_when_it_is_not_taken_then_it_is_tried_again_under_the_same_id(
    cast, hook, share, drain, partner, stopped_clock, status
):
    partner.status = status
    share()
    drain()
    partner.status = 200
    stopped_clock.advance(seconds=6)
    call_due_webhooks()
    drain()

    ids = [headers["webhook-id"] for _url, headers, _body in partner.sent]
    assert (len(ids), len(set(ids)), Dispatch.objects.get().state) == (2, 1, "delivered")


def test_webhook_when_the_worker_died_while_sending_then_another_sends_it_after_a_minute(
    cast, hook, share, drain, partner, stopped_clock
):
    pause_webhook(cast.actor("b_admin"), hook[0], paused=True)
    share()
    drain()
    Webhook.objects.update(paused_at=None)
    webhooks._lease(Webhook.objects.get())  # and dead
    call_due_webhooks()
    drain()
    assert partner.sent == []
    stopped_clock.advance(seconds=61)
    call_due_webhooks()
    drain()
    assert partner.types == ["signal.published"]


def test_dispatch_when_the_same_event_is_handled_again_then_no_second_message(cast, hook, share, say):
    signal = share()
    event = say()
    made = [
        dispatch_event(event, type="signal.published", subject="sharing.signal", subject_id=signal.pk) for _ in range(3)
    ]
    assert made == [1, 0, 0]


def test_replay_when_one_or_a_span_is_asked_for_then_these_are_sent_again_composed_anew(
    cast, hook, share, drain, partner, stopped_clock
):
    kept = share()
    drain()
    stopped_clock.advance(hours=1)
    gone = share()
    drain()
    actions.withdraw_signal(cast.actor("a1"), gone, reason="it was a drill")
    drain()
    partner.sent.clear()
    first = Dispatch.objects.get(subject_id=kept.pk)

    assert replay_dispatches(cast.actor("b_admin"), hook[0], dispatch=first.pk) == 1
    drain()
    since = stopped_clock.now - timedelta(minutes=30)
    assert replay_dispatches(cast.actor("b_admin"), hook[0], since=since, until=since + timedelta(hours=1)) == 2
    drain()

    assert partner.types == ["signal.published", "signal.withdrawn"]


@pytest.mark.parametrize("url", ["http://siem.example/", "https://user:pass@siem.example/", "siem", "https://"])
def test_add_when_the_address_is_not_fit_then_refused(cast, url):
    with pytest.raises(InvalidInput):
        add_webhook(cast.actor("b_admin"), label="SIEM", url=url)
    assert not Webhook.objects.exists()


def test_verbs_when_somebody_else_asks_then_refused(cast, hook):
    for name in ("b1", "hub_op", "a_admin", "sup_admin", "auditor"):
        for verb in (remove_webhook, try_webhook):
            with pytest.raises(NotFound):
                verb(cast.actor(name), hook[0])
    for name, error in (("b1", NotAllowed), ("hub_op", NotAllowed), ("sup_admin", NotFound)):
        with pytest.raises(error):
            add_webhook(cast.actor(name), label="x", url="https://x.example/")
    for name in ("b1", "hub_op", "sup_admin"):
        assert cast.client(name).get("/inbox/webhooks/").status_code == 404
    assert cast.client("a_admin").get(f"/inbox/webhooks/{hook[0].pk}/").status_code == 404


def test_secret_when_stored_then_encrypted_and_shown_once(cast, partner):
    browser = cast.client("b_admin")
    page = browser.post("/inbox/webhooks/", {"label": "SIEM", "url": "https://siem.example/"}).text
    secret = page.split('value="whsec_')[1].split('"')[0]
    assert secret not in Webhook.objects.get().secret
    assert "whsec_" not in browser.get("/inbox/webhooks/").text


def test_page_when_opened_then_it_shows_messages_with_their_attempts_and_sends_again(cast, hook, share, drain, partner):
    partner.status = 500
    signal = share()
    drain()
    browser, row = cast.client("b_admin"), Dispatch.objects.get()
    page = browser.get(f"/inbox/webhooks/{hook[0].pk}/").text
    assert (f"msg_{row.pk.hex}" in page, "500" in page, WORDS.title in page, str(signal.pk) in page) == (
        True,
        True,
        False,
        False,
    )
    partner.status = 200
    browser.post(f"/inbox/webhooks/{hook[0].pk}/messages/{row.pk}/replay")
    drain()
    row.refresh_from_db()
    assert row.state == "delivered"
    browser.post(f"/inbox/webhooks/{hook[0].pk}/try")
    drain()
    assert partner.types[-1] == "webhook.test"
    browser.post(f"/inbox/webhooks/{hook[0].pk}/", {"since": "2026-11-22T00:00", "until": "2026-11-23T00:00"})
    assert Dispatch.objects.filter(state="waiting").count() == 2
    browser.post(f"/inbox/webhooks/{hook[0].pk}/remove")
    assert not Webhook.objects.exists()


def test_page_when_it_has_one_or_three_messages_then_the_queries_are_the_same(cast, hook, share, drain, partner):
    counts = []
    for more in (1, 2):
        for _ in range(more):
            share()
        drain()
        with CaptureQueriesContext(connection) as queries:
            cast.client("b_admin").get(f"/inbox/webhooks/{hook[0].pk}/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_webhook_when_the_endpoint_is_real_then_it_arrives_by_https(
    cast, share, drain, tmp_path, settings, monkeypatch
):
    settings.OUTBOUND_NETWORKS = LOOPBACK
    with endpoint(tmp_path) as here:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        add_webhook(cast.actor("b_admin"), label="SIEM", url=here.url)
        share()
        drain()
    ((headers, body),) = here.received
    assert (json.loads(body)["type"], headers["content-type"]) == ("signal.published", "application/json")
    assert Signal.everything.count() == 1
