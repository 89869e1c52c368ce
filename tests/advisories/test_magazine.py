"""The mail magazine: what goes to addresses without an account, once, and what does not."""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from smtplib import SMTPRecipientsRefused, SMTPSenderRefused, SMTPServerDisconnected
from types import SimpleNamespace

import pytest
from django.core import mail as outgoing
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from factories.audience import COMMUNITY, to_group, to_organisation, without
from noroshi.advisories import actions, magazine_mail, queries
from noroshi.advisories.actions import ListSaid
from noroshi.advisories.domain.bulletins import Words
from noroshi.advisories.models import Category, Delivery, Mailing, MailingList, Subscriber
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed
from noroshi.core.models import LedgerEntry

pytestmark = pytest.mark.usefixtures("beginnings")


@pytest.fixture
def made(cast):
    """Make a list as hub_op does."""

    def make(slug="alerts", series=("VULN",), **said) -> MailingList:
        categories = list(Category.objects.filter(series__in=series))
        described = {"name_ja": "注意喚起メール", "name_en": "Alerts by mail", "ceiling": "GREEN", **said}
        return actions.keep_mailing_list(cast.actor("hub_op"), ListSaid(slug=slug, categories=categories, **described))

    return make


@pytest.fixture
def added(cast):
    """Put addresses on a list."""

    def add(row, *addresses, **said) -> list[Subscriber]:
        return [
            actions.add_subscriber(cast.actor("hub_op"), row, address=each, reason="asked by telephone", **said)
            for each in addresses
        ]

    return add


@pytest.fixture
def office(cast, made, added):
    """All that an operator has."""
    return SimpleNamespace(cast=cast, made=made, added=added)


def mailed() -> list:
    """What went out by the magazine: people with accounts have notices besides."""
    return [message for message in outgoing.outbox if ".magazine." in message.extra_headers.get("List-Id", "")]


def to() -> list[str]:
    return sorted(address for message in mailed() for address in message.to)


def subject_of(message) -> str:
    return str(message_from_bytes(message.message().as_bytes(), policy=policy.default)["Subject"])


def states(mailing) -> list[str]:
    return list(Delivery.everything.filter(mailing=mailing).order_by("key").values_list("state", flat=True))


def link_of(message) -> str:
    return message.extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000")


def the_only(model):
    return model.everything.get()


class Server:
    """A mail server that answers as it is told, by address; what it takes it keeps."""

    def __init__(self, monkeypatch):
        self.answers: dict[str, list[BaseException]] = {}
        self.down = False
        self.taken: list[str] = []
        monkeypatch.setattr(EmailBackend, "open", self.open)
        monkeypatch.setattr(EmailBackend, "send_messages", self.send)

    def open(self):
        if self.down:
            raise ConnectionRefusedError("nobody listens")

    def send(self, messages):
        (message,) = messages
        (address,) = message.to
        if self.answers.get(address):
            raise self.answers[address].pop(0)
        self.taken.append(address)
        return 1


@pytest.fixture
def server(monkeypatch):
    return Server(monkeypatch)


def test_who_is_on_a_list_of_its_category_gets_a_bulletin_once_in_the_lists_language(made, added, published, drain):
    added(made(), "kato@example.jp", "sato@example.jp")
    added(made("others", series=("NEWS",)), "news@example.jp")
    bulletin = published()
    drain()
    assert to() == ["kato@example.jp", "sato@example.jp"]
    assert {subject_of(message) for message in mailed()} == {f"[{bulletin.reference}] 緊急の脆弱性 (TLP:GREEN)"}
    (mailing,) = Mailing.everything.all()
    assert (mailing.stage, states(mailing)) == ("ended", ["sent", "sent"])
    magazine_mail.send_mailing.func(str(mailing.pk))
    drain()
    assert len(mailed()) == 2


def test_the_lists_are_shown_with_how_many_addresses_each_reaches(cast, made, added):
    added(made(), "kato@example.jp", "sato@example.jp", "ito@example.jp")
    page = cast.client("hub_op").get("/magazine/").content.decode()
    assert re.findall(r'class="end"><div class="cell">(\d+)</div>', page) == ["3", "60"]


def test_who_lets_a_bulletin_out_sees_to_how_many_addresses_it_goes(cast, made, added, drafted):
    added(made(), "kato@example.jp", "sato@example.jp")
    added(made("all", name_en="For all", ceiling="CLEAR"), "all@example.jp")
    added(made("others", series=("NEWS",), name_en="Others"), "news@example.jp")
    bulletin = drafted()
    actions.submit_bulletin(cast.actor("hub_op"), bulletin)
    actions.approve_bulletin(cast.actor("hub_trusted"), bulletin)
    page = cast.client("hub_trusted").get(f"/bulletins/{bulletin.pk}/").content.decode()
    assert "Alerts by mail: 2 addresses" in page
    assert "For all" not in page  # the bulletin is TLP:GREEN
    assert "Others" not in page


def test_a_mail_is_plain_text_first_with_html_beside_it_and_headers_that_machines_read(made, added, published, drain):
    added(made(slug="alerts"), "kato@example.jp")
    published(names=["CVE-2026-0001"], links=["https://vendor.example/a"])
    drain()
    (message,) = mailed()
    raw = message.message().as_bytes()
    head = raw.split(b"\n\n", 1)[0]
    assert [line for line in head.splitlines() if len(line) > 998 or not line.isascii()] == []
    parsed = message_from_bytes(raw, policy=policy.default)
    assert [part.get_content_type() for part in parsed.iter_parts()] == ["text/plain", "text/html"]
    text, html = (part.get_content() for part in parsed.iter_parts())
    assert str(parsed["Subject"]).startswith("[VULN-")
    assert "緊急の脆弱性" in str(parsed["Subject"])
    assert "<b>更新</b>してください" in text
    assert "CVE-2026-0001" in text
    assert "https://vendor.example/a" in text
    assert "&lt;b&gt;更新" in html
    assert "<b>更新" not in html
    (delivery,) = Delivery.everything.all()
    found = {name: parsed[name] for name in ("Message-ID", "List-Id", "Auto-Submitted", "Precedence")}
    assert found == {
        "Message-ID": f"<{delivery.message_id}>",
        "List-Id": "<alerts.magazine.localhost>",
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
    }
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"http://localhost:8000{link_of(message)}" in text


def test_each_reads_the_own_language_where_the_list_leaves_it_to_them(made, added, published, drain):
    row = made(language="both")
    added(row, "ja@example.jp", language="ja")
    added(row, "en@example.jp", language="en")
    published()
    drain()
    said = {message.to[0]: (subject_of(message).split("] ")[1], message.body) for message in mailed()}
    assert said["ja@example.jp"][0] == "緊急の脆弱性 (TLP:GREEN)"
    assert said["en@example.jp"][0] == "Urgent vulnerability (TLP:GREEN)"
    assert "Update **now**" in said["en@example.jp"][1]


def test_an_address_on_two_lists_gets_one_mail_however_it_is_written(made, added, published, drain):
    added(made("a"), "Kato@Example.jp")
    added(made("b"), "kato@example.jp", "sato@example.jp")
    published()
    drain()
    assert to() == ["Kato@example.jp", "sato@example.jp"]


def test_the_database_refuses_a_second_mail_of_a_version_to_an_address(made, added, published, drain):
    added(made(), "kato@example.jp")
    published()
    drain()
    row = Delivery.everything.get()
    row.pk, row.message_id = None, "another@example.jp"
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.everything.bulk_create([Delivery(**_fields(row))])


def _fields(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.fields if field.name != "id"}


@pytest.mark.parametrize(
    ("tlp", "ceiling", "obstacle"),
    [
        (TLP.CLEAR, "CLEAR", ""),
        (TLP.GREEN, "GREEN", ""),
        (TLP.GREEN, "CLEAR", "above"),
        (TLP.AMBER, "GREEN", "above"),
    ],
)
def test_what_is_above_a_lists_ceiling_goes_nowhere_and_the_page_says_so(
    office, published, drain, tlp, ceiling, obstacle
):
    office.added(office.made(ceiling=ceiling), "kato@example.jp")
    published(tlp=tlp, words=Words("Okapi", "Quokka"))
    drain()
    mailing = the_only(Mailing)
    assert (mailing.obstacle, len(mailed())) == (obstacle, 0 if obstacle else 1)
    page = office.cast.client("hub_op").get(f"/magazine/mailings/{mailing.pk}/").content.decode()
    assert ("above what this list may carry" in page) is bool(obstacle)


def test_what_is_for_a_group_or_not_for_everybody_goes_to_no_address(office, published, drain):
    office.added(office.made(), "kato@example.jp")
    bank = office.cast.organisations["bank_a"]
    published(tlp=TLP.GREEN, entries=(to_group(office.cast.wg_incident),))
    published(tlp=TLP.GREEN, entries=(COMMUNITY, without(bank)))
    published(tlp=TLP.GREEN, entries=(to_organisation(bank),))
    drain()
    assert list(Mailing.everything.values_list("obstacle", flat=True)) == ["narrow"] * 3
    assert mailed() == []


def test_what_is_narrowed_between_beginning_and_sending_is_not_sent(made, added, published, server):
    added(made(), "kato@example.jp")
    bulletin = published()
    (mailing,) = actions.begin_mailings(bulletin, "issue")
    MailingList.everything.update(ceiling="CLEAR")
    assert magazine_mail.send_some(mailing) is None
    mailing.refresh_from_db()
    assert (mailing.stage, mailing.obstacle, states(mailing), server.taken) == ("stopped", "above", ["dropped"], [])


def test_an_embargo_is_waited_for(cast, made, added, published, drain, stopped_clock):
    added(made(ceiling="CLEAR"), "kato@example.jp")
    bulletin = published(tlp=TLP.CLEAR)
    type(bulletin).everything.update(embargo_until=stopped_clock.now + timedelta(hours=2))
    bulletin.refresh_from_db()
    (mailing,) = actions.begin_mailings(bulletin, "issue")
    assert magazine_mail.send_some(mailing) == bulletin.embargo_until
    assert mailed() == []
    stopped_clock.advance(hours=2)
    assert magazine_mail.send_some(mailing) is None
    assert to() == ["kato@example.jp"]


def test_a_new_version_and_a_withdrawal_reach_whoever_had_the_one_before_but_not_who_has_left(
    cast, made, added, published, sent, drain
):
    row = made()
    kato, _sato, _mori = added(row, "kato@example.jp", "sato@example.jp", "mori@example.jp")
    first = published()
    drain()
    row.categories.set(Category.objects.filter(series="NEWS"))
    added(row, "later@example.jp")
    actions.leave_list(kato.pk)
    outgoing.outbox.clear()
    draft = actions.renew_bulletin(cast.actor("hub_op"), first)
    type(draft).everything.filter(pk=draft.pk).update(change="版2")
    draft.refresh_from_db()
    second = sent(draft)
    drain()
    assert to() == ["mori@example.jp", "sato@example.jp"]
    assert "版2" in mailed()[0].body
    outgoing.outbox.clear()
    actions.withdraw_bulletin(cast.actor("hub_op"), second, reason="誤りでした")
    drain()
    assert to() == ["mori@example.jp", "sato@example.jp"]
    (one, _other) = mailed()
    assert "誤りでした" in one.body
    assert "緊急の脆弱性" not in one.body + subject_of(one) + str(one.alternatives)


def test_a_withdrawal_ends_what_is_under_way_and_goes_to_those_alone_who_had_it(cast, made, added, published, drain):
    row = made(per_minute=1)
    added(row, "a@example.jp", "b@example.jp")
    bulletin = published()
    drain()
    assert to() == ["a@example.jp"]
    actions.withdraw_bulletin(cast.actor("hub_op"), bulletin, reason="x")
    MailingList.everything.update(per_minute=60)
    drain()
    for mailing in Mailing.everything.all():
        magazine_mail.send_some(mailing)
    issue, withdrawal = Mailing.everything.order_by("kind")
    assert (issue.stage, issue.obstacle, states(issue)) == ("stopped", "withdrawn", ["sent", "dropped"])
    assert (states(withdrawal), to()) == (["sent"], ["a@example.jp", "a@example.jp"])


def test_no_more_mails_a_minute_than_the_list_says_over_all_its_mailings(made, added, published, server, stopped_clock):
    added(made(per_minute=2), *(f"m{number}@example.jp" for number in range(3)))
    mailings = [actions.begin_mailings(published(), "issue")[0] for _ in range(2)]
    counts = []
    for _minute in range(4):
        for mailing in mailings:
            magazine_mail.send_some(mailing)
        counts.append(len(server.taken))
        stopped_clock.advance(seconds=60)
    assert counts == [2, 4, 6, 6]


def test_the_way_back_is_said_when_the_minute_is_full(made, added, published, server, stopped_clock):
    added(made(per_minute=1), "a@example.jp", "b@example.jp")
    (mailing,) = actions.begin_mailings(published(), "issue")
    began = stopped_clock.now
    assert magazine_mail.send_some(mailing) == began + timedelta(minutes=1)
    stopped_clock.advance(seconds=59)
    assert magazine_mail.send_some(mailing) == began + timedelta(minutes=1)
    assert server.taken == ["a@example.jp"]


def test_a_process_killed_between_claim_and_answer_leaves_it_unknown_and_nobody_is_mailed_twice(
    cast, made, added, published, server, stopped_clock
):
    added(made(), "a@example.jp", "b@example.jp")
    (mailing,) = actions.begin_mailings(published(), "issue")
    server.answers["a@example.jp"] = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        magazine_mail.send_some(mailing)
    assert states(mailing) == ["claimed", "waiting"]
    magazine_mail.send_some(mailing)
    stopped_clock.advance(minutes=11)
    magazine_mail.look_after_mailings()
    magazine_mail.send_some(mailing)
    mailing.refresh_from_db()
    assert (states(mailing), mailing.stage, server.taken) == (["unknown", "sent"], "ended", ["b@example.jp"])
    number = Delivery.everything.get(key="a@example.jp").message_id
    assert actions.resend_unknown(cast.actor("hub_op"), mailing) == 1
    magazine_mail.send_some(mailing)
    assert (states(mailing), server.taken) == (["sent", "sent"], ["b@example.jp", "a@example.jp"])
    assert Delivery.everything.get(key="a@example.jp").message_id == number
    with pytest.raises(Conflict):
        actions.resend_unknown(cast.actor("hub_op"), mailing)


def test_a_line_that_breaks_while_a_mail_is_on_its_way_leaves_it_unknown(made, added, published, server, stopped_clock):
    added(made(), "a@example.jp", "b@example.jp")
    (mailing,) = actions.begin_mailings(published(), "issue")
    server.answers["a@example.jp"] = [SMTPServerDisconnected("gone")]
    assert magazine_mail.send_some(mailing) == stopped_clock.now + timedelta(minutes=5)
    assert (states(mailing), server.taken) == (["unknown", "waiting"], [])


def test_what_the_server_refuses_for_good_is_refused_and_what_it_refuses_for_now_is_tried_again(
    made, added, published, server, stopped_clock
):
    added(made(), "a@example.jp", "b@example.jp", "c@example.jp")
    (mailing,) = actions.begin_mailings(published(), "issue")
    server.answers["a@example.jp"] = [SMTPRecipientsRefused({"a@example.jp": (550, b"5.1.1 no such user")})]
    server.answers["b@example.jp"] = [SMTPRecipientsRefused({"b@example.jp": (451, b"4.7.1 greylisted")})]
    server.answers["c@example.jp"] = [SMTPRecipientsRefused({"c@example.jp": (450, b"later")}) for _ in range(5)]
    magazine_mail.send_some(mailing)
    assert states(mailing) == ["refused", "waiting", "waiting"]
    for _ in range(5):
        stopped_clock.advance(hours=2)
        magazine_mail.send_some(mailing)
    mailing.refresh_from_db()
    assert (states(mailing), mailing.stage) == (["refused", "sent", "refused"], "ended")
    assert Delivery.everything.get(key="a@example.jp").detail == "550 5.1.1 no such user"


def test_while_the_mail_server_is_down_or_takes_nothing_of_ours_nothing_is_lost(
    made, added, published, server, stopped_clock
):
    added(made(), "a@example.jp")
    (mailing,) = actions.begin_mailings(published(), "issue")
    server.down = True
    assert magazine_mail.send_some(mailing) == stopped_clock.now + timedelta(minutes=5)
    mailing.refresh_from_db()
    assert (mailing.trouble, states(mailing)) == ("nobody listens", ["waiting"])
    server.down = False
    server.answers["a@example.jp"] = [SMTPSenderRefused(550, b"not you", "noroshi@localhost")]
    magazine_mail.send_some(mailing)
    mailing.refresh_from_db()
    assert (mailing.trouble, states(mailing)) == ("550 not you", ["waiting"])
    stopped_clock.advance(minutes=5)
    magazine_mail.send_some(mailing)
    assert (states(mailing), server.taken) == (["sent"], ["a@example.jp"])


def test_a_mailing_whose_job_was_lost_goes_on(made, added, published, server, stopped_clock, monkeypatch):
    added(made(), "a@example.jp")
    (mailing,) = actions.begin_mailings(published(), "issue")
    queued = []
    monkeypatch.setattr(magazine_mail, "queue", lambda row, at=None: queued.append(row.pk))
    magazine_mail.look_after_mailings()
    assert queued == []
    stopped_clock.advance(minutes=11)
    magazine_mail.look_after_mailings()
    magazine_mail.look_after_mailings()
    assert queued == [mailing.pk]


def test_who_leaves_while_it_is_under_way_gets_it_by_another_list_alone(made, added, published, server):
    one, other = made("a"), made("b")
    added(one, "kato@example.jp", "sato@example.jp")
    added(other, "kato@example.jp")
    first, second = actions.begin_mailings(published(), "issue")
    for row in Subscriber.everything.filter(mailing_list=one):
        actions.leave_list(row.pk)
    assert (magazine_mail.send_some(first), magazine_mail.send_some(second)) == (None, None)
    assert (server.taken, states(first), states(second)) == (["kato@example.jp"], ["dropped"], ["sent"])


def test_an_operator_stops_a_mailing(cast, made, added, published, server):
    added(made(), "a@example.jp")
    (mailing,) = actions.begin_mailings(published(), "issue")
    actions.stop_mailing(cast.actor("hub_op"), mailing)
    assert magazine_mail.send_some(mailing) is None
    assert (states(mailing), server.taken) == (["dropped"], [])
    with pytest.raises(Conflict):
        actions.stop_mailing(cast.actor("hub_op"), mailing)


def test_a_mail_program_leaves_by_one_request_and_a_machine_that_follows_the_link_changes_nothing(
    made, added, published, drain
):
    added(made(), "kato@example.jp")
    published()
    drain()
    link = link_of(mailed()[0])
    client = Client(enforce_csrf_checks=True)
    assert client.get(link).status_code == 200
    assert client.head(link).status_code == 200
    assert the_only(Subscriber).state == "confirmed"
    answer = client.post(link, {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, the_only(Subscriber).state) == (200, "left")
    assert client.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert LedgerEntry.objects.filter(action="advisories.subscriber.left").count() == 1
    outgoing.outbox.clear()
    published()
    drain()
    assert mailed() == []


@pytest.mark.parametrize("change", [lambda s: s[:-1], lambda s: "f" + s[1:], lambda s: "x", lambda s: s.split(".")[0]])
def test_a_link_that_was_not_made_here_takes_nobody_off_a_list(made, added, published, drain, change):
    added(made(), "kato@example.jp")
    published()
    drain()
    secret = link_of(mailed()[0]).rpartition("/")[2]
    altered = change(secret)
    assert altered != secret
    answer = Client().post(f"/magazine/leave/{altered}")
    assert (answer.status_code, the_only(Subscriber).state) == (404, "confirmed")


def test_whoever_has_left_is_not_put_back_by_an_operator(cast, made, added):
    row = made()
    (kato,) = added(row, "kato@example.jp")
    actions.leave_list(kato.pk)
    with pytest.raises(InvalidInput, match="has left"):
        added(row, "KATO@example.jp")
    done = actions.import_subscribers(cast.actor("hub_op"), row, body=b"kato@example.jp\n", reason="x")
    assert (done.added, list(done.left), the_only(Subscriber).state) == (0, [1], "left")


def test_a_file_of_addresses_is_read_line_by_line_and_refused_line_by_line(cast, made, added):
    row = made(language="both")
    added(row, "known@example.jp")
    lines = ("メールアドレス,言語", "a@example.jp,en", "", "b@例え.jp", "nobody", '"c@example.jp', "A@example.jp")
    body = "\n".join([*lines, "d@example.jp,fr", "known@example.jp"])
    done = actions.import_subscribers(cast.actor("hub_op"), row, body=body.encode("cp932"), reason="list of 2026")
    assert (done.added, done.known) == (3, 1)
    assert [(line.place, line.reason.value) for line in done.refused] == [
        (5, "no_address"),
        (7, "twice"),
        (8, "language"),
    ]
    found = dict(Subscriber.everything.values_list("key", "language"))
    assert found == {"a@example.jp": "en", "b@xn--r8jz45g.jp": "ja", "c@example.jp": "ja", "known@example.jp": "ja"}


OPERATORS = ("hub_op", "hub_trusted")
OTHERS = ("hub_admin", "hub_reader", "auditor", "a1", "b1", "o1", "v1")


def test_addresses_are_seen_by_the_hubs_operators_alone_by_every_page_and_file(cast, made, added, published, drain):
    row = made(name_ja="Zebrafish", name_en="Zebrafish")
    added(row, "okapi@example.jp")
    published()
    drain()
    mailing = the_only(Mailing)
    paths = (
        "/magazine/",
        f"/magazine/lists/{row.pk}/",
        f"/magazine/lists/{row.pk}/?export=csv",
        f"/magazine/lists/{row.pk}/change",
        f"/magazine/lists/{row.pk}/add",
        "/magazine/mailings/",
        "/magazine/mailings/?export=csv",
        f"/magazine/mailings/{mailing.pk}/",
        f"/magazine/mailings/{mailing.pk}/?export=csv",
    )

    def read(name):
        answers = [cast.client(name).get(path) for path in paths]
        text = "".join((b"".join(a) if a.streaming else a.content).decode() for a in answers)
        return {a.status_code for a in answers}, [word for word in ("okapi", "Zebrafish") if word in text]

    assert [read(name) for name in OPERATORS] == [({200}, ["okapi", "Zebrafish"])] * 2
    assert [(name, *read(name)) for name in OTHERS] == [(name, {403}, []) for name in OTHERS]
    assert read("sup") == ({404}, [])
    for name in (*OTHERS, "sup"):
        seen = [
            model.objects.visible_to(cast.actor(name)).count() for model in (MailingList, Subscriber, Mailing, Delivery)
        ]
        assert (name, seen) == (name, [0, 0, 0, 0])


def test_nobody_else_writes(cast, made, added):
    row = made()
    (kato,) = added(row, "kato@example.jp")
    for name in OTHERS:
        actor = cast.actor(name)
        with pytest.raises(NotAllowed):
            actions.keep_mailing_list(actor, ListSaid("x", "x", "x", list(Category.objects.all())))
        with pytest.raises(NotAllowed):
            actions.add_subscriber(actor, row, address="x@example.jp", reason="x")
        with pytest.raises(NotAllowed):
            actions.import_subscribers(actor, row, body=b"", reason="x")
        with pytest.raises(NotAllowed):
            actions.remove_subscriber(actor, kato)
    assert Subscriber.everything.count() == 1


def test_the_ledger_names_no_address(cast, made, added, published, drain):
    (kato,) = added(made(), "okapi@example.jp")
    published()
    drain()
    actions.leave_list(kato.pk)
    entries = list(LedgerEntry.objects.filter(action__startswith="advisories.").values())
    assert {"advisories.mailing.begun", "advisories.mailing.ended"} <= {entry["action"] for entry in entries}
    assert "okapi" not in str(entries)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"ceiling": "AMBER"}, "ceiling"),
        ({"ceiling": "RED"}, "ceiling"),
        ({"is_open": True, "ceiling": "GREEN"}, "is_open"),
        ({"series": ()}, "categories"),
        ({"per_minute": 0}, "per_minute"),
        ({"per_minute": 1_001}, "per_minute"),
    ],
)
def test_a_list_that_would_carry_too_much_is_not_made(made, said, field):
    with pytest.raises(InvalidInput) as caught:
        made(**said)
    assert (caught.value.field, MailingList.everything.count()) == (field, 0)


def test_the_database_holds_no_open_list_above_clear_and_none_above_green(made):
    row = made()
    for changed in ({"is_open": True}, {"ceiling": "AMBER"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            MailingList.everything.filter(pk=row.pk).update(**changed)


def test_a_test_goes_to_oneself_is_marked_and_counted_nowhere(cast, made, added, published, drain):
    row = made()
    added(row, "kato@example.jp")
    bulletin = published()
    drain()
    outgoing.outbox.clear()
    answer = cast.client("hub_op").post(f"/magazine/lists/{row.pk}/test", {"bulletin": bulletin.pk}, follow=True)
    assert answer.status_code == 200
    (message,) = mailed()
    assert message.to == [cast.people["hub_op"].email]
    assert subject_of(message) == f"【試験】[{bulletin.reference}] 緊急の脆弱性 (TLP:GREEN)"
    assert "List-Unsubscribe" not in message.extra_headers
    assert Delivery.everything.count() == 1


def test_what_may_not_go_to_a_list_is_not_tried_either(cast, made, published):
    row = made(ceiling="CLEAR")
    bulletin = published(tlp=TLP.GREEN)
    with pytest.raises(Conflict):
        actions.send_test(cast.actor("hub_op"), row, bulletin)
    assert mailed() == []


def test_pages_keep_a_list_and_add_addresses(cast, beginnings):
    client = cast.client("hub_op")
    category = Category.objects.get(series="VULN")
    data = {
        "slug": "Alerts",
        "name_ja": "注意",
        "name_en": "Alerts",
        "categories": [category.pk],
        "ceiling": "CLEAR",
        "language": "ja",
        "per_minute": 30,
    }
    made_at = client.post("/magazine/lists/new", data)
    row = the_only(MailingList)
    assert (made_at.status_code, made_at.url, row.slug) == (302, f"/magazine/lists/{row.pk}/", "alerts")
    assert client.post("/magazine/lists/new", data).status_code == 422
    assert client.post(f"/magazine/lists/{row.pk}/change", {**data, "per_minute": 10}).status_code == 302
    assert the_only(MailingList).per_minute == 10
    said = {"address": "kato@example.jp", "language": "ja", "reason": "asked"}
    assert client.post(f"/magazine/lists/{row.pk}/add", said).status_code == 302
    assert client.post(f"/magazine/lists/{row.pk}/add", said).status_code == 422
    assert client.post(f"/magazine/lists/{row.pk}/add", {**said, "address": "not one"}).status_code == 422
    kato = the_only(Subscriber)
    assert (kato.key, kato.state, str(kato.added_by)) == ("kato@example.jp", "confirmed", str(cast.people["hub_op"]))
    client.post(f"/magazine/subscribers/{kato.pk}/remove")
    assert the_only(Subscriber).state == "left"
    assert client.post(f"/magazine/subscribers/{kato.pk}/else").status_code == 404


def test_the_page_reads_a_file_in_and_names_the_refused_lines(cast, made, tmp_path):
    row = made()
    path = tmp_path / "list.csv"
    path.write_text("a@example.jp\nnobody\n")
    with path.open("rb") as file:
        page = cast.client("hub_op").post(
            f"/magazine/lists/{row.pk}/import", {"file": file, "language": "ja", "reason": "x"}
        )
    assert (page.status_code, the_only(Subscriber).key) == (200, "a@example.jp")
    assert "There is no mail address in the first column." in page.content.decode()


def test_lists_cost_the_same_queries_whatever_they_hold(cast, made, added, published, drain):
    def cost():
        counts = []
        for path in ("", f"lists/{row.pk}/", "mailings/", f"mailings/{one.pk}/"):
            with CaptureQueriesContext(connection) as found:
                assert client.get(f"/magazine/{path}").status_code == 200
            counts.append(len(found))
        return counts

    client = cast.client("hub_op")
    row = made()
    added(row, "a@example.jp")
    published()
    drain()
    one = the_only(Mailing)
    few = cost()
    made("two"), made("three")
    added(row, "b@example.jp", "c@example.jp")
    published(), published()
    drain()
    Delivery.everything.filter(kind="issue").exclude(mailing=one).update(mailing=one)
    assert cost() == few


def test_mailings_count_their_mails_by_state(cast, made, added, published, drain):
    added(made(), "a@example.jp", "b@example.jp")
    published()
    drain()
    Delivery.everything.filter(key="a@example.jp").update(state="unknown")
    row = queries.mailings_for(cast.actor("hub_op")).get()
    assert (row.sent_count, row.unknown_count, row.waiting_count) == (1, 1, 0)
