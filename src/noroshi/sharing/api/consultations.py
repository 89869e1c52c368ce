"""Consultations and published answers over REST: `/api/v1/consultations`, `/api/v1/answers`."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from noroshi.core.domain.audience import AuthorMode, Entry, EntryKind, State
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput, NotFound
from noroshi.kit import search
from noroshi.kit.cursors import page_of
from noroshi.kit.http import ActorRequest
from noroshi.sharing import actions, queries
from noroshi.sharing.api.signals import MOST, READS, WRITES, From
from noroshi.sharing.domain.content import Marking
from noroshi.sharing.models import Kind, ReferenceAnswer, Signal

router = Router(tags=["consultations"])
answers = Router(tags=["answers"])


class QuestionLine(Schema):
    """A question in a list. `state` is open, answered or solved; `from` is null where the asker is anonymous."""

    id: UUID
    reference: str
    title: str
    tlp: TLP
    state: str
    published_at: datetime
    asker: From | None = Field(alias="from")
    url: str


class AnswerLine(Schema):
    """An answer. `helped` is the least number of organisations it helped, told from three on in steps of three."""

    id: UUID
    body: str
    asker: From | None = Field(alias="from")
    solved: bool
    helped: int | None


class QuestionWhole(QuestionLine):
    """A question with its words, what it is about, and its answers."""

    body: str
    about: list[str]
    answers: list[AnswerLine]


class QuestionPage(Schema):
    """Some questions, the newest first, and the cursor of those after them; null at the end."""

    items: list[QuestionLine]
    next: str | None


class NewQuestion(Schema):
    """A question to ask: to a group by its short name, or to the whole community where none is named."""

    title: str
    body: str
    about: str = Field("", max_length=1_000)
    group: str | None = None
    tlp: TLP | None = Field(None, description="The group's usual marking where none is given, else AMBER")
    anonymous: bool = False


class Asked(Schema):
    """What became of it: `published`, or `held` until a hub operator releases it."""

    id: UUID
    state: str
    url: str


class NewAnswer(Schema):
    """An answer."""

    body: str
    anonymous: bool = False


class WantedQuestions(Schema):
    """What a list is narrowed by."""

    q: str = Field("", max_length=200, description="Words that the question contains")
    state: str = Field("", pattern="^(open|answered|solved)?$")
    about: str = Field("", max_length=200, description="Part of a framework item's name")
    cursor: str = Field("", max_length=200, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=MOST)


class ReferenceLine(Schema):
    """A published answer in a list."""

    id: UUID
    reference: str
    title: str
    tlp: TLP
    version: int
    published_at: datetime
    url: str


class ReferenceWhole(ReferenceLine):
    """A published answer with its words, in Markdown."""

    question: str
    answer: str
    about: list[str]


class ReferencePage(Schema):
    """Some published answers, the newest first, and the cursor of those after them; null at the end."""

    items: list[ReferenceLine]
    next: str | None


class WantedAnswers(Schema):
    """What a list is narrowed by."""

    q: str = Field("", max_length=200, description="Words that the answer contains")
    about: str = Field("", max_length=200, description="Part of a framework item's name")
    cursor: str = Field("", max_length=200, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=MOST)


_STATES: Final[dict[str, dict[str, bool]]] = {
    "": {},
    "open": {"is_answered": False, "is_solved": False},
    "answered": {"is_answered": True, "is_solved": False},
    "solved": {"is_solved": True},
}


@router.get("", response=QuestionPage, auth=READS, by_alias=True)
def list_questions(request: ActorRequest, wanted: Query[WantedQuestions]) -> dict[str, Any]:
    """List the questions that the token's holder may read by it, the newest first."""
    rows = queries.questions_for(request.actor).filter(**_STATES[wanted.state])
    rows = queries.about(rows, wanted.about) if wanted.about else rows
    rows = rows.filter(search.matching(queries.SEARCH_KIND, wanted.q)) if wanted.q else rows
    rows = rows.select_related("author__organisation")
    page = page_of(rows, cursor=wanted.cursor, limit=wanted.limit, by="published_at")
    actions.note_read(request.actor, page.rows)
    return {"items": [_question(request, row) for row in page.rows], "next": page.next}


@router.get("/{uuid:signal_id}", response=QuestionWhole, auth=READS, by_alias=True)
def read_question(request: ActorRequest, signal_id: UUID) -> dict[str, Any]:
    """Read a question with its answers."""
    signal = _found(request, signal_id)
    actions.note_read(request.actor, [signal])
    helped = queries.helped_by(request.actor, signal)
    return {
        **_question(request, signal),
        "body": signal.body,
        "about": queries.items_of(request.actor, signal),
        "answers": [_answer(said, helped.get(said.comment.pk)) for said in queries.thread_of(request.actor, signal)],
    }


@router.post("", response={201: Asked}, auth=WRITES)
def ask_question(request: ActorRequest, new: NewQuestion) -> Status[dict[str, Any]]:
    """Ask the other members something, at once."""
    marking = _marking(request, new)
    draft = actions.ask_question(
        request.actor, title=new.title, body=new.body, items=new.about, marking=marking, send=True
    )
    return Status(201, {"id": draft.pk, "state": draft.state, "url": _url(request, "detail", draft.pk)})


@router.post("/{uuid:signal_id}/answers", response={201: Asked}, auth=WRITES)
def answer_question(request: ActorRequest, signal_id: UUID, new: NewAnswer) -> Status[dict[str, Any]]:
    """Answer a question."""
    signal = _found(request, signal_id)
    comment = actions.comment_on_signal(request.actor, signal, body=new.body, anonymous=new.anonymous)
    return Status(201, {"id": comment.pk, "state": "published", "url": _url(request, "detail", signal.pk)})


@router.post("/{uuid:signal_id}/answers/{uuid:comment_id}/solved", response={204: None}, auth=WRITES)
def mark_solution(request: ActorRequest, signal_id: UUID, comment_id: UUID) -> Status[None]:
    """Mark an answer as one that solved the question."""
    actions.mark_solution(request.actor, _found(request, signal_id), comment_id=comment_id)
    return Status(204, None)


@router.post("/{uuid:signal_id}/reopen", response={204: None}, auth=WRITES)
def reopen_question(request: ActorRequest, signal_id: UUID) -> Status[None]:
    """Open a question again."""
    actions.reopen_question(request.actor, _found(request, signal_id))
    return Status(204, None)


@answers.get("", response=ReferencePage, auth=READS)
def list_answers(request: ActorRequest, wanted: Query[WantedAnswers]) -> dict[str, Any]:
    """List the published answers that the token's holder may read by it, the newest first."""
    rows = queries.references_for(request.actor)
    rows = queries.references_about(rows, wanted.about) if wanted.about else rows
    rows = rows.filter(search.matching(queries.REFERENCE_KIND, wanted.q)) if wanted.q else rows
    page = page_of(rows, cursor=wanted.cursor, limit=wanted.limit, by="published_at")
    return {"items": [_reference(request, row) for row in page.rows], "next": page.next}


@answers.get("/{uuid:reference_id}", response=ReferenceWhole, auth=READS)
def read_answer(request: ActorRequest, reference_id: UUID) -> dict[str, Any]:
    """Read a published answer; one that was withdrawn is there no more."""
    reference = queries.reference_for(request.actor, reference_id)
    if reference.state != State.PUBLISHED:
        raise NotFound
    words = {"question": reference.question, "answer": reference.answer}
    about = queries.items_of_reference(request.actor, reference)
    return {**_reference(request, reference), **words, "about": about}


def _found(request: ActorRequest, signal_id: UUID) -> Signal:
    rows = queries.questions_for(request.actor).select_related("owner", "author__organisation")
    signal = rows.filter(pk=signal_id, kind=Kind.QUESTION).first()
    if signal is None:
        raise NotFound
    return signal


def _question(request: ActorRequest, signal: Signal) -> dict[str, Any]:
    known = vars(signal)
    return {
        "id": signal.pk,
        "reference": signal.reference,
        "title": signal.title,
        "tlp": signal.tlp,
        "state": "solved" if known["is_solved"] else "answered" if known["is_answered"] else "open",
        "published_at": signal.published_at,
        "from": _from(queries.byline(request.actor, signal)),
        "url": _url(request, "detail", signal.pk),
    }


def _answer(said: queries.Said, helped: queries.Helped | None) -> dict[str, Any]:
    return {
        "id": said.comment.pk,
        "body": said.comment.body,
        "from": _from(said.by),
        "solved": bool(helped and helped.solved),
        "helped": helped.organisations if helped else None,
    }


def _from(by: queries.Byline) -> dict[str, str] | None:
    return None if by.is_anonymous else {"organisation": by.organisation, "person": by.person}


def _reference(request: ActorRequest, reference: ReferenceAnswer) -> dict[str, Any]:
    names = ("reference", "title", "tlp", "version", "published_at")
    url = _url(request, "reference", reference.pk)
    return {"id": reference.pk, **{name: getattr(reference, name) for name in names}, "url": url}


def _marking(request: ActorRequest, new: NewQuestion) -> Marking:
    group = None
    if new.group is not None:
        group = queries.groups_on_offer(request.actor).filter(slug=new.group).first()
        if group is None:
            sentence = _("There is nothing called %(names)s that you may name here.")
            raise InvalidInput("group", sentence % {"names": new.group[:60]})
    return Marking(
        tlp=new.tlp or (TLP(group.default_tlp) if group else TLP.AMBER),
        profile=actions.default_profile(),
        entries=frozenset({Entry(EntryKind.GROUP, group.pk) if group else Entry(EntryKind.COMMUNITY)}),
        author_mode=AuthorMode.ANONYMOUS if new.anonymous else AuthorMode.NAMED,
    )


def _url(request: ActorRequest, name: str, number: UUID) -> str:
    return request.build_absolute_uri(reverse(f"sharing:{name}", args=[number]))
