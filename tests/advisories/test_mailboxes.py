"""A folder of a mailbox: read over TLS, looked at only, each message once."""

import time

import pytest

from factories.mailserver import PASSWORD, USER, mail_server
from noroshi.advisories import actions, imap
from noroshi.advisories.actions import SourceSaid
from noroshi.advisories.actions import mailboxes as acting
from noroshi.advisories.domain.mailboxes import Mailbox
from noroshi.advisories.models import DeadLetter, Item, Revision, Source
from noroshi.core.errors import InvalidInput

NEWS = b"Message-ID: <%d@example.com>\r\nSubject: News %d\r\nDate: Fri, 20 Nov 2026 09:00:00 +0900\r\n\r\nCVE-2099-%04d"


@pytest.fixture
def server(tmp_path, monkeypatch):
    with mail_server(tmp_path) as (here, authority):
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        here.messages = {uid: NEWS % (uid, uid, uid) for uid in (2, 5, 9)}
        yield here


@pytest.fixture
def keep(cast):
    def kept(server, url="", **said):
        told = {"ports": (server.port,), "networks": ("127.0.0.0/8",), "secret": PASSWORD, "gap_seconds": 0, **said}
        source = actions.add_source(cast.actor("hub_op"), said=SourceSaid("Mail", "mail", url or server.url(), **told))
        actions.switch_source(cast.actor("hub_op"), source, on=True)
        return source

    return kept


def collected(source, pages=1):
    return actions.collect(Source.everything.get(pk=source.pk), pages=pages)


def titles():
    return list(Item.objects.order_by("newest__title").values_list("newest__title", flat=True))


def test_what_is_new_in_a_folder_is_read_once_and_stays_unread_there(keep, server):
    source = keep(server)
    (fetch,) = collected(source)
    assert (fetch.outcome, fetch.new, fetch.refused, titles()) == ("good", 3, 0, ["News 2", "News 5", "News 9"])
    assert Revision.objects.get(title="News 5").names == ["CVE-2099-0005"]
    (fetch,) = collected(source)
    assert (fetch.outcome, server.told[-2:]) == ("unchanged", ["UID SEARCH UID 10:*", "LOGOUT"])
    server.messages |= {10: NEWS % (10, 10, 10)}
    assert [fetch.new for fetch in collected(source)] == [1]
    words = {command.partition(" ")[0] for command in server.told}
    assert words == {"CAPABILITY", "LOGIN", "EXAMINE", "UID", "LOGOUT"}
    assert {each.split(" ", 3)[3] for each in server.told if each.startswith("UID FETCH")} == {
        "(UID RFC822.SIZE)", "(BODY.PEEK[])",
    }  # fmt: skip
    state = Source.everything.select_related("state").get(pk=source.pk).state
    assert (state.health, state.cursor) == ("ok", {"validity": 7, "uid": 10, "more": False})


def test_many_messages_come_in_parts_that_follow_each_other(keep, server, monkeypatch):
    monkeypatch.setattr(imap, "MOST_MESSAGES", 2)
    assert [(fetch.new, fetch.cursor["more"]) for fetch in collected(keep(server), pages=9)] == [(2, True), (1, False)]


def test_the_numbers_of_a_large_folder_are_asked_for_part_by_part(keep, server, monkeypatch):
    monkeypatch.setattr(imap, "MOST_NUMBERS", 3)
    server.messages = {uid: NEWS % (uid, uid, uid) for uid in (2, 14, 15, 16)}
    source = keep(server)
    assert [(fetch.new, fetch.cursor["uid"]) for fetch in collected(source, pages=9)] == [(1, 2), (1, 14), (2, 16)]
    assert [each.split()[3] for each in server.told if each.startswith("UID SEARCH")] == [
        "1:3", "3:5", "6:8", "9:11", "12:14", "15:*",
    ]  # fmt: skip


def test_a_folder_that_is_numbered_anew_is_read_anew_and_nothing_is_twice(keep, server):
    source = keep(server)
    collected(source)
    server.validity, server.messages = 8, {1: server.messages[9], 2: NEWS % (20, 20, 20)}
    (fetch,) = collected(source)
    assert (fetch.read, fetch.new, Item.objects.count(), Revision.objects.count()) == (2, 1, 4, 4)


def test_a_message_that_is_too_large_is_a_dead_letter_and_is_not_fetched(keep, server):
    server.sizes = {5: 30_000_000}
    (fetch,) = collected(keep(server))
    (letter,) = DeadLetter.objects.all()
    assert (fetch.new, fetch.refused, letter.reason, letter.detail, letter.name) == (
        2, 1, "too_large", "30,000,000 bytes", "0000000005.eml",
    )  # fmt: skip
    assert "UID FETCH 5 (BODY.PEEK[])" not in server.told
    server.messages |= {10: b"", 11: NEWS % (11, 11, 11)}
    server.sizes = {10: 30_000_000}
    assert [(fetch.new, fetch.refused) for fetch in collected(Source.everything.get(), pages=3)] == [(1, 1)]
    assert collected(Source.everything.get())[0].outcome == "unchanged"  # one that is not fetched is not in the way


def test_what_goes_beyond_the_largest_answer_comes_with_the_next(keep, server):
    server.messages = {uid: NEWS % (uid, uid, uid) + b"x" * 600_000 for uid in (1, 2, 3)}
    assert [fetch.new for fetch in collected(keep(server, most_mb=1), pages=9)] == [1, 1, 1]


def test_a_server_that_sends_more_than_it_says_is_left(keep, server, monkeypatch):
    monkeypatch.setattr(acting, "MOST_BYTES", 1_000)
    monkeypatch.setattr(imap, "ANSWERS", 1_000)
    server.messages, server.sizes = {1: b"x" * 3_000_000}, {1: 10}
    (fetch,) = collected(keep(server, most_mb=1))
    assert (fetch.outcome, fetch.detail) == (
        "failed", "The mail server does not answer as it should: command: UID => it sends too much",
    )  # fmt: skip


def test_a_server_that_does_not_go_on_is_cut_off(keep, server, monkeypatch):
    monkeypatch.setattr(imap, "SECONDS", 0.3)
    real = server.answer

    def slow(command):
        if command.startswith("EXAMINE"):
            time.sleep(1.5)
        yield from real(command)

    server.answer = slow
    began = time.monotonic()
    (fetch,) = collected(keep(server))
    assert (fetch.outcome, time.monotonic() - began < 1.4) == ("failed", True)


def test_a_wrong_password_and_a_folder_that_is_not_there_are_said(keep, server):
    source = keep(server, secret="wrong")
    (fetch,) = collected(source)
    assert (fetch.outcome, fetch.detail) == ("failed", f"The mail server does not let {USER} in.")
    Source.everything.all().delete()
    (fetch,) = collected(keep(server, server.url("Elsewhere")))
    assert fetch.detail == "The mail server does not answer as it should: not here"


def test_a_certificate_that_is_for_another_name_or_of_nobody_known_is_refused(keep, server, tmp_path, monkeypatch):
    source = keep(server)
    with mail_server(tmp_path, "mail.example.com") as (other, authority):
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        Source.everything.update(url=other.url(), ports=[other.port])
        (fetch,) = collected(source)
        assert ("IP address mismatch" in fetch.detail, other.told) == (True, [])
    monkeypatch.delenv("SSL_CERT_FILE")
    Source.everything.update(url=server.url(), ports=[server.port])
    (fetch,) = collected(source)
    assert ("certificate verify failed" in fetch.detail, server.told) == (True, [])


def test_a_server_inside_is_not_reached_unless_its_network_is_open_to_the_source(keep, server):
    (fetch,) = collected(keep(server, networks=()))
    assert (fetch.outcome, "inside a network" in fetch.detail, server.told) == ("failed", True, [])
    state = Source.everything.select_related("state").get().state
    assert state.health == "failing"


def test_the_proxy_of_the_web_is_not_gone_around(keep, server, settings):
    settings.OUTBOUND_PROXY = "http://127.0.0.1:1"
    source = keep(server)
    assert collected(source)[0].outcome == "good"  # its network is open, as for the web
    Source.everything.update(networks=[], url=server.url(host="93.184.216.34"))
    assert "proxy carries web addresses alone" in collected(source)[0].detail


def test_the_password_is_sealed(keep, server):
    assert PASSWORD not in keep(server).secret


@pytest.mark.parametrize(
    ("kind", "url", "reason"),
    [
        ("feed", "imaps://a@mail.example.com/INBOX", "choose that kind"),
        ("mail", "imaps://mail.example.com/INBOX", "Give a mailbox as in"),
        ("mail", "imaps://a:b@mail.example.com/INBOX", "Give a mailbox as in"),
        ("mail", "imaps://a@mail.example.com/IN%0d%0aBOX", "Give a mailbox as in"),
        ("mail", "imaps://a@mail.example.com:22/INBOX", "The port 22 is not open"),
        ("mail", "imaps://a@mail.example.com:x/INBOX", "Give a mailbox as in"),
        ("mail", "imap://a@mail.example.com/INBOX", "must begin with https"),
    ],
)
def test_an_address_that_is_none_is_refused(cast, kind, url, reason):
    with pytest.raises(InvalidInput, match=reason):
        actions.add_source(cast.actor("hub_op"), said=SourceSaid("Mail", kind, url))


@pytest.mark.parametrize(
    ("folder", "sent"),
    [
        ("", '"INBOX"'),
        ("INBOX/Vendors", '"INBOX/Vendors"'),
        ("%E5%8F%B0%E5%8C%97", '"&U,BTFw-"'),
        ("Tom%20%26%20Jerry", '"Tom &- Jerry"'),
        ("a%22b%5Cc", '"a\\"b\\\\c"'),
    ],
)
def test_a_folders_name_is_sent_as_the_protocol_wants_it(folder, sent):
    mailbox = Mailbox.of(f"imaps://a%40b@mail.example.com/{folder}")
    assert (mailbox.user, mailbox.port, mailbox.quoted) == ("a@b", 993, sent)
