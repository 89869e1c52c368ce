"""Mail of the magazine that came back, read in a mailbox: looked at only, each letter once, told of when it fails."""

import pytest
from click.testing import CliRunner

from factories.mailserver import PASSWORD, USER, mail_server
from factories.returned import NUMBER, report, returned
from noroshi.advisories import actions, imap, tasks
from noroshi.advisories.actions import ReturnBoxSaid, Returned
from noroshi.advisories.actions import returns as acting
from noroshi.advisories.domain.bounces import MOST_BYTES
from noroshi.advisories.models import ReturnBox, ReturnedLetter, ReturnedMail, Subscriber
from noroshi.core import clock
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.core.models import LedgerEntry
from noroshi.kit.jobs import run_until_idle
from noroshi.notify.models import Notice
from noroshi.site.cli import main

pytestmark = pytest.mark.usefixtures("beginnings")

OPERATORS = ("hub_op", "hub_trusted")
OTHERS = ("hub_admin", "hub_reader", "auditor", "a1", "b1", "o1", "v1")
THANKS = b"From: =?utf-8?b?5Yqg6Jek?= <kato@example.jp>\r\nSubject: =?utf-8?b?44GK56S8?=\r\n\r\nThank you"


@pytest.fixture
def server(tmp_path, monkeypatch):
    with mail_server(tmp_path) as (here, authority):
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        yield here


@pytest.fixture
def keep(cast):
    """Name the mailbox and switch it on."""

    def kept(server, url="", **said) -> ReturnBox:
        told = {"ports": (server.port,), "networks": ("127.0.0.0/8",), "secret": PASSWORD, **said}
        actions.keep_return_box(cast.actor("hub_op"), ReturnBoxSaid(url or server.url(), **told))
        actions.switch_return_box(cast.actor("hub_op"), on=True)
        return ReturnBox.everything.get()

    return kept


def read() -> Returned:
    box = actions.handed_out_box(due=False)
    assert box is not None
    return actions.read_return_box(box)


def work() -> None:
    """Do what the worker does once a minute."""
    tasks.look_for_returned_mail()
    run_until_idle()


def standings() -> dict[str, str]:
    return dict(Subscriber.everything.order_by("key").values_list("key", "state"))


def letters() -> list[tuple[str, str, str, str]]:
    rows = ReturnedLetter.everything.order_by("at", "pk")
    return [(row.fate, row.subject, row.sender, row.delivery.key if row.delivery else "") for row in rows]


def test_what_came_back_marks_whom_it_is_about_and_all_else_is_named_and_left_alone(keep, server, mailed):
    deliveries = mailed("gone@example.jp", "full@example.jp", "kato@example.jp")
    server.messages = {
        3: returned(deliveries["gone@example.jp"].message_id),
        4: returned(deliveries["full@example.jp"].message_id, status="4.2.2"),
        7: report(),
        8: THANKS,
    }
    keep(server)
    assert read() == Returned(counted=2, not_ours=1, no_bounce=1, stopped=1)
    assert standings() == {"full@example.jp": "confirmed", "gone@example.jp": "bounced", "kato@example.jp": "confirmed"}
    undelivered = ("Undelivered Mail Returned to Sender", "Mail Delivery System <MAILER-DAEMON@mx.example>")
    assert letters() == [
        ("counted", *undelivered, "gone@example.jp"),
        ("counted", *undelivered, "full@example.jp"),
        ("not_ours", *undelivered, ""),
        ("no_bounce", "お礼", "加藤 <kato@example.jp>", ""),
    ]
    words = {command.partition(" ")[0] for command in server.told}
    assert words == {"CAPABILITY", "LOGIN", "EXAMINE", "UID", "LOGOUT"}
    fetched = {each.split(" ", 3)[3] for each in server.told if each.startswith("UID FETCH")}
    assert fetched == {f"(BODY.PEEK[]<0.{MOST_BYTES}>)"}
    box = ReturnBox.everything.get()
    assert (box.place, box.health, box.trouble) == ({"validity": 7, "uid": 8, "more": False}, "ok", "")


def test_each_letter_counts_once_also_where_the_folder_is_numbered_anew(keep, server, mailed):
    deliveries = mailed("gone@example.jp")
    letter = returned(deliveries["gone@example.jp"].message_id, status="4.2.2")
    server.messages = {3: letter, 4: letter}
    keep(server)
    assert read() == Returned(counted=1, known=1)
    assert read() == Returned()
    server.validity, server.messages = 8, {1: letter, 2: THANKS}
    assert read() == Returned(known=1, no_bounce=1)
    assert (ReturnedMail.everything.count(), ReturnedLetter.everything.count()) == (1, 2)
    assert ReturnBox.everything.get().place == {"validity": 8, "uid": 2, "more": False}


def test_a_letter_that_a_file_brought_before_is_known(keep, server, mailed, tmp_path):
    deliveries = mailed("gone@example.jp")
    letter = returned(deliveries["gone@example.jp"].message_id, status="4.2.2")
    (tmp_path / "letter").write_bytes(letter.replace(b"\r\n", b"\n"))
    assert CliRunner().invoke(main, ["advisories", "bounces", str(tmp_path / "letter")]).exit_code == 0
    server.messages = {1: letter}
    keep(server)
    assert read() == Returned(known=1)
    assert (ReturnedMail.everything.count(), [each[0] for each in letters()]) == (1, ["known"])


@pytest.mark.parametrize("killed_in", ["take_bounce", "asdict"])
def test_whoever_is_killed_halfway_has_counted_a_letter_and_its_place_or_neither(
    keep, server, mailed, monkeypatch, stopped_clock, killed_in
):
    deliveries = mailed("a@example.jp", "b@example.jp", "c@example.jp")
    server.messages = {uid: returned(each.message_id) for uid, each in enumerate(deliveries.values(), 1)}
    keep(server)
    real, calls = getattr(acting, killed_in), []

    def dies(*said):
        calls.append(said)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*said)

    with monkeypatch.context() as patched:
        patched.setattr(acting, killed_in, dies)
        with pytest.raises(KeyboardInterrupt):
            read()
    assert (ReturnBox.everything.get().place["uid"], ReturnedMail.everything.count()) == (1, 1)
    assert ReturnedLetter.everything.count() == 1
    assert actions.handed_out_box(due=False) is None  # whoever was killed may still be at it
    stopped_clock.advance(minutes=15)
    assert read() == Returned(counted=2, stopped=2)
    assert set(standings().values()) == {"bounced"}


def test_many_letters_come_in_parts_that_follow_each_other(keep, server, monkeypatch):
    monkeypatch.setattr(imap, "MOST_MESSAGES", 2)
    server.messages = {uid: b"Subject: %d\r\n\r\nx" % uid for uid in (1, 2, 3)}
    keep(server)
    work()
    box = ReturnBox.everything.get()
    assert (box.place, box.due_at <= clock.now()) == ({"validity": 7, "uid": 2, "more": True}, True)
    assert read() == Returned(no_bounce=1)
    assert ReturnBox.everything.get().due_at > clock.now()


def test_hostile_letters_are_named_and_keep_no_other_out(keep, server, mailed):
    deliveries = mailed("gone@example.jp")
    head = b"From: mailer-daemon@mx.example\r\nSubject: nested\r\n"
    server.messages = {
        1: head + b"Content-Type: message/rfc822\r\n\r\n" * 5_000,
        2: b"",
        3: b"\x00\xff\r\nFrom: \xff\x00\r\nSubject: =?x-none?b?!!?= \xed\xa0\x80\x00",
        4: returned(deliveries["gone@example.jp"].message_id).replace(
            b"\r\n\r\n--b1--", b"\r\n\r\n" + b"x" * 3_000_000
        ),
    }
    keep(server)
    assert read() == Returned(counted=1, no_bounce=3, stopped=1)
    assert [row[0] for row in letters()] == ["no_bounce", "no_bounce", "no_bounce", "counted"]


def test_a_letter_that_breaks_something_of_ours_is_named_and_keeps_no_other_out(keep, server, mailed, monkeypatch):
    deliveries = mailed("gone@example.jp")
    server.messages = {1: THANKS, 2: returned(deliveries["gone@example.jp"].message_id)}
    real = acting.take_bounce

    def breaks(actor, raw):
        if raw == THANKS:
            raise ZeroDivisionError
        return real(actor, raw)

    monkeypatch.setattr(acting, "take_bounce", breaks)
    keep(server)
    assert read() == Returned(broken=1, counted=1, stopped=1)
    assert [row[0] for row in letters()] == ["broken", "counted"]


def test_a_forged_letter_about_somebody_else_counts_nothing(keep, server, mailed):
    """Whoever gets the magazine knows the number of the own mail alone; an address names nobody."""
    deliveries = mailed("kato@example.jp", "forger@example.jp")
    own = deliveries["forger@example.jp"].message_id
    host = own.partition("@")[2]
    server.messages = {
        1: report().replace(NUMBER.encode(), f"{'0' * 32}@{host}".encode()),
        2: report().replace(f"Message-ID: <{NUMBER}>".encode(), b"To: kato@example.jp"),
        3: returned(own).replace(b"a@example.jp", b"kato@example.jp"),
    }
    keep(server)
    assert read() == Returned(not_ours=2, counted=1, stopped=1)
    assert standings() == {"forger@example.jp": "bounced", "kato@example.jp": "confirmed"}


def test_the_worker_reads_it_when_it_is_due(keep, server, mailed, stopped_clock):
    deliveries = mailed("gone@example.jp")
    keep(server, minutes=10)
    work()
    assert (ReturnBox.everything.get().health, letters()) == ("quiet", [])
    server.messages = {1: returned(deliveries["gone@example.jp"].message_id)}
    stopped_clock.advance(minutes=9)
    work()
    assert letters() == []
    stopped_clock.advance(minutes=2)
    work()
    assert (standings(), ReturnBox.everything.get().health) == ({"gone@example.jp": "bounced"}, "ok")


def test_nothing_is_read_while_it_is_off_and_of_another_mailbox_all(cast, keep, server, tmp_path):
    server.messages = {1: THANKS}
    box = keep(server)
    read()
    actions.switch_return_box(cast.actor("hub_op"), on=False)
    assert (actions.handed_out_box(due=False), ReturnBox.everything.get().health) == (None, "off")
    said = {"ports": (server.port,), "networks": ("127.0.0.0/8",)}
    actions.keep_return_box(cast.actor("hub_op"), ReturnBoxSaid(server.url("Other"), **said))
    row = ReturnBox.everything.get()
    assert (row.pk, row.place, row.secret) == (box.pk, {}, "")  # a password goes to no other server


def test_who_fails_is_told_of_once_and_left_in_peace_longer_and_longer(cast, keep, server, stopped_clock):
    keep(server, secret="wrong")
    for _attempt in range(5):
        read()
    box = ReturnBox.everything.get()
    assert (box.failures, box.health, box.failing_since) == (5, "failing", clock.now())
    assert (box.trouble, (box.due_at - clock.now()).total_seconds() >= 16 * 300) == (
        f"The mail server does not let {USER} in.", True,
    )  # fmt: skip
    run_until_idle()
    operators = {cast.actor(name).person for name in OPERATORS}
    assert {(notice.person_id, notice.kind) for notice in Notice.everything.all()} == {
        (person, "source") for person in operators
    }
    page = cast.client("hub_op").get("/magazine/returned/").content.decode()
    assert f"The mail server does not let {USER} in." in page
    assert "Returned mail cannot be read." in cast.client("hub_op").get("/magazine/").content.decode()
    inbox = cast.client("hub_op").get("/inbox/").content.decode()
    assert "Mailbox for returned mail: It has failed 5 times in a row since 2026-11-22 12:00." in inbox
    actions.keep_return_box(
        cast.actor("hub_op"), ReturnBoxSaid(server.url(), 5, (server.port,), ("127.0.0.0/8",), PASSWORD)
    )
    read()
    said = LedgerEntry.objects.filter(action__startswith="advisories.return_box.").order_by("pk")
    assert list(said.values_list("action", flat=True)) == [
        "advisories.return_box.kept", "advisories.return_box.switched", "advisories.return_box.ailing",
        "advisories.return_box.kept", "advisories.return_box.recovered",
    ]  # fmt: skip
    assert ReturnBox.everything.get().health == "quiet"


def test_a_worker_that_stands_still_makes_it_late(keep, server, stopped_clock):
    keep(server)
    read()
    stopped_clock.advance(minutes=31)
    actions.look_after_return_box()
    assert ReturnBox.everything.get().health == "late"


def test_a_server_inside_is_not_reached_unless_its_network_is_open_to_it(keep, server):
    keep(server, networks=())
    read()
    box = ReturnBox.everything.get()
    assert ("inside a network" in box.trouble, box.health, server.told) == (True, "failing", [])


def test_the_password_is_sealed_and_shown_nowhere(cast, keep, server):
    assert PASSWORD not in keep(server).secret
    page = cast.client("hub_op").get("/magazine/returned/mailbox").content.decode()
    assert (server.url() in page, "pass &quot;word" in page) == (True, False)
    assert 'name="secret" ' in page
    assert "value" not in page.partition('name="secret"')[2].partition(">")[0]
    assert PASSWORD not in str(list(LedgerEntry.objects.values()))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://mail.example.com/", "Give a mailbox as in"),
        ("imaps://a:b@mail.example.com/INBOX", "Give a mailbox as in"),
        ("imaps://a@mail.example.com:22/INBOX", "The port 22 is not open"),
    ],
)
def test_an_address_that_is_none_is_refused(cast, url, reason):
    with pytest.raises(InvalidInput, match=reason):
        actions.keep_return_box(cast.actor("hub_op"), ReturnBoxSaid(url))
    assert not ReturnBox.everything.exists()


def test_the_pages_name_it_switch_it_and_have_it_read(cast, server, mailed):
    client, page = cast.client("hub_op"), "/magazine/returned/"
    assert "No mailbox is read" in client.get(page).content.decode()
    assert client.post(f"{page}mailbox/switch").status_code == 404
    said = {"url": server.url(), "secret": PASSWORD, "minutes": 5, "ports": str(server.port), "networks": "127.0.0.0/8"}
    assert client.post(f"{page}mailbox", said | {"ports": "x"}).status_code == 422
    assert client.post(f"{page}mailbox", said | {"url": "imap://x"}).status_code == 422
    assert not ReturnBox.everything.exists()
    assert client.post(f"{page}mailbox", said).url == page
    assert client.post(f"{page}mailbox/read").url == page
    assert "It is switched off." in client.get(page).content.decode()
    client.post(f"{page}mailbox/switch")
    deliveries = mailed("gone@example.jp")
    server.messages = {1: returned(deliveries["gone@example.jp"].message_id), 2: THANKS}
    client.post(f"{page}mailbox/read")
    work()
    shown = client.get(page).content.decode()
    assert all(word in shown for word in ("gone@example.jp", "550 5.1.1 no such user", "お礼", "Last read"))
    assert "gone@example.jp" not in client.get(f"{page}?fate=no_bounce").content.decode()
    rows = b"".join(client.get(f"{page}?export=csv")).decode()
    assert ("gone@example.jp" in rows, "お礼" in rows) == (True, True)


def test_operators_alone_see_it_and_say_where_it_is(cast, keep, server, mailed):
    deliveries = mailed("okapi@example.jp")
    server.messages = {1: returned(deliveries["okapi@example.jp"].message_id)}
    keep(server)
    read()
    pages = ("/magazine/returned/", "/magazine/returned/?export=csv", "/magazine/returned/mailbox")

    def seen(name):
        answers = [cast.client(name).get(path) for path in pages]
        text = "".join((b"".join(a) if a.streaming else a.content).decode() for a in answers)
        return {a.status_code for a in answers}, [word for word in ("okapi", "imaps") if word in text]

    assert [seen(name) for name in OPERATORS] == [({200}, ["okapi", "imaps"])] * 2
    assert [(name, *seen(name)) for name in OTHERS] == [(name, {403}, []) for name in OTHERS]
    assert seen("sup") == ({404}, [])
    for name in (*OTHERS, "sup"):
        actor, client = cast.actor(name), cast.client(name)
        assert [model.objects.visible_to(actor).count() for model in (ReturnBox, ReturnedLetter)] == [0, 0]
        with pytest.raises((NotAllowed, NotFound)):
            actions.keep_return_box(actor, ReturnBoxSaid("imaps://a@mail.example.com/INBOX"))
        with pytest.raises((NotAllowed, NotFound)):
            actions.switch_return_box(actor, on=False)
        with pytest.raises((NotAllowed, NotFound)):
            actions.read_box_soon(actor)
        assert client.post("/magazine/returned/mailbox/switch").status_code in {403, 404}
    assert (ReturnBox.everything.get().enabled, ReturnBox.everything.get().url) == (True, server.url())
    assert "okapi" not in str(list(LedgerEntry.objects.filter(action__startswith="advisories.").values()))


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_questions(cast, keep, server, mailed, number, django_assert_num_queries):
    deliveries = mailed(*(f"a{each}@example.jp" for each in range(number)))
    server.messages = {uid: returned(each.message_id) for uid, each in enumerate(deliveries.values(), 1)}
    keep(server)
    read()
    client = cast.client("hub_op")
    client.get("/magazine/returned/")
    with django_assert_num_queries(14):
        page = client.get("/magazine/returned/").content.decode()
    assert sum(f"a{each}@example.jp" in page for each in range(number)) == number


def test_the_command_reads_the_mailbox_where_no_path_is_given(keep, server, cast):
    server.messages = {1: THANKS}
    keep(server)
    done = CliRunner().invoke(main, ["advisories", "bounces"])
    assert (done.exit_code, done.stdout) == (
        0, "0 counted, 0 known, 0 not of ours, 1 no bounces; 0 addresses written to no more\n",
    )  # fmt: skip
    ReturnBox.everything.update(secret="")
    done = CliRunner().invoke(main, ["advisories", "bounces"])
    assert (done.exit_code, done.stderr) == (1, f"Error: The mail server does not let {USER} in.\n")
    actions.switch_return_box(cast.actor("hub_op"), on=False)
    done = CliRunner().invoke(main, ["advisories", "bounces"])
    assert (done.exit_code, done.stderr) == (
        1, "Error: No mailbox is switched on, or it is being read just now.\n",
    )  # fmt: skip
    with pytest.raises(Conflict):
        actions.read_box_soon(cast.actor("hub_op"))


def test_what_was_read_long_ago_is_forgotten_and_what_was_counted_stays(keep, server, mailed, stopped_clock, settings):
    deliveries = mailed("gone@example.jp")
    server.messages = {1: returned(deliveries["gone@example.jp"].message_id), 2: THANKS}
    keep(server)
    read()
    stopped_clock.advance(days=settings.ADVISORY_DAYS)
    assert actions.forget_returned_letters() == 0
    stopped_clock.advance(days=1)
    assert actions.forget_returned_letters() == 2
    assert ReturnedMail.everything.count() == 1
