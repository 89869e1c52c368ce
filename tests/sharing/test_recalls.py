"""What was withdrawn, amended or marked anew reaches everybody who got it, by the way they got it; also who lost it."""

import json
from typing import Final

import pytest
from django.core import mail
from django.test import Client

from factories.audience import to_group
from factories.subscriptions import choose
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import TLP
from noroshi.kit import outbound
from noroshi.kit.jobs import deliver_events
from noroshi.members.actions import issue_token, join_group, leave_group
from noroshi.members.models import Person
from noroshi.notify.actions import Wanted, add_subscription, add_webhook, pause_webhook
from noroshi.notify.models import Delivery, Dispatch, Notice, NoticeKind, Webhook
from noroshi.sharing import actions, queries
from noroshi.sharing.actions import Upload
from noroshi.sharing.domain.content import Content, Downgrade, Marking
from noroshi.sharing.models import Receipt
from noroshi.sharing.tasks import lower_by_the_clock

LEAVERS: Final = ("b1", "i1", "o1", "t1", "i_reader")
"""Members of the group who leave it. The last has read nothing."""
WORDS: Final = ("quokka", "okapi", "narwhal", "axolotl", "capybara")


@pytest.fixture
def signal(cast, stopped_clock):
    """Share with a group as somebody does."""
    Person.objects.update(language="en")
    for name in LEAVERS:
        choose(cast.actor(name), NoticeKind.SIGNAL, Delivery.AT_ONCE if name == "o1" else Delivery.INBOX)
        if name != "b1":
            join_group(cast.actor("hub_op"), group=cast.wg_incident, person=cast.people[name])

    def share(tlp=TLP.GREEN, **marking):
        words = Content("phishing", "customer", "Quokka", "okapi narwhal")
        chosen = Marking(tlp, entries=frozenset({to_group(cast.wg_incident)}), **marking)
        sent = actions.share_signal(cast.actor("a1"), content=words, marking=chosen)
        return actions.release_signal(cast.actor("hub_op"), sent) if sent.state == "held" else sent

    return share


class Readers:
    """Each by one way: B1 on the page, O1 by mail, I1 by feed, T1 by a program, bank B's machine by webhook and API."""

    def __init__(self, cast, partner, drain) -> None:
        self.cast, self.partner, self.drain = cast, partner, drain
        self.feed = f"/inbox/feeds/{self._token('i1', 'feeds.read')}/atom"
        self.program = self._bearer(self._token("t1"))
        self.stranger = self._bearer(self._token("i_reader"))
        home = {"organisation": cast.bank_b, "label": "SIEM", "scopes": ["signals.read"]}
        self.machine = self._bearer(issue_token(cast.actor("b_admin"), **home)[1])
        add_webhook(cast.actor("b_admin"), label="SIEM", url="https://siem.bank-b.example/")
        add_webhook(cast.actor("o_admin"), label="SIEM", url="https://siem.outsider.example/")

    def read(self, signal) -> None:
        pause_webhook(self.cast.actor("o_admin"), Webhook.objects.get(organisation=self.cast.outsider), paused=True)
        self.drain()
        self.cast.client("b1").get(f"/signals/{signal.pk}/")
        Client().get(self.feed)
        for client in (self.program, self.machine):
            assert client.get(f"/api/v1/signals/{signal.pk}").status_code == 200
        mail.outbox.clear()
        self.partner.sent.clear()

    def leave(self) -> None:
        for name in LEAVERS:
            leave_group(self.cast.actor("hub_op"), group=self.cast.wg_incident, person=self.cast.people[name])

    def told(self) -> dict[str, object]:
        """What each of them hears, by their way."""
        self.drain()
        pause_webhook(self.cast.actor("o_admin"), Webhook.objects.get(organisation=self.cast.outsider), paused=False)
        self.drain()
        inbox = {name: self.cast.client(name).get("/inbox/").content.decode() for name in LEAVERS}
        changes = {
            name: client.get("/api/v1/signal-changes").json()["items"]
            for name, client in (("t1", self.program), ("bank_b", self.machine), ("i_reader", self.stranger))
        }
        return {
            "inbox": inbox,
            "mail": [(letter.to[0], letter.subject, letter.body) for letter in mail.outbox],
            "feed": Client().get(self.feed).content.decode(),
            "webhook": [(url, body["type"], body["data"]) for url, _headers, body in self.partner.sent],
            "changes": {name: [(row["id"], row["readable"]) for row in rows] for name, rows in changes.items()},
        }

    def _token(self, name: str, scope: str = "signals.read") -> str:
        return issue_token(self.cast.actor(name), person=self.cast.people[name], label="x", scopes=[scope])[1]

    def _bearer(self, secret: str) -> Client:
        return Client(headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def readers(cast, partner, drain, signal):
    return Readers(cast, partner, drain)


def amend(cast, signal):
    actions.amend_signal(cast.actor("a1"), signal, title="Axolotl", body="capybara", reason="narwhal")


def add_a_file(cast, signal):
    actions.attach_file(cast.actor("a1"), signal, upload=Upload(b"capybara", "capybara.txt"))


def raise_it(cast, signal):
    marking = Marking(TLP.AMBER_STRICT, entries=frozenset({to_group(cast.wg_incident)}))
    actions.raise_marking(cast.actor("a1"), signal, marking=marking, reason="narwhal")


CHANGES: Final = {
    "withdrawn": lambda cast, signal: actions.withdraw_signal(cast.actor("a1"), signal, reason="narwhal"),
    "amended": amend,
    "given a file": add_a_file,
    "raised": raise_it,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_change_when_its_readers_have_lost_it_then_they_hear_its_number_by_their_way_and_nobody_else(
    cast, readers, signal, change
):
    shared = signal()
    readers.read(shared)
    readers.leave()
    change(cast, shared)
    told = readers.told()

    sentence = f"{shared.reference}, which you got, was withdrawn or changed: do not rely on it any more."
    assert {name: sentence in page for name, page in told["inbox"].items()} == {
        name: name != "i_reader" for name in LEAVERS
    }
    to_o1 = [(subject, shared.reference in body) for to, subject, body in told["mail"] if to == cast.o1.email]
    assert to_o1 == [("A signal needs you", False)]
    assert (sentence in told["feed"], f"urn:uuid:{shared.pk}" in told["feed"]) == (True, True)
    ((url, type_, data),) = told["webhook"]
    assert (url, type_) == ("https://siem.bank-b.example/", "signal.recalled")
    assert (data["id"], data["reference"], data["state"]) == (str(shared.pk), shared.reference, "recalled")
    assert set(data) == {"id", "reference", "state", "changed_at"}
    assert told["changes"] == {"t1": [(str(shared.pk), False)], "bank_b": [(str(shared.pk), False)], "i_reader": []}
    heard = list(told["inbox"].values()) + [str(told[way]) for way in ("feed", "webhook")]
    heard += [f"{subject}{body}" for to, subject, body in told["mail"] if to.partition("@")[0] in LEAVERS]
    assert [word for word in WORDS for text in heard if word in text.lower()] == []


def test_change_when_readers_still_see_it_then_each_way_brings_it_anew(cast, readers, signal):
    shared = signal()
    readers.read(shared)
    amend(cast, shared)
    told = readers.told()
    assert ["Axolotl" in told["inbox"][name] for name in LEAVERS] == [True] * 5
    assert [subject for to, subject, _body in told["mail"] if to == cast.o1.email] == [
        "A signal changed: Axolotl (TLP:GREEN)"
    ]
    assert ["capybara" in told["feed"], "okapi" in told["feed"]] == [True, False]
    assert sorted((url, type_, data["title"]) for url, type_, data in told["webhook"]) == [
        ("https://siem.bank-b.example/", "signal.amended", "Axolotl"),
        ("https://siem.outsider.example/", "signal.amended", "Axolotl"),
        ("https://siem.outsider.example/", "signal.published", "Axolotl"),
    ]
    assert told["changes"]["t1"] == [(str(shared.pk), True)]


def test_lowering_when_done_then_those_who_had_it_hear_of_a_change_and_those_who_lost_it_its_number(
    cast, readers, signal
):
    shared = signal(TLP.AMBER)
    readers.read(shared)
    for name in ("t1", "b1"):
        leave_group(cast.actor("hub_op"), group=cast.wg_incident, person=cast.people[name])
    still = {person.name for person in queries.people_reached(shared)} - {"a1"}
    actions.lower_marking(cast.actor("a1"), shared, tlp="GREEN", reason="public by now")
    told = readers.told()
    kinds = dict(Notice.everything.filter(kind="amended").values_list("person__name", "subject"))
    assert kinds == dict.fromkeys(still, "sharing.signal") | dict.fromkeys(("t1", "b1"), "sharing.recall")
    assert {"i1", "o1", "i_reader"} < still
    assert told["changes"]["bank_b"] == [(str(shared.pk), False)]
    assert [(type_, set(data)) for url, type_, data in told["webhook"] if "bank-b" in url] == [
        ("signal.recalled", {"id", "reference", "state", "changed_at"})
    ]


def test_lowering_by_the_clock_when_the_author_is_anonymous_then_it_is_told_like_its_audience(
    cast, signal, drain, stopped_clock
):
    """The author of what is lowered, and of what is withdrawn after leaving, is told what the others are told."""
    day = stopped_clock.now.replace(day=24)
    shared = signal(TLP.AMBER, author_mode=AuthorMode.ANONYMOUS, downgrade=Downgrade(day, TLP.GREEN))
    drain()
    for name in ("a1", "hub_op"):
        actions.note_read(cast.actor(name), [shared])
    stopped_clock.advance(days=3)
    lower_by_the_clock()
    drain()
    for name in ("a1", "hub_op"):
        leave_group(cast.actor("hub_op"), group=cast.wg_incident, person=cast.people[name])
    actions.withdraw_signal(cast.actor("a1"), shared, reason="over")
    drain()
    of = {
        name: list(Notice.everything.filter(person=cast.people[name]).order_by("pk").values_list("kind", "subject"))
        for name in ("a1", "hub_op")
    }
    assert set(of["a1"]) == set(of["hub_op"]) - {("release", "sharing.signal")}
    assert ("withdrawn", "sharing.recall") in of["a1"]


def test_feed_when_what_it_brought_is_old_or_narrowed_then_the_change_stands_in_it_as_new(cast, signal, stopped_clock):
    about = add_subscription(cast.actor("i1"), wanted=Wanted(words="okapi"))
    secret = issue_token(cast.actor("i1"), person=cast.i1, label="x", scopes=["feeds.read"])[1]
    feed, narrowed = f"/inbox/feeds/{secret}/atom", f"/inbox/feeds/{secret}/atom?subscription={about.pk}"
    old = signal()
    assert "Quokka" in Client().get(narrowed).content.decode()
    stopped_clock.advance(hours=2)
    other = signal()
    Client().get(feed)
    stopped_clock.advance(hours=2)
    actions.withdraw_signal(cast.actor("a1"), old, reason="mistaken")
    for address in (feed, narrowed):
        text = Client().get(address).content.decode()
        assert text.index(old.reference) < text.index(f"urn:uuid:{other.pk}")


def test_feed_when_another_amends_what_the_reader_lost_then_no_subscription_tells_what_it_says(cast, signal, readers):
    """A feed narrowed to a word would else tell whether the new text, which is not for the reader, has it."""
    shared = signal()
    readers.read(shared)
    readers.leave()
    amend(cast, shared)
    found = []
    for word in ("capybara", "nonsense"):
        row = add_subscription(cast.actor("i1"), wanted=Wanted(words=word))
        found.append(Client().get(f"{readers.feed}?subscription={row.pk}").content)
    assert found[0] == found[1]


def test_webhook_when_access_and_signal_go_while_it_is_called_then_it_is_recalled(
    cast, readers, signal, drain, partner, monkeypatch
):
    shared, answer = signal(), partner.post

    def taken(url, *, content, headers):
        if json.loads(content)["type"] == "signal.published" and "bank-b" in url:
            readers.leave()
            actions.withdraw_signal(cast.actor("a1"), shared, reason="mistaken")
            deliver_events()
        return answer(url, content=content, headers=headers)

    monkeypatch.setattr(outbound, "post", taken)
    drain()
    sent = [(body["type"], body["data"]["reference"]) for url, _headers, body in partner.sent if "bank-b" in url]
    assert sent == [("signal.published", shared.reference), ("signal.recalled", shared.reference)]
    assert Receipt.everything.filter(organisation=cast.bank_b, channel="webhook").count() == 1


def test_webhook_when_it_never_took_it_then_no_message_and_no_trace_of_the_recall(cast, readers, signal, partner):
    partner.status = 500
    shared = signal()
    readers.drain()
    readers.leave()
    before = Dispatch.objects.filter(webhook__organisation=cast.bank_b).count()
    actions.withdraw_signal(cast.actor("a1"), shared, reason="mistaken")
    readers.drain()
    assert Dispatch.objects.filter(webhook__organisation=cast.bank_b).count() == before
    assert queries.changed_since_got(cast.machine("bank_b"), by=Channel.WEBHOOK).count() == 0
