"""The ledger: one append-only table that is both the audit trail and the transactional outbox of events.

`record` writes an entry in the caller's transaction. The sealer gives each entry a place in a SHA-256 chain, which is
also the order in which subscribers read. A subscriber's cursor moves in the transaction of its handler, so an event is
delivered at least once and takes effect once: a handler that dies takes its half-done work with it.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.errors import NotFound
from noroshi.core.models import Cursor, LedgerEntry, ParkedEvent, PendingEntry, Seal

log = logging.getLogger(__name__)

GENESIS: Final = "0" * 64
BATCH: Final = 500
ATTEMPTS: Final = 5
SEALER: Final = "#sealer"

Handler = Callable[[LedgerEntry], None]


@dataclass(frozen=True)
class Subscription:
    """A named reader of some actions."""

    name: str
    actions: frozenset[str]
    handler: Handler


_subscriptions: dict[str, Subscription] = {}


def subscribe(name: str, *actions: str) -> Callable[[Handler], Handler]:
    """Register the decorated handler under the stable `name` (its cursor's key) for `actions`.

    The handler runs inside a transaction and must do its work in the database: what goes outside is queued there.
    """

    def register(handler: Handler) -> Handler:
        _subscriptions[name] = Subscription(name, frozenset(actions), handler)
        return handler

    return register


def subscriptions() -> tuple[Subscription, ...]:
    """Return all subscriptions, by name."""
    return tuple(_subscriptions[name] for name in sorted(_subscriptions))


def record(
    actor: Actor,
    action: str,
    subject: models.Model | None = None,
    *,
    rule: str = "",
    reason: str = "",
    **payload: Any,
) -> LedgerEntry:
    """Write that `actor` did `action` to `subject`; must be called inside the transaction of the change.

    Raises RuntimeError outside a transaction: an entry without its change, or the reverse, would be a lie.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("the ledger is written in the transaction of the change")
    entry = LedgerEntry.objects.create(
        world=actor.world,
        action=action,
        person=actor.person,
        organisation=actor.organisation,
        actor_label=actor.label,
        channel=actor.channel,
        rule=rule,
        subject=subject._meta.label_lower if subject is not None else "",
        subject_id=subject.pk if subject is not None and isinstance(subject.pk, UUID) else None,
        reason=reason,
        payload=json.loads(json.dumps(payload, default=str)),
    )
    PendingEntry.objects.create(entry=entry)
    return entry


def canonical(entry: LedgerEntry) -> bytes:
    """Return the bytes of an entry that the chain protects: JSON, sorted keys, UTC, no spaces."""
    fields = {
        "id": entry.id,
        "at": entry.at.isoformat(timespec="microseconds"),
        "world": entry.world,
        "action": entry.action,
        "person": str(entry.person or ""),
        "organisation": str(entry.organisation or ""),
        "actor_label": entry.actor_label,
        "channel": entry.channel,
        "rule": entry.rule,
        "subject": entry.subject,
        "subject_id": str(entry.subject_id or ""),
        "reason": entry.reason,
        "payload": entry.payload,
    }
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def chained(previous: str, entry: LedgerEntry) -> str:
    """Return the link that follows `previous`: SHA-256 of it and the entry's canonical bytes, in hex."""
    return hashlib.sha256(previous.encode() + canonical(entry)).hexdigest()


@transaction.atomic
def seal(limit: int = BATCH) -> int:
    """Give up to `limit` pending entries their place in the chain; return how many.

    Writers never wait for this: they only append. One sealer works at a time, held by a lock on the last link.
    """
    _lock(SEALER)
    pending = [row.entry for row in PendingEntry.objects.select_related("entry").order_by("entry_id")[:limit]]
    position, digest = head()
    links = []
    for entry in pending:
        position, digest = position + 1, chained(digest, entry)
        links.append(Seal(position=position, entry=entry, digest=digest))
    Seal.objects.bulk_create(links)
    PendingEntry.objects.filter(entry__in=pending).delete()
    return len(links)


def head() -> tuple[int, str]:
    """Return the position and the digest of the last link: what an auditor notes down elsewhere."""
    last = Seal.objects.order_by("-position").first()
    return (last.position, last.digest) if last else (0, GENESIS)


def deliver(subscription: Subscription, limit: int = BATCH) -> int:
    """Hand up to `limit` sealed events to `subscription`, each in a transaction of its own; return how many."""
    done = 0
    while done < limit and _deliver_next(subscription):
        done += 1
    return done


def _deliver_next(subscription: Subscription) -> bool:
    """Handle the next event; return whether there was one that could be handled or parked now."""
    try:
        with transaction.atomic():
            cursor = _lock(subscription.name)
            if cursor.retry_at is not None and cursor.retry_at > clock.now():
                return False
            link = _next_link(subscription, cursor)
            if link is None:
                return False
            with _failing_as(link):
                subscription.handler(link.entry)
            _advance(cursor, link.position)
            return True
    except _HandlerFailed as failure:
        return _postpone_or_park(subscription, failure)


def _lock(name: str) -> Cursor:
    """Return the cursor row `name`, held until the transaction ends (SQLite's IMMEDIATE holds the database)."""
    Cursor.objects.get_or_create(subscriber=name)
    return Cursor.objects.select_for_update().get(subscriber=name)


def _next_link(subscription: Subscription, cursor: Cursor) -> Seal | None:
    tip, _ = head()
    link = (
        Seal.objects.select_related("entry")
        .filter(position__gt=cursor.position, position__lte=tip, entry__action__in=subscription.actions)
        .order_by("position")
        .first()
    )
    if link is None and tip > cursor.position:
        _advance(cursor, tip)  # nothing for this one in between: do not look there again
    return link


def _advance(cursor: Cursor, position: int) -> None:
    cursor.position, cursor.attempts, cursor.retry_at = position, 0, None
    cursor.save()


class _HandlerFailed(Exception):  # noqa: N818 - never leaves this module
    def __init__(self, link: Seal, cause: Exception) -> None:
        super().__init__(str(cause))
        self.link = link
        self.cause = cause


@contextmanager
def _failing_as(link: Seal) -> Iterator[None]:
    """Isolation point: whatever a handler raises is pinned to its event, and the transaction rolls back."""
    try:
        yield
    except Exception as error:
        raise _HandlerFailed(link, error) from error


@transaction.atomic
def _postpone_or_park(subscription: Subscription, failure: _HandlerFailed) -> bool:
    """Try again later, doubling the wait; after the last attempt set the event aside and go on."""
    cursor = _lock(subscription.name)
    cursor.attempts += 1
    log.warning(
        "event handler failed",
        exc_info=failure.cause,
        extra={"subscriber": subscription.name, "entry": failure.link.entry_id, "attempt": cursor.attempts},
    )
    if cursor.attempts < ATTEMPTS:
        cursor.retry_at = clock.now() + timedelta(seconds=2**cursor.attempts)
        cursor.save()
        return False
    ParkedEvent.objects.get_or_create(
        subscriber=subscription.name,
        entry=failure.link.entry,
        defaults={"reason": f"{type(failure.cause).__name__}: {failure.cause}"},
    )
    _advance(cursor, failure.link.position)
    return True


@transaction.atomic
def replay(parked_id: int) -> None:
    """Hand a parked event to its subscriber once more; it stays parked if it fails again, and the error is raised."""
    parked = ParkedEvent.objects.select_for_update().select_related("entry").filter(pk=parked_id).first()
    if parked is None or parked.subscriber not in _subscriptions:
        raise NotFound("There is no parked event of this number.")
    _subscriptions[parked.subscriber].handler(parked.entry)
    parked.delete()


@dataclass(frozen=True)
class Verification:
    """What checking the chain found: how many links hold, the head, and the first entry that does not."""

    checked: int
    head: str
    broken_entry: int | None = None
    reason: str = ""


def verify() -> Verification:
    """Recompute the whole chain; name the first entry that was changed, removed or slipped in."""
    position, digest = 0, GENESIS
    for link in Seal.objects.select_related("entry").order_by("position").iterator(chunk_size=BATCH):
        if link.position != position + 1:
            return Verification(position, digest, link.entry_id, "a link before this entry is missing")
        expected = chained(digest, link.entry)
        if link.digest != expected:
            return Verification(position, digest, link.entry_id, "the entry does not match its link")
        position, digest = link.position, expected
    stray = (
        LedgerEntry.objects.exclude(Exists(Seal.objects.filter(entry=OuterRef("pk"))))
        .exclude(Exists(PendingEntry.objects.filter(entry=OuterRef("pk"))))
        .order_by("id")
        .first()
    )
    if stray is not None:
        return Verification(position, digest, stray.id, "the entry was slipped in behind the chain")
    return Verification(position, digest)
