"""Answers for all who may read them: written anew without who asked, let out by another, taken back."""

from dataclasses import asdict

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.advisories import policy
from noroshi.advisories.actions import reviewed
from noroshi.advisories.actions.reviewed import Draft, locked
from noroshi.advisories.domain.inquiries import given_away
from noroshi.advisories.models import Bulletin, Inquiry, PublishedAnswer
from noroshi.advisories.queries import ANSWER_KIND
from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput


@transaction.atomic
def draft_answer(
    actor: Actor, draft: Draft, *, inquiry: Inquiry | None = None, bulletin: Bulletin | None = None
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
    reviewed.write(actor, row, draft)
    ledger.record(actor, "advisories.answer.drafted", row)
    return row


@transaction.atomic
def renew_answer(actor: Actor, row: PublishedAnswer) -> PublishedAnswer:
    """Begin the next version of an answer that is out: a draft with the same words and audience."""
    version = reviewed.next_text(actor, locked(actor, row), ("inquiry_id", "bulletin_id"))
    ledger.record(actor, "advisories.answer.drafted", version, replaces=row.pk)
    return version


@transaction.atomic
def revise_answer(actor: Actor, row: PublishedAnswer, draft: Draft) -> PublishedAnswer:
    """Replace a draft by another."""
    row = reviewed.to_revise(actor, row, draft.seen)
    reviewed.write(actor, row, draft)
    ledger.record(actor, "advisories.answer.revised", row)
    return row


@transaction.atomic
def discard_answer(actor: Actor, row: PublishedAnswer) -> None:
    """Throw a draft away; only that it existed stays in the ledger."""
    row = reviewed.to_revise(actor, row)
    ledger.record(actor, "advisories.answer.discarded", row)
    reviewed.erase(row)


@transaction.atomic
def submit_answer(actor: Actor, row: PublishedAnswer) -> PublishedAnswer:
    """Ask another operator to let it out. Raises InvalidInput where it is not whole, or names who asked."""
    row = reviewed.to_revise(actor, row)
    _require_unnamed(row)
    reviewed.hand_over(row)
    ledger.record(actor, "advisories.answer.submitted", row)
    return row


@transaction.atomic
def hand_back_answer(actor: Actor, row: PublishedAnswer, *, reason: str = "") -> PublishedAnswer:
    """Make a draft of it again: who wrote it takes it back, or another says in a sentence what to change."""
    row = locked(actor, row)
    reviewed.hand_back(actor, row, reason)
    ledger.record(actor, "advisories.answer.returned", row)
    return row


@transaction.atomic
def publish_answer(actor: Actor, row: PublishedAnswer) -> PublishedAnswer:
    """Let it out: an operator who did not write it."""
    row = locked(actor, row)
    policy.require(policy.may_approve(actor, row), row)
    _require_unnamed(row)
    reviewed.let_out(actor, row, ANSWER_KIND, ())
    ledger.record(actor, "advisories.answer.published", row, rule="four-eyes", version=row.version)
    return row


@transaction.atomic
def withdraw_answer(actor: Actor, row: PublishedAnswer, *, reason: str) -> PublishedAnswer:
    """Take it back: the date and the reason are left of it."""
    row = locked(actor, row)
    reviewed.take_back(actor, row, reason)
    ledger.record(actor, "advisories.answer.withdrawn", row)
    return row


def _require_unnamed(row: PublishedAnswer) -> None:
    """Raise InvalidInput where who asked can be read out of it."""
    if row.inquiry_id is None:
        return
    rows = Inquiry.objects.unrestricted(reason="an answer for everybody may not name who asked")
    asked = rows.select_related("organisation", "asked_by").get(pk=row.inquiry_id)
    names = (asked.organisation.name_ja, asked.organisation.name_en, asked.asked_by.name, asked.asked_by.email)
    if name := given_away([*asdict(row.words).values(), row.change, *row.links, *row.names], names):
        raise InvalidInput("body_ja", _("It names who asked: “%(name)s”. Write it without.") % {"name": name})
