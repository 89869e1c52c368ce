"""What ends, ends at once: in open browsers, with tokens in use, and for mail that is on its way."""

import pytest
from django.core import mail
from django.test import Client

from access.leak_channels import COMMON, Watch, mentions
from factories.audience import COMMUNITY, to_group, to_organisation, to_person
from factories.lakes import EVIL_ADDRESS, event, fill_lake
from factories.subscriptions import choose
from noroshi.core import clock
from noroshi.core.domain.tlp import TLP
from noroshi.hunting.models import Hit
from noroshi.kit.lists import export
from noroshi.members import actions as members
from noroshi.members.models import Person, Token
from noroshi.notify.actions import add_webhook, pause_webhook
from noroshi.notify.models import Delivery, Notice, NoticeKind, Webhook
from noroshi.notify.tasks import call_due_webhooks, send_due_mail
from noroshi.sharing import actions
from noroshi.sharing.domain.content import Content, Marking
from noroshi.sharing.models import Signal

pytestmark = pytest.mark.slow

REASONS = ("it was a drill", "it was a mistake")
WORDS = ("Quokka", "okapi", "narwhal", "axolotl", "lemur-bank")


@pytest.fixture
def watch(cast):
    """Bank B's logs have what is shared below; its analyst has mail collected for the morning."""
    Person.objects.update(language="en")
    fill_lake(cast.bank_b, [event(host="lemur-bank.net", src_ip=EVIL_ADDRESS)])
    for kind in (NoticeKind.SIGNAL, NoticeKind.AMENDED, NoticeKind.COMMENT, NoticeKind.WITHDRAWN):
        choose(cast.actor("b1"), kind, Delivery.DIGEST)
    return Watch(cast, ["b1", "b2"], ["bank_b"])


def share(cast, tlp, *entries) -> Signal:
    """A signal with a second version and a comment, all of whose words stand nowhere else."""
    words = Content("phishing", "customer", f"Quokka {COMMON}", f"okapi from {EVIL_ADDRESS} to lemur-bank[.]net")
    marking = Marking(tlp, entries=frozenset(entries))
    signal = actions.share_signal(cast.actor("a1"), content=words, marking=marking)
    actions.comment_on_signal(cast.actor("b1"), signal, body="narwhal")
    return actions.amend_signal(cast.actor("a1"), signal, title="Quokka again", body=words.body, reason="axolotl")


def by_the_group(cast) -> Signal:
    return share(cast, TLP.AMBER_STRICT, to_group(cast.wg_incident))


def by_the_organisation(cast) -> Signal:
    return share(cast, TLP.AMBER, to_organisation(cast.bank_b))


def to_everybody(cast) -> Signal:
    return share(cast, TLP.GREEN, COMMUNITY)


ENDINGS = {
    "the person leaves the group": (
        by_the_group,
        lambda cast: members.leave_group(cast.actor("b1"), group=cast.wg_incident, person=cast.b1),
    ),
    "the group is closed": (
        by_the_group,
        lambda cast: members.close_group(cast.actor("hub_op"), group=cast.wg_incident),
    ),
    "the person loses the role": (
        by_the_organisation,
        lambda cast: members.withdraw_role(cast.actor("b_admin"), person=cast.b1, role="analyst"),
    ),
    "the person is suspended": (
        to_everybody,
        lambda cast: members.suspend_person(cast.actor("b_admin"), person=cast.b1, reason="lost laptop"),
    ),
    "the organisation is suspended": (
        to_everybody,
        lambda cast: members.suspend_organisation(cast.actor("hub_op"), organisation=cast.bank_b, reason="unpaid"),
    ),
    "the membership ends": (
        to_everybody,
        lambda cast: members.end_membership(cast.actor("hub_op"), organisation=cast.bank_b, reason="merged"),
    ),
}


@pytest.mark.parametrize(("given", "ending"), ENDINGS.values(), ids=ENDINGS)
def test_access_when_it_ends_then_open_sessions_tokens_and_waiting_mail_end_with_it(
    cast, drain, stopped_clock, watch, given, ending
):
    signal = given(cast)
    drain()
    browser = cast.client("b1")
    page, api = f"/signals/{signal.pk}/", f"/api/v1/signals/{signal.pk}"
    program = Client(headers={"Authorization": f"Bearer {watch.tokens['b1']}"})
    (hit, *_more) = Hit.everything.filter(hunt__signal=signal, organisation=cast.bank_b).values_list("pk", flat=True)
    places = (page, f"/why/{signal.pk}/", f"/hunting/signals/{signal.pk}/", f"/hunting/hits/{hit}/")
    assert {browser.get(place).status_code for place in places} == {200}
    assert program.get(api).status_code == 200

    ending(cast)

    notices = list(Notice.everything.filter(person=cast.b1).values_list("pk", flat=True))
    for place in (
        *places,
        f"/search?q={EVIL_ADDRESS}",
        "/signals/",
        "/",
        "/inbox/",
        *(f"/inbox/{pk}/" for pk in notices),
    ):
        answer = browser.get(place)
        assert [word for word in WORDS if word in answer.content.decode() + answer.get("Location", "")] == []
    assert {browser.get(place).status_code for place in places} <= {302, 403, 404}
    assert program.get(api).status_code in (401, 404)
    assert "Quokka" not in program.get("/api/v1/signals").content.decode()
    mail.outbox.clear()
    stopped_clock.advance(hours=24)
    send_due_mail()
    drain()
    letters = [f"{letter.subject}\n{letter.body}" for letter in mail.outbox if letter.to == [cast.b1.email]]
    assert [word for word in (*WORDS, "marking does not allow") if word in "".join(letters)] == []


def to_the_group(cast) -> Signal:
    return share(cast, TLP.GREEN, to_group(cast.wg_incident))


RUNNING = {
    # whether the person's feed and file go on, and the organisation's webhook
    "the person leaves the group": (to_the_group, False, False),
    "the group is closed": (to_the_group, False, False),
    "the person loses the role": (by_the_organisation, False, True),
    "the person is suspended": (to_everybody, False, True),
    "the organisation is suspended": (to_everybody, False, False),
    "the membership ends": (to_everybody, False, False),
    "nothing": (to_the_group, True, True),
}


@pytest.mark.parametrize("ending", RUNNING)
def test_access_when_it_ends_then_feeds_webhooks_searches_and_files_that_are_being_sent_end_with_it(
    cast, drain, partner, monkeypatch, watch, ending
):
    given, person_goes_on, machine_goes_on = RUNNING[ending]
    hook = add_webhook(cast.actor("b_admin"), label="SIEM", url="https://siem.bank-b.example/")[0]
    pause_webhook(cast.actor("b_admin"), hook, paused=True)
    for _number in range(3):
        given(cast)
    drain()
    browser, reader = cast.client("b1"), Client()
    feed = f"/inbox/feeds/{watch.feeds['b1']}/atom"
    assert given is by_the_organisation or "Quokka" in reader.get(feed).content.decode()  # AMBER is in no feed
    monkeypatch.setattr(export, "CHUNK", 2)
    file = iter(browser.get("/signals/?export=csv").streaming_content)
    begun = [next(file).decode() for _line in range(3)]
    assert ["Quokka" in line for line in begun] == [False, True, True]

    if ending != "nothing":
        ENDINGS[ending][1](cast)

    rest = "".join(line.decode() for line in file)
    assert ("Quokka" in rest) is person_goes_on
    assert ("takes part no more" in rest) is (cast.actor("b1").standing != "active")
    for answer in (reader.get(feed), browser.get(f"/search?q={EVIL_ADDRESS}")):
        assert ("Quokka" in answer.content.decode()) is person_goes_on
    Webhook.objects.update(paused_at=None)
    call_due_webhooks()
    drain()
    assert ([body["data"]["title"] for _url, _headers, body in partner.sent] != []) is machine_goes_on


def test_tokens_when_the_organisation_is_suspended_then_its_machine_s_is_none_either(cast, drain, watch):
    signal = to_everybody(cast)
    machine = Client(headers={"Authorization": f"Bearer {watch.tokens['bank_b']}"})
    assert machine.get(f"/api/v1/signals/{signal.pk}").status_code == 200

    members.suspend_organisation(cast.actor("hub_op"), organisation=cast.bank_b, reason="unpaid")

    assert machine.get(f"/api/v1/signals/{signal.pk}").status_code == 401
    assert Token.objects.filter(organisation=cast.bank_b, expires_at__gt=clock.now()).exists()


def test_signals_when_withdrawn_then_their_numbers_date_and_reasons_are_all_that_is_left(
    cast, drain, stopped_clock, watch
):
    signals, readers = [given(cast) for given in (by_the_organisation, to_everybody)], ("b1", "b2", "bank_b")
    drain()
    program = Client(headers={"Authorization": f"Bearer {watch.tokens['bank_b']}"})
    ways = [(cast.client(name), "/signals/{}/") for name in ("b1", "b2")] + [(program, "/api/v1/signals/{}")]
    texts = [browser.get(way.format(signal.pk)).content.decode() for browser, way in ways for signal in signals]
    assert [text for text in texts if not any(word in text for word in WORDS)] == []
    mail.outbox.clear()

    for signal, reason in zip(signals, REASONS, strict=True):
        actions.withdraw_signal(cast.actor("a1"), signal, reason=reason)

    stopped_clock.advance(hours=24)
    send_due_mail()
    drain()
    hits = list(Hit.everything.filter(hunt__signal__in=signals).values_list("pk", flat=True))
    notices = list(Notice.everything.filter(person__organisation=cast.bank_b).values_list("pk", flat=True))
    first, second = (signal.pk for signal in signals)  # of which a look tries every verb on the first
    orders = ([first, second], [second, first], [first, second])
    seen = {reader: watch.look(reader, order + hits + notices) for reader, order in zip(readers, orders, strict=True)}
    assert {reader: found for reader, look in seen.items() if (found := mentions(look, WORDS))} == {}
    told = {
        reader: {word for words in mentions(look, REASONS).values() for word in words} for reader, look in seen.items()
    }
    assert told == {reader: set(REASONS) for reader in readers}


def test_signal_when_withdrawn_then_its_own_author_keeps_no_more_than_the_others(cast, drain, watch):
    signal = share(cast, TLP.AMBER, to_person(cast.b1))
    drain()
    actions.withdraw_signal(cast.actor("a1"), signal, reason="it was a drill")
    drain()
    assert mentions(watch.look("a1", [signal.pk]), WORDS) == {}


def test_page_when_it_is_read_then_no_browser_or_proxy_keeps_it(cast):
    signal = to_everybody(cast)
    browser = cast.client("b1")
    for place in ("/", "/signals/", f"/signals/{signal.pk}/", "/search?q=harbour", "/inbox/", "/signals/?export=csv"):
        assert browser.get(place)["Cache-Control"] == "no-store", place
