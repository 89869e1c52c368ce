"""Who is told of the hub's published answers, and what a notice may say of one. Its source is never asked for."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final
from uuid import UUID

from django.urls import reverse

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import LedgerEntry
from noroshi.core.policy import seen_by_each
from noroshi.notify.actions import post_notices
from noroshi.notify.domain.topics import Topic
from noroshi.notify.models import NoticeKind
from noroshi.notify.presenters import Presentation, Shown, describes, presents_to_many
from noroshi.sharing.models import ReferenceAnswer, ReferenceItem
from noroshi.sharing.queries import people_who_see

SUBJECT: Final = "sharing.referenceanswer"
KINDS: Final = {
    "sharing.reference.published": NoticeKind.ANSWER,
    "sharing.reference.amended": NoticeKind.ANSWER,
    "sharing.reference.withdrawn": NoticeKind.WITHDRAWN,
}


@presents_to_many(SUBJECT)
def present_answers(actors: Iterable[Actor], ids: Collection[UUID]) -> Iterator[tuple[Actor, Shown]]:
    """Yield to each reader those published answers that it sees; of a withdrawn one, its number."""
    for actor, answers in seen_by_each(actors, ReferenceAnswer, ids):
        yield actor, {answer.pk: _presentation(answer) for answer in answers}


def _presentation(answer: ReferenceAnswer) -> Presentation:
    url, tlp = reverse("sharing:reference", args=[answer.pk]), TLP(answer.tlp)
    if answer.state == State.WITHDRAWN:
        return Presentation(answer.reference, url, tlp, answer.withdrawal_reason)
    return Presentation(f"{answer.reference} {answer.title}", url, tlp, f"{answer.question}\n\n{answer.answer}")


@describes(SUBJECT)
def describe_answers(ids: Collection[UUID]) -> Mapping[UUID, Topic]:
    """Return what people choose mail by: the words, and the framework items, which count as words."""
    about: dict[UUID, list[str]] = {}
    for item in ReferenceItem.objects.unrestricted(reason="what a notice is about").filter(reference__in=ids):
        about.setdefault(item.reference_id, []).append(str(item))
    answers = ReferenceAnswer.objects.unrestricted(reason="as above").filter(pk__in=ids, state=State.PUBLISHED)
    return {
        answer.pk: Topic(text="\n".join([answer.title, answer.question, answer.answer, *about.get(answer.pk, ())]))
        for answer in answers
    }


@ledger.subscribe("sharing.tell-of-answers", *KINDS)
def tell_of_answer(entry: LedgerEntry) -> None:
    """Tell everybody who reads it, but whoever did it, that an answer was published, changed or withdrawn.

    Whoever asked and those who answered are told as all the others are, at the same moment: a notice of their own, in
    the log of a mail server or on a shared screen, would say whose question it was.
    """
    answers = ReferenceAnswer.objects.unrestricted(reason="the policy chooses the readers next")
    answer = answers.filter(pk=entry.subject_id).first() if entry.subject_id else None
    if answer is not None:
        post_notices(
            people=[person for person in people_who_see(answer.as_item()) if person.pk != entry.person],
            kind=KINDS[entry.action],
            subject=SUBJECT,
            subject_id=answer.pk,
            event=entry,
            world=entry.world,
        )
