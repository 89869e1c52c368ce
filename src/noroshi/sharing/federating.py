"""Signals on their way between installations: written through the policy, read by `actions.arriving`."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db.models import Exists, OuterRef, Q, QuerySet

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain import worlds
from noroshi.core.domain.audience import State
from noroshi.core.models import LedgerEntry
from noroshi.federation.actions import tell_peers
from noroshi.federation.actions.outbox import note
from noroshi.federation.carriers import Carrier, Parcel, Skip, carries
from noroshi.federation.domain.stream import Letter
from noroshi.federation.models import ArrivalOutcome, Copy, OutboxEntry, Peer, PeerKind
from noroshi.federation.policy import is_node
from noroshi.federation.queries import actor_of_peer, copies_of, waits_for
from noroshi.federation.queries import has_copy as sent_to
from noroshi.sharing.actions import note_read, take_answers, take_comment, take_signal
from noroshi.sharing.domain.travelling import CALLED, COMMENTS, STANCES, Ended, Recalled, RemarkSaid, Said, Withdrawn
from noroshi.sharing.models import Comment, Signal, SignalTag, Stance
from noroshi.sharing.queries import signals_for
from noroshi.sharing.queries.comments_travelling import as_remark, comments_due_to, is_there, reason_to_keep
from noroshi.sharing.queries.levels import open_to
from noroshi.sharing.queries.travelling import answers_of, as_published, origin_of, path_of, reason_against

SUBJECT: Final = "sharing.signal"
ANSWERS: Final = "sharing.answers"
COMMENT: Final = "sharing.comment"
STAYS: Final = ("exercise", "from_there", "changed")
"""Reasons for sending nothing that take nothing back of what was sent before."""


@carries(SUBJECT)
class Signals(Carrier):
    """A signal goes as it is now; who had it and may not have it any more is told that alone."""

    reads = frozenset({CALLED})

    def write(self, peer: Peer, number: UUID, *, has_copy: bool) -> Parcel | Skip:
        """Return what a peer may be told of a signal."""
        signal = _all().filter(pk=number).first()
        if signal is None:
            return Skip("gone")
        origin = origin_of(signal)
        against = reason_against(peer, signal, origin)
        if against is not None:
            recalls = has_copy and against.reason not in STAYS
            if recalls:
                _forget_what_was_said(peer, number)
            return _parcel(Recalled(), path_of(origin), ends=True) if recalls else against
        if signal.state == State.WITHDRAWN:
            gone = Withdrawn(signal.withdrawal_reason)
            return _parcel(gone, path_of(origin), ends=True) if has_copy else Skip("never_sent")
        note_read(actor_of_peer(peer), [signal])
        return _parcel(as_published(peer, signal), path_of(origin))

    def read(self, peer: Peer, letter: Letter) -> ArrivalOutcome:
        """Take what a peer says of a signal."""
        return take_signal(peer, letter)

    def seen_by(self, actor: Actor) -> QuerySet[Any]:
        """Return the signals that the actor sees."""
        return signals_for(actor).order_by().values("pk")

    def due_to(self, peer: Peer) -> Iterable[UUID]:
        """What is published and goes to the peer now; of what has expired nobody sends any more."""
        rows = _all().filter(world=worlds.REAL, state=State.PUBLISHED).exclude(expires_at__lte=clock.now())
        return [row.pk for row in rows.order_by("published_at") if _is_due(peer, row)]

    def owed_to(self, peer: Peer) -> Iterable[UUID]:
        """What the peer has and that is graded or tagged, which it could not read."""
        had = _all().filter(pk__in=copies_of(peer, SUBJECT), state=State.PUBLISHED)
        tagged = Exists(SignalTag.everything.filter(signal=OuterRef("pk")))
        called = had.filter(Q(reliability__gt="") | Q(credibility__gt="") | tagged)
        return [row.pk for row in called.order_by("published_at")]


@carries(ANSWERS)
class SignalAnswers(Carrier):
    """What a member's people and logs answer goes from its node to the hub: counts and times, never a line of a log."""

    private = True
    reads = frozenset({STANCES})

    def write(self, peer: Peer, number: UUID, *, has_copy: bool) -> Parcel | Skip:
        """Return the answers of the node's own organisation to what the hub has too."""
        del has_copy
        signal = _all().filter(pk=number, state=State.PUBLISHED).first()
        if signal is None or peer.organisation_id is None:
            return Skip("gone")
        if signal.world != worlds.REAL:
            return Skip("exercise")
        origin = origin_of(signal)
        known = origin.peer_id == peer.pk if origin else sent_to(peer, SUBJECT, number)
        if not known:
            return Skip("never_sent")
        return Parcel(msgspec.to_builtins(answers_of(peer, signal, peer.organisation_id)))

    def read(self, peer: Peer, letter: Letter) -> ArrivalOutcome:
        """Take what a node answers."""
        return take_answers(peer, letter.id, letter.data)

    def seen_by(self, actor: Actor) -> QuerySet[Any]:
        """Return the signals that the actor sees, on a node: at the hub nobody is told who has seen what."""
        rows = signals_for(actor).order_by().values("pk")
        return rows if is_node() else rows.none()

    def owed_to(self, peer: Peer) -> Iterable[UUID]:
        """What the own organisation has said it stands on, which an older hub could not read."""
        own = Stance.everything.filter(organisation=peer.organisation_id, current=True)
        return list(own.order_by("pk").values_list("signal", flat=True)) if peer.kind == PeerKind.HUB else []


@carries(COMMENT)
class Comments(Carrier):
    """What is said under a signal goes where that is, behind it; from a node what its own people say by name."""

    reads = frozenset({COMMENTS})

    def write(self, peer: Peer, number: UUID, *, has_copy: bool) -> Parcel | Skip:
        """Return what a peer may be told of a comment; where its signal is still to go, the comment goes after it."""
        comment = _comments().filter(pk=number).first()
        if comment is None:
            return Skip("gone")
        against = reason_to_keep(peer, comment)
        if against is not None:
            ends = has_copy and against.reason not in (*STAYS, "narrower")
            return _parcel(Ended(), (), ends=True) if ends else against
        if not is_there(peer, comment.signal, origin_of(comment.signal)):
            return _after_signal(peer, comment)
        return _parcel(as_remark(peer, comment), tuple(map(UUID, comment.path)))

    def read(self, peer: Peer, letter: Letter) -> ArrivalOutcome:
        """Take what a peer says of a comment."""
        return take_comment(peer, letter)

    def seen_by(self, actor: Actor) -> QuerySet[Any]:
        """Return the comments that the actor sees."""
        under = Comment.everything.filter(signal__in=signals_for(actor).order_by().values("pk"))
        return open_to(actor, under, "created_at").values("pk")

    def due_to(self, peer: Peer) -> Iterable[UUID]:
        """What is said under what a peer has, as far as it is for it; to the hub what was sent there, and no more.

        What people said on a node before comments travelled, they said among themselves.
        """
        kept = copies_of(peer, COMMENT)
        return kept if peer.kind == PeerKind.HUB else [row.pk for row in comments_due_to(peer, kept)]

    def owed_to(self, peer: Peer) -> Iterable[UUID]:
        """The same: before, it could read none. To the hub, what was noted for it since comments travel."""
        noted = OutboxEntry.objects.filter(peer=peer, subject=COMMENT, reason="older").order_by("seq")
        numbers = dict.fromkeys(noted.values_list("subject_id", flat=True))
        return list(numbers) if peer.kind == PeerKind.HUB else self.due_to(peer)


def _forget_what_was_said(peer: Peer, number: UUID) -> None:
    """Keep that the comments on a signal go with it where it is recalled: they are due again once it is."""
    said = Comment.everything.filter(signal=number).values("pk")
    Copy.objects.filter(peer=peer, subject=COMMENT, subject_id__in=said).update(digest="", ended=True)


def _after_signal(peer: Peer, comment: Comment) -> Skip:
    """Let a comment wait behind its signal where that waits itself; else the signal never goes there."""
    if not waits_for(peer, SUBJECT, comment.signal_id):
        return Skip("never_sent")
    note(peer, COMMENT, [comment.pk])
    return Skip("behind")


@ledger.subscribe("sharing.federate-comments", "sharing.signal.commented")
def tell_installations_of_comments(entry: LedgerEntry) -> None:
    """Note for every peer that something was said under a signal."""
    tell_peers(entry, subject=COMMENT, subject_id=UUID(entry.payload["comment"]))


@ledger.subscribe("sharing.federate-stances", "sharing.stance.taken")
def tell_hub_of_stances(entry: LedgerEntry) -> None:
    """Note for the hub that the organisation says where it stands."""
    if entry.subject_id is not None:
        tell_peers(entry, subject=ANSWERS, subject_id=entry.subject_id, kinds=(PeerKind.HUB,))


@ledger.subscribe("sharing.federate-answers", "intel.sighting.recorded", "intel.sighting.withdrawn")
def tell_hub_of_sightings(entry: LedgerEntry) -> None:
    """Note for the hub that something was seen here, or that it meant nothing."""
    tell_peers(entry, subject=ANSWERS, subject_id=UUID(entry.payload["item"]), kinds=(PeerKind.HUB,))


@ledger.subscribe("sharing.federate-notes", "sharing.signal.acknowledged")
def tell_hub_of_notes(entry: LedgerEntry) -> None:
    """Note for the hub that somebody took note of a signal."""
    if entry.subject_id is not None:
        tell_peers(entry, subject=ANSWERS, subject_id=entry.subject_id, kinds=(PeerKind.HUB,))


@ledger.subscribe(
    "sharing.federate",
    "sharing.signal.published",
    "sharing.signal.amended",
    "sharing.signal.lowered",
    "sharing.signal.readdressed",
    "sharing.signal.withdrawn",
    "sharing.signal.disclosed",
    "sharing.guest.invited",
    "sharing.guest.ended",
)
def tell_installations(entry: LedgerEntry) -> None:
    """Note for every peer that something happened to a signal."""
    if entry.subject_id is not None and entry.subject == SUBJECT:
        tell_peers(entry, subject=SUBJECT, subject_id=entry.subject_id)


@ledger.subscribe(
    "sharing.federate-passages", "sharing.passage.agreed", "sharing.passage.released", "sharing.passage.ended"
)
def tell_hub_of_passage(entry: LedgerEntry) -> None:
    """Note for another hub that it may have a signal now, or not any more. What is agreed at sending goes with that."""
    if entry.subject_id is not None and not entry.payload.get("at_sending"):
        tell_peers(entry, subject=SUBJECT, subject_id=entry.subject_id, alone=UUID(entry.payload["peer"]))


def _is_due(peer: Peer, signal: Signal) -> bool:
    """Whether a peer should have a signal: also an earlier version, whose changes wait for a release."""
    against = reason_against(peer, signal, origin_of(signal))
    return against is None or against.reason == "changed"


def _all() -> QuerySet[Signal]:
    rows = Signal.objects.unrestricted(reason="each is decided about for the peer that gets it")
    return rows.select_related("owner", "author__organisation")


def _comments() -> QuerySet[Comment]:
    return Comment.everything.select_related("signal__owner", "author__organisation")


def _parcel(said: Said | RemarkSaid, path: tuple[UUID, ...], *, ends: bool = False) -> Parcel:
    data: dict[str, Any] = msgspec.to_builtins(said)
    return Parcel(data, path, ends=ends)
