"""Comments that another installation sends: taken under the signal that both have, once, and ended."""

from uuid import UUID

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, State
from noroshi.core.domain.channels import Channel
from noroshi.core.errors import InvalidInput
from noroshi.federation.domain.stream import Letter
from noroshi.federation.models import ArrivalOutcome, Peer, PeerKind
from noroshi.federation.queries import actor_of_peer
from noroshi.kit import search
from noroshi.members.models import Person
from noroshi.members.queries import actor_of
from noroshi.sharing import policy
from noroshi.sharing.actions.rows import make_comment_searchable
from noroshi.sharing.actions.words import checked_sentence
from noroshi.sharing.domain.content import MAX_COMMENT
from noroshi.sharing.domain.moments import to_the_hour
from noroshi.sharing.domain.travelling import Ended, Remark, RemarkSaid
from noroshi.sharing.models import Attachment, Comment, Signal
from noroshi.sharing.queries.comments_travelling import is_there
from noroshi.sharing.queries.travelling import origin_of

IGNORED, TAKEN = ArrivalOutcome.IGNORED, ArrivalOutcome.TAKEN


@transaction.atomic
def take_comment(peer: Peer, letter: Letter) -> ArrivalOutcome:
    """Take what `peer` says of a comment; raise InvalidInput where it is not to be taken."""
    said = _read(letter.data)
    known = Comment.everything.filter(pk=letter.id).first()
    if isinstance(said, Ended):
        return _end(peer, known) if known is not None else IGNORED
    if known is not None:
        return IGNORED
    signal = _signal(peer, said)
    comment = _write(letter, said, signal, _author(peer, said, signal))
    make_comment_searchable(comment)
    ledger.record(_teller(signal, said), "sharing.signal.commented", signal, comment=comment.pk)
    return TAKEN


def _read(data: object) -> RemarkSaid:
    try:
        return msgspec.convert(data, RemarkSaid)  # type: ignore[no-any-return] # a union is no type to it
    except msgspec.ValidationError:
        raise InvalidInput("data", _("This is no comment that can be read here.")) from None


def _signal(peer: Peer, said: Remark) -> Signal:
    """Return the signal that both have; to a member's node it must be visible."""
    rows = Signal.objects.unrestricted(reason="under which another installation comments")
    signal = rows.select_for_update(of=("self",)).filter(pk=said.signal, state=State.PUBLISHED).first()
    if signal is None or not is_there(peer, signal, origin_of(signal)):
        raise InvalidInput("signal", _("There is no such signal here."))
    if peer.kind == PeerKind.NODE and not Signal.objects.visible_to(actor_of_peer(peer)).filter(pk=signal.pk).exists():
        raise InvalidInput("signal", _("There is no such signal here."))
    return signal


def _author(peer: Peer, said: Remark, signal: Signal) -> Person | None:
    """Return who speaks where that is somebody of the peer's house who is known here; for a node it must be."""
    number = said.voice.person_id if said.voice is not None else None
    person = None
    if number is not None and peer.organisation_id and peer.kind != PeerKind.PARTNER:
        person = Person.objects.filter(pk=number, organisation=peer.organisation_id).first()
    if peer.kind != PeerKind.NODE:
        return person
    if person is None or said.author_mode is not AuthorMode.NAMED:
        raise InvalidInput("voice", _("A node speaks for its own people alone, by name."))
    policy.require(actor_of(person, Channel.CLI), "comment", signal)
    return person


def _write(letter: Letter, said: Remark, signal: Signal, author: Person | None) -> Comment:
    at = min(said.at, clock.now())
    voice = said.voice if said.author_mode is AuthorMode.NAMED and author is None else None
    return Comment.everything.create(
        id=letter.id,
        signal=signal,
        author=author,
        author_mode=said.author_mode,
        body=checked_sentence("body", said.body, MAX_COMMENT),
        created_at=at if said.author_mode is AuthorMode.NAMED else to_the_hour(at),
        place=Comment.everything.filter(signal=signal).count() + 1,
        path=[str(each) for each in letter.path],
        voice_ja=voice.name_ja if voice else "",
        voice_en=voice.name_en if voice else "",
        voice_person=voice.person if voice else "",
        files=said.files,
    )


def _end(peer: Peer, comment: Comment) -> ArrivalOutcome:
    """Delete a copy of what was written elsewhere and came by this peer; what its own people said stays at the hub."""
    if peer.kind == PeerKind.NODE or comment.author is not None or comment.path[-1:] != [str(peer.installation)]:
        return IGNORED
    forget_comments([comment.pk])
    return TAKEN


def forget_comments(numbers: list[UUID]) -> None:
    """Delete comments, with all that hangs on them, from the pages and from the search."""
    search.forget(*numbers)
    Attachment.everything.filter(comment__in=numbers).delete()
    Comment.everything.filter(pk__in=numbers).delete()


def _teller(signal: Signal, said: Remark) -> Actor:
    actor = Actor.system("federation", world=signal.world)
    return actor if said.author_mode is AuthorMode.NAMED else actor.veiled()
