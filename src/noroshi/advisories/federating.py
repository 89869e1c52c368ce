"""Counts of patch tasks as they travel from a member's node to its hub: where the member agreed, and never an asset."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db.models import QuerySet

from noroshi.advisories import actions, queries
from noroshi.advisories.domain.counts import Told
from noroshi.advisories.models import CountsAgreement
from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain import worlds
from noroshi.core.errors import InvalidInput
from noroshi.core.models import LedgerEntry
from noroshi.federation.actions import tell_peers
from noroshi.federation.carriers import Carrier, Parcel, Skip, carries
from noroshi.federation.domain.stream import Letter
from noroshi.federation.models import ArrivalOutcome, Peer, PeerKind

SUBJECT: Final = "advisories.counts"


@carries(SUBJECT)
class TaskCounts(Carrier):
    """Goes from a member's node to its hub alone, whole each time that it changed; revoked, the hub forgets it."""

    private = True

    def write(self, peer: Peer, number: UUID, *, has_copy: bool) -> Parcel | Skip:
        """Return the counts of the node's own organisation."""
        if peer.kind != PeerKind.HUB or peer.organisation_id != number:
            return Skip("gone")
        if queries.agreement_of(number, worlds.REAL) is None:
            return Parcel(msgspec.to_builtins(Told()), ends=True) if has_copy else Skip("never_sent")
        return Parcel(msgspec.to_builtins(Told(queries.counts_to_tell(number, worlds.REAL))))

    def read(self, peer: Peer, letter: Letter) -> ArrivalOutcome:
        """Take what a member's node tells of its own organisation; nobody tells anything of another."""
        if peer.kind != PeerKind.NODE or peer.organisation_id is None or letter.id != peer.organisation_id:
            raise InvalidInput("own", "A member tells counts of its own tasks alone.")
        try:
            told = msgspec.convert(letter.data, Told)
        except msgspec.ValidationError as error:
            raise InvalidInput("counts", "These are no counts that are taken here.") from error
        actions.keep_counts(peer.organisation_id, told.counts)
        return ArrivalOutcome.TAKEN

    def seen_by(self, actor: Actor) -> QuerySet[Any]:
        """Return the organisations of which the actor knows that they agreed."""
        return CountsAgreement.objects.visible_to(actor).order_by().values("organisation")

    def due_to(self, peer: Peer) -> Iterable[UUID]:
        """A hub is due the counts of the member that agreed."""
        agreed = peer.kind == PeerKind.HUB and queries.agreement_of(peer.organisation_id, worlds.REAL) is not None
        return [peer.organisation_id] if agreed and peer.organisation_id else []


@ledger.subscribe(
    "advisories.tell-counts", "advisories.counts.agreed", "advisories.counts.changed", "advisories.counts.revoked"
)
def tell_the_hub(entry: LedgerEntry) -> None:
    """Note for the hub that something changed: what is said is written when it is sent."""
    organisation = entry.organisation
    if organisation is None:  # told by itself
        row = CountsAgreement.everything.filter(pk=entry.subject_id).first() if entry.subject_id else None
        organisation = row.organisation_id if row is not None else None
    if organisation is not None:
        tell_peers(entry, subject=SUBJECT, subject_id=organisation, kinds=(PeerKind.HUB,))
