"""What each side can read beyond the first edition of the letters: told by each, so that an older one is not puzzled.

Letters are read strictly. What was added to them since is sent to a peer only after it has said that it reads that;
what it missed until then goes once it does.
"""

from collections.abc import Iterable
from typing import Annotated, Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec
from django.db.models import QuerySet

from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput
from noroshi.federation.actions.outbox import note
from noroshi.federation.carriers import CARRIERS, Carrier, Parcel, Skip, carries, readable
from noroshi.federation.domain.stream import Letter
from noroshi.federation.models import ArrivalOutcome, Copy, EntryState, OutboxEntry, Peer
from noroshi.federation.queries import peers_for

SUBJECT: Final = "federation.reading"

Name = Annotated[str, msgspec.Meta(max_length=60)]


class Reading(msgspec.Struct, frozen=True):
    """What the sender can read, by the names of `Carrier.reads`."""

    reads: Annotated[list[Name], msgspec.Meta(max_length=100)]


@carries(SUBJECT)
class Readings(Carrier):
    """Goes to every peer once, and again after an upgrade that reads more."""

    def write(self, peer: Peer, number: UUID, *, has_copy: bool) -> Parcel | Skip:
        """Return what is read here; what was told before an upgrade ends with it."""
        del peer, has_copy
        return Parcel(msgspec.to_builtins(Reading(readable())), ends=number != _number())

    def read(self, peer: Peer, letter: Letter) -> ArrivalOutcome:
        """Keep what a peer reads, and note what it is owed since it reads more than it did."""
        try:
            said = set(msgspec.convert(letter.data, Reading).reads)
        except msgspec.ValidationError:
            raise InvalidInput("reads", "This does not say what can be read.") from None
        fresh = said - set(peer.reads)
        peer.reads = sorted(said)
        peer.save(update_fields=["reads"])
        for subject, carrier in CARRIERS.items():
            if carrier.reads & fresh and (owed := list(carrier.owed_to(peer))):
                note(peer, subject, owed)
        _say_again(peer)
        return ArrivalOutcome.TAKEN

    def seen_by(self, actor: Actor) -> QuerySet[Any]:
        """It is about no item: whoever looks after peers may see that it went, and does so in their counts."""
        rows = OutboxEntry.objects.filter(subject=SUBJECT, peer__in=peers_for(actor))
        return rows.order_by().values("subject_id")

    def due_to(self, peer: Peer) -> Iterable[UUID]:
        """Every peer is told, and told again after an upgrade."""
        del peer
        return [_number()]


def _number() -> UUID:
    """Name what is read here: other words have another number, so that an upgrade makes something new to tell."""
    return uuid5(NAMESPACE_URL, f"noroshi:reads:{','.join(readable())}")


def _say_again(peer: Peer) -> None:
    """Tell anew what a peer refused before it was upgraded itself."""
    last = OutboxEntry.objects.filter(peer=peer, subject=SUBJECT, subject_id=_number()).order_by("-seq").first()
    if last is not None and last.state == EntryState.REFUSED:
        Copy.objects.filter(peer=peer, subject=SUBJECT, subject_id=last.subject_id).update(digest="")
        note(peer, SUBJECT, [last.subject_id])
