"""Comments on their way to other installations: which of them go where, and as what."""

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db.models import Max

from noroshi.core.domain import worlds
from noroshi.core.domain.audience import AuthorMode, State
from noroshi.core.domain.tlp import TLP
from noroshi.federation.carriers import Skip
from noroshi.federation.domain.borders import is_for_all
from noroshi.federation.domain.stream import has_passed
from noroshi.federation.models import Peer, PeerKind
from noroshi.federation.queries import has_copy
from noroshi.members.queries import house_told
from noroshi.sharing.domain.travelling import COMMENTS, Remark, Voice
from noroshi.sharing.models import Attachment, Comment, Origin, Signal, SignalVersion
from noroshi.sharing.queries.travelling import origin_of, reason_against

SIGNAL = "sharing.signal"


def is_there(peer: Peer, signal: Signal, origin: Origin | None) -> bool:
    """Whether a peer has a signal: it brought it, or it was sent it."""
    return origin.peer_id == peer.pk if origin else has_copy(peer, SIGNAL, signal.pk)


def reason_to_keep(peer: Peer, comment: Comment) -> Skip | None:
    """Return why a comment does not go to a peer that has, or is about to have, its signal; None where it does."""
    signal = comment.signal
    return _against_all(peer, signal) or _against(peer, comment, _narrower_until(signal))


def _against_all(peer: Peer, signal: Signal) -> Skip | None:
    """Return why nothing that is said under a signal goes to a peer."""
    origin = origin_of(signal)
    if signal.world != worlds.REAL:
        return Skip("exercise")
    if signal.state != State.PUBLISHED:
        return Skip("unpublished")
    if COMMENTS not in peer.reads:
        return Skip("older")
    if not (origin and origin.peer_id == peer.pk) and (against := reason_against(peer, signal, origin)):
        return against
    return Skip("members") if peer.kind == PeerKind.PARTNER and not _is_for_community(peer, signal) else None


def _against(peer: Peer, comment: Comment, narrower_until: datetime | None) -> Skip | None:
    """Return why one comment does not go: it stays under the level under which it was said, and its own people's."""
    if has_passed(map(UUID, comment.path), peer.installation):
        return Skip("from_there")
    if peer.kind == PeerKind.HUB and comment.author_mode != AuthorMode.NAMED:
        return Skip("anonymous")
    if peer.kind != PeerKind.NODE and comment.author is None:
        return Skip("not_ours")
    if narrower_until is not None and comment.created_at <= narrower_until:
        return Skip("narrower")
    return None


def _is_for_community(peer: Peer, signal: Signal) -> bool:
    """Whether what members say of it is for that hub's members too: to more than that its author alone agreed."""
    level = TLP(signal.tlp)
    wide = level is TLP.CLEAR or (level is TLP.GREEN and is_for_all(signal.as_item().audience))
    return peer.same_community and wide


def _narrower_until(signal: Signal) -> datetime | None:
    """Return when a signal last had another level: a peer may not know of that, and show what was said to more."""
    versions = SignalVersion.everything.filter(signal=signal).exclude(tlp=signal.tlp)
    last: datetime | None = versions.aggregate(at=Max("replaced_at"))["at"]
    return last


def as_remark(peer: Peer, comment: Comment) -> Remark:
    """Return a comment as a peer gets it. The caller has asked whether it does."""
    hidden = comment.author_mode != AuthorMode.NAMED
    return Remark(
        signal=comment.signal_id,
        body=comment.body,
        author_mode=AuthorMode.ANONYMOUS if hidden else AuthorMode.NAMED,
        voice=None if hidden else _voice(peer, comment),
        at=comment.created_at,
        files=comment.files or Attachment.everything.filter(comment=comment).count(),
    )


def _voice(peer: Peer, comment: Comment) -> Voice:
    """Who speaks: to another hub the organisation alone."""
    told = peer.kind != PeerKind.PARTNER
    if comment.author is None:
        return Voice(comment.voice_ja, comment.voice_en, comment.voice_person if told else "")
    house = comment.author.organisation
    if not told:
        return Voice(house.name_ja, house.name_en)
    return Voice(house.name_ja, house.name_en, comment.author.name, comment.author_id, house_told(house))


def comments_due_to(peer: Peer, kept: Collection[UUID]) -> Iterator[Comment]:
    """Yield the comments that a peer should have; what it got before the level came down it keeps (`kept`)."""
    rows = Comment.everything.filter(signal__world=worlds.REAL, signal__state=State.PUBLISHED)
    rows = rows.select_related("signal__owner", "author__organisation").order_by("signal", "place", "id")
    for _number, said in groupby(rows.iterator(), key=lambda row: row.signal_id):
        comments = list(said)
        signal = comments[0].signal
        if _against_all(peer, signal) is None:
            yield from _due_among(peer, comments, _narrower_until(signal), kept)


def _due_among(
    peer: Peer, comments: list[Comment], narrower_until: datetime | None, kept: Collection[UUID]
) -> Iterator[Comment]:
    for comment in comments:
        against = _against(peer, comment, narrower_until)
        if against is None or (against.reason == "narrower" and comment.pk in kept):
            yield comment
