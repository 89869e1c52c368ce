"""Peers: cut off, and called again."""

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict
from noroshi.federation import policy
from noroshi.federation.actions.keys import fresh_key
from noroshi.federation.actions.outbox import reconcile_peer
from noroshi.federation.models import Peer, PeerKind, PeerState, UsedNonce


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


@transaction.atomic
def mark_community(actor: Actor, peer: Peer, *, same: bool) -> Peer:
    """Say whether another hub is of the same community; what that changes for it is noted in its outbox at once.

    Raises Conflict for what is no hub, or is cut off.
    """
    policy.require_connecting(actor)
    row = Peer.objects.select_for_update().get(pk=peer.pk)
    if row.kind != PeerKind.PARTNER or row.state == PeerState.CUT:
        raise Conflict(_("Only another hub that is connected is of the same community or not."))
    if row.same_community is not same:
        row.same_community = same
        row.save(update_fields=["same_community"])
        ledger.record(actor, "federation.peer.placed", row, same_community=same)
        reconcile_peer(row)
    return row
