"""Signing up to the mail magazine without an account: confirmed from the mailbox, telling nobody who is on it."""

import re
from datetime import timedelta

import pytest
from django.core import mail as outgoing
from django.test import Client

from noroshi.advisories import actions
from noroshi.advisories.actions import ListSaid
from noroshi.advisories.models import Category, MailingList, Subscriber
from noroshi.core import clock
from noroshi.core.errors import Conflict, TooMany

pytestmark = pytest.mark.usefixtures("beginnings")


@pytest.fixture
def opened(cast):
    """Make a list to which anybody may sign up."""

    def make(slug="alerts", **said) -> MailingList:
        described = {"name_ja": "注意喚起メール", "name_en": "Alerts by mail", "is_open": True, **said}
        categories = list(Category.objects.filter(series="VULN"))
        return actions.keep_mailing_list(cast.actor("hub_op"), ListSaid(slug=slug, categories=categories, **described))

    return make


def sign_up(row, address="kato@example.jp", client=None, **said):
    data = {"lists": [row.pk], "address": address, "language": "ja", **said}
    return (client or Client(headers={"Accept-Language": "en"})).post("/magazine/join/", data)


def link() -> str:
    return re.search(r"http://localhost:8000(/magazine/confirm/\S+)", outgoing.outbox[-1].body)[1]


def the_only() -> Subscriber:
    return Subscriber.everything.get()


def test_an_address_is_on_the_list_once_its_mailbox_has_confirmed_by_a_press_not_by_a_link(opened, drain):
    row = opened()
    assert sign_up(row).status_code == 200
    drain()
    assert (the_only().state, [message.to for message in outgoing.outbox]) == ("waiting", [["kato@example.jp"]])
    client = Client()
    assert client.get(link()).status_code == 200
    assert client.head(link()).status_code == 200
    assert the_only().state == "waiting"
    assert client.post(link()).status_code == 200
    found = the_only()
    assert (found.state, found.token_digest, found.added_by) == ("confirmed", "", None)
    assert client.post(link()).status_code == 404


def test_the_press_needs_the_page_of_this_portal(opened, drain):
    sign_up(opened())
    drain()
    assert Client(enforce_csrf_checks=True).post(link()).status_code == 403
    assert the_only().state == "waiting"


def test_the_secret_is_kept_nowhere_and_the_mail_says_nothing_that_was_typed(opened, drain):
    sign_up(opened(), "Spam-here@example.jp")
    drain()
    secret = link().rpartition("/")[2]
    assert secret not in str(Subscriber.everything.values())
    (message,) = outgoing.outbox
    assert "spam" not in (message.body + message.subject).lower()
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


def test_the_link_works_for_48_hours(opened, drain, stopped_clock):
    sign_up(opened())
    drain()
    stopped_clock.advance(hours=48, seconds=-1)
    assert Client().get(link()).status_code == 200
    stopped_clock.advance(seconds=1)
    assert Client().get(link()).status_code == 404
    assert (Client().post(link()).status_code, the_only().state) == (404, "waiting")


def test_a_newer_mail_makes_the_link_before_void(opened, drain):
    row = opened()
    sign_up(row)
    drain()
    first = link()
    sign_up(row)
    drain()
    assert [Client().get(each).status_code for each in (first, link())] == [404, 200]


def test_the_answer_is_the_same_for_whoever_is_known_and_who_is_not(cast, opened, drain):
    row = opened()
    operator = cast.actor("hub_op")
    actions.add_subscriber(operator, row, address="known@example.jp", reason="x")
    left = actions.add_subscriber(operator, row, address="left@example.jp", reason="x")
    actions.leave_list(left.pk)
    answers = {}
    for address in ("known@example.jp", "left@example.jp", "new@example.jp"):
        answer = sign_up(row, address)
        answers[address] = (answer.status_code, re.sub(r'nonce="[^"]*"|\w{64}', "", answer.content.decode()))
    assert len(set(answers.values())) == 1
    drain()
    assert [message.to[0] for message in outgoing.outbox] == ["left@example.jp", "new@example.jp"]
    assert Subscriber.everything.get(key="left@example.jp").state == "left"
    assert Client().post(link()).status_code == 200


def test_who_has_left_is_on_the_list_again_by_the_own_word_alone(cast, opened, drain):
    row = opened()
    left = actions.add_subscriber(cast.actor("hub_op"), row, address="left@example.jp", reason="x")
    actions.leave_list(left.pk)
    sign_up(row, "left@example.jp")
    drain()
    Client().post(link())
    assert the_only().state == "confirmed"


def test_one_address_is_asked_three_times_a_day_and_nobody_sees_that_it_is_no_more(opened, drain, stopped_clock):
    row = opened()
    codes = [sign_up(row, client=Client(REMOTE_ADDR=f"203.0.113.{n}")).status_code for n in range(5)]
    drain()
    assert (codes, len(outgoing.outbox)) == ([200] * 5, 3)
    stopped_clock.advance(days=1)
    sign_up(row)
    drain()
    assert len(outgoing.outbox) == 4


def test_one_place_asks_ten_times_an_hour(opened):
    row = opened()
    codes = [sign_up(row, f"m{n}@example.jp").status_code for n in range(11)]
    assert codes == [200] * 10 + [429]
    assert Subscriber.everything.count() == 10
    assert sign_up(row, "x@example.jp", Client(REMOTE_ADDR="203.0.113.9")).status_code == 200


def test_all_together_ask_five_hundred_times_an_hour(opened):
    row = opened()
    Subscriber.everything.bulk_create(
        Subscriber(mailing_list=row, address=f"{n}@x.jp", key=f"{n}@x.jp", asked_at=clock.now()) for n in range(500)
    )
    with pytest.raises(TooMany):
        actions.ask_to_join(row, address="kato@example.jp", language="ja")
    Subscriber.everything.update(asked_at=clock.now() - timedelta(hours=1, seconds=1))
    actions.ask_to_join(row, address="kato@example.jp", language="ja")


def test_lists_that_are_not_open_or_not_used_are_not_there(cast, opened):
    shut = opened("shut", is_open=False, name_ja="秘密", name_en="Secret list")
    assert Client().get("/magazine/join/").status_code == 404
    row = opened()
    opened("old", is_retired=True, name_en="Old list")
    page = Client(headers={"Accept-Language": "en"}).get("/magazine/join/").content.decode()
    assert [name for name in ("Alerts by mail", "Secret list", "Old list") if name in page] == ["Alerts by mail"]
    assert (sign_up(shut).status_code, sign_up(row).status_code) == (422, 200)


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b", "a b@example.jp", "a@example.jp\nBcc: x@example.jp", "あ@example.jp"]
)
def test_what_is_no_address_is_said_to_be_none(opened, address):
    assert (sign_up(opened(), address).status_code, Subscriber.everything.count()) == (422, 0)


def test_whoever_was_never_confirmed_is_forgotten_and_gets_nothing(opened, published, drain, stopped_clock):
    sign_up(opened())
    published(tlp="CLEAR")
    stopped_clock.advance(days=9)
    assert (actions.forget_unconfirmed(), Subscriber.everything.count()) == (0, 1)
    stopped_clock.advance(seconds=1)
    assert (actions.forget_unconfirmed(), Subscriber.everything.count()) == (1, 0)


def test_an_operator_has_an_address_asked_first(cast, opened, drain):
    row = opened(is_open=False)
    client = cast.client("hub_op")
    said = {"address": "kato@example.jp", "language": "ja", "reason": "asked", "ask": "on"}
    assert client.post(f"/magazine/lists/{row.pk}/add", said).status_code == 302
    drain()
    assert the_only().state == "waiting"
    client.post(f"/magazine/subscribers/{the_only().pk}/ask")
    drain()
    assert [message.to[0] for message in outgoing.outbox] == ["kato@example.jp"] * 2
    Client().post(link())
    assert the_only().state == "confirmed"
    with pytest.raises(Conflict):
        actions.ask_again(cast.actor("hub_op"), the_only())


def test_an_operator_who_asks_too_often_is_told_so_beside_what_was_typed_and_nothing_is_kept(cast, opened, drain):
    row = opened(is_open=False)
    client, url = cast.client("hub_op"), f"/magazine/lists/{row.pk}/add"
    said = {"address": "kato@example.jp", "language": "ja", "reason": "asked", "ask": "on"}
    codes = [client.post(url, said).status_code for _ in range(3)]
    answer = client.post(url, {**said, "reason": "asked once more"})
    assert (codes, answer.status_code) == ([302] * 3, 422)
    page = answer.content.decode()
    assert "This address was asked 3 times within a day. Wait." in page
    assert 'value="asked once more"' in page
    assert the_only().reason == "asked"
    drain()
    assert len(outgoing.outbox) == 3
