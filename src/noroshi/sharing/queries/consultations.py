"""Reads of consultations and of published answers."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import BooleanField, Case, Exists, F, OuterRef, Prefetch, Q, QuerySet, Value, When

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, State
from noroshi.core.domain.small_numbers import told
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import NotFound
from noroshi.core.models import granted_to_group
from noroshi.kit import search
from noroshi.members.models import Group
from noroshi.sharing.domain.items import normalised
from noroshi.sharing.models import (
    Comment,
    Consent,
    Kind,
    QuestionItem,
    ReferenceAnswer,
    ReferenceItem,
    ReferenceVersion,
    Signal,
    Solution,
    Thanks,
)
from noroshi.sharing.policy import is_author
from noroshi.sharing.queries.signals import published_for

REFERENCE_KIND: Final = "reference"


def questions_for(actor: Actor) -> QuerySet[Signal]:
    """Return the questions that `actor` may read, each with whether it is `is_answered` and `is_solved`."""
    by_asker = Q(author=F("signal__author")) & (
        Q(author_mode=AuthorMode.NAMED) | ~Q(signal__author_mode=AuthorMode.NAMED)
    )
    answers = Comment.everything.filter(signal=OuterRef("pk")).exclude(by_asker)
    solutions = Solution.everything.filter(signal=OuterRef("pk"))
    rows = published_for(actor).filter(kind=Kind.QUESTION)
    return rows.annotate(is_answered=Exists(answers), is_solved=Exists(solutions))


def listed_questions(actor: Actor) -> QuerySet[Signal]:
    """Return the questions as a list shows them, with `shown_items`."""
    items = QuestionItem.objects.visible_to(actor).order_by("key")
    rows = questions_for(actor).select_related("author__organisation")
    return rows.prefetch_related(Prefetch("items", queryset=items, to_attr="shown_items"))


def listed_references(actor: Actor) -> QuerySet[ReferenceAnswer]:
    """Return the published answers as a list shows them, with `shown_items`."""
    items = ReferenceItem.objects.visible_to(actor).order_by("key")
    return references_for(actor).prefetch_related(Prefetch("items", queryset=items, to_attr="shown_items"))


def about(rows: QuerySet[Signal], text: str) -> QuerySet[Signal]:
    """Return the questions about an item whose name has `text`."""
    named = QuestionItem.everything.filter(signal=OuterRef("pk"), key__contains=normalised(text).casefold())
    return rows.filter(Exists(named))


def given_to(rows: QuerySet[Signal], group: Group) -> QuerySet[Signal]:
    """Return those of `rows` that were shared with a group; the caller has checked that the reader belongs to it."""
    return rows.filter(granted_to_group(group.pk))


def items_of(actor: Actor, signal: Signal) -> list[str]:
    """Return the names of the items that a question is about."""
    return [str(row) for row in QuestionItem.objects.of(actor, signal).order_by("key")]


@dataclass(frozen=True)
class Helped:
    """What readers said of an answer: that it solved the question, how many organisations it helped, the own thanks."""

    solved: bool
    organisations: int | None
    thanked: bool


def helped_by(actor: Actor, signal: Signal) -> dict[UUID, Helped]:
    """Return what readers said of each answer, by the answer's number."""
    solved = set(Solution.objects.of(actor, signal).values_list("comment_id", flat=True))
    thanks: dict[UUID, set[UUID]] = {}
    own = set()
    rows = Thanks.objects.of(actor, signal)
    for comment, person, organisation in rows.values_list("comment_id", "person_id", "organisation_id"):
        thanks.setdefault(comment, set()).add(organisation)
        if person == actor.person:
            own.add(comment)
    return {
        number: Helped(number in solved, told(len(thanks.get(number, ()))), number in own)
        for number in solved | thanks.keys()
    }


def references_for(actor: Actor) -> QuerySet[ReferenceAnswer]:
    """Return the published answers that `actor` may read, newest first."""
    rows = ReferenceAnswer.objects.visible_to(actor).filter(state=State.PUBLISHED)
    return rows.order_by("-published_at", "-id")


def withdrawn_references_for(actor: Actor) -> QuerySet[ReferenceAnswer]:
    """Return what is left of withdrawn answers."""
    return ReferenceAnswer.objects.visible_to(actor).filter(state=State.WITHDRAWN).order_by("-changed_at", "-id")


def reference_drafts_of(actor: Actor) -> QuerySet[ReferenceAnswer]:
    """Return the answers that the actor is writing."""
    rows = ReferenceAnswer.objects.visible_to(actor).filter(state=State.DRAFT, author=actor.person)
    asked = Consent.everything.filter(reference=OuterRef("pk"))
    return rows.annotate(
        is_asked=Exists(asked.filter(agreed__isnull=True)),
        needs=Case(
            When(source__tlp__in=(TLP.CLEAR, TLP.GREEN), then=Value(0)), default=Value(1), output_field=BooleanField()
        ),
    ).order_by("-changed_at")


def reference_for(actor: Actor, reference_id: UUID) -> ReferenceAnswer:
    """Return an answer that `actor` sees; raise NotFound where there is none, or not for them."""
    reference = ReferenceAnswer.objects.visible_to(actor).select_related("owner").filter(pk=reference_id).first()
    if reference is None:
        raise NotFound
    return reference


def references_about(rows: QuerySet[ReferenceAnswer], text: str) -> QuerySet[ReferenceAnswer]:
    """Return the published answers about an item whose name has `text`."""
    named = ReferenceItem.everything.filter(reference=OuterRef("pk"), key__contains=normalised(text).casefold())
    return rows.filter(Exists(named))


def references_matching(actor: Actor, text: str) -> QuerySet[ReferenceAnswer]:
    """Return the published answers that `actor` reads and whose words contain every word of `text`."""
    return references_for(actor).filter(search.matching(REFERENCE_KIND, text))


def items_of_reference(actor: Actor, reference: ReferenceAnswer) -> list[str]:
    """Return the names of the items that an answer is about."""
    rows = ReferenceItem.objects.of(actor, reference)
    return [str(row) for row in rows.order_by("key")]


def reference_versions_of(actor: Actor, reference: ReferenceAnswer) -> QuerySet[ReferenceVersion]:
    """Return what an answer said before, the latest first."""
    return ReferenceVersion.objects.of(actor, reference).order_by("-number")


def needs_consent(reference: ReferenceAnswer) -> bool:
    """Whether whoever asked must agree first: the question was marked narrower than GREEN."""
    return reference.source.tlp not in (TLP.CLEAR, TLP.GREEN)


def consent_state(reference: ReferenceAnswer) -> str:
    """Return how far the consent to the words as they stand is: "unneeded", "unasked", "asked", "given", "refused"."""
    if not needs_consent(reference):
        return "unneeded"
    words = {name: getattr(reference, name) for name in ("title", "question", "answer", "tlp")}
    last = Consent.everything.filter(reference=reference, **words).order_by("-asked_at", "-pk").first()
    if last is None:
        return "unasked"
    return {None: "asked", True: "given", False: "refused"}[last.agreed]


def consents_asked(actor: Actor, signal: Signal) -> QuerySet[Consent]:
    """Return what the hub asks whoever asked the question, as long as it waits: for the asker alone."""
    rows = Consent.objects.of(actor, signal).filter(agreed__isnull=True).order_by("asked_at")
    return rows if is_author(actor, signal) else rows.none()
