"""What mail servers send back: read as RFC 3464 has it, and never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.returned import NUMBER, from_postfix, report
from noroshi.advisories.domain.bounces import Kind, read_bounce


def said(raw):
    found = read_bounce(raw)
    return None if found is None else (found.kind, found.status, found.named)


@pytest.mark.parametrize("original", ["message/rfc822", "text/rfc822-headers"])
@pytest.mark.parametrize(
    ("status", "kind"),
    [("5.1.1", Kind.PERMANENT), ("5.7.1", Kind.PERMANENT), ("4.4.7", Kind.TEMPORARY), ("4.2.2", Kind.TEMPORARY)],
)
def test_a_report_says_whether_it_is_for_good_and_which_mail_it_was(status, kind, original):
    assert said(report(status, original=original)) == (kind, status, (NUMBER,))


def test_what_the_server_said_is_kept_without_its_name_of_protocol():
    assert read_bounce(report()).detail == "550 5.1.1 no such user"


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_a_mail_that_is_late_or_arrived_did_not_come_back(action):
    assert said(report(action=action, status="4.4.1")) is None


@pytest.mark.parametrize("status", ["", "gone", "2.0.0", "9.1.1"])
def test_a_status_that_is_none_is_unknown(status):
    assert read_bounce(report(status)).kind is Kind.UNKNOWN


def test_of_two_recipients_the_worse_counts():
    two = report().replace(
        b"\r\n\r\n--b1\r\nContent-Type: message/rfc822",
        b"\r\n\r\nFinal-Recipient: rfc822; a@example.jp\r\nAction: failed\r\nStatus: 4.2.2"
        b"\r\n\r\n--b1\r\nContent-Type: message/rfc822",
    )
    assert two != report()
    assert said(two) == (Kind.PERMANENT, "5.1.1", (NUMBER,))


def letter(head: str, body: str) -> bytes:
    return f"{head}\nSubject: failure notice\n\n{body}\n".encode()


QMAIL = (
    "Hi. This is the qmail-send program.\n<kato@example.jp>:\nuser is over quota\n\n"
    f"--- Below this line\nMessage-ID: <{NUMBER}>"
)


@pytest.mark.parametrize(
    "head",
    [
        "From: MAILER-DAEMON@mx.example",
        "From: x@example.jp\nReturn-Path: <>",
        "From: Postmaster <postmaster@mx.example>",
    ],
)
def test_without_a_report_it_is_unknown_and_names_what_it_quotes(head):
    assert said(letter(head, QMAIL)) == (Kind.UNKNOWN, "", (NUMBER,))


@pytest.mark.parametrize(
    "head",
    [
        f"From: kato@example.jp\nIn-Reply-To: <{NUMBER}>",
        f"From: kato@example.jp\nReturn-Path: <>\nAuto-Submitted: auto-replied\nIn-Reply-To: <{NUMBER}>",
    ],
)
def test_an_answer_of_a_person_or_of_an_absence_is_none(head):
    assert read_bounce(letter(head, QMAIL)) is None


def test_a_report_without_the_mail_names_none():
    head, _bar, _rest = report().rpartition(b"Message-ID")
    assert said(head + b"X: y\r\n\r\n--b1--\r\n") == (Kind.PERMANENT, "5.1.1", ())


def test_the_same_letter_has_the_same_digest_however_its_lines_end():
    assert read_bounce(report()).digest == read_bounce(report().replace(b"\r\n", b"\n")).digest


def test_the_same_letter_has_the_same_digest():
    assert read_bounce(report()).digest == read_bounce(report()).digest != read_bounce(report("4.1.1")).digest


@given(st.binary(max_size=2_000))
def test_nothing_makes_it_raise(body):
    assert read_bounce(body) is None or read_bounce(body).kind in Kind


@given(st.integers(0, 1_000), st.binary(min_size=1, max_size=20))
def test_a_report_that_is_damaged_anywhere_makes_it_not_raise(place, damage):
    whole = report()
    read_bounce(whole[:place] + damage + whole[place:])
    read_bounce(whole[: place % len(whole)])


LAYER = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"".join(LAYER % (depth, depth) for depth in range(2_000)),
        b"From: mailer-daemon@mx.example\n" + b"Content-Type: message/rfc822\n\n" * 2_000,
    ],
)
def test_what_is_nested_thousands_deep_is_no_bounce(raw):
    assert read_bounce(raw) is None


def test_of_a_large_letter_the_report_before_the_mail_is_read():
    large = report().replace(b"\r\n\r\n--b1--", b"\r\n\r\n" + b"x" * 9_000_000)
    assert len(large) > 9_000_000
    assert said(large) == (Kind.PERMANENT, "5.1.1", (NUMBER,))


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({}, (Kind.PERMANENT, "5.1.1", (NUMBER,))),
        ({"status": "5.2.2", "code": "x-unix; input/output error"}, (Kind.PERMANENT, "5.2.2", (NUMBER,))),
        ({"status": "4.2.1"}, (Kind.TEMPORARY, "4.2.1", (NUMBER,))),
        ({"action": "delayed", "status": "4.2.1", "headers_alone": True}, None),
    ],
)
def test_what_postfix_sends_is_read(told, found):
    assert said(from_postfix(**told)) == found


def test_where_it_was_sent_is_said_and_what_its_lines_were_folded_for_is_one():
    found = read_bounce(from_postfix("abc"))
    assert set(found.addressed) == {"bounces+abc@portal.example"}
    assert found.detail == (
        "550 5.1.1 <gone@example.jp>: Recipient address rejected: User unknown in virtual mailbox table"
    )
