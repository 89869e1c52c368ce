"""Mail of the magazine that came back: counted once, only where it names a mail of ours."""

import pytest
from click.testing import CliRunner

from factories.returned import report, returned
from noroshi.advisories import actions
from noroshi.advisories.actions import ListSaid, Returned
from noroshi.advisories.models import Category, Delivery, ReturnedMail, Subscriber
from noroshi.core.actor import Actor
from noroshi.core.errors import NotAllowed
from noroshi.site.cli import main

pytestmark = pytest.mark.usefixtures("beginnings")


@pytest.fixture
def mailed(cast, published, drain):
    """Mail so many bulletins to an address; return the numbers of the mails."""

    def mail(times=1, slug="alerts") -> list[str]:
        operator = cast.actor("hub_op")
        said = ListSaid(slug, "注意", "Alerts", list(Category.objects.filter(series="VULN")), ceiling="GREEN")
        row = actions.keep_mailing_list(operator, said)
        actions.add_subscriber(operator, row, address="kato@example.jp", reason="x")
        for _ in range(times):
            published()
        drain()
        return list(Delivery.everything.filter(mailing_list=row).values_list("message_id", flat=True))

    return mail


def take(*letters) -> Returned:
    total = Returned()
    for raw in letters:
        total.add(actions.take_bounce(Actor.system("test"), raw))
    return total


def the_only() -> Subscriber:
    return Subscriber.everything.get()


def test_one_refusal_for_good_is_enough(mailed):
    (number,) = mailed()
    assert take(returned(number)) == Returned(counted=1, stopped=1)
    assert (the_only().state, the_only().trouble) == ("bounced", "5.1.1 550 5.1.1 no such user")
    assert Delivery.everything.get().state == "bounced"


def test_of_refusals_for_now_three_within_thirty_days_are(mailed, stopped_clock):
    numbers = mailed(4)
    later = {"status": "4.2.2"}
    assert take(*(returned(each, **later) for each in numbers[:2])) == Returned(counted=2)
    stopped_clock.advance(days=31)
    assert take(returned(numbers[2], **later)) == Returned(counted=1)
    assert the_only().state == "confirmed"
    stopped_clock.advance(days=29)
    assert take(returned(numbers[3], **later)) == Returned(counted=1)
    assert the_only().state == "confirmed"


def test_three_for_now_are_enough(mailed):
    numbers = mailed(3)
    assert take(*(returned(each, status="4.2.2") for each in numbers)) == Returned(counted=3, stopped=1)
    assert the_only().state == "bounced"


def test_three_letters_about_one_mail_are_one(mailed):
    (number,) = mailed()
    letters = [returned(number, status="4.2.2", code=f"smtp; {n}") for n in range(3)]
    assert take(*letters) == Returned(counted=3)
    assert the_only().state == "confirmed"


def test_the_same_letter_counts_once(mailed):
    (number,) = mailed()
    letter = returned(number, status="4.2.2")
    assert take(letter, letter) == Returned(counted=1, known=1)
    assert ReturnedMail.everything.count() == 1


def test_what_names_no_mail_of_ours_or_says_nothing_counts_nothing(mailed):
    mailed()
    assert take(report(), b"From: kato@example.jp\n\nThank you") == Returned(not_ours=1, no_bounce=1)
    assert (the_only().state, Delivery.everything.get().state) == ("confirmed", "sent")


def test_without_a_reason_it_came_back_and_the_address_stays(mailed):
    (number,) = mailed()
    letter = f"From: MAILER-DAEMON@mx.example\nSubject: failure\n\nMessage-ID: <{number}>\nno reason".encode()
    assert take(letter) == Returned(counted=1)
    assert (the_only().state, Delivery.everything.get().state) == ("confirmed", "bounced")


def test_an_operator_puts_it_back_and_what_came_back_before_counts_no_more(
    cast, mailed, published, drain, stopped_clock
):
    numbers = mailed(4)
    take(*(returned(each, status="4.2.2") for each in numbers[:3]))
    stopped_clock.advance(minutes=1)
    assert cast.client("hub_op").post(f"/magazine/subscribers/{the_only().pk}/restore").status_code == 302
    assert the_only().state == "confirmed"
    take(returned(numbers[3], status="4.2.2"))
    assert the_only().state == "confirmed"


def test_whoever_is_not_reached_gets_nothing_more_and_every_list_knows(cast, mailed, published, drain):
    (number,) = mailed()
    mailed(0, slug="more")
    assert take(returned(number)) == Returned(counted=1, stopped=2)
    published()
    drain()
    assert Delivery.everything.count() == 1


def test_nobody_but_operators_and_the_command_line_counts(cast, mailed):
    (number,) = mailed()
    for name in ("a1", "hub_reader", "sup"):
        with pytest.raises(NotAllowed):
            actions.take_bounce(cast.actor(name), returned(number))
    assert the_only().state == "confirmed"


@pytest.mark.parametrize("form", ["file", "folder", "maildir", "mbox"])
def test_the_command_reads_a_letter_a_folder_a_maildir_and_an_mbox(mailed, tmp_path, form):
    (number,) = mailed()
    letters = [returned(number).replace(b"\r\n", b"\n"), b"From: a@example.jp\n\nhello\n"]
    path = tmp_path / "bounces"
    if form == "file":
        path.write_bytes(letters[0])
    elif form == "mbox":
        path.write_bytes(b"".join(b"From x Fri Nov 27 10:00:00 2026\n" + each + b"\n" for each in letters))
    else:
        for place, each in zip(("new", "cur") if form == "maildir" else (".", "."), letters, strict=True):
            (path / place).mkdir(parents=True, exist_ok=True)
            (path / place / str(len(each))).write_bytes(each)
    before = sorted((each, each.read_bytes()) for each in tmp_path.rglob("*") if each.is_file())
    done = CliRunner().invoke(main, ["advisories", "bounces", str(path)])
    others = 0 if form == "file" else 1
    assert (done.exit_code, done.stdout) == (
        0,
        f"1 counted, 0 known, 0 not of ours, {others} no bounces; 1 addresses written to no more\n",
    )
    again = CliRunner().invoke(main, ["advisories", "bounces", str(path)])
    assert again.stdout.startswith("0 counted, 1 known,")
    assert sorted((each, each.read_bytes()) for each in tmp_path.rglob("*") if each.is_file()) == before
