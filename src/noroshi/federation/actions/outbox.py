"""What peers have to hear of: noted in the transaction of the event, in one order for each peer."""

from uuid import UUID

from django.db import transaction
from django.db.models import F

from noroshi.core import clock
from noroshi.core.models import LedgerEntry
from noroshi.federation.carriers import CARRIERS
from noroshi.federation.models import OutboxEntry, Peer, PeerKind, PeerState
from noroshi.federation.queries import copies_of, peers_to_tell


@transaction.atomic
def tell_peers(
    entry: LedgerEntry, *, subject: str, subject_id: UUID, kinds: tuple[PeerKind, ...] = (), alone: UUID | None = None
) -> int:
    """Note for every peer that something changed; return how many there are.

    For those of `kinds`, where any are named; for the one whose number is `alone`, where one is.

    Whether it goes there is decided when it is sent, and told on the page of the outbox either way.
    """
    told = set(OutboxEntry.objects.filter(event=entry.pk, subject=subject).values_list("peer_id", flat=True))
    chosen = peers_to_tell().filter(pk=alone) if alone else peers_to_tell()
    peers = [peer for peer in chosen if peer.pk not in told and (not kinds or peer.kind in kinds)]
    for peer in peers:
        note(peer, subject, [subject_id], event=entry.pk)
    return len(peers)


def note(peer: Peer, subject: str, numbers: list[UUID], event: int | None = None) -> None:
    """Put entries at the end of a peer's outbox. The row of the peer is held, so their order is that of commits."""
    held = Peer.objects.select_for_update().get(pk=peer.pk)
    rows = [
        OutboxEntry(peer=held, seq=held.next_seq + place, event=event, subject=subject, subject_id=number)
        for place, number in enumerate(numbers)
    ]
    OutboxEntry.objects.bulk_create(rows)
    later = {"next_seq": F("next_seq") + len(rows)}
    if not held.failing_since:
        later["due_at"] = clock.now()  # type: ignore[assignment]
    Peer.objects.filter(pk=held.pk).update(**later)


@transaction.atomic
def reconcile_peer(peer: Peer) -> int:
    """Note what a peer should have and was never sent, and what it has and may not have any more.

    For a new peer that is everything; later what groups, classes and endings of embargoes changed without an event of
    the thing itself. Returns how many entries that made.
    """
    if peer.state != PeerState.ACTIVE:
        return 0
    made = 0
    for subject, carrier in CARRIERS.items():
        changed = sorted(set(carrier.due_to(peer)) ^ copies_of(peer, subject))
        waiting = OutboxEntry.objects.filter(peer=peer, subject=subject, state="waiting", subject_id__in=changed)
        fresh = [number for number in changed if number not in set(waiting.values_list("subject_id", flat=True))]
        if fresh:
            note(peer, subject, fresh)
        made += len(fresh)
    return made
