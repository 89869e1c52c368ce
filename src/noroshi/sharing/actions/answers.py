"""What readers say to a signal."""

from django.db import transaction

from noroshi.core import clock, ids, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode
from noroshi.intel.actions import record_sighting
from noroshi.intel.models import SightingSource
from noroshi.sharing import policy
from noroshi.sharing.actions.rows import locked, make_comment_searchable
from noroshi.sharing.actions.words import checked_sentence
from noroshi.sharing.domain.content import (
    MAX_COMMENT,
)
from noroshi.sharing.domain.moments import to_the_hour
from noroshi.sharing.models import Acknowledgement, Comment, Signal


@transaction.atomic
def comment_on_signal(actor: Actor, signal: Signal, *, body: str, anonymous: bool = False) -> Comment:
    """Add a comment, by name or anonymously; whoever sees the signal sees it.

    Under an anonymous signal its author always answers anonymously: one forgotten tick would undo the rest.
    """
    signal = locked(actor, signal)
    policy.require(actor, "comment", signal)
    hidden = anonymous or policy.is_hidden_author(actor, signal)
    comment = Comment.everything.create(
        id=ids.new_vague_id() if hidden else ids.new_id(),
        signal=signal,
        author_id=actor.acting_person,
        author_mode=AuthorMode.ANONYMOUS if hidden else AuthorMode.NAMED,
        body=checked_sentence("body", body, MAX_COMMENT),
        created_at=to_the_hour(clock.now()) if hidden else clock.now(),
        place=Comment.everything.filter(signal=signal).count() + 1,
    )
    make_comment_searchable(comment)
    ledger.record(actor.veiled() if hidden else actor, "sharing.signal.commented", signal, comment=comment.pk)
    return comment


@transaction.atomic
def acknowledge_signal(actor: Actor, signal: Signal) -> bool:
    """Take note of a signal; return whether that is new. The author learns which organisations did."""
    signal = locked(actor, signal)
    policy.require(actor, "answer", signal)
    _row, new = Acknowledgement.everything.get_or_create(
        signal=signal, person_id=actor.acting_person, defaults={"organisation_id": actor.acting_organisation}
    )
    if new:
        ledger.record(actor, "sharing.signal.acknowledged", signal)
    return new


@transaction.atomic
def report_seen(actor: Actor, signal: Signal, *, named: bool = False) -> bool:
    """Say "we saw this too" for the organisation; return whether that is new.

    Others see only counts, from three on, unless it lets itself be `named` to those who see the signal. Who needs to
    know gives its name, and takes it back; anybody else leaves that as it is.
    """
    signal = locked(actor, signal)
    policy.require(actor, "stand" if named else "answer", signal)
    return record_sighting(
        actor,
        item_id=signal.pk,
        organisation=actor.acting_organisation,
        source=SightingSource.PERSON,
        named=named if actor.needs_to_know else None,
    )
