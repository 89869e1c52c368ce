"""Feeds: named, changed, paused, removed; looked at when they are due."""

import base64
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, Any, Final
from urllib.parse import urlencode

from cryptography.fernet import InvalidToken
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.errors import Conflict, InvalidInput
from noroshi.intel import policy
from noroshi.intel.actions.receiving import Tally, receive
from noroshi.intel.domain.feeds import MEDIA_TYPE, FeedError, Place, Trouble, Walk, pause_after, read_envelope
from noroshi.intel.models import Feed, FeedAuth
from noroshi.kit import outbound
from noroshi.kit.sealing import opened, sealed
from noroshi.members.queries import machine_of

MOST_FEEDS: Final = 50
LIMIT: Final = 1_000
"""Objects asked for at once."""

MOST_BYTES: Final = 32 * 1024 * 1024
"""Of one page."""

SECONDS: Final = 120.0
"""For one page: a server may take its time, and has no more of a worker's than that."""

MOST_PAGES: Final = 100
MOST_GATHERED: Final = 512 * 1024 * 1024
"""Pages, and bytes, of one look; what is left is fetched by the next, soon."""

SOON: Final = timedelta(minutes=1)

HANDED_OUT: Final = timedelta(minutes=30)
"""For how long a feed is not handed out again while it is being looked at."""

_PURPOSE: Final = "intel.feed"


@dataclass(frozen=True)
class FeedSaid:
    """What a person says of a feed. An empty `secret` leaves the one that is known."""

    title: str
    api_root: str
    collection: str
    auth: str = FeedAuth.NONE
    username: str = ""
    secret: str = ""
    minutes: int = 60


@transaction.atomic
def add_feed(actor: Actor, *, said: FeedSaid) -> Feed:
    """Have a collection of a server looked at from now on."""
    policy.require_feed_keeper(actor)
    if Feed.objects.visible_to(actor).count() >= MOST_FEEDS:
        raise Conflict(_("You have enough feeds: remove one first."))
    feed = Feed(organisation_id=actor.acting_organisation, added_by_id=actor.acting_person, world=actor.world)
    _write(actor, feed, said)
    ledger.record(actor, "intel.feed.added", feed)
    return feed


@transaction.atomic
def change_feed(actor: Actor, feed: Feed, *, said: FeedSaid) -> None:
    """Say something else of a feed. Another server, or another collection, is read from its beginning.

    A secret goes to the server alone for which it was given: with another address it has to be given again.
    """
    policy.require_feed_keeper(actor)
    feed = _locked(feed)
    if said.api_root != feed.api_root:
        feed.secret = ""
    if (said.api_root, said.collection) != (feed.api_root, feed.collection):
        feed.added_after, feed.next = "", ""
    _write(actor, feed, said)
    ledger.record(actor, "intel.feed.changed", feed)


@transaction.atomic
def pause_feed(actor: Actor, feed: Feed, *, paused: bool) -> None:
    """Look at a feed no more for a while, or again."""
    policy.require_feed_keeper(actor)
    feed = _locked(feed)
    feed.paused, feed.due_at, feed.failures = paused, clock.now(), 0
    feed.save(update_fields=["paused", "due_at", "failures"])
    ledger.record(actor, "intel.feed.changed", feed, paused=paused)


@transaction.atomic
def remove_feed(actor: Actor, feed: Feed) -> None:
    """Forget a feed and its secret; what it brought stays in triage."""
    policy.require_feed_keeper(actor)
    ledger.record(actor, "intel.feed.removed", feed)
    feed.delete()


@transaction.atomic
def ask_for_look(actor: Actor, feed: Feed) -> None:
    """Have a feed looked at with the next round."""
    policy.require_feed_keeper(actor)
    feed = _locked(feed)
    if feed.paused:
        raise Conflict(_("This feed is paused."))
    feed.due_at = clock.now()
    feed.save(update_fields=["due_at"])


def hand_out_due() -> list[Feed]:
    """Return the feeds that are due, each to one caller."""
    now = clock.now()
    due = list(Feed.everything.filter(paused=False, due_at__lte=now))
    return [feed for feed in due if _is_ours(feed, now + HANDED_OUT)]


def _is_ours(feed: Feed, until: Any) -> bool:
    return bool(Feed.everything.filter(pk=feed.pk, due_at=feed.due_at, paused=False).update(due_at=until))


def look_at_feed(feed: Feed) -> Tally:
    """Fetch what a feed has that is new, and take it into its organisation's triage.

    Where the server fails halfway, what came before is taken in, and the next look goes on behind it.
    """
    walk = Walk(Place(feed.added_after, feed.next))
    actor = machine_of(feed.organisation, Channel.TAXII, label=f"feed {feed.title}")
    with tempfile.TemporaryFile() as gathered:
        failure, has_more = _gather(feed, walk, gathered)
        gathered.seek(0)
        tally = receive(actor, gathered, label=feed.title)
    _note(feed, walk, tally, failure, has_more=has_more)
    return tally


def _gather(feed: Feed, walk: Walk, gathered: IO[bytes]) -> tuple[FeedError | None, bool]:
    """Write the objects of a feed's pages as one list; return what ended it, if anything, and whether more is left."""
    failure: FeedError | None = None
    has_more, first = True, True
    gathered.write(b"[")
    try:
        for _page in range(MOST_PAGES):
            envelope, last_added = _page_of(feed, walk.place)
            for each in envelope.objects:
                gathered.write((b"" if first else b",") + bytes(each))
                first = False
            has_more = walk.turn(envelope, last_added)
            if not has_more or gathered.tell() > MOST_GATHERED:
                break
    except FeedError as error:
        failure, has_more = error, False
    gathered.write(b"]")
    return failure, has_more


def _page_of(feed: Feed, place: Place) -> tuple[Any, str]:
    asked = {"limit": LIMIT, "added_after": place.added_after, "next": place.next}
    query = urlencode({name: value for name, value in asked.items() if value})
    url = f"{feed.api_root.rstrip('/')}/collections/{feed.collection}/objects/?{query}"
    try:
        answer = outbound.get(
            url, headers=_headers(feed), most_bytes=MOST_BYTES, seconds=SECONDS, certificate=_certificate(feed)
        )
    except (outbound.OutboundFailed, outbound.OutboundRefused) as error:
        raise FeedError(Trouble.UNREACHABLE, error.message) from error
    _require_success(answer)
    envelope = read_envelope(answer.body, answer.headers.get("content-type", ""))
    return envelope, answer.headers.get("x-taxii-date-added-last", "")[:64]


def _require_success(answer: outbound.Answer) -> None:
    if answer.status in (401, 403):
        raise FeedError(Trouble.DENIED, str(answer.status))
    if answer.status in (429, 503):
        after = answer.headers.get("retry-after", "")
        wait = timedelta(seconds=min(int(after), 86_400)) if after.isascii() and after.isdigit() else timedelta(0)
        raise FeedError(Trouble.BUSY, str(answer.status), wait=wait)
    if answer.status != 200:  # noqa: PLR2004 - the one that means yes
        raise FeedError(Trouble.STATUS, str(answer.status))


def _headers(feed: Feed) -> Mapping[str, str]:
    said = {"Accept": MEDIA_TYPE, "Accept-Encoding": "identity", "User-Agent": "noroshi"}
    secret = _secret(feed)
    if feed.auth == FeedAuth.BASIC:
        both = base64.b64encode(f"{feed.username}:{secret}".encode()).decode()
        return {**said, "Authorization": f"Basic {both}"}
    return {**said, "Authorization": f"Bearer {secret}"} if feed.auth == FeedAuth.BEARER else said


def _certificate(feed: Feed) -> str:
    return _secret(feed) if feed.auth == FeedAuth.CERTIFICATE else ""


def _secret(feed: Feed) -> str:
    try:
        return opened(_PURPOSE, feed.secret).decode() if feed.secret else ""
    except InvalidToken as error:
        raise FeedError(Trouble.DENIED, "secret") from error


@transaction.atomic
def _note(feed: Feed, walk: Walk, tally: Tally, failure: FeedError | None, *, has_more: bool) -> None:
    """Write down how a look ended, and when the next one is due."""
    row = Feed.everything.select_for_update().filter(pk=feed.pk).first()
    if row is None or (row.api_root, row.collection) != (feed.api_root, feed.collection):
        return  # removed, or led elsewhere, meanwhile
    now, every = clock.now(), timedelta(minutes=row.minutes)
    row.added_after, row.next, row.tried_at = walk.place.added_after, walk.place.next, now
    if failure is None:
        row.trouble, row.detail, row.failures, row.good_at = walk.complaint or "", "", 0, now
        row.due_at = now + (SOON if has_more else every)
    else:
        row.trouble, row.detail, row.next = failure.trouble, failure.detail[:300], ""
        row.failures = F("failures") + 1
        row.due_at = now + pause_after(feed.failures + 1, every, failure.wait)
    row.accepted, row.refused = F("accepted") + tally.accepted, F("refused") + tally.refused
    row.save()


def _write(actor: Actor, feed: Feed, said: FeedSaid) -> None:
    try:
        outbound.check_url(said.api_root)
    except outbound.OutboundRefused as refusal:
        raise InvalidInput("api_root", refusal.message) from refusal
    if "?" in said.api_root or not said.collection.replace("-", "").replace("_", "").isalnum():
        raise InvalidInput("collection", _("Give the API root, and the identifier of a collection in it."))
    if Feed.objects.visible_to(actor).filter(title=said.title).exclude(pk=feed.pk).exists():
        raise InvalidInput("title", _("You have a feed of this name."))
    if said.secret:
        feed.secret = sealed(_PURPOSE, said.secret.encode())
    if said.auth == FeedAuth.NONE:
        feed.secret = ""
    elif not feed.secret:
        raise InvalidInput("secret", _("Give the password, the token or the certificate for this server."))
    for name in ("title", "api_root", "collection", "auth", "username", "minutes"):
        setattr(feed, name, getattr(said, name))
    feed.due_at, feed.failures = clock.now(), 0
    feed.save()


def _locked(feed: Feed) -> Feed:
    return Feed.everything.select_for_update().get(pk=feed.pk)
