"""What comes round in the federation room."""

from datetime import timedelta
from uuid import UUID

from noroshi.federation import actions
from noroshi.federation.queries import peers_to_call, peers_to_tell
from noroshi.kit.jobs import job, recurring


@job(retries=0)  # a peer has its own times to be called again
def exchange_with(number: str) -> None:
    """Exchange with one peer."""
    actions.call_peer(UUID(number))


@recurring("federation.due", every=timedelta(seconds=3))
def call_due_peers() -> None:
    """Queue the peers that it is time to call."""
    for peer in peers_to_call():
        exchange_with.enqueue(str(peer.pk))


@recurring("federation.reconcile", every=timedelta(hours=6))
def reconcile_peers() -> None:
    """Look whether every peer has what it should have: what no event told of is found here."""
    for peer in peers_to_tell():
        actions.reconcile_peer(peer)


@recurring("federation.old", every=timedelta(hours=1))
def forget_old() -> None:
    """Delete what is long over."""
    actions.forget_old_entries()
