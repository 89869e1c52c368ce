"""Feeds of MISP followed: read again and again, safely, and each new event taken as a draft of whoever follows."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.errors import Conflict, InvalidInput, NoroshiError
from noroshi.intel.domain.misp.events import Event, NotMispError, moment_of, read_events
from noroshi.intel.domain.strict_json import decode
from noroshi.kit import outbound
from noroshi.kit.domain.plain_text import one_line
from noroshi.kit.sealing import opened, sealed
from noroshi.members.queries import actor_of
from noroshi.sharing import policy
from noroshi.sharing.actions.misp_in import take_event
from noroshi.sharing.models import MispFeed, TakenEvent
from noroshi.sharing.queries import misp_feed_for

PURPOSE: Final = "sharing.misp"
MOST_FEEDS: Final = 20
MOST_A_ROUND: Final = 50
"""Events taken at a time; the rest waits for the next."""

MOST_MANIFEST: Final = 16 * 1024 * 1024
MOST_EVENT: Final = 16 * 1024 * 1024
LOOKED_BACK: Final = timedelta(days=30)
"""Events older than this when a feed is followed are left: nobody looks over a thousand drafts."""

LONGEST_HEADER: Final = 500


class FeedFailed(NoroshiError):  # noqa: N818 - reads as the sentence it is
    """A feed did not answer as one does."""


@transaction.atomic
def follow_feed(actor: Actor, *, label: str, url: str, authorization: str = "") -> MispFeed:
    """Follow a feed of MISP by the https address of its folder; `authorization` is the header that it asks for."""
    policy.require_sharer(actor)
    base = url.strip().removesuffix("manifest.json").rstrip("/")
    try:
        outbound.check_url(base)
    except outbound.OutboundRefused as error:
        raise InvalidInput("url", error.message) from error
    name, header = one_line(label), authorization.strip()
    if not name or len(name) > 80:  # noqa: PLR2004 - as the field says
        raise InvalidInput("label", _("A name has 1 to 80 characters."))
    if len(header) > LONGEST_HEADER or not header.isascii() or not header.isprintable():
        raise InvalidInput("authorization", _("A header is one line of ASCII, of 500 characters at most."))
    if MispFeed.objects.filter(person=actor.acting_person).count() >= MOST_FEEDS:
        raise Conflict(_("You follow enough feeds: leave one first."))
    kept = sealed(PURPOSE, header.encode()) if header else ""
    feed = MispFeed.objects.create(person_id=actor.acting_person, label=name, url=base, authorization=kept)
    ledger.record(actor, "sharing.misp_feed.followed", feed)
    return feed


@transaction.atomic
def leave_feed(actor: Actor, feed: MispFeed) -> None:
    """Follow a feed no more; its drafts stay."""
    row = misp_feed_for(actor, feed.pk)
    ledger.record(actor, "sharing.misp_feed.left", row)
    row.delete()


@transaction.atomic
def read_feed_now(actor: Actor, feed: MispFeed) -> None:
    """Have an own feed read at once."""
    ledger.record(actor, "sharing.misp_feed.requested", misp_feed_for(actor, feed.pk))


def poll_feed(feed: MispFeed) -> int:
    """Read a feed, and take what is new in it; return how many events. What goes wrong is noted at the feed."""
    actor = actor_of(feed.person, Channel.CLI)
    if not policy.may_share(actor):
        return 0
    taken, errors = 0, []
    with translation.override(feed.person.language):
        try:
            for number, stamp in _new_in(feed):
                error = _take(actor, feed, number, stamp)
                errors += [error] if error else []
                taken += not error
        except NoroshiError as refusal:
            errors.append(refusal.message)
    now = clock.now()
    good = {} if errors else {"good_at": now}
    MispFeed.objects.filter(pk=feed.pk).update(asked_at=now, error=errors[-1][:300] if errors else "", **good)
    return taken


def _new_in(feed: MispFeed) -> Iterator[tuple[UUID, datetime]]:
    """Yield the events that are new or newer than what was taken, the newest first, as many as go at a time."""
    manifest = _read(_fetched(feed, "manifest.json", MOST_MANIFEST))
    since = feed.created_at - LOOKED_BACK
    stamps = {number: stamp for number, stamp in _listed(manifest) if stamp >= since}
    known = dict(TakenEvent.objects.filter(person=feed.person_id).values_list("uuid", "stamp"))
    fresh = [(stamp, number) for number, stamp in stamps.items() if number not in known or known[number] < stamp]
    for stamp, number in sorted(fresh, reverse=True)[:MOST_A_ROUND]:
        yield number, stamp


def _listed(manifest: Any) -> Iterator[tuple[UUID, datetime]]:
    if not isinstance(manifest, dict):
        raise FeedFailed(_("There is no list of events at this address."))
    for name, row in manifest.items():
        try:
            yield UUID(name), moment_of(row.get("timestamp") if isinstance(row, dict) else None)
        except ValueError:
            continue  # a name that is no uuid leads nowhere


def _take(actor: Actor, feed: MispFeed, number: UUID, stamp: datetime) -> str:
    """Take one event; return why it was not. What cannot be read is not asked for again before it changes."""
    try:
        events = read_events(_fetched(feed, f"{number}.json", MOST_EVENT))
        take_event(actor, _that(events, number), feed=feed)
    except NotMispError as error:
        unfit = {"stamp": stamp, "taken_at": clock.now(), "feed": feed, "refused": 1}
        TakenEvent.objects.update_or_create(person_id=actor.acting_person, uuid=number, defaults=unfit)
        return f"{number}: {error}"
    except (InvalidInput, Conflict) as error:
        return f"{number}: {error.message}"
    return ""


def _that(events: list[Event], number: UUID) -> Event:
    for event in events:
        if event.uuid == number:
            return event
    raise NotMispError("The file holds another event.")


def _fetched(feed: MispFeed, name: str, most: int) -> bytes:
    headers = {"User-Agent": "Noroshi", "Accept": "application/json", "Accept-Encoding": "identity"}
    if feed.authorization:
        headers["Authorization"] = opened(PURPOSE, feed.authorization).decode()
    answer = outbound.get(f"{feed.url}/{name}", headers=headers, most_bytes=most)
    if answer.status != HTTPStatus.OK:
        raise FeedFailed(_("The feed answers with status %(status)d.") % {"status": answer.status})
    return answer.body


def _read(raw: bytes) -> Any:
    try:
        return decode(raw)
    except ValueError as error:
        raise FeedFailed(_("There is no list of events at this address.")) from error
