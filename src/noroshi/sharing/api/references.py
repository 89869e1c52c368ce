"""Published answers over REST: `/api/v1/answers`. Read by members, written by the hub's operators."""

from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from ninja import Field, Query, Router, Schema, Status

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import NotFound
from noroshi.kit import search
from noroshi.kit.api import Page, Paged, example, listed
from noroshi.kit.cursors import page_by_place, page_of
from noroshi.kit.http import ActorRequest
from noroshi.members.api_auth import TokenAuth
from noroshi.members.domain.scopes import Scope
from noroshi.sharing import actions, policy, queries
from noroshi.sharing.actions import Edited
from noroshi.sharing.api import shapes
from noroshi.sharing.api.bodies import Why
from noroshi.sharing.api.shapes import NUMBER, READS
from noroshi.sharing.models import ReferenceAnswer, ReferenceVersion

EDITS: Final = TokenAuth(Scope.ANSWERS_WRITE)
TEXT: Final[dict[str, Any]] = {
    "title": "Identity of a callback",
    "question": "How is the identity of a callback checked?",
    "answer": "By calling the number on file.",
}
LINE: Final[dict[str, Any]] = {
    "id": NUMBER,
    "reference": "QA-GREEN-007",
    "title": TEXT["title"],
    "tlp": "GREEN",
    "version": 1,
    "published_at": "2026-11-22T03:00:00Z",
    "url": f"https://portal.example/signals/answers/{NUMBER}/",
}
ABOUT: Final = ["FISC 実務基準 実13"]

router = Router(tags=["answers"])


class ReferenceLine(Schema):
    """A published answer in a list."""

    model_config = example(**LINE)

    id: UUID
    reference: str
    title: str
    tlp: TLP
    version: int
    published_at: datetime
    url: str


class ReferenceWhole(ReferenceLine):
    """A published answer with its words, in Markdown."""

    model_config = example(**LINE, question=TEXT["question"], answer=TEXT["answer"], about=ABOUT)

    question: str
    answer: str
    about: list[str]


class ReferenceDraft(Schema):
    """An answer that its editor is writing. `consent`: unneeded, unasked, asked, given or refused by whoever asked."""

    model_config = example(id=NUMBER, **TEXT, tlp="GREEN", about=ABOUT, consent="unasked", url=LINE["url"])

    id: UUID
    title: str
    question: str
    answer: str
    tlp: TLP
    about: list[str]
    consent: Literal["unneeded", "unasked", "asked", "given", "refused"]
    url: str


class ReferenceText(Schema):
    """The words of a published answer, the hub's own: no organisation and nobody is named in them."""

    model_config = example(**TEXT, about=ABOUT[0], tlp="GREEN")

    title: str
    question: str
    answer: str
    about: str = Field("", max_length=1_000, description="Framework, then item; several with commas")
    tlp: TLP

    def words(self) -> Edited:
        """Return the words."""
        return Edited(self.title, self.question, self.answer, self.about)


class NewReference(ReferenceText):
    """The same, begun from a consultation that was solved."""

    model_config = example(source=NUMBER, **TEXT, about=ABOUT[0], tlp="GREEN")

    source: UUID = Field(description="Number of the question; no reader is told of it")


class ReferenceAmendment(Schema):
    """Other words for an answer that is out, and why; its marking stays."""

    model_config = example(**TEXT, about=ABOUT[0], reason="The number on file is now checked twice a year.")

    title: str
    question: str
    answer: str
    about: str = Field("", max_length=1_000)
    reason: str


class ReferenceVersionLine(Schema):
    """What a published answer said before."""

    model_config = example(
        number=1, **TEXT, replaced_at="2026-12-01T03:00:00Z", reason="The number on file is now checked twice a year."
    )

    number: int
    title: str
    question: str
    answer: str
    replaced_at: datetime
    reason: str


class WantedReferences(Paged):
    """What a list is narrowed by."""

    q: str = Field("", max_length=200, description="Words that the answer contains")
    about: str = Field("", max_length=200, description="Part of a framework item's name")


@router.get("", response=Page[ReferenceLine], auth=READS)
def list_published_answers(request: ActorRequest, wanted: Query[WantedReferences]) -> dict[str, Any]:
    """List the published answers that the token's holder may read by it, the newest first."""
    rows = queries.references_for(request.actor)
    rows = queries.references_about(rows, wanted.about) if wanted.about else rows
    rows = rows.filter(search.matching(queries.REFERENCE_KIND, wanted.q)) if wanted.q else rows
    found = page_of(rows, cursor=wanted.cursor, limit=wanted.limit, by="published_at")
    return listed(found, lambda row: _line(request, row))


@router.post("", response={201: ReferenceDraft}, auth=EDITS)
def draft_published_answer(request: ActorRequest, new: NewReference) -> Status[dict[str, Any]]:
    """Begin a published answer, as a draft, from a consultation that was solved: for hub operators."""
    signal = queries.signal_for(_editor(request), new.source)
    return Status(201, _draft(request, actions.draft_reference(request.actor, signal, words=new.words(), tlp=new.tlp)))


@router.get("/drafts", response=Page[ReferenceDraft], auth=EDITS)
def list_answer_drafts(request: ActorRequest, wanted: Query[Paged]) -> dict[str, Any]:
    """List the answers that one is writing, the last changed first."""
    rows = queries.reference_drafts_of(_editor(request))
    found = page_of(rows, cursor=wanted.cursor, limit=wanted.limit, by="changed_at")
    return listed(found, lambda row: _draft(request, row))


@router.get("/{uuid:reference_id}", response=ReferenceWhole, auth=READS)
def read_published_answer(request: ActorRequest, reference_id: UUID) -> dict[str, Any]:
    """Read a published answer; one that was withdrawn is there no more."""
    reference = _published(request.actor, reference_id)
    words = {"question": reference.question, "answer": reference.answer}
    about = queries.items_of_reference(request.actor, reference)
    return {**_line(request, reference), **words, "about": about}


@router.get("/{uuid:reference_id}/versions", response=Page[ReferenceVersionLine], auth=READS)
def list_answer_versions(request: ActorRequest, reference_id: UUID, wanted: Query[Paged]) -> dict[str, Any]:
    """List what a published answer said before, the latest first."""
    rows = queries.reference_versions_of(request.actor, _published(request.actor, reference_id))
    return listed(page_by_place(rows, cursor=wanted.cursor, limit=wanted.limit), _version)


@router.put("/{uuid:reference_id}", response=ReferenceDraft, auth=EDITS)
def revise_published_answer(request: ActorRequest, reference_id: UUID, new: ReferenceText) -> dict[str, Any]:
    """Replace a draft by another; a consent to other words is void."""
    reference = queries.reference_for(_editor(request), reference_id)
    return _draft(request, actions.revise_reference_draft(request.actor, reference, words=new.words(), tlp=new.tlp))


@router.delete("/{uuid:reference_id}", response={204: None}, auth=EDITS)
def discard_published_answer(request: ActorRequest, reference_id: UUID) -> Status[None]:
    """Throw a draft away, and what was asked about it."""
    actions.discard_reference(request.actor, queries.reference_for(_editor(request), reference_id))
    return Status(204, None)


@router.post("/{uuid:reference_id}/consent", response=ReferenceDraft, auth=EDITS)
def ask_consent(request: ActorRequest, reference_id: UUID) -> dict[str, Any]:
    """Ask whoever asked the question whether exactly these words may be published."""
    reference = queries.reference_for(_editor(request), reference_id)
    actions.ask_consent(request.actor, reference)
    return _draft(request, reference)


@router.post("/{uuid:reference_id}/publish", response=ReferenceLine, auth=EDITS)
def publish_answer(request: ActorRequest, reference_id: UUID) -> dict[str, Any]:
    """Publish to all members, under the next number of its level."""
    reference = queries.reference_for(_editor(request), reference_id)
    return _line(request, actions.publish_reference(request.actor, reference))


@router.post("/{uuid:reference_id}/amend", response=ReferenceLine, auth=EDITS)
def amend_published_answer(request: ActorRequest, reference_id: UUID, new: ReferenceAmendment) -> dict[str, Any]:
    """Publish another version. What was published by consent is withdrawn and published anew instead."""
    reference = queries.reference_for(_editor(request), reference_id)
    words = Edited(new.title, new.question, new.answer, new.about)
    return _line(request, actions.amend_reference(request.actor, reference, words=words, reason=new.reason))


@router.post("/{uuid:reference_id}/withdraw", response={204: None}, auth=EDITS)
def withdraw_published_answer(request: ActorRequest, reference_id: UUID, why: Why) -> Status[None]:
    """Take a published answer back: its number, the date and the reason are left."""
    reference = queries.reference_for(_editor(request), reference_id)
    actions.withdraw_reference(request.actor, reference, reason=why.reason)
    return Status(204, None)


def _editor(request: ActorRequest) -> Actor:
    """Return who asks; whoever writes no published answers finds none to write."""
    if not policy.may_edit_references(request.actor):
        raise NotFound
    return request.actor


def _published(actor: Actor, reference_id: UUID) -> ReferenceAnswer:
    reference = queries.reference_for(actor, reference_id)
    if reference.state != State.PUBLISHED:
        raise NotFound
    return reference


def _line(request: ActorRequest, reference: ReferenceAnswer) -> dict[str, Any]:
    names = ("reference", "title", "tlp", "version", "published_at")
    url = shapes.url_of(request, "reference", reference.pk)
    return {"id": reference.pk, **{name: getattr(reference, name) for name in names}, "url": url}


def _draft(request: ActorRequest, reference: ReferenceAnswer) -> dict[str, Any]:
    return {
        **{name: getattr(reference, name) for name in ("id", "title", "question", "answer", "tlp")},
        "about": queries.items_of_reference(request.actor, reference),
        "consent": queries.consent_state(reference),
        "url": shapes.url_of(request, "reference", reference.pk),
    }


def _version(row: ReferenceVersion) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("number", "title", "question", "answer", "replaced_at", "reason")}
