"""Peers: cut off, and called again."""

from django.db import transaction

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.federation import policy
from noroshi.federation.actions.keys import fresh_key
from noroshi.federation.models import Peer, PeerState, UsedNonce


@transaction.atomic
def cut_peer(actor: Actor, peer: Peer) -> Peer:
    """End a connection for good: the keys are forgotten. What the other side has, it keeps."""
    policy.require_connecting(actor)
    row = Peer.objects.select_for_update().get(pk=peer.pk)
    row.state, row.their_key, row.code_secret, row.code_id = PeerState.CUT, "", "", ""
    row.our_key, _public = fresh_key()
    row.save()
    UsedNonce.objects.filter(peer=row).delete()
    ledger.record(actor, "federation.peer.cut", row, kind=row.kind)
    return row


@transaction.atomic
def retry_peer(actor: Actor, peer: Peer) -> None:
    """Call a peer now, whatever failed before."""
    policy.require_connecting(actor)
    Peer.objects.filter(pk=peer.pk).update(due_at=clock.now(), tries=0, leased_until=None)
    ledger.record(actor, "federation.peer.retried", peer)
