"""Who is told about an inquiry, or about an answer that waits to be let out."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from noroshi.advisories.domain.bulletins import Stage
from noroshi.advisories.models import Inquiry, PublishedAnswer
from noroshi.advisories.receivers.reviewed import row_of, tell_author, tell_everybody, tell_other_operators, topic_of
from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import LedgerEntry
from noroshi.core.policy import seen_by_each
from noroshi.members.models import Person
from noroshi.members.queries import active_people, hub_operators
from noroshi.notify.actions import post_notices
from noroshi.notify.domain.topics import Topic
from noroshi.notify.models import NoticeKind
from noroshi.notify.presenters import Presentation, Shown, describes, presents, presents_to_many

INQUIRY: Final = "advisories.inquiry"
ANSWER: Final = "advisories.answer"


@presents(INQUIRY)
def present_inquiries(actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, Presentation]:
    """Say the subject of those that the reader sees; what was said stands on the page alone."""
    rows = Inquiry.objects.visible_to(actor).filter(pk__in=ids)
    return {
        row.pk: Presentation(row.subject, reverse("inquiries:detail", args=[row.pk]), TLP.AMBER_STRICT) for row in rows
    }


@presents_to_many(ANSWER)
def present_answers(actors: Iterable[Actor], ids: Collection[UUID]) -> Iterator[tuple[Actor, Shown]]:
    """Yield to each reader the questions that it sees; of a withdrawn one the reason."""
    for actor, answers in seen_by_each(actors, PublishedAnswer, ids):
        yield actor, {row.pk: _presentation(row) for row in answers}


def _presentation(row: PublishedAnswer) -> Presentation:
    url = reverse("inquiries:answer", args=[row.pk])
    if row.stage is Stage.WITHDRAWN:
        return Presentation(_("A withdrawn answer"), url, TLP(row.tlp), row.withdrawal_reason)
    return Presentation(row.title, url, TLP(row.tlp))


@describes(ANSWER)
def describe_answers(ids: Collection[UUID]) -> Mapping[UUID, Topic]:
    """Return what people choose mail by."""
    rows = PublishedAnswer.objects.unrestricted(reason="what a notice is about, held against what its reader asked for")
    return {row.pk: topic_of(row) for row in rows.filter(pk__in=ids).exclude(state=State.WITHDRAWN)}


@ledger.subscribe("advisories.tell-hub-of-inquiries", "advisories.inquiry.asked", "advisories.inquiry.replied")
def tell_hub(entry: LedgerEntry) -> None:
    """Tell who has taken it that it waits; while nobody has, all operators."""
    row = _inquiry_of(entry)
    if row is not None:
        people = hub_operators()
        taker = [each for each in people if each.pk == row.taken_by_id]
        _post(entry, INQUIRY, NoticeKind.REQUEST, taker or people)


@ledger.subscribe("advisories.tell-asker", "advisories.inquiry.answered", "advisories.inquiry.closed")
def tell_asker(entry: LedgerEntry) -> None:
    """Tell who asked what the hub did."""
    row = _inquiry_of(entry)
    if row is not None and entry.organisation != row.organisation_id:
        _post(entry, INQUIRY, NoticeKind.REQUEST, active_people().filter(pk=row.asked_by_id))


@ledger.subscribe("advisories.tell-releasers-of-answers", "advisories.answer.submitted")
def tell_releasers(entry: LedgerEntry) -> None:
    """Tell the hub's other operators that an answer waits to be let out."""
    tell_other_operators(entry, row_of(entry, PublishedAnswer), ANSWER)


@ledger.subscribe("advisories.tell-writer-of-answer", "advisories.answer.returned")
def tell_writer(entry: LedgerEntry) -> None:
    """Tell who wrote it that another handed it back."""
    tell_author(entry, row_of(entry, PublishedAnswer), ANSWER)


@ledger.subscribe("advisories.tell-readers-of-answers", "advisories.answer.published", "advisories.answer.withdrawn")
def tell_readers(entry: LedgerEntry) -> None:
    """Tell everybody whom it reaches that it is out, or does not hold."""
    tell_everybody(entry, row_of(entry, PublishedAnswer), ANSWER, NoticeKind.ANSWER)


def _post(entry: LedgerEntry, subject: str, kind: NoticeKind, people: Iterable[Person]) -> None:
    assert entry.subject_id is not None  # noqa: S101 - the row was found by it
    post_notices(people=people, kind=kind, subject=subject, subject_id=entry.subject_id, event=entry, world=entry.world)


def _inquiry_of(entry: LedgerEntry) -> Inquiry | None:
    if entry.subject_id is None:
        return None
    rows = Inquiry.objects.unrestricted(reason="who is told is chosen next: the asker and the hub's operators")
    return rows.filter(pk=entry.subject_id).first()
