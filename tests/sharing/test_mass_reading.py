"""Mass download by one account: told to the hub, then refused, by whichever way, without a word of what was read."""

import pytest
from django.test import Client
from django.urls import reverse

from factories.audience import COMMUNITY
from factories.signals import make_signal
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import TooMany
from noroshi.core.models import LedgerEntry
from noroshi.kit.lists import export
from noroshi.members import actions as members
from noroshi.members.models import Alarm, Meter
from noroshi.notify.models import Notice
from noroshi.sharing import actions
from noroshi.sharing.models import Receipt

TITLE = "The okapi in the vault"


@pytest.fixture(autouse=True)
def _low(settings):
    settings.READING_LIMITS = (2, 4)
    settings.MISSING_LIMITS = (2, 3)


@pytest.fixture
def signals(cast):
    return [make_signal(cast.b1, tlp="GREEN", title=f"{TITLE} {number}") for number in range(6)]


def pages(client, signals):
    return [client.get(reverse("sharing:detail", args=[signal.pk])).status_code for signal in signals]


def api(cast, name="a1"):
    _row, secret = members.issue_token(
        cast.actor(name), person=cast.people[name], label="siem", scopes=["signals.read"]
    )
    return Client(headers={"Authorization": f"Bearer {secret}", "Accept-Language": "en"})


def test_pages_when_too_many_are_read_then_the_rest_is_refused_and_nothing_of_it_leaves(cast, signals):
    client = cast.client("a1")
    assert pages(client, signals) == [200] * 4 + [429] * 2
    refused = client.get(reverse("sharing:detail", args=[signals[5].pk]))
    assert TITLE not in refused.content.decode()
    assert int(refused.headers["Retry-After"]) <= 3600
    assert Receipt.everything.count() == 4
    assert pages(client, signals[:4]) == [200] * 4, "what was read within the hour is not read anew"
    assert pages(cast.client("a2"), signals[4:]) == [200] * 2


def test_alarm_names_the_account_and_numbers_and_no_title(cast, signals, drain):
    pages(cast.client("a1"), signals)
    drain()
    alarm = Alarm.objects.get()
    assert (alarm.person, alarm.channel, alarm.count) == (cast.a1, "web", 4)
    inbox = cast.client("hub_op").get(reverse("notify:inbox")).content.decode()
    assert "Much is read: 4 signals within an hour, a1" in inbox
    assert "okapi" not in inbox
    written = LedgerEntry.objects.filter(action__startswith="members.alarm").values_list("action", "payload")
    assert list(written) == [
        ("members.alarm.raised", {"measure": "reading", "count": 3}),
        ("members.alarm.stopped", {"measure": "reading", "count": 4}),
    ]
    assert Notice.everything.filter(kind="alarm", person=cast.hub_op).count() == 2


def test_api_when_too_much_is_read_then_a_problem_says_so(cast, signals):
    client = api(cast)
    answers = [client.get(f"/api/v1/signals/{signal.pk}") for signal in signals]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 2
    assert answers[5].headers["Content-Type"] == "application/problem+json"
    assert answers[5].json()["detail"].startswith("This account has read 4 signals within an hour")
    assert "Retry-After" in answers[5].headers
    assert pages(cast.client("a1"), signals[:1]) == [200], "a person's pages are not its token's"


def test_file_when_it_would_hold_too_much_then_it_is_refused_or_says_where_it_was_cut(cast, signals, monkeypatch):
    client, address = cast.client("a1"), f"{reverse('sharing:list')}?export=csv"
    refused = client.get(address)
    assert refused.status_code == 429
    assert "okapi" not in refused.content.decode()
    monkeypatch.setattr(export, "CHUNK", 3)
    lines = b"".join(client.get(address).streaming_content).decode("utf-8-sig").splitlines()
    assert sum("okapi" in line for line in lines) == 3
    assert lines[-1].startswith('"This account has read 4 signals')


def test_what_is_sent_unasked_is_not_counted(cast, signals):
    actions.note_read(cast.actor("a1").by(Channel.MAIL_CONTENT), signals)
    assert Receipt.everything.count() == 6
    assert Meter.objects.count() == 0


def test_polling_when_it_asks_for_the_same_again_then_nothing_is_counted(cast, signals, stopped_clock):
    client = api(cast)
    for _ in range(9):
        client.get("/api/v1/signals?since=2026-11-01")
        client.get(f"/api/v1/signals/{signals[0].pk}")
    assert list(Meter.objects.filter(measure="reading").values_list("count", flat=True)) == [1]


def test_what_is_hidden_and_what_does_not_exist_are_one_count_and_one_refusal(cast, share, stopped_clock):
    hidden = share("b1", COMMUNITY, tlp=TLP.AMBER)
    shown = share("b1", COMMUNITY, tlp=TLP.GREEN)
    nowhere = str(hidden.pk)[:-4] + "0000"

    def tries(number):
        client = cast.client("t1")
        answers = [client.get(f"/signals/{number}/") for _ in range(5)]
        seen = [(answer.status_code, answer.headers.get("Retry-After")) for answer in answers]
        fresh = client.get(f"/signals/{shown.pk}/").status_code
        Meter.objects.all().delete()
        return [*seen, fresh]

    assert tries(hidden.pk) == tries(nowhere) == [(404, None)] * 3 + [(429, "3601")] * 2 + [429]


def test_reading_when_the_count_stands_then_a_receipt_stands_too(cast, signals):
    reader = cast.actor("a1")
    actions.note_read(reader, signals[:3])
    with pytest.raises(TooMany):
        actions.note_read(reader, signals[3:])
    assert (Meter.objects.get().count, Receipt.everything.count()) == (3, 3)
