"""Feeds and calendar by a personal token: CLEAR and GREEN, and an ETag that tells only of what the reader sees."""

from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from icalendar import Calendar

from factories.audience import COMMUNITY, WORDS, to_person, without
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.membership import Standing
from noroshi.core.domain.tlp import TLP
from noroshi.members.actions import issue_token, revoke_token
from noroshi.members.models import Person, Token
from noroshi.notify.actions import Wanted, add_subscription
from noroshi.sharing import actions
from noroshi.sharing.domain.content import Content, Marking

ATOM = "{http://www.w3.org/2005/Atom}"
EVERYBODY = frozenset({COMMUNITY})


@pytest.fixture
def share(cast, stopped_clock):
    Person.objects.update(language="en")

    def go(title, tlp=TLP.GREEN, entries=EVERYBODY, **more):
        content = Content("phishing", "customer", title, f"{title} <b>body</b> & more")
        marking = Marking(tlp, entries=frozenset(entries), **more)
        signal = actions.share_signal(cast.actor("a1"), content=content, marking=marking)
        if signal.state == "held":
            actions.release_signal(cast.actor("hub_trusted"), signal)
        return signal

    return go


@pytest.fixture
def secret(cast, stopped_clock):
    def of(name, scopes=("feeds.read",)):
        return issue_token(cast.actor(name), person=cast.people[name], label="reader", scopes=scopes)[1]

    return of


def titles(body: bytes) -> list[str]:
    return [title.text for title in ET.fromstring(body).iter(f"{ATOM}title")][1:]


def test_feed_when_read_then_clear_and_green_alone_stand_in_it(cast, client, share, secret):
    for tlp in (TLP.CLEAR, TLP.GREEN, TLP.AMBER):
        share(f"Open {tlp}", tlp)
    share("Strict", TLP.AMBER_STRICT, {to_person(cast.b1)})
    share("Red", TLP.RED, {to_person(cast.b1)})
    share("Closed", TLP.GREEN, {COMMUNITY, without(cast.bank_b)})
    address = f"/inbox/feeds/{secret('b1')}/"

    assert sorted(titles(client.get(f"{address}atom").content)) == ["Open CLEAR (TLP:CLEAR)", "Open GREEN (TLP:GREEN)"]
    rss = ET.fromstring(client.get(f"{address}rss").content)
    assert sorted(item.findtext("title") for item in rss.iter("item")) == [
        "Open CLEAR (TLP:CLEAR)",
        "Open GREEN (TLP:GREEN)",
    ]


def test_feed_when_something_hidden_comes_or_changes_then_etag_and_body_stay_and_else_they_change(
    cast, client, share, secret, stopped_clock
):
    share("Open")
    address = f"/inbox/feeds/{secret('b1')}/atom"
    first = client.get(address)
    stopped_clock.advance(hours=1)
    hidden = share("Closed", TLP.GREEN, {COMMUNITY, without(cast.bank_b)})
    actions.amend_signal(cast.actor("a1"), hidden, title="Closed again", body="x", reason="y")
    share("Kept", TLP.AMBER)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert client.get(address).content == first.content
    share("New")
    changed = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (changed.status_code, titles(changed.content)) == (200, ["New (TLP:GREEN)", "Open (TLP:GREEN)"])


def test_feed_when_two_readers_see_the_same_then_their_etags_are_the_same_and_no_token_is_in_it(
    cast, client, share, secret
):
    share("Open")
    one, other = secret("b1"), secret("b2")
    answers = [client.get(f"/inbox/feeds/{key}/atom") for key in (one, other)]
    assert answers[0]["ETag"] == answers[1]["ETag"]
    assert one.encode() not in answers[0].content + str(answers[0].headers).encode()


def test_feed_when_anonymous_or_withdrawn_then_no_author_and_no_words(cast, client, share, secret):
    share("Veiled", author_mode=AuthorMode.ANONYMOUS)
    gone = share("Gone quokka")
    actions.withdraw_signal(cast.actor("a1"), gone, reason="it was a drill")
    text = client.get(f"/inbox/feeds/{secret('b1')}/atom").content.decode()
    assert [word for word in ("Bank_A", "bank_a", "quokka") if word in text] == []
    assert ("it was a drill" in text, f"{gone.reference} was withdrawn (TLP:GREEN)" in text) == (True, True)


def test_feed_when_a_subscription_is_named_then_only_what_it_wants_and_never_another_s(cast, client, share, secret):
    share("About zebras")
    share("About lions")
    row = add_subscription(cast.actor("b1"), wanted=Wanted(words="zebras"))
    address = f"/inbox/feeds/{secret('b1')}/atom?subscription="
    assert titles(client.get(f"{address}{row.pk}").content) == ["About zebras (TLP:GREEN)"]
    for other in ("nonsense", str(cast.b1.pk)):
        assert client.get(f"{address}{other}").status_code == 404
    assert client.get(f"/inbox/feeds/{secret('b2')}/atom?subscription={row.pk}").status_code == 404


def test_calendar_when_read_then_the_ends_of_what_the_reader_sees(cast, client, share, secret, stopped_clock):
    tomorrow = stopped_clock.now + timedelta(days=1)
    share("Open, with; marks", expires_at=tomorrow)
    share("Kept", TLP.AMBER, expires_at=tomorrow)
    answer = client.get(f"/inbox/feeds/{secret('b1')}/calendar.ics")
    events = list(Calendar.from_ical(answer.content).walk("VEVENT"))
    assert [(str(event["summary"]), event["dtstart"].dt) for event in events] == [
        ("Ends: Open, with; marks (TLP:GREEN)", tomorrow)
    ]
    assert client.get(answer.request["PATH_INFO"], headers={"If-None-Match": answer["ETag"]}).status_code == 304


@pytest.mark.parametrize("kind", ["rss", "atom", "calendar.ics"])
def test_feed_when_the_token_opens_more_is_revoked_or_its_holder_is_out_then_there_is_none(
    cast, client, share, secret, kind
):
    wide = secret("b1", ["feeds.read", "signals.read"])
    narrow = secret("b1")
    assert client.get(f"/inbox/feeds/{wide}/{kind}").status_code == 404
    assert client.get(f"/inbox/feeds/{narrow}/{kind}").status_code == 200
    assert client.get(f"/inbox/feeds/nrs_x/{kind}").status_code == 404
    assert client.post(f"/inbox/feeds/{narrow}/{kind}").status_code == 405
    assert client.get("/api/v1/signals", headers={"Authorization": f"Bearer {narrow}"}).status_code == 401
    supervisor = secret("sup")
    assert client.get(f"/inbox/feeds/{supervisor}/{kind}").status_code == 404
    revoke_token(cast.actor("b1"), token=Token.objects.filter(person=cast.b1).order_by("-created_at", "-pk").first())
    assert client.get(f"/inbox/feeds/{narrow}/{kind}").status_code == 404
    other = secret("b2")
    Person.objects.filter(pk=cast.b2.pk).update(standing=Standing.SUSPENDED)
    assert client.get(f"/inbox/feeds/{other}/{kind}").status_code == 404


def test_page_when_an_address_is_made_then_it_is_shown_once_and_works(cast, client, share):
    share(WORDS.title)
    browser = cast.client("b1")
    page = browser.post("/inbox/feeds/", {"label": "Reader", "days": "90"}).text
    address = page.split('value="http://testserver')[1].split('"')[0]
    assert address.endswith("/rss")
    assert client.get(address).status_code == 200
    assert address not in browser.get("/inbox/feeds/").text
    assert cast.client("sup").get("/inbox/feeds/").status_code == 404
