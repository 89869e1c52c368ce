"""Mails of the magazine with an address of their own to come back to, which nobody else can make."""

from email import message_from_bytes
from uuid import UUID

import pytest
from django.core import mail

from factories.returned import NUMBER, from_postfix
from noroshi.advisories import actions
from noroshi.advisories.magazine_returns import return_address, whose_return
from noroshi.advisories.models import Delivery, Fate, Subscriber
from noroshi.core.actor import Actor

pytestmark = pytest.mark.usefixtures("beginnings")

ONE, OTHER = UUID("01890000-0000-7000-8000-000000000001"), UUID("01890000-0000-7000-8000-000000000002")


@pytest.fixture(autouse=True)
def _with_return(settings):
    settings.MAIL_RETURN, settings.DEFAULT_FROM_EMAIL = "bounces@portal.example", "magazine@portal.example"


def token_of(delivery_id) -> str:
    return return_address(delivery_id).partition("+")[2].partition("@")[0]


def take(raw):
    taken = actions.take_bounce(Actor.system("test"), raw)
    return taken.fate, taken.delivery.key if taken.delivery else None


def standings():
    return dict(Subscriber.everything.values_list("key", "state"))


def test_an_address_is_of_one_mail_and_read_however_it_is_written():
    address = return_address(ONE)
    assert address.startswith("bounces+")
    assert address.endswith("@portal.example")
    assert len(address.partition("@")[0]) == 48  # 64 are allowed
    for written in (address, address.upper(), f"Somebody <{address}>, x@example.jp"):
        assert whose_return(["noroshi@portal.example", written]) == ONE


def test_nobody_else_can_make_one(settings):
    one, other = token_of(ONE), token_of(OTHER)
    for made in (other[:26] + one[26:], "a" * 40, one[:-1] + ("a" if one[-1] != "a" else "b"), one[:39], one + "a"):
        assert whose_return([f"bounces+{made}@portal.example"]) is None
    assert whose_return([]) is None
    assert whose_return([f"bounces+{'a' * 40}@portal.example"] * 20 + [return_address(ONE)]) is None
    settings.SECRET_KEY = "another"
    assert whose_return([f"bounces+{one}@portal.example"]) is None


def test_each_mail_goes_out_with_one_of_its_own_and_its_sender_is_who_it_was(mailed):
    deliveries = mailed("a@example.jp", "b@example.jp")
    sent = {each.to[0]: each for each in mail.outbox if each.to[0] in deliveries}
    assert {to: each.from_email for to, each in sent.items()} == {
        key: return_address(row.pk) for key, row in deliveries.items()
    }
    for each in sent.values():
        assert message_from_bytes(each.message().as_bytes()).get_all("From") == ["magazine@portal.example"]
        assert "bounces+" not in each.message().as_string()
    assert all(row.has_return_address for row in deliveries.values())


def test_without_the_setting_a_mail_comes_back_to_its_sender(mailed, settings):
    settings.MAIL_RETURN = ""
    deliveries = mailed("a@example.jp")
    (sent,) = [each for each in mail.outbox if each.to[0] == "a@example.jp"]
    assert (sent.from_email, deliveries["a@example.jp"].has_return_address) == ("magazine@portal.example", False)


def test_the_address_tells_which_mail_came_back_whatever_the_letter_names(mailed):
    deliveries = mailed("gone@example.jp", "kato@example.jp")
    letter = from_postfix(token_of(deliveries["gone@example.jp"].pk))
    assert take(letter.replace(NUMBER.encode(), deliveries["kato@example.jp"].message_id.encode())) == (
        Fate.COUNTED, "gone@example.jp",
    )  # fmt: skip
    assert standings() == {"gone@example.jp": "bounced", "kato@example.jp": "confirmed"}


def test_a_letter_that_no_program_reads_is_told_by_its_address(mailed):
    deliveries = mailed("gone@example.jp")
    back = return_address(deliveries["gone@example.jp"].pk).upper()
    letter = f"From: MAILER-DAEMON@mx.example\nTo: {back}\nSubject: failure notice\n\nSorry, it did not work out."
    assert take(letter.encode()) == (Fate.COUNTED, "gone@example.jp")
    assert (standings(), Delivery.everything.get().state) == ({"gone@example.jp": "confirmed"}, "bounced")


def test_the_number_of_a_mail_alone_counts_nothing_where_it_has_an_address(mailed):
    """A mail that its reader forwards, or that an archive shows, names its number to everybody."""
    deliveries = mailed("kato@example.jp")
    forged = from_postfix(failed="kato@example.jp").replace(
        NUMBER.encode(), deliveries["kato@example.jp"].message_id.encode()
    )
    assert take(forged) == (Fate.NOT_OURS, None)
    other = forged.replace(b"bounces@portal", f"bounces+{token_of(OTHER)}@portal".encode())
    assert take(other) == (Fate.NOT_OURS, None)
    assert standings() == {"kato@example.jp": "confirmed"}


def test_an_absence_that_is_told_to_the_address_is_no_returned_mail(mailed):
    deliveries = mailed("kato@example.jp")
    back = return_address(deliveries["kato@example.jp"].pk)
    for head in ("From: kato@example.jp\nReturn-Path: <>\nAuto-Submitted: auto-replied", "From: kato@example.jp"):
        assert take(f"{head}\nTo: {back}\nSubject: away\n\nback on Monday".encode()) == (Fate.NO_BOUNCE, None)
