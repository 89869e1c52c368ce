"""Consultations over REST: `/api/v1/consultations`. A question is a signal, its answers are comments."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from ninja import Field, Query, Router, Schema, Status

from noroshi.core.actor import Actor
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import NotFound
from noroshi.kit.api import Page, Paged, example, listed
from noroshi.kit.cursors import page_by_place, page_of
from noroshi.kit.http import ActorRequest
from noroshi.sharing import actions, queries
from noroshi.sharing.api import replies, shapes
from noroshi.sharing.api.bodies import group_on_offer
from noroshi.sharing.api.replies import CommentLine, NewComment
from noroshi.sharing.api.shapes import FROM, LINE, NUMBER, READS, URL, WRITES, From, Moved, Noted
from noroshi.sharing.models import Consent, Kind, Signal

router = Router(tags=["consultations"])

QUESTION: Final[dict[str, Any]] = {
    "id": NUMBER,
    "reference": LINE["reference"],
    "title": "How do you check the identity of a callback?",
    "tlp": "AMBER",
    "state": "answered",
    "published_at": "2026-11-22T03:00:00Z",
    "from": None,
    "url": URL,
}
ANSWER: Final[dict[str, Any]] = {
    "id": NUMBER,
    "body": "We call the number on file.",
    "from": FROM,
    "called": "",
    "at": "2026-11-22T04:00:00Z",
}


class QuestionLine(Schema):
    """A question in a list. `state` is open, answered or solved; `from` is null where the asker is anonymous."""

    model_config = example(**QUESTION)

    id: UUID
    reference: str
    title: str
    tlp: TLP
    state: str
    published_at: datetime
    asker: From | None = Field(alias="from")
    url: str


class QuestionWhole(QuestionLine):
    """A question with its words, and what it is about."""

    model_config = example(**QUESTION, body="We are asked to by our auditors.", about=["FISC 実務基準 実13"])

    body: str
    about: list[str]


class AnswerLine(CommentLine):
    """An answer. `helped` is the least number of organisations it helped, told from three on in steps of three."""

    model_config = example(**ANSWER, solved=True, helped=3)

    solved: bool
    helped: int | None


class NewQuestion(Schema):
    """A question to ask: to a group by its short name, or to the whole community where none is named."""

    model_config = example(
        title="How do you check the identity of a callback?",
        body="We are asked to by our auditors.",
        about="FISC 実務基準 実13",
    )

    title: str
    body: str
    about: str = Field("", max_length=1_000, description="Framework, then item; several with commas")
    group: str | None = None
    tlp: TLP | None = Field(None, description="The group's usual marking where none is given, else AMBER")
    anonymous: bool = False


class About(Schema):
    """The items of frameworks that a question is about."""

    model_config = example(about="FISC 実務基準 実13, NIST CSF PR.AA-01")

    about: str = Field(max_length=1_000)


class ConsentLine(Schema):
    """The words that the hub would publish, and under which marking, if you agree to them."""

    model_config = example(
        id=NUMBER,
        title="Identity of a callback",
        question="How is the identity of a callback checked?",
        answer="By calling the number on file.",
        tlp="GREEN",
    )

    id: UUID
    title: str
    question: str
    answer: str
    tlp: TLP


class Agreed(Schema):
    """Whether you agree."""

    model_config = example(agreed=True)

    agreed: bool


class WantedQuestions(Paged):
    """What a list is narrowed by."""

    q: str = Field("", max_length=200, description="Words that the question contains")
    state: str = Field("", pattern="^(open|answered|solved)?$", description="open, answered or solved")
    about: str = Field("", max_length=200, description="Part of a framework item's name")


_STATES: Final[dict[str, dict[str, bool]]] = {
    "": {},
    "open": {"is_answered": False, "is_solved": False},
    "answered": {"is_answered": True, "is_solved": False},
    "solved": {"is_solved": True},
}


@router.get("", response=Page[QuestionLine], auth=READS, by_alias=True)
def list_questions(request: ActorRequest, wanted: Query[WantedQuestions]) -> dict[str, Any]:
    """List the questions that the token's holder may read by it, the newest first."""
    rows = queries.questions_for(request.actor).filter(**_STATES[wanted.state])
    rows = queries.about(rows, wanted.about) if wanted.about else rows
    rows = queries.with_words(request.actor, rows, wanted.q)
    rows = rows.select_related("author__organisation")
    found = page_of(rows, cursor=wanted.cursor, limit=wanted.limit, by="published_at")
    actions.note_read(request.actor, found.rows)
    return listed(found, lambda row: _question(request, row))


@router.get("/{uuid:signal_id}", response=QuestionWhole, auth=READS, by_alias=True)
def read_question(request: ActorRequest, signal_id: UUID) -> dict[str, Any]:
    """Read a question."""
    signal = _found(request.actor, signal_id)
    actions.note_read(request.actor, [signal])
    about = queries.items_of(request.actor, signal)
    return {**_question(request, signal), "body": signal.body, "about": about}


@router.post("", response={201: Moved}, auth=WRITES)
def ask_question(request: ActorRequest, new: NewQuestion) -> Status[dict[str, Any]]:
    """Ask the other members something, at once; without your name it waits for a release."""
    group = None if new.group is None else group_on_offer(request.actor, new.group)
    marking = actions.usual_marking(group, tlp=new.tlp, anonymous=new.anonymous)
    asked = actions.ask_question(
        request.actor, title=new.title, body=new.body, items=new.about, marking=marking, send=True
    )
    return Status(201, shapes.moved(request, asked))


@router.put("/{uuid:signal_id}/about", response={204: None}, auth=WRITES)
def file_question(request: ActorRequest, signal_id: UUID, new: About) -> Status[None]:
    """Say what a question is about, in place of what was said: for whoever asked, and for the hub."""
    actions.file_question(request.actor, _found(request.actor, signal_id), items=new.about)
    return Status(204, None)


@router.get("/{uuid:signal_id}/answers", response=Page[AnswerLine], auth=READS, by_alias=True)
def list_answers(request: ActorRequest, signal_id: UUID, wanted: Query[Paged]) -> dict[str, Any]:
    """List the answers to a question, the first first."""
    signal = _found(request.actor, signal_id)
    helped, said = queries.helped_by(request.actor, signal), queries.thread_of(request.actor, signal)
    found = page_by_place(said, cursor=wanted.cursor, limit=wanted.limit)
    return shapes.parts(request, signal, found, lambda each: _answer(each, helped.get(each.comment.pk)))


@router.post("/{uuid:signal_id}/answers", response={201: CommentLine}, auth=WRITES, by_alias=True)
def answer_question(request: ActorRequest, signal_id: UUID, new: NewComment) -> Status[dict[str, Any]]:
    """Answer a question."""
    signal = _found(request.actor, signal_id)
    comment = replies.written(request.actor, signal, new)
    return Status(201, replies.comment_of(queries.said_in(request.actor, signal, comment)))


@router.post("/{uuid:signal_id}/answers/{uuid:comment_id}/solved", response={204: None}, auth=WRITES)
def mark_solution(request: ActorRequest, signal_id: UUID, comment_id: UUID) -> Status[None]:
    """Mark an answer as one that solved the question: for whoever asked, and for the hub."""
    actions.mark_solution(request.actor, _found(request.actor, signal_id), comment_id=comment_id)
    return Status(204, None)


@router.put("/{uuid:signal_id}/answers/{uuid:comment_id}/thanks", response=Noted, auth=WRITES)
def thank_for_answer(request: ActorRequest, signal_id: UUID, comment_id: UUID) -> dict[str, bool]:
    """Say that an answer helped; sent again, it is the same."""
    signal = _found(request.actor, signal_id)
    return {"new": actions.thank_for_answer(request.actor, signal, comment_id=comment_id)}


@router.post("/{uuid:signal_id}/reopen", response={204: None}, auth=WRITES)
def reopen_question(request: ActorRequest, signal_id: UUID) -> Status[None]:
    """Open a question again."""
    actions.reopen_question(request.actor, _found(request.actor, signal_id))
    return Status(204, None)


@router.get("/{uuid:signal_id}/consents", response=Page[ConsentLine], auth=READS)
def list_consents(request: ActorRequest, signal_id: UUID, wanted: Query[Paged]) -> dict[str, Any]:
    """List what the hub would publish of an own question and waits for: for whoever asked it alone."""
    rows = queries.consents_asked(request.actor, _found(request.actor, signal_id))
    return listed(page_by_place(rows, cursor=wanted.cursor, limit=wanted.limit), _consent)


@router.post("/{uuid:signal_id}/consents/{uuid:consent_id}", response={204: None}, auth=WRITES)
def answer_consent(request: ActorRequest, signal_id: UUID, consent_id: UUID, answer: Agreed) -> Status[None]:
    """Agree, or not, that the hub publishes exactly these words."""
    signal = _found(request.actor, signal_id)
    consent = queries.consents_asked(request.actor, signal).filter(pk=consent_id).first()
    if consent is None:
        raise NotFound
    actions.answer_consent(request.actor, signal, consent=consent, agreed=answer.agreed)
    return Status(204, None)


def _found(actor: Actor, signal_id: UUID) -> Signal:
    rows = queries.questions_for(actor).select_related("owner", "author__organisation")
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
        "from": shapes.from_of(signal, queries.byline(request.actor, signal)),
        "url": shapes.url_of(request, "detail", signal.pk),
    }


def _answer(said: queries.Said, helped: queries.Helped | None) -> dict[str, Any]:
    return {
        **replies.comment_of(said),
        "solved": bool(helped and helped.solved),
        "helped": helped.organisations if helped else None,
    }


def _consent(row: Consent) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "title", "question", "answer", "tlp")}
