"""Reads of peers, outboxes and what came in."""

from collections import Counter
from functools import reduce
from operator import or_
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db.models import Q, QuerySet

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.errors import NotFound
from noroshi.core.signing import public_key
from noroshi.federation import policy
from noroshi.federation.carriers import CARRIERS
from noroshi.federation.models import Copy, EntryState, InboxEntry, OutboxEntry, Peer, PeerKind, PeerState
from noroshi.members.queries import machine_of


def installation() -> UUID:
    """Return what this installation calls itself: made of its own key, so it is nobody else's."""
    return uuid5(NAMESPACE_URL, f"noroshi:{public_key()}")


def peers_for(actor: Actor) -> QuerySet[Peer]:
    """Return the peers, for those who have to do with them."""
    rows = Peer.objects.select_related("organisation").order_by("kind", "name", "pk")
    return rows if policy.may_read_peers(actor) else rows.none()


def peer_for(actor: Actor, peer_id: UUID) -> Peer:
    """Return one of them; raise NotFound."""
    found = peers_for(actor).filter(pk=peer_id).first()
    if found is None:
        raise NotFound
    return found


def outbox_for(actor: Actor, peer: Peer) -> QuerySet[OutboxEntry]:
    """Return what was to go to a peer, as far as the actor sees what it was about; the auditor sees numbers."""
    rows = OutboxEntry.objects.filter(peer=peer, peer__in=peers_for(actor)).order_by("-created_at", "-pk")
    return rows.filter(_about(actor))


def inbox_for(actor: Actor, peer: Peer) -> QuerySet[InboxEntry]:
    """Return what came from a peer, as far as the actor sees what it was about; the auditor sees numbers."""
    rows = InboxEntry.objects.filter(peer=peer, peer__in=peers_for(actor)).order_by("-at", "-pk")
    return rows.filter(_about(actor))


def counts_of(rows: QuerySet[OutboxEntry]) -> dict[str, int]:
    """Return how many of some entries are in each state."""
    found = Counter(rows.values_list("state", flat=True))
    return {state.value: found[state.value] for state in EntryState}


def _about(actor: Actor) -> Q:
    """What may be shown to an actor of entries: by subject, those of which it sees what they are about."""
    if policy.audits(actor):
        return Q(subject__in=[subject for subject, carrier in CARRIERS.items() if not carrier.private])
    parts = [Q(subject=subject, subject_id__in=carrier.seen_by(actor)) for subject, carrier in CARRIERS.items()]
    return reduce(or_, parts, Q(pk__in=[]))


def actor_of_peer(peer: Peer) -> Actor:
    """Return who reads what is sent to a peer: a member's machine, or between hubs nobody in particular."""
    if peer.kind == PeerKind.PARTNER or peer.organisation is None:
        return Actor.visitor(Channel.FEDERATION_HUB)
    return machine_of(peer.organisation, Channel.FEDERATION, label=f"peer {peer.name}")


def other_hubs() -> QuerySet[Peer]:
    """Return the other hubs that this one is connected with."""
    return peers_to_tell().filter(kind=PeerKind.PARTNER).order_by("name", "pk")


def peers_to_tell() -> QuerySet[Peer]:
    """Return the peers that are told of what happens."""
    return Peer.objects.filter(state=PeerState.ACTIVE)


def peers_to_call() -> QuerySet[Peer]:
    """Return the peers that it is time to call."""
    callable_ones = Peer.objects.filter(state=PeerState.ACTIVE, due_at__lte=clock.now()).exclude(url="")
    return callable_ones.filter(Q(leased_until=None) | Q(leased_until__lte=clock.now()))


def peer_of_key(key: str) -> Peer | None:
    """Return the connected peer that signs with `key` (hex)."""
    rows = Peer.objects.select_related("organisation").filter(their_key=key, state=PeerState.ACTIVE)
    return rows.first() if key else None


def has_copy(peer: Peer, subject: str, number: UUID) -> bool:
    """Whether a peer has, or may have, something."""
    return Copy.objects.filter(peer=peer, subject=subject, subject_id=number).exists()


def waits_for(peer: Peer, subject: str, number: UUID) -> bool:
    """Whether an entry about something waits for a peer."""
    rows = OutboxEntry.objects.filter(peer=peer, subject=subject, subject_id=number, state=EntryState.WAITING)
    return rows.exists()


def copies_of(peer: Peer, subject: str) -> set[UUID]:
    """Return the numbers of what a peer has, or may have, and was not told to give up."""
    return set(Copy.objects.filter(peer=peer, subject=subject, ended=False).values_list("subject_id", flat=True))
