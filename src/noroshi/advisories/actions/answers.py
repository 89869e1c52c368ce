"""Answers for all who may read them: written anew without who asked, let out by another, taken back."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.advisories import policy
from noroshi.advisories.actions.audience import grant, mark
from noroshi.advisories.actions.words import checked_links, checked_names, checked_words
from noroshi.advisories.domain.bulletins import Words
from noroshi.advisories.domain.inquiries import given_away
from noroshi.advisories.models import Bulletin, Category, Inquiry, PublishedAnswer
from noroshi.advisories.queries import ANSWER_KIND
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.errors import InvalidInput, NotFound
from noroshi.core.models import AudienceEntry
from noroshi.kit import search
from noroshi.sharing.actions.words import checked_sentence
from noroshi.sharing.domain.content import MAX_REASON, Marking


@dataclass(frozen=True)
class AnswerDraft:
    """A question and its answer as an operator writes them for everybody."""

    category: Category
    words: Words
    marking: Marking
    links: Sequence[str] = ()
    names: Sequence[str] = ()


@transaction.atomic
def draft_answer(
    actor: Actor, draft: AnswerDraft, *, inquiry: Inquiry | None = None, bulletin: Bulletin | None = None
) -> PublishedAnswer:
    """Write one; nobody but its author sees it until it is handed over. Raises InvalidInput that names the field."""
    policy.require_answerer(actor)
    row = PublishedAnswer(
        owner_id=actor.acting_organisation,
        author_id=actor.acting_person,
        world=actor.world,
        inquiry=inquiry,
        bulletin=bulletin,
    )
    _write(actor, row, draft)
    ledger.record(actor, "advisories.answer.drafted", row)
    return row


@transaction.atomic
def revise_answer(actor: Actor, row: PublishedAnswer, draft: AnswerDraft) -> PublishedAnswer:
    """Replace a draft by another."""
    row = _locked(actor, row)
    policy.require_stand(policy.may_revise_answer(actor, row))
    _write(actor, row, draft)
    ledger.record(actor, "advisories.answer.revised", row)
    return row


@transaction.atomic
def discard_answer(actor: Actor, row: PublishedAnswer) -> None:
    """Throw a draft away; only that it existed stays in the ledger."""
    row = _locked(actor, row)
    policy.require_stand(policy.may_revise_answer(actor, row))
    ledger.record(actor, "advisories.answer.discarded", row)
    AudienceEntry.objects.filter(item_id=row.pk).delete()
    row.delete()


@transaction.atomic
def submit_answer(actor: Actor, row: PublishedAnswer) -> PublishedAnswer:
    """Ask another operator to let it out. Raises InvalidInput where it is not whole, or names who asked."""
    row = _locked(actor, row)
    policy.require_stand(policy.may_revise_answer(actor, row))
    _check_whole(row)
    row.return_reason = ""
    _move(row, State.HELD)
    ledger.record(actor, "advisories.answer.submitted", row)
    return row


@transaction.atomic
def hand_back_answer(actor: Actor, row: PublishedAnswer, *, reason: str = "") -> PublishedAnswer:
    """Make a draft of it again: who wrote it takes it back, or another says in a sentence what to change."""
    row = _locked(actor, row)
    policy.require_stand(policy.may_hand_back_answer(actor, row))
    if row.author_id != actor.person:
        row.return_reason = checked_sentence("reason", reason, MAX_REASON)
    _move(row, State.DRAFT)
    ledger.record(actor, "advisories.answer.returned", row)
    return row


@transaction.atomic
def publish_answer(actor: Actor, row: PublishedAnswer) -> PublishedAnswer:
    """Let it out: an operator who did not write it."""
    row = _locked(actor, row)
    policy.require_stand(policy.may_release_answer(actor, row))
    _check_whole(row)
    row.published_at, row.published_by_id = clock.now(), actor.acting_person
    _move(row, State.PUBLISHED)
    search.index(ANSWER_KIND, row.pk, *asdict(row.words).values(), *row.names, at=row.published_at)
    ledger.record(actor, "advisories.answer.published", row, rule="four-eyes")
    return row


@transaction.atomic
def withdraw_answer(actor: Actor, row: PublishedAnswer, *, reason: str) -> PublishedAnswer:
    """Take it back: the date and the reason are left of it."""
    row = _locked(actor, row)
    policy.require_stand(policy.may_withdraw_answer(actor, row))
    row.withdrawal_reason = checked_sentence("reason", reason, MAX_REASON)
    _move(row, State.WITHDRAWN)
    search.forget(row.pk)
    ledger.record(actor, "advisories.answer.withdrawn", row)
    return row


def _locked(actor: Actor, row: PublishedAnswer) -> PublishedAnswer:
    policy.require_answerer(actor)
    rows = PublishedAnswer.objects.visible_to(actor).select_for_update(of=("self",))
    found = rows.filter(pk=row.pk).first()
    if found is None:
        raise NotFound
    return found


def _write(actor: Actor, row: PublishedAnswer, draft: AnswerDraft) -> None:
    mark(actor, row, draft.marking)
    for name, text in asdict(checked_words(draft.words)).items():
        setattr(row, name, text)
    row.category = draft.category
    row.links, row.names = checked_links(draft.links), checked_names(draft.names)
    row.changed_at = clock.now()
    row.save()
    grant(row, draft.marking.entries)


def _check_whole(row: PublishedAnswer) -> None:
    """Raise InvalidInput where half of the English is missing, or who asked can be read out of it."""
    if row.words.is_half_translated:
        raise InvalidInput("title_en", _("Write both the English title and the English text, or neither."))
    if row.inquiry_id is None:
        return
    rows = Inquiry.objects.unrestricted(reason="an answer for everybody may not name who asked")
    asked = rows.select_related("organisation", "asked_by").get(pk=row.inquiry_id)
    names = (asked.organisation.name_ja, asked.organisation.name_en, asked.asked_by.name, asked.asked_by.email)
    if name := given_away([*asdict(row.words).values(), *row.links, *row.names], names):
        raise InvalidInput("body_ja", _("It names who asked: “%(name)s”. Write it without.") % {"name": name})


def _move(row: PublishedAnswer, state: State) -> None:
    row.state, row.changed_at = state, clock.now()
    row.save()
