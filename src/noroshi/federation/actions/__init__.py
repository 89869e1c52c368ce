"""Writes of the federation room."""

from noroshi.federation.actions.exchanging import answer_call, call_peer, forget_old_entries
from noroshi.federation.actions.outbox import reconcile_peer, tell_peers
from noroshi.federation.actions.pairing import answer_pairing, invite_peer, pair_with
from noroshi.federation.actions.peers import cut_peer, mark_community, retry_peer

__all__ = [
    "answer_call",
    "answer_pairing",
    "call_peer",
    "cut_peer",
    "forget_old_entries",
    "invite_peer",
    "mark_community",
    "pair_with",
    "reconcile_peer",
    "retry_peer",
    "tell_peers",
]
