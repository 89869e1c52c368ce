"""Consultations: a question asked, what it is about, what solved it, thanks."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.sharing import policy
from noroshi.sharing.actions.drafts import draft_signal
from noroshi.sharing.actions.rows import locked, named
from noroshi.sharing.actions.sending import publish_signal
from noroshi.sharing.domain.content import Content, Marking
from noroshi.sharing.domain.items import MAX_ITEMS, FrameworkItem, UnreadableItemError, read_items
from noroshi.sharing.models import Comment, Kind, QuestionItem, Signal, Solution, Target, Thanks


@transaction.atomic
def ask_question(actor: Actor, *, title: str, body: str, items: str, marking: Marking, send: bool = False) -> Signal:
    """Write a question as a draft, to be looked over and sent as every signal is; `send` is a machine's way."""
    about = checked_items(items)
    content = Content(Kind.QUESTION, Target.OWN_SYSTEM, title, body)
    signal = draft_signal(actor, content=content, marking=marking)
    _write_items(signal, about)
    return publish_signal(actor, signal) if send else signal


@transaction.atomic
def file_question(actor: Actor, signal: Signal, *, items: str) -> None:
    """Say which items of frameworks a question is about, in place of what was said."""
    signal = locked(actor, signal)
    policy.require_filer(actor, signal)
    _write_items(signal, checked_items(items))
    ledger.record(named(actor, signal), "sharing.question.filed", signal)


@transaction.atomic
def mark_solution(actor: Actor, signal: Signal, *, comment_id: UUID) -> None:
    """Say that an answer solved the question; several may have."""
    signal = locked(actor, signal)
    policy.require(actor, "solve", signal)
    comment = _answer(signal, comment_id)
    if Solution.everything.filter(comment=comment).exists():
        raise Conflict(_("This answer is marked already."))
    Solution.everything.create(signal=signal, comment=comment)
    ledger.record(named(actor, signal), "sharing.question.solved", signal, comment=comment.pk)


@transaction.atomic
def reopen_question(actor: Actor, signal: Signal) -> None:
    """Say that nothing has solved the question after all."""
    signal = locked(actor, signal)
    policy.require(actor, "solve", signal)
    if not Solution.everything.filter(signal=signal).delete()[0]:
        raise Conflict(_("This question is open."))
    ledger.record(named(actor, signal), "sharing.question.reopened", signal)


@transaction.atomic
def thank_for_answer(actor: Actor, signal: Signal, *, comment_id: UUID) -> bool:
    """Say that an answer helped; return whether that is new. Readers see a number of organisations, from three on."""
    signal = locked(actor, signal)
    policy.require(actor, "comment", signal)
    comment = _answer(signal, comment_id)
    if comment.author_id == actor.person:
        raise NotAllowed(_("Nobody thanks for an answer of their own."), rule="sharing.thank")
    _row, new = Thanks.everything.get_or_create(
        comment=comment,
        person_id=actor.acting_person,
        defaults={"signal": signal, "organisation_id": actor.acting_organisation},
    )
    if new:
        ledger.record(named(actor, signal), "sharing.question.thanked", signal)
    return new


def checked_items(text: str) -> tuple[FrameworkItem, ...]:
    """Return the items that `text` names; raise InvalidInput that names the first it cannot read."""
    try:
        return read_items(text[:2_000])
    except UnreadableItemError as error:
        sentence = _("“%(item)s”: name the framework, then the item, such as “FISC 実務基準 実13”; at most %(limit)d.")
        raise InvalidInput("items", sentence % {"item": error, "limit": MAX_ITEMS}) from error


def _write_items(signal: Signal, items: tuple[FrameworkItem, ...]) -> None:
    QuestionItem.everything.filter(signal=signal).delete()
    QuestionItem.everything.bulk_create(
        QuestionItem(signal=signal, framework=item.framework, number=item.number, key=item.key) for item in items
    )


def _answer(signal: Signal, comment_id: UUID) -> Comment:
    if signal.kind != Kind.QUESTION:
        raise NotFound
    comment = Comment.everything.filter(pk=comment_id, signal=signal).first()
    if comment is None:
        raise NotFound
    return comment
