"""Random policies against random readers, asked by every channel: each shows exactly what `decide` allows.

Each channel is asked once by each reader for all it has; so thousands of pairs of signal and reader cost a few hundred
requests. The rows are those of `test_matrix`, the verdicts `decide`'s.
"""

import csv
import json
import re
from collections.abc import Iterable
from html import unescape
from random import Random
from uuid import UUID

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client

from factories.stix_store import indicator
from factories.taxii import Taxii
from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain import rules
from noroshi.core.domain.audience import Item, State
from noroshi.core.domain.channels import Channel
from noroshi.core.errors import NotAllowed, NotFound
from noroshi.intel.actions import publish_parcel
from noroshi.intel.domain.stix.header import header_of
from noroshi.kit import search
from noroshi.members.actions import issue_token
from noroshi.members.models import Organisation, Person
from noroshi.members.queries import actor_of, machine_of
from noroshi.notify import feeds
from noroshi.notify.actions import add_webhook
from noroshi.notify.models import Notice
from noroshi.sharing.models import Signal
from noroshi.sharing.queries import SEARCH_KIND

from .sector import NOW, ORGANISATIONS, PEOPLE, PERSON_IDS, organisation_id, random_item
from .test_matrix import write_items, write_sector

pytestmark = pytest.mark.slow

ITEMS = 320
WORD = "harbour"
DETAILS = 5
MAILED = 60
_NEXT = re.compile(r'<a rel="next" href="([^"]+)"')
_IN_FEED = re.compile(r"/signals/([0-9a-f]{8}-[0-9a-f-]{27})/")
_LINK = re.compile(r'href="[^"]*/signals/([0-9a-f]{8}-[0-9a-f-]{27})/"')


@pytest.fixture
def items(db, stopped_clock, settings) -> dict[UUID, Item]:
    """The sector and its signals, published and searchable."""
    settings.MFA_REQUIRED = False
    write_sector()
    Person.objects.update(language="en")
    random = Random(20261122)
    rows = write_items(random_item(random) for _ in range(ITEMS))
    for place, signal in enumerate(Signal.everything.order_by("pk"), 1):
        signal.title, signal.body = f"{WORD} {place}", f"narwhal{place}x"
        if signal.state in (State.PUBLISHED, State.WITHDRAWN):
            signal.published_at = NOW
        signal.save(update_fields=["title", "body", "published_at"])
        search.index(SEARCH_KIND, signal.pk, signal.title, signal.body, at=signal.published_at)
    return rows


class Verdicts:
    """What `decide` lets a reader read, and the pairs that were compared."""

    def __init__(self, items: dict[UUID, Item]) -> None:
        self.items = items
        self.pairs = 0
        self.wrong: list[tuple[str, str, set[UUID], set[UUID]]] = []

    def content(self, actor: Actor) -> set[UUID]:
        """The signals whose content the actor reads by its channel: what is out and not withdrawn."""
        viewing = rules.viewing(actor, NOW)
        out = {pk: item for pk, item in self.items.items() if item.state is State.PUBLISHED}
        return {pk for pk, item in out.items() if rules.decide(viewing, item).allowed}

    def compare(self, channel: str, actor: Actor, shown: Iterable[UUID], but: Iterable[UUID] = ()) -> None:
        """Hold what a channel showed against the verdicts."""
        found, allowed = set(shown), self.content(actor) - set(but)
        self.pairs += len(self.items)
        if found != allowed:
            self.wrong.append((channel, actor.label, found - allowed, allowed - found))


@pytest.fixture
def verdicts(items) -> Verdicts:
    return Verdicts(items)


def browser(name: str) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(Person.objects.get(pk=PERSON_IDS[name]))
    return client


def readers() -> dict[str, Client]:
    return {name: browser(name) for name in PEOPLE if name != "sup"}


def actor(name: str, channel: Channel = Channel.WEB) -> Actor:
    return actor_of(Person.objects.get(pk=PERSON_IDS[name]), channel)


def listed(client: Client, path: str) -> list[UUID]:
    """The signals of all pages of a list, turned by their own links."""
    found: list[UUID] = []
    query = f"?size=200&q={WORD}" if "search" in path else "?size=200"
    while query:
        page = client.get(path + query).content.decode()
        found += [UUID(number) for number in _LINK.findall(page)]
        following = _NEXT.search(page)
        query = unescape(following.group(1)) if following else ""
    return found


def from_api(token: str) -> list[UUID]:
    client = Client(headers={"Authorization": f"Bearer {token}"})
    found, cursor = [], ""
    while cursor is not None:
        answer = client.get("/api/v1/signals", {"limit": 200, "cursor": cursor}).json()
        found += [UUID(line["id"]) for line in answer["items"]]
        cursor = answer["next"]
    return found


def test_pages_show_what_decide_allows(verdicts):
    for name, client in readers().items():
        verdicts.compare("list", actor(name), listed(client, "/signals/"))
        verdicts.compare("search", actor(name), listed(client, "/search"))
        verdicts.compare("file", actor(name, Channel.EXPORT), exported(client))
    assert verdicts.wrong == []
    assert verdicts.pairs >= 10_000


def exported(client: Client) -> list[UUID]:
    answer = client.get("/signals/?export=csv")
    rows = list(csv.reader(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()))
    place = rows[0].index("Number")
    numbers = {signal.reference: signal.pk for signal in Signal.everything.all()}
    return [numbers[row[place]] for row in rows[1:]]


def test_detail_is_there_where_decide_allows_and_not_elsewhere(items):
    random, wrong = Random(3), []
    for name, client in readers().items():
        viewing = rules.viewing(actor(name), NOW)
        for pk in random.sample(sorted(items), DETAILS):
            status = client.get(f"/signals/{pk}/").status_code
            expected = 200 if rules.decide(viewing, items[pk]).allowed else 404
            wrong += [(name, pk, status)] if status != expected else []
    assert wrong == []


def test_api_gives_what_decide_allows_to_people_and_to_machines(verdicts):
    reads = {"label": "matrix", "scopes": ["signals.read"]}
    for name in PEOPLE:
        if name != "sup":
            person = Person.objects.get(pk=PERSON_IDS[name])
            token = issue_token(actor(name), person=person, **reads)[1]
            verdicts.compare("api", actor(name, Channel.API_PERSON_TOKEN), from_api(token))
    for name in ORGANISATIONS:
        home = Organisation.objects.get(pk=organisation_id(name))
        token = _machine_token(home)
        verdicts.compare("api of a machine", machine_of(home, Channel.API), from_api(token) if token else ())
    assert verdicts.wrong == []


def test_taxii_gives_what_decide_allows_to_people_and_to_machines(verdicts):
    numbers = _parcels()
    reads = {"label": "matrix", "scopes": ["taxii.read"]}
    for name in PEOPLE:
        if name != "sup":
            person = Person.objects.get(pk=PERSON_IDS[name])
            client = Taxii(issue_token(actor(name), person=person, **reads)[1])
            verdicts.compare("taxii", actor(name, Channel.TAXII), [numbers[each] for each in _polled(client)])
    for name in ORGANISATIONS:
        home = Organisation.objects.get(pk=organisation_id(name))
        token = _machine_token(home, "taxii.read")
        shown = [numbers[each] for each in _polled(Taxii(token))] if token else ()
        verdicts.compare("taxii of a machine", machine_of(home, Channel.TAXII), shown)
    assert verdicts.wrong == []
    assert verdicts.pairs >= 6_000


def _parcels() -> dict[str, UUID]:
    """Give each signal a parcel of one object; which object is of which signal."""
    numbers = {}
    for signal in Signal.everything.all():
        one = indicator()
        publish_parcel(signal, [(header_of(one), json.dumps(one).encode())], shown_at=NOW)
        numbers[one["id"]] = signal.pk
    return numbers


def _polled(client: Taxii) -> list[str]:
    """The objects of all pages."""
    found, page = [], {"next": "0"}
    while "next" in page:
        page = client.get("collections/everything/objects/", limit=50, next=page["next"]).json()
        found += [each["id"] for each in page.get("objects", [])]
    return found


def _machine_token(home: Organisation, scope: str = "signals.read") -> str:
    admin = Person.objects.create(email=f"admin@{home.slug}.example", name="admin", organisation=home)
    admin.role_assignments.create(role="organisation_admin")
    return issue_token(actor_of(admin), organisation=home, label="matrix", scopes=[scope])[1]


def test_feeds_carry_what_decide_allows(verdicts, monkeypatch):
    monkeypatch.setattr(feeds, "MOST_ENTRIES", ITEMS)  # all of it, for once
    for name in PEOPLE:
        if name != "sup":
            person = Person.objects.get(pk=PERSON_IDS[name])
            token = issue_token(actor(name), person=person, label="matrix", scopes=["feeds.read"])[1]
            for kind in ("atom", "rss"):
                verdicts.compare(kind, actor(name, Channel.FEED), fed(Client().get(f"/inbox/feeds/{token}/{kind}")))
    assert verdicts.wrong == []
    assert verdicts.pairs >= 8_000


def fed(answer) -> list[UUID]:
    """The signals of a feed that are there with their title: of what is withdrawn the number alone is left."""
    entries = re.split(r"<(?:entry|item)>", answer.content.decode())[1:]
    linked = [_IN_FEED.search(entry) for entry in entries if WORD in entry]
    return [UUID(link.group(1)) for link in linked if link]


def test_webhooks_carry_what_decide_allows(verdicts, items, drain, partner):
    homes = {name: Organisation.objects.get(pk=organisation_id(name)) for name in ORGANISATIONS}
    hooked = {name: home for name, home in homes.items() if _hook(home)}
    published = _published(verdicts, items, drain)
    told: dict[str, set[UUID]] = {name: set() for name in hooked}
    for url, _headers, body in partner.sent:
        told[url.split("/")[-1]].add(UUID(body["data"]["id"]))
    for name, home in hooked.items():
        verdicts.compare("webhook", machine_of(home, Channel.WEBHOOK), told[name])
    assert verdicts.wrong == []
    assert len(hooked) > 2
    assert 0 < sum(map(len, told.values())) < len(hooked) * len(published)


def _hook(home: Organisation) -> bool:
    """Give the organisation a webhook; some may have none."""
    admin = Person.objects.create(email=f"admin@{home.slug}.example", name="admin", organisation=home)
    admin.role_assignments.create(role="organisation_admin")
    try:
        add_webhook(actor_of(admin), label="SIEM", url=f"https://siem.example/{home.slug}")
    except (NotAllowed, NotFound):
        return False
    return True


def _published(verdicts: Verdicts, items, drain) -> list[Signal]:
    """Let some of the signals go out, and narrow the verdicts to those."""
    published = list(Signal.everything.filter(state=State.PUBLISHED, world="real").order_by("pk")[:MAILED])
    verdicts.items = {signal.pk: items[signal.pk] for signal in published}
    with transaction.atomic():
        for signal in published:
            ledger.record(Actor.system("matrix"), "sharing.signal.published", signal, version=1)
    drain()
    return published


def test_mail_tells_those_whom_decide_allows_and_carries_what_may_travel(verdicts, items, drain):
    _published(verdicts, items, drain)
    told: dict[UUID, set[UUID]] = {pk: set() for pk in PERSON_IDS.values()}
    for person, number in Notice.everything.values_list("person", "subject_id"):
        told[person].add(number)
    for name, pk in PERSON_IDS.items():
        own = {number for number, item in items.items() if item.author == pk}
        reader = actor(name)
        verdicts.compare("notice", reader, told[pk] - own, but=own)  # an anonymous author is told as all are
    assert verdicts.wrong == []
    bodies = {signal.pk: signal.body for signal in Signal.everything.all()}
    for name in PEOPLE:
        address = Person.objects.get(pk=PERSON_IDS[name]).email
        text = "\n".join(f"{letter.subject}\n{letter.body}" for letter in mail.outbox if letter.to == [address])
        content = verdicts.content(actor(name, Channel.MAIL_CONTENT))
        assert {pk for pk, words in bodies.items() if re.search(rf"\b{words}\b", text)} <= content
