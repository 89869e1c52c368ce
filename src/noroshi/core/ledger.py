"""The ledger: one append-only table that is both the audit trail and the transactional outbox of events.

`record` writes an entry in the caller's transaction. The sealer gives each entry a place in a SHA-256 chain, which is
also the order in which subscribers read. A subscriber's cursor moves in the transaction of its handler, so an event is
delivered at least once and takes effect once: a handler that dies takes its half-done work with it.

Several workers may seal and deliver at once: a cursor is locked while it moves, and who finds it locked goes on to
something else. Looking whether there is work takes no lock, so an idle worker is in nobody's way.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
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
MAX_REASON: Final = 2_000

MAX_LABEL: Final = LedgerEntry._meta.get_field("actor_label").max_length
"""A long name and a long mail address do not fit together; the ids beside the label are what identifies."""

Handler = Callable[[LedgerEntry], None]


@dataclass(frozen=True)
class Subscription:
    """A named reader of some actions. Without `history` it begins at what happens after it was enrolled."""

    name: str
    actions: frozenset[str]
    handler: Handler
    history: bool = False


_subscriptions: dict[str, Subscription] = {}


def subscribe(name: str, *actions: str, history: bool = False) -> Callable[[Handler], Handler]:
    """Register the decorated handler under the stable `name` (its cursor's key) for `actions`.

    The handler runs inside a transaction and must do its work in the database: what goes outside is queued there.
    A name that is new to an installation begins at the present: years of events, played again, would mail years of
    news. With `history` it is handed everything from the first entry on, for what must know all that ever was.
    """

    def register(handler: Handler) -> Handler:
        _subscriptions[name] = Subscription(name, frozenset(actions), handler, history)
        return handler

    return register


def subscriptions() -> tuple[Subscription, ...]:
    """Return all subscriptions, by name."""
    return tuple(_subscriptions[name] for name in sorted(_subscriptions))


def furthest_behind() -> list[Subscription]:
    """Return those who have not read to the head, those first that have read least: none starves where workers die."""
    read, (tip, _) = dict(Cursor.objects.values_list("subscriber", "position")), head()
    behind = [subscription for subscription in subscriptions() if read.get(subscription.name, 0) < tip]
    return sorted(behind, key=lambda subscription: read.get(subscription.name, 0))


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
        actor_label=actor.label[:MAX_LABEL],
        channel=actor.channel,
        rule=rule,
        subject=subject._meta.label_lower if subject is not None else "",
        subject_id=subject.pk if subject is not None and isinstance(subject.pk, UUID) else None,
        reason=reason,
        payload=json.loads(json.dumps(payload, default=str)),
    )
    PendingEntry.objects.create(entry=entry)
    return entry


def fields_of(entry: LedgerEntry) -> dict[str, Any]:
    """Return what the chain protects of an entry."""
    return {
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


def canonical(entry: LedgerEntry) -> bytes:
    """Return the bytes of an entry that the chain protects: JSON, sorted keys, UTC, no spaces."""
    return json.dumps(fields_of(entry), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def chained(previous: str, entry: LedgerEntry) -> str:
    """Return the link that follows `previous`: SHA-256 of it and the entry's canonical bytes, in hex."""
    return hashlib.sha256(previous.encode() + canonical(entry)).hexdigest()


def seal(limit: int = BATCH) -> int:
    """Give up to `limit` pending entries their place in the chain; return how many.

    Writers never wait for this: they only append. One sealer works at a time, held by a lock on its cursor.
    """
    return _seal_pending(limit) if PendingEntry.objects.exists() else 0


@transaction.atomic
def _seal_pending(limit: int) -> int:
    if _locked(SEALER) is None:
        return 0
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


def newest() -> int:
    """Return the number of the newest entry, sealed or not; 0 before the first. It costs next to nothing."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT MAX(id) FROM {LedgerEntry._meta.db_table}")  # noqa: S608 - a name of ours
        return int(cursor.fetchone()[0] or 0)


def enrol() -> None:
    """Give every subscriber without a cursor its first: at the head of the chain, or before all of it for `history`.

    This must come before the next `seal`: of what waits for its seal nobody has heard yet, so a new installation
    loses nothing, and an upgraded one hands to its new subscribers what happens from here on.
    """
    known = set(Cursor.objects.values_list("subscriber", flat=True))
    new = [subscription for subscription in subscriptions() if subscription.name not in known]
    if new:
        cursors = [Cursor(subscriber=each.name, position=_beginning(each)) for each in new]
        Cursor.objects.bulk_create(cursors, ignore_conflicts=True)


def _beginning(subscription: Subscription) -> int:
    return 0 if subscription.history else head()[0]


def pass_over() -> None:
    """Move every subscriber past what is not for it, all in one step: most events concern one or two of them."""
    if behind := furthest_behind():
        _pass_over({subscription.name: subscription for subscription in behind})


@transaction.atomic
def _pass_over(behind: Mapping[str, Subscription]) -> None:
    tip, _ = head()
    held = Cursor.objects.select_for_update(skip_locked=True).filter(subscriber__in=behind)
    read = dict(held.values_list("subscriber", "position"))
    first = min(read.values(), default=tip)
    if tip - first > BATCH:
        return  # somebody is far behind: each finds its own way
    news = Seal.objects.filter(position__gt=first, position__lte=tip).order_by("position")
    latest = {action: position for position, action in news.values_list("position", "entry__action")}
    done = [name for name in read if all(latest.get(action, 0) <= read[name] for action in behind[name].actions)]
    Cursor.objects.filter(subscriber__in=done).update(position=tip, attempts=0, retry_at=None)


def deliver(subscription: Subscription, limit: int = BATCH) -> int:
    """Hand up to `limit` sealed events to `subscription`, each in a transaction of its own; return how many."""
    done = 0
    if _has_work(subscription):
        while done < limit and _handle_next(subscription):
            done += 1
    return done


def _has_work(subscription: Subscription) -> bool:
    cursor = Cursor.objects.filter(subscriber=subscription.name).first()
    if cursor is None:
        cursor = Cursor(position=_beginning(subscription))
    return not _waits(cursor) and Seal.objects.filter(position__gt=cursor.position).exists()


def _waits(cursor: Cursor) -> bool:
    return cursor.retry_at is not None and cursor.retry_at > clock.now()


@transaction.atomic
def _handle_next(subscription: Subscription) -> bool:
    """Handle the next event; return whether there was one that could be handled or parked now.

    One transaction holds the handler and the cursor; a failed handler is undone alone, under the same lock.
    """
    cursor = _locked(subscription.name, lambda: _beginning(subscription))
    if cursor is None or _waits(cursor):
        return False
    link = _next_link(subscription, cursor)
    if link is None:
        return False
    try:
        with transaction.atomic():
            subscription.handler(link.entry)
    except Exception as error:  # noqa: BLE001 - isolation point: whatever a handler raises is pinned to its event
        return _postpone_or_park(cursor, link, error)
    _advance(cursor, link.position)
    return True


def _locked(name: str, beginning: Callable[[], int] = int) -> Cursor | None:
    """Return the cursor row `name`, held until the transaction ends; None if another worker holds it.

    SQLite has no row locks: there its IMMEDIATE transaction holds the whole database, and others wait.
    """
    first: dict[str, Any] = {"position": beginning}
    Cursor.objects.get_or_create(subscriber=name, defaults=first)
    return Cursor.objects.select_for_update(skip_locked=True).filter(subscriber=name).first()


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


def _postpone_or_park(cursor: Cursor, link: Seal, error: Exception) -> bool:
    """Try again later, doubling the wait; after the last attempt set the event aside and go on."""
    cursor.attempts += 1
    log.warning(
        "event handler failed",
        exc_info=error,
        extra={"subscriber": cursor.subscriber, "entry": link.entry_id, "attempt": cursor.attempts},
    )
    if cursor.attempts < ATTEMPTS:
        cursor.retry_at = clock.now() + timedelta(seconds=2**cursor.attempts)
        cursor.save()
        return False
    ParkedEvent.objects.update_or_create(
        subscriber=cursor.subscriber, entry=link.entry, defaults={"reason": _reason(error)}
    )
    _advance(cursor, link.position)
    return True


def _reason(error: Exception) -> str:
    """What a handler raised, as a database takes it: PostgreSQL refuses NUL in a text."""
    return f"{type(error).__name__}: {error}".replace("\x00", "")[:MAX_REASON]


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
    """What checking the chain found: how many links hold, the head, and the first entry that does not.

    Where links are missing at the end there is no entry to name: `broken_entry` is None and `reason` says so.
    """

    checked: int
    head: str
    broken_entry: int | None = None
    reason: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing was changed, removed or slipped in."""
        return not self.reason


def verify(noted: Mapping[int, str] | None = None) -> Verification:
    """Recompute the whole chain; name the first entry that was changed, removed or slipped in.

    Whoever may rewrite the database may rewrite the whole chain too. Against that, heads are noted down elsewhere:
    `noted` holds them by their position, and the chain must still pass through each.
    """
    noted = noted or {}
    position, digest = 0, GENESIS
    for link, entry in _chain():
        if link.position != position + 1:
            return Verification(position, digest, link.entry_id, "a link before this entry is missing")
        if entry is None:
            return Verification(position, digest, link.entry_id, "the entry was removed")
        expected = chained(digest, entry)
        if link.digest != expected:
            return Verification(position, digest, link.entry_id, "the entry does not match its link")
        if noted.get(link.position, expected) != expected:
            return Verification(position, digest, link.entry_id, "the chain is another than the one that was noted")
        position, digest = link.position, expected
    if (stray := _stray()) is not None:
        return Verification(position, digest, stray.id, "the entry has no link: it was slipped in, or its link removed")
    if position < max(noted, default=0):
        return Verification(position, digest, None, "the chain is shorter than the one that was noted")
    if Cursor.objects.filter(position__gt=position).exists():
        return Verification(position, digest, None, "links at the end were delivered and are missing")
    return Verification(position, digest)


def _chain() -> Iterator[tuple[Seal, LedgerEntry | None]]:
    """Yield the links in order, each with its entry; None where that is gone."""
    links = Seal.objects.order_by("position").iterator(chunk_size=BATCH)
    while batch := list(islice(links, BATCH)):
        entries = LedgerEntry.objects.in_bulk([link.entry_id for link in batch])
        yield from ((link, entries.get(link.entry_id)) for link in batch)


def _stray() -> LedgerEntry | None:
    """The first entry that neither has its place nor waits for it."""
    sealed = Exists(Seal.objects.filter(entry=OuterRef("pk")))
    pending = Exists(PendingEntry.objects.filter(entry=OuterRef("pk")))
    return LedgerEntry.objects.exclude(sealed).exclude(pending).order_by("id").first()
