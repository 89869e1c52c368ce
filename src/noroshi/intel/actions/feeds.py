"""Feeds: named, changed, paused, removed; looked at when they are due."""

import tempfile
from typing import IO, Any, Final
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import F

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.intel import policy
from noroshi.intel.actions import remotes
from noroshi.intel.actions.receiving import Tally, receive
from noroshi.intel.actions.remotes import RemoteSaid
from noroshi.intel.domain.feeds import Place, Walk, read_envelope
from noroshi.intel.domain.remote import RemoteError, Trouble
from noroshi.intel.models import Feed
from noroshi.members.queries import machine_of

LIMIT: Final = 1_000
"""Objects asked for at once."""

MOST_BYTES: Final = 32 * 1024 * 1024
"""Of one page."""

MOST_PAGES: Final = 100
MOST_GATHERED: Final = 512 * 1024 * 1024
"""Pages, and bytes, of one look; what is left is fetched by the next, soon."""


class FeedSaid(RemoteSaid):
    """What a person says of a feed."""


@transaction.atomic
def add_feed(actor: Actor, *, said: FeedSaid) -> Feed:
    """Have a collection of a server looked at from now on."""
    policy.require_feed_keeper(actor)
    remotes.require_room(actor, Feed)
    feed = Feed(organisation_id=actor.acting_organisation, added_by_id=actor.acting_person, world=actor.world)
    remotes.write(actor, feed, said)
    ledger.record(actor, "intel.feed.added", feed)
    return feed


@transaction.atomic
def change_feed(actor: Actor, feed: Feed, *, said: FeedSaid) -> None:
    """Say something else of a feed. Another server, or another collection, is read from its beginning."""
    policy.require_feed_keeper(actor)
    feed = remotes.locked(feed)
    if (said.api_root, said.collection) != feed.way:
        feed.added_after, feed.next = "", ""
    remotes.write(actor, feed, said)
    ledger.record(actor, "intel.feed.changed", feed)


@transaction.atomic
def pause_feed(actor: Actor, feed: Feed, *, paused: bool) -> None:
    """Look at a feed no more for a while, or again."""
    policy.require_feed_keeper(actor)
    ledger.record(actor, "intel.feed.changed", remotes.rest(feed, paused=paused), paused=paused)


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
    remotes.hurry(feed)


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


def _gather(feed: Feed, walk: Walk, gathered: IO[bytes]) -> tuple[RemoteError | None, bool]:
    """Write the objects of a feed's pages as one list; return what ended it, if anything, and whether more is left."""
    failure: RemoteError | None = None
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
    except RemoteError as error:
        failure, has_more = error, False
    gathered.write(b"]")
    return failure, has_more


def _page_of(feed: Feed, place: Place) -> tuple[Any, str]:
    asked = {"limit": LIMIT, "added_after": place.added_after, "next": place.next}
    query = urlencode({name: value for name, value in asked.items() if value})
    answer = remotes.ask(feed, f"collections/{feed.collection}/objects/?{query}", most_bytes=MOST_BYTES)
    if answer.status != 200:  # noqa: PLR2004 - the one that means yes
        raise RemoteError(Trouble.STATUS, str(answer.status))
    envelope = read_envelope(answer.body, answer.headers.get("content-type", ""))
    return envelope, answer.headers.get("x-taxii-date-added-last", "")[:64]


@transaction.atomic
def _note(feed: Feed, walk: Walk, tally: Tally, failure: RemoteError | None, *, has_more: bool) -> None:
    """Write down how a look ended, and when the next one is due."""
    row = Feed.everything.select_for_update().filter(pk=feed.pk).first()
    if row is None or row.way != feed.way:
        return  # removed, or led elsewhere, meanwhile
    row.added_after, row.next = walk.place.added_after, walk.place.next
    if failure is None:
        remotes.note_good(row, complaint=walk.complaint or "", has_more=has_more)
    else:
        row.next = ""
        remotes.note_failure(row, failure)
    row.accepted, row.refused = F("accepted") + tally.accepted, F("refused") + tally.refused
    row.save()
