"""Who is told about an inquiry, or about an answer that waits to be let out."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final
from uuid import UUID

from django.urls import reverse

from noroshi.advisories.models import Inquiry, PublishedAnswer
from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import LedgerEntry
from noroshi.members.models import Person
from noroshi.members.queries import active_people, hub_operators
from noroshi.notify.actions import post_notices
from noroshi.notify.models import NoticeKind
from noroshi.notify.presenters import Presentation, presents

INQUIRY: Final = "advisories.inquiry"
ANSWER: Final = "advisories.answer"


@presents(INQUIRY)
def present_inquiries(actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, Presentation]:
    """Say the subject of those that the reader sees; what was said stands on the page alone."""
    rows = Inquiry.objects.visible_to(actor).filter(pk__in=ids)
    return {
        row.pk: Presentation(row.subject, reverse("inquiries:detail", args=[row.pk]), TLP.AMBER_STRICT) for row in rows
    }


@presents(ANSWER)
def present_answers(actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, Presentation]:
    """Say the question of those that the reader sees."""
    rows = PublishedAnswer.objects.visible_to(actor).filter(pk__in=ids).exclude(state=State.WITHDRAWN)
    return {row.pk: Presentation(row.title, reverse("inquiries:answer", args=[row.pk]), TLP(row.tlp)) for row in rows}


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
    row = _answer_of(entry)
    if row is not None and row.state == State.HELD:
        _post(entry, ANSWER, NoticeKind.RELEASE, [each for each in hub_operators() if each.pk != row.author_id])


@ledger.subscribe("advisories.tell-writer-of-answer", "advisories.answer.returned")
def tell_writer(entry: LedgerEntry) -> None:
    """Tell who wrote it that another handed it back."""
    row = _answer_of(entry)
    if row is not None and row.author_id is not None and entry.person != row.author_id:
        _post(entry, ANSWER, NoticeKind.RELEASE, active_people().filter(pk=row.author_id))


def _post(entry: LedgerEntry, subject: str, kind: NoticeKind, people: Iterable[Person]) -> None:
    assert entry.subject_id is not None  # noqa: S101 - the row was found by it
    post_notices(people=people, kind=kind, subject=subject, subject_id=entry.subject_id, event=entry, world=entry.world)


def _inquiry_of(entry: LedgerEntry) -> Inquiry | None:
    if entry.subject_id is None:
        return None
    rows = Inquiry.objects.unrestricted(reason="who is told is chosen next: the asker and the hub's operators")
    return rows.filter(pk=entry.subject_id).first()


def _answer_of(entry: LedgerEntry) -> PublishedAnswer | None:
    if entry.subject_id is None:
        return None
    rows = PublishedAnswer.objects.unrestricted(reason="who is told is chosen next: the hub's operators")
    return rows.filter(pk=entry.subject_id).first()
