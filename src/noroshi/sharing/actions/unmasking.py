"""Looking up who wrote something anonymous: on the record, with a reason, and the author is told."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.errors import Conflict, InvalidInput, NotFound
from noroshi.sharing import policy
from noroshi.sharing.actions.rows import locked
from noroshi.sharing.actions.words import checked_sentence
from noroshi.sharing.domain.content import MAX_REASON
from noroshi.sharing.models import Comment, Signal

SHORTEST_REASON = 10
"""Characters. "Needed" is none."""


@dataclass(frozen=True)
class Unmasked:
    """Who wrote it. Shown once, to who asked; kept nowhere."""

    person: str
    organisation: str


@transaction.atomic
def unmask_author(actor: Actor, signal: Signal, *, reason: str, comment: Comment | None = None) -> Unmasked:
    """Return who wrote an anonymous signal, or one anonymous comment on it.

    It is no way of seeing: the operator must see the signal already, and nobody sees more of it afterwards. The ledger
    has who looked, at what and why, and not whom they found.
    """
    signal = locked(actor, signal)
    policy.require_unmasking(actor)
    wanted = _held_comment(actor, signal, comment) if comment is not None else signal
    if wanted.author_mode == AuthorMode.NAMED or wanted.author is None:
        raise Conflict(_("Its author is named."))
    if wanted.author_id == actor.person:
        raise Conflict(_("You wrote this yourself."))
    said = checked_sentence("reason", reason, MAX_REASON)
    if len(said) < SHORTEST_REASON:
        raise InvalidInput("reason", _("Say in a sentence why you must know: the author will read it."))
    about = {"comment": comment.pk} if comment is not None else {}
    ledger.record(actor, "sharing.author.unmasked", signal, rule="unmask", reason=said, **about)
    return Unmasked(wanted.author.name, wanted.author.organisation.name)


def _held_comment(actor: Actor, signal: Signal, comment: Comment) -> Comment:
    row = Comment.objects.visible_to(actor).filter(pk=comment.pk, signal=signal).first()
    if row is None:
        raise NotFound
    return row
