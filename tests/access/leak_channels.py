"""Everything a reader can look at, as text that can be compared: what the leak tests watch.

A `Look` is what one reader gets by every channel at one moment, by channel: status, headers and body, without what
differs between any two answers (request numbers, CSRF tokens, nonces, identifiers).
"""

import json
import re
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from cast import Cast
from factories.lakes import EVIL_ADDRESS
from factories.partner import Partner
from noroshi.core import ids
from noroshi.intel.domain.observables import ObservableType, parse_observable
from noroshi.members import tokens
from noroshi.members.actions import issue_token
from noroshi.members.domain.scopes import Scope
from noroshi.notify.actions import Timing, add_webhook
from noroshi.notify.models import Webhook
from noroshi.sharing.actions import save_search
from noroshi.sharing.domain.asked import Asked
from noroshi.sharing.domain.pseudonyms import NAMES

Look = dict[str, str]

ADMINS: Final = {"outsider": "o_admin", "bank_b": "b_admin", "supervisor": "sup_admin"}

COMMON: Final = "harbour"
"""A word that visible and hidden signals share, so that a search that looked at too much would count them."""

SAME_BYTES: Final = b"capybara"
"""What a file of each hidden signal holds, and one that each reader brings: that they are kept already is not told."""

LISTS: Final = (
    "/",
    "/home/acknowledgements",
    "/signals/",
    "/signals/?sort=title&size=100",
    "/signals/?kind=phishing&target=customer&tlp=RED",
    f"/signals/?q={COMMON}",
    "/signals/?export=csv",
    "/signals/withdrawn",
    "/signals/drafts",
    "/signals/?answer=none",
    "/signals/statistics/",
    "/signals/statistics/report.csv",
    "/signals/release",
    "/signals/release/times",
    "/signals/receipts",
    "/signals/new",
    f"/search?q={COMMON}",
    f"/search?q={COMMON}&tlp=AMBER&export=csv",
    "/search?q=45.155.205.66",
    "/search/saved/",
    f"/search/save?q={COMMON}",
    "/inbox/",
    "/inbox/?read=unread&sort=kind",
    "/inbox/subscriptions",
    "/inbox/subscriptions/new",
    "/inbox/feeds/",
    "/inbox/webhooks/",
    "/hunting/",
    "/hunting/?export=csv",
    f"/hunting/?signal={COMMON}",
    "/hunting/lake/",
    "/hunting/watch/",
    "/ledger/",
    "/ledger/?export=csv",
    "/members/organisations/",
    "/members/people/",
    "/members/groups/",
    "/members/groups/wg_incident/",
    "/members/groups/five/",
    "/signals/groups/five/",
    "/search?q=capybara",
    "/signals/?q=capybara",
    "/signals/consultations/",
    f"/signals/consultations/?q={COMMON}&state=answered&export=csv",
    "/signals/consultations/?item=lantern",
    "/signals/answers/",
    f"/signals/answers/?q={COMMON}&export=csv",
    "/signals/groups/wg_incident/",
    "/signals/groups/wg_incident/?export=csv",
    "/signals/groups/wg_incident/documents/",
    "/signals/groups/wg_incident/documents/?export=csv",
    "/members/tokens/",
    "/outputs/",
    "/misp/",
)
PROBES: Final = (
    "/why/{}/?who=a1",
    "/hunting/signals/{}/",
    "/signals/{}/edit",
    "/signals/{}/review",
    "/signals/{}/amend",
    "/signals/{}/related",
    "/signals/{}/raise",
    "/hunting/hits/{}/",
    "/hunting/hits/{}/events",
    "/hunting/searches/{}/",
    "/hunting/?signal={}",
    "/inbox/{}/",
    "/signals/{}/unmask",
    "/signals/{}/receipts",
)
ANSWERS: Final = ("/signals/answers/{}/", "/signals/answers/{}/edit")
DOCUMENTS: Final = ("/signals/documents/{}/", "/signals/documents/{}/versions/1")
FILE: Final = "/signals/attachments/{}"
VERBS: Final = (
    "comment",
    "unmask",
    "receipt-file",
    "acknowledge",
    "seen",
    "stand",
    "approve",
    "ask",
    "explain",
    "relate",
    "part",
    "release",
    "return",
    "recall",
    "withdraw",
    "discard",
    "nonsense",
)
API: Final = (
    "/signals",
    f"/signals?q={COMMON}",
    "/signals?q=capybara",
    "/signals?tlp=AMBER",
    "/signals?since=2026-11-01",
    "/signals?group=wg_incident",
    "/signals?cursor=nonsense",
    "/signals?limit=0",
    "/signals/withdrawn",
    "/signal-changes",
    "/drafts",
    "/release",
    "/release/times",
    "/release/requests",
    "/consultations",
    f"/consultations?q={COMMON}",
    "/answers",
    "/answers/drafts",
    "/statistics/2026-10",
    "/groups",
    "/groups/wg_incident",
    "/groups/wg_incident/documents",
    "/groups/wg_incident/members",
    "/groups/five",
    "/groups/five/members",
    "/group-requests",
    "/searches",
    "/saved-searches",
    "/outputs/deployments",
)
API_PROBES: Final = (
    "/signals/{}",
    "/signals/{}/observables",
    "/signals/{}/answers",
    "/signals/{}/attachments",
    "/signals/{}/comments",
    "/signals/{}/versions",
    "/signals/{}/readers",
    "/signals/{}/acknowledgements",
    "/signals/{}/receipts",
    "/signals/{}/guests",
    "/signals/{}/relations",
    "/signals/{}/suggestions",
    "/drafts/{}",
    "/drafts/{}/inquiries",
    "/release/{}",
    "/release/{}/inquiries",
    "/consultations/{}",
    "/documents/{}",
    "/documents/{}/versions",
    "/documents/{}/versions/1",
)
FEW: Final = 4
"""So many numbers are asked for by every reader, at every address of the API."""

API_SCOPES: Final = (
    *(scope for scope in Scope if scope.endswith(".read")),
    Scope.ANSWERS_WRITE,
    Scope.GROUPS_MANAGE,
)
"""All that a token can read by."""

TAXII: Final = (
    "collections/",
    "collections/everything/",
    "collections/group-wg_incident/",
    "collections/group-five/",
    "collections/everything/objects/",
    "collections/everything/objects/?limit=1",
    "collections/everything/objects/?match[version]=all&match[type]=indicator",
    "collections/everything/objects/?next=1000000",
    "collections/everything/manifest/",
    "collections/group-wg_incident/objects/",
    "collections/group-wg_incident/manifest/?limit=1",
)

OUTPUTS: Final = (
    "everything/list",
    "everything/csv",
    "everything/rpz",
    "everything/sigma",
    "group-wg_incident/suricata",
    "group-five/zeek",
    "everything/nonsense",
)

MISP: Final = (
    "everything/manifest.json",
    "everything/hashes.csv",
    "group-wg_incident/manifest.json",
    "group-five/hashes.csv",
)

FEEDS: Final = ("rss", "atom", "calendar.ics", "atom?subscription=nonsense")

_VOLATILE: Final = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"), "<id>"),
    # Worked out of a signal's id, another one each time: parts of a MISP event, and objects of STIX but identities.
    (re.compile(r'("uuid":")[0-9a-f-]{36}(","(?:type|name)")'), r"\1<part>\2"),
    (re.compile(r"\b(indicator|report|incident|note|opinion|sighting)--[0-9a-f-]{36}"), r"\1--<part>"),
    (re.compile(r"(\bS-|…)[0-9A-F]{8}\b"), "<reference>"),
    (re.compile(r"(X-CSRFToken\": \"|csrfmiddlewaretoken\" value=\")\w+"), r"\1<token>"),
    (re.compile(r"nonce[-=]\"?[\w+/=-]+"), "<nonce>"),
    (re.compile(r'(?s)(data-label="Last sign-in">).*?</td>'), r"\1"),  # of the machine's clock, not of the stopped one
    (re.compile(rf"\b({'|'.join(name.english for name in NAMES)})\b"), "<bird>"),
    (re.compile(r"\"next\": \"[\w=-]+\""), '"next": "<cursor>"'),
)
_WORDS: Final = {"body": "x", "reason": "x", "text": "x", "kind": "affected", "other": "x"}
_OF_A_BIRD: Final = re.compile(r"Content-Length: \d+\n")
"""A pseudonym is another in each thread, and so is its length."""

_UNTOLD: Final = frozenset({"X-Request-ID", "Set-Cookie", "Expires"})


VALUES: Final = [parse_observable(ObservableType.IPV4, EVIL_ADDRESS)]
"""What hidden signals name, and others too: with its page, on which all signals meet that name it."""


class Watch:
    """Looks at everything with each reader's eyes; made before the runs, so that its tokens are the same in all."""

    def __init__(
        self, cast: Cast, people: Iterable[str], machines: Iterable[str] = (), partner: Partner | None = None
    ) -> None:
        """With a `partner`, the organisations of `machines` have webhooks that call it."""
        self.cast, self.partner = cast, partner
        self.admins = {name: cast.client(ADMINS[name]) for name in machines if partner and name != "supervisor"}
        for name in self.admins:
            add_webhook(cast.actor(ADMINS[name]), label="SIEM", url=f"https://{name.replace('_', '-')}.example/")
        self.tokens = {name: self._of_person(name) for name in people}
        self.tokens |= {name: self._of_machine(name) for name in machines}
        self.feeds = {name: self._of_person(name, "feeds.read") for name in people}
        for name in people:
            self._keep_search(name)
        self.places = {name: place for place, name in enumerate(self.tokens)}

    def look(self, reader: str, numbers: Iterable[UUID] = (), files: Iterable[UUID] = ()) -> Look:
        """All that `reader` gets: a person's name, an organisation's (its machine), or "visitor".

        `numbers` are those of signals and published answers. The reader also tries every verb on the first of them,
        and to attach, get and take away `files`; what that did is undone.
        """
        return undone(lambda: self._look(reader, list(numbers), list(files)))

    def fetch(self, reader: str) -> None:
        """Take everything there is by the ways by which content leaves, to be kept: what that wrote is not undone."""
        browser = self.cast.client(reader)
        browser.get(f"/search?q={COMMON}")
        b"".join(browser.get("/signals/?export=csv").streaming_content)
        for number in _numbers_in(browser.get("/signals/?size=100")):
            page = browser.get(f"/signals/{number}/").content.decode()
            for file in sorted(set(re.findall(r'href="(/signals/attachments/[0-9a-f-]{36})"', page))):
                browser.get(file)
        self._feeds(self.feeds[reader])
        self._api(self.tokens[reader], [])

    def _look(self, reader: str, known: list[UUID], files: list[UUID]) -> Look:
        seen = _mails_to(self.cast.people[reader].email) if reader in self.cast.people else {}
        if reader in self.feeds:
            seen |= self._feeds(self.feeds[reader])
        if reader in self.tokens:
            asked = files[:1] if reader in self.cast.people else files
            seen |= self._api(self.tokens[reader], known, asked, self.places[reader])
            seen |= _taxii(self.tokens[reader])
        if reader in self.admins:
            seen |= self._webhook(reader)
        if reader == "visitor" or reader in self.cast.people:
            client = Client(headers={"Accept-Language": "en"}) if reader == "visitor" else self.cast.client(reader)
            seen |= self._pages(client, known, files)  # last: here the verbs are tried
        return seen

    def _pages(self, client: Client, numbers: list[UUID], files: list[UUID]) -> Look:
        seen = {path: plain(client.get(path)) for path in LISTS}
        seen["metrics"] = plain(client.get("/metrics", REMOTE_ADDR="203.0.113.7"))
        marking = {"tlp": "AMBER", "community": "on"}
        seen["preview"] = plain(client.post("/signals/preview", marking))
        seen["draft"] = _draft(client)
        seen["detail"] = "\n".join(plain(client.get(f"/signals/{number}/")) for number in numbers)
        seen["related"] = _related_to_all(client)
        seen |= {f"value {value}": plain(client.get(f"/observables/{value.digest}/")) for value in VALUES}
        for path in (*ANSWERS, *DOCUMENTS, FILE):
            asked = files if path is FILE else numbers[-2:]
            seen[path] = "\n".join(plain(client.get(path.format(number))) for number in asked)
        for number in files[:1]:
            seen["take a file away"] = plain(client.post(f"{FILE.format(number)}/remove"))
        for number in numbers[:1]:
            seen |= {path: plain(client.get(path.format(number))) for path in PROBES}
            for verb in VERBS:
                answer = client.post(f"/signals/{number}/{verb}", _WORDS)
                seen[f"do {verb}"] = plain(answer)
            seen["attach"] = plain(client.post(f"/signals/{number}/attachments", {"file": _same_file()}))
        return seen

    def _api(self, token: str, numbers: list[UUID], files: Sequence[UUID] = (), place: int = 0) -> Look:
        """What the API answers; of many numbers it asks each address for every third: any three readers, for all."""
        client = Client(headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"})
        seen = {f"api {path}": plain(client.get(f"/api/v1{path}")) for path in API}
        seen |= {f"output {path}": plain(client.get(f"/outputs/{path}")) for path in OUTPUTS}
        seen |= {f"misp {path}": plain(client.get(f"/misp/{path}")) for path in MISP}
        events = [client.get(f"/misp/everything/{number}.json") for number in numbers[:1]]
        seen["misp event"] = "\n".join(map(plain, events))
        seen["api paging"] = _by_pages_of_one(client)
        seen["api file"] = "\n".join(plain(client.get(f"/api/v1/attachments/{number}")) for number in files)
        seen["api answer"] = "\n".join(plain(client.get(f"/api/v1/answers/{number}")) for number in numbers[-1:])
        step = 3 if len(numbers) > FEW else 1
        for turn, path in enumerate(API_PROBES, start=place):
            answers = [client.get(f"/api/v1{path.format(number)}") for number in numbers[turn % step :: step]]
            seen[f"api {path}"] = "\n".join(map(plain, answers))
        listed = client.get("/api/v1/signals").json().get("items", [])
        likes = [
            client.get(f"/api/v1/signals/{line['id']}/{part}")
            for line in listed
            for part in ("suggestions", "relations")
        ]
        seen["api related"] = "\n".join(map(plain, likes))
        return seen

    def _webhook(self, name: str) -> Look:
        """What the organisation's webhook was told, and the page on which its admin sees that."""
        assert self.partner is not None
        host = f"https://{name.replace('_', '-')}.example/"
        told = [json.dumps(body, ensure_ascii=False) for url, _headers, body in self.partner.sent if url == host]
        client, row = self.admins[name], Webhook.objects.get(url=host)
        pages = [plain(client.get(path)) for path in ("/inbox/webhooks/", f"/inbox/webhooks/{row.pk}/")]
        return {"webhook": _fixed("\n".join(told)), "webhook's page": "\n".join(pages)}

    def _feeds(self, token: str) -> Look:
        """The feeds with their ETags, the calendar, and a feed that is asked whether anything changed."""
        client = Client()
        return {f"feed {kind}": plain(client.get(f"/inbox/feeds/{token}/{kind}")) for kind in FEEDS}

    def _of_person(self, name: str, *scopes: str) -> str:
        actor = self.cast.actor(name)
        return issue_token(actor, person=self.cast.people[name], label="watch", scopes=scopes or API_SCOPES)[1]

    def _keep_search(self, name: str) -> None:
        """Have a search with an alert for what visible and hidden signals share: its number and mails are watched."""
        actor = self.cast.actor(name)
        if not actor.is_supervisor:
            save_search(actor, name="Watch", asked=Asked(COMMON), alert=Timing())

    def _of_machine(self, name: str) -> str:
        admin = self.cast.actor(ADMINS[name])
        home = self.cast.organisations[name]
        return issue_token(admin, organisation=home, label="watch", scopes=API_SCOPES)[1]


def _taxii(token: str) -> Look:
    """What the TAXII server answers, and each object that is listed there by its own address."""
    client = Client(headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"})
    seen = {f"taxii {path}": plain(client.get(f"/taxii2/root/{path}")) for path in TAXII}
    listed = client.get("/taxii2/root/collections/everything/manifest/").json().get("objects", [])
    at = "/taxii2/root/collections/everything/objects"
    single = [client.get(f"{at}/{each['id']}/{part}") for each in listed for part in ("", "versions/")]
    return seen | {"taxii single": "\n".join(map(plain, single))}


def undone(run):
    """Return what `run` returns, and undo all that it did to the database; nobody remembers a token of then."""
    before = transaction.savepoint()
    try:
        return run()
    finally:
        transaction.savepoint_rollback(before)
        tokens._remembered.clear()


def differences(before: Look, after: Look) -> dict[str, list[str]]:
    """The channels that tell the two moments apart, each with the first lines that do."""
    told = {}
    for channel in sorted(before.keys() | after.keys()):
        one, other = before.get(channel, "").splitlines(), after.get(channel, "").splitlines()
        if one != other:
            told[channel] = [line for line in other if line not in one][:4] + [
                f"not {x}" for x in one if x not in other
            ][:4]
    return told


def mentions(seen: Look, words: Iterable[str]) -> dict[str, list[str]]:
    """The channels that show one of `words`, with those."""
    known = {word: word.lower() for word in words}
    lowered = ((channel, text.lower()) for channel, text in seen.items())
    found = {channel: [word for word, low in known.items() if low in text] for channel, text in lowered}
    return {channel: some for channel, some in found.items() if some}


def nowhere(count: int) -> list[UUID]:
    """Numbers of things that are not there."""
    return [ids.new_id() for _ in range(count)]


def plain(response) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = sorted(f"{name}: {value}" for name, value in response.headers.items() if name not in _UNTOLD)
    text = _fixed("\n".join([str(response.status_code), *headers, body.decode(errors="backslashreplace")]))
    return _OF_A_BIRD.sub("", text) if "<bird>" in text else text


def _related_to_all(client: Client) -> str:
    """What may belong to each of the signals that are listed: what is like them and hidden must not be there."""
    numbers = _numbers_in(client.get("/signals/?size=100"))
    return "\n".join(plain(client.get(f"/signals/{number}/{page}")) for number in numbers for page in ("related", ""))


def _numbers_in(listed) -> list[str]:
    return sorted(set(re.findall(r'href="/signals/([0-9a-f-]{36})/"', listed.content.decode())))


def _draft(client: Client) -> str:
    """The page on which somebody looks over an own draft, with a file: it must not say how much others have written."""
    words = {"kind": "phishing", "target": "customer", "title": "Own", "body": "185.220.101.4 and evil.test-bank.net"}
    answer = client.post("/signals/new", {**words, "tlp": "AMBER", "community": "on"}, follow=True)
    if answer.status_code != HTTPStatus.OK or not answer.redirect_chain:
        return plain(answer)
    number = answer.redirect_chain[-1][0].split("/")[2]
    attached = client.post(f"/signals/{number}/attachments", {"file": _same_file()}, follow=True)
    return f"{plain(answer)}\n{plain(attached)}"


def _by_pages_of_one(client: Client) -> str:
    pages, cursor = [], ""
    while len(pages) < 20:  # more than there is, so a cursor that goes round is seen
        answer = client.get(f"/api/v1/signals?limit=1&cursor={cursor}")
        pages.append(plain(answer))
        cursor = answer.json().get("next")
        if not cursor:
            break
    return "\n".join(pages)


def _mails_to(address: str) -> Look:
    letters = [letter for letter in mail.outbox if letter.to == [address]]
    fixed = [re.sub(r"<[0-9a-f]{32}@", "<number@", str(sorted(letter.extra_headers.items()))) for letter in letters]
    texts = [f"{letter.subject}\n{letter.body}\n{head}" for letter, head in zip(letters, fixed, strict=True)]
    return {"mail": _fixed("\n".join(texts))}


def _fixed(text: str) -> str:
    """The text without what differs between any two answers."""
    for pattern, instead in _VOLATILE:
        text = pattern.sub(instead, text)
    return text


def _same_file() -> SimpleUploadedFile:
    return SimpleUploadedFile("own.txt", SAME_BYTES)
