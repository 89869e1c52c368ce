"""What travels: written and read by the room that owns the subject, which registers here.

    @carries("sharing.signal")
    class Signals(Carrier):
        def write(self, peer, number): -> Parcel | Skip
        def read(self, peer, letter): -> Outcome
        def seen_by(self, actor): the numbers of what `actor` sees, for the pages of outboxes
        def due_to(self, peer): the numbers of what a peer should have now

`write` is asked each time something is sent, so it goes through the policy at that moment. `read` runs in a
transaction and raises NoroshiError for what it does not take: that sentence is told to the sender.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from noroshi.core.actor import Actor
from noroshi.federation.domain.stream import Letter
from noroshi.federation.models import ArrivalOutcome, Peer


@dataclass(frozen=True)
class Parcel:
    """What is sent: the words, and the installations that they have passed before this one."""

    data: dict[str, Any]
    path: tuple[UUID, ...] = field(default_factory=tuple)
    ends: bool = False
    """Whether it says that there is nothing any more: withdrawn, or not for this peer."""


@dataclass(frozen=True)
class Skip:
    """Nothing is sent, for a reason of `wording.REASONS`."""

    reason: str
    detail: str = ""


class Carrier(ABC):
    """How one kind of subject travels. What is not said here does not."""

    private = False
    """Whether that something went is its sender's own: at the other end nobody is shown it, no auditor either."""

    reads: frozenset[str] = frozenset()
    """What of its letters came after the first edition, by name: a peer is sent that once it says that it reads it."""

    @abstractmethod
    def write(self, peer: Peer, number: UUID, *, has_copy: bool) -> Parcel | Skip:
        """Return what `peer` is told of a subject now; `has_copy`: it may have it already."""

    @abstractmethod
    def read(self, peer: Peer, letter: Letter) -> ArrivalOutcome:
        """Take what `peer` says; raise NoroshiError where it is not to be taken."""

    @abstractmethod
    def seen_by(self, actor: Actor) -> QuerySet[Any]:
        """Return the numbers of what the actor sees, as a query."""

    def due_to(self, peer: Peer) -> Iterable[UUID]:
        """Return the numbers of what `peer` should have now: for a new peer, and after its rights have changed."""
        del peer
        return ()

    def owed_to(self, peer: Peer) -> Iterable[UUID]:
        """Return the numbers of what `peer` missed until it could read all of `reads`."""
        del peer
        return ()


C = TypeVar("C", bound=type[Carrier])

CARRIERS: Final[dict[str, Carrier]] = {}


def readable() -> list[str]:
    """Return what can be read here beyond the first edition of the letters."""
    return sorted({name for carrier in CARRIERS.values() for name in carrier.reads})


def carries(subject: str) -> Any:
    """Register the decorated carrier for `subject`."""

    def register(carrier: C) -> C:
        CARRIERS[subject] = carrier()
        return carrier

    return register
