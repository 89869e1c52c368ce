"""Every way by which content leaves writes down who got it, and no other page does.

Content is what a signal says under its title: its words, values, files, and what is said to it. A title alone on a
page of the portal is none; what leaves the portal (a file, a mail, a feed, a program's answer) is, were it that alone.
"""

from datetime import timedelta
from typing import Final

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from access.leak_channels import undone
from access.routes import BY_TOKEN, Walk, routes, values_of_rows
from factories.audience import COMMUNITY
from factories.lakes import event, fill_lake
from factories.subscriptions import choose
from noroshi.core.domain.tlp import TLP
from noroshi.members.actions import issue_token
from noroshi.members.domain.scopes import Scope
from noroshi.members.models import Person
from noroshi.notify.actions import add_webhook
from noroshi.notify.models import Delivery, NoticeKind
from noroshi.notify.tasks import send_due_mail
from noroshi.sharing import actions
from noroshi.sharing.actions import Upload
from noroshi.sharing.domain.content import Content, Marking
from noroshi.sharing.models import Attachment, Receipt, Signal

pytestmark = pytest.mark.slow

TITLE: Final = "Quokka harbour"
CONTENT: Final = ("okapi", "lemur-bank", "narwhal", "axolotl", "capybara")
"""Words of its text, of a value, of a comment, of the names of its files."""
OF_DIGESTS: Final = "/misp/everything/hashes.csv"
"""Digests by which whoever has a value knows it again: content, though no word of it."""

OF_OWN_LOGS: Final = "/hunting/"
"""What was found in the own logs is the organisation's own: a receipt would tell the hub's auditors whose they are."""


@pytest.fixture
def signal(cast, stopped_clock) -> Signal:
    """A question of bank A to everybody, with a value, a file, a comment with a file, and an end; found by bank B."""
    Person.objects.update(language="en")
    fill_lake(cast.bank_b, [event(host="lemur-bank.net")])
    marking = Marking(TLP.GREEN, entries=frozenset({COMMUNITY}), expires_at=stopped_clock.now + timedelta(days=30))
    words = Content("question", "customer", TITLE, "okapi leads to lemur-bank[.]net")
    draft = actions.draft_signal(cast.actor("a1"), content=words, marking=marking)
    actions.attach_file(cast.actor("a1"), draft, upload=Upload(b"seen", "axolotl.txt"))
    shared = actions.publish_signal(cast.actor("a1"), draft)
    comment = actions.comment_on_signal(cast.actor("i1"), shared, body="narwhal")
    actions.attach_to_comment(cast.actor("i1"), comment, upload=Upload(b"here", "capybara.txt"))
    return shared


def token(cast, name: str, *scopes: str) -> str:
    chosen = scopes or tuple(Scope)
    return issue_token(cast.actor(name), person=cast.people[name], label="reader", scopes=chosen)[1]


def got() -> list[tuple[str, str, str]]:
    """Who got what by which way: the person, else the organisation."""
    rows = Receipt.everything.select_related("person", "organisation", "signal")
    return sorted((row.person.name if row.person else row.organisation.slug, row.channel, row.rule) for row in rows)


@pytest.fixture
def ways(cast, client, drain, stopped_clock, partner, signal):
    """Each way to look at the signal, by name: bank B's analyst, a program of it, or its organisation's program."""
    page, browser = f"/signals/{signal.pk}/", cast.client("b1")
    person = Client(headers={"Authorization": f"Bearer {token(cast, 'b1')}"})
    home = {"organisation": cast.bank_b, "label": "SIEM", "scopes": ["signals.read"]}
    for_tools = {**home, "scopes": ["tools.read"]}
    tool = Client(headers={"Authorization": f"Bearer {issue_token(cast.actor('b_admin'), **for_tools)[1]}"})
    machine = Client(headers={"Authorization": f"Bearer {issue_token(cast.actor('b_admin'), **home)[1]}"})
    feeds, api = f"/inbox/feeds/{token(cast, 'b1', 'feeds.read')}", f"/api/v1/signals/{signal.pk}"
    file = Attachment.everything.get(name="axolotl.txt").pk

    for kind in (NoticeKind.SIGNAL, NoticeKind.COMMENT):
        choose(cast.actor("b1"), kind, Delivery.INBOX)

    def taken(path):
        return lambda: b"".join(browser.get(path).streaming_content)

    def mailed(kind, delivery, **later):
        def go():
            choose(cast.actor("b1"), kind, delivery)
            actions.comment_on_signal(cast.actor("b1"), signal, body="here too")
            actions.comment_on_signal(cast.actor("i1"), signal, body="since when?")
            drain()
            stopped_clock.advance(**later)
            send_due_mail()
            drain()

        return go

    def called():
        add_webhook(cast.actor("b_admin"), label="SIEM", url="https://siem.bank-b.example/hook")
        drain()
        assert partner.types == ["signal.published"]

    def fed_again():
        first = client.get(f"{feeds}/atom")
        Receipt.everything.all().delete()
        assert client.get(f"{feeds}/atom", headers={"If-None-Match": first["ETag"]}).status_code == 304

    def tool_again():
        first = tool.get("/outputs/everything/list")
        Receipt.everything.all().delete()
        assert tool.get("/outputs/everything/list", headers={"If-None-Match": first["ETag"]}).status_code == 304

    def shown_notices():
        drain()
        assert TITLE in browser.get("/inbox/").content.decode()

    return {
        "page": lambda: browser.get(page),
        "search": lambda: browser.get("/search", {"q": "okapi"}),
        "download": lambda: browser.get(reverse("sharing:attachment", args=[file])),
        "list": lambda: browser.get("/signals/", {"q": "okapi"}),
        "consultations": lambda: browser.get("/signals/consultations/"),
        "home": lambda: browser.get("/"),
        "why": lambda: browser.get(f"/why/{signal.pk}/"),
        "inbox": shown_notices,
        "file of the list": taken("/signals/?export=csv"),
        "file of consultations": taken("/signals/consultations/?export=csv"),
        "feed": lambda: client.get(f"{feeds}/atom"),
        "feed (RSS)": lambda: client.get(f"{feeds}/rss"),
        "feed that has not changed": fed_again,
        "calendar": lambda: client.get(f"{feeds}/calendar.ics"),
        "mail": mailed(NoticeKind.SIGNAL, Delivery.AT_ONCE, minutes=2),
        "digest": mailed(NoticeKind.SIGNAL, Delivery.DIGEST, days=2),
        "magazine": mailed(NoticeKind.SIGNAL, Delivery.WEEKLY, days=8),
        "mail about a comment": mailed(NoticeKind.COMMENT, Delivery.AT_ONCE, minutes=2),
        "webhook": called,
        "program's list": lambda: person.get("/api/v1/signals"),
        "program's page": lambda: person.get(api),
        "program's values": lambda: person.get(f"{api}/observables"),
        "program's comments": lambda: person.get(f"{api}/comments"),
        "program's versions, of which there are none": lambda: person.get(f"{api}/versions"),
        "program's answers": lambda: person.get(f"/api/v1/consultations/{signal.pk}/answers"),
        "program's files": lambda: person.get(f"{api}/attachments"),
        "program's download": lambda: person.get(f"/api/v1/attachments/{file}"),
        "program's consultations": lambda: person.get("/api/v1/consultations"),
        "program's consultation": lambda: person.get(f"/api/v1/consultations/{signal.pk}"),
        "program's numbers of answers": lambda: person.get(f"{api}/answers"),
        "program's changes": lambda: person.get("/api/v1/signal-changes"),
        "organisation's program": lambda: machine.get(api),
        "tool": lambda: tool.get("/outputs/everything/list"),
        "tool that has it already": tool_again,
        "MISP's list": lambda: person.get("/misp/everything/manifest.json"),
        "MISP's digests": lambda: person.get("/misp/everything/hashes.csv"),
        "MISP's event": lambda: person.get(f"/misp/everything/{signal.pk}.json"),
    }


def test_ways_when_each_is_gone_then_exactly_these_receipts_are_there(ways):
    def by(way: str) -> list[tuple[str, str, str]]:
        cache.clear()
        return undone(lambda: [way(), [row for row in got() if row[0] in ("b1", "bank_b")]][1])

    nobody, web, export = [], [("b1", "web", "grant")], [("b1", "export", "grant")]
    feed, program = [("b1", "feed", "grant")], [("b1", "api_person_token", "grant")]
    assert {name: by(way) for name, way in ways.items()} == {
        "page": web,
        "search": web,
        "download": web,
        "list": nobody,
        "consultations": nobody,
        "home": nobody,
        "why": nobody,
        "inbox": nobody,
        "file of the list": export,
        "file of consultations": export,
        "feed": feed,
        "feed (RSS)": feed,
        "feed that has not changed": nobody,
        "calendar": feed,
        "mail": [("b1", "mail_content", "grant")],
        "digest": [("b1", "mail_content", "grant")],
        "magazine": [("b1", "mail_content", "grant")],
        "mail about a comment": nobody,
        "webhook": [("bank_b", "webhook", "grant")],
        "program's list": program,
        "program's page": program,
        "program's values": program,
        "program's comments": program,
        "program's versions, of which there are none": nobody,
        "program's answers": program,
        "program's files": program,
        "program's download": program,
        "program's consultations": program,
        "program's consultation": program,
        "program's numbers of answers": nobody,
        "program's changes": nobody,
        "organisation's program": [("bank_b", "api", "grant")],
        "tool": [("bank_b", "tools", "grant")],
        "tool that has it already": nobody,
        "MISP's list": [("b1", "misp", "grant")],
        "MISP's digests": [("b1", "misp", "grant")],
        "MISP's event": [("b1", "misp", "grant")],
    }


def test_addresses_when_each_is_opened_then_a_receipt_is_there_where_content_was_and_nowhere_else(
    cast, drain, stopped_clock, signal
):
    """A page that is added later is walked too: it either notes its readers or shows them nothing but a title."""
    drain()
    Receipt.everything.all().delete()
    walk, known = Walk(cast.client("b1"), token(cast, "b1")), routes()
    values = values_of_rows(known) | {"secret": [token(cast, "b1", "feeds.read")]}
    told = {}
    for path in sorted({path for route in known for path in route.paths(values)}):

        def look(path=path):
            text = walk.read(path)
            outside = path.startswith((*BY_TOKEN, "/inbox/feeds/"))
            return any(word in text for word in (*CONTENT, *([TITLE] if outside else []))), bool(got())

        told[path] = undone(look)
        cache.clear()  # of rates, which would end the walk
    shown = {path for path, (content, _noted) in told.items() if content and not path.startswith(OF_OWN_LOGS)}
    shown.add(OF_DIGESTS)
    assert shown == {path for path, (_content, noted) in told.items() if noted}
    assert {"/", "/signals/", "/search"} & shown == set()
    assert len(shown) >= 10
