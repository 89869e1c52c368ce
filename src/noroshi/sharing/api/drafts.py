"""Drafts over REST: `/api/v1/drafts`. A person's own token alone; a token that only drafts sends nothing out.

A draft of TLP:RED is neither written nor read here: no token carries that level.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, EntryKind, State
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput, NotFound
from noroshi.kit.api import Page, Paged, example, listed
from noroshi.kit.cursors import page_of
from noroshi.kit.http import ActorRequest
from noroshi.members.api_auth import TokenAuth
from noroshi.members.domain.scopes import Scope
from noroshi.sharing import actions, queries
from noroshi.sharing.api import shapes
from noroshi.sharing.api.bodies import AUDIENCE, WORDS, FixedForm, Grants, Lowering, NewDraft
from noroshi.sharing.api.inquiries import InquiryLine, Said, inquiries_of, inquiry_of
from noroshi.sharing.api.shapes import CALLED, MOVED, WRITES, Called, Moved, Sent, Warned
from noroshi.sharing.api.signals import sent
from noroshi.sharing.domain.handling import USUAL_OBJECTIVE, Caveat, Objective, Pap
from noroshi.sharing.models import Kind, Signal, Target

READ_DRAFTS: Final = TokenAuth(Scope.DRAFTS_READ)
WRITE_DRAFTS: Final = TokenAuth(Scope.DRAFTS_WRITE)
REVISION: Final = "2026-11-22T03:00:00.123456+00:00"
LINE: Final[dict[str, Any]] = {
    **MOVED,
    "state": "draft",
    **{name: WORDS[name] for name in ("kind", "target", "title")},
    "tlp": "AMBER",
    "anonymous": False,
    "changed_at": "2026-11-22T03:00:00Z",
    "returned": "",
}

router = Router(tags=["drafts"])


class DraftLine(Schema):
    """An own draft, or what of one's own waits for a release.

    `kind` and `target` are null where nobody chose yet; `returned` says why the hub handed it back, empty if it did
    not.
    """

    model_config = example(**LINE)

    id: UUID
    reference: str
    url: str
    state: Literal["draft", "held"]
    kind: Kind | None
    target: Target | None
    title: str
    tlp: TLP
    anonymous: bool
    changed_at: datetime
    returned: str


class DraftValue(Schema):
    """A value that was recognised in the text; `benign` has the lists that call it harmless."""

    place: int
    type: str
    value: str
    benign: list[str]


class DraftWhole(Called, DraftLine):
    """A draft with its words, its audience and what was recognised in it. `revision` is given back to send it."""

    model_config = example(
        **LINE,
        body=WORDS["body"],
        outline=None,
        plain_words="",
        grants=AUDIENCE["grants"],
        pap=None,
        caveats=[],
        embargo_until=None,
        expires_at=None,
        downgrade=None,
        **CALLED,
        values=[{"place": 0, "type": "ipv4", "value": "45.155.205.66", "benign": []}],
        warnings=[],
        revision=REVISION,
    )

    body: str
    outline: FixedForm | None
    plain_words: str = Field(description="Empty where its author wrote none")
    grants: Grants
    pap: Pap | None
    caveats: list[Caveat]
    embargo_until: datetime | None
    expires_at: datetime | None
    downgrade: Lowering | None
    values: list[DraftValue]
    warnings: list[Warned]
    revision: str


class Chosen(Schema):
    """A value that goes, by its place, and what it is given for."""

    place: int = Field(ge=0)
    objective: Objective | None = None


class Sending(Schema):
    """What of a draft goes out, as its author has looked it over."""

    model_config = example(revision=REVISION, values=[{"place": 0, "objective": "block"}])

    revision: str = Field(max_length=40, description="`revision` of the draft that was looked over")
    values: list[Chosen] | None = Field(None, description="Those that go; null: all that no list calls harmless")
    objective: Objective = Field(USUAL_OBJECTIVE, description="What the values are given for that say nothing else")
    own_names_confirmed: bool = Field(
        default=False,
        description="An anonymous one is refused where it names your own organisation, unless this is true",
    )


@router.get("", response=Page[DraftLine], auth=READ_DRAFTS)
def list_drafts(request: ActorRequest, wanted: Query[Paged]) -> dict[str, Any]:
    """List one's own drafts and what of them waits for a release, the last changed first."""
    found = page_of(_own(request.actor), cursor=wanted.cursor, limit=wanted.limit, by="changed_at")
    return listed(found, lambda signal: _line(request, signal))


@router.post("", response={201: DraftWhole}, auth=WRITE_DRAFTS)
def write_draft(request: ActorRequest, new: NewDraft) -> Status[dict[str, Any]]:
    """Write a draft: nobody else sees it. The answer has what was recognised in it and what to look at."""
    draft = actions.draft_signal(request.actor, content=new.content(), marking=new.marking(request.actor))
    return Status(201, _whole(request, draft))


@router.get("/{uuid:signal_id}", response=DraftWhole, auth=READ_DRAFTS)
def read_draft(request: ActorRequest, signal_id: UUID) -> dict[str, Any]:
    """Read one's own draft, or what of one's own waits for a release."""
    return _whole(request, draft_for(request.actor, signal_id))


@router.put("/{uuid:signal_id}", response=DraftWhole, auth=WRITE_DRAFTS)
def revise_draft(request: ActorRequest, signal_id: UUID, new: NewDraft) -> dict[str, Any]:
    """Replace a draft by another; its values are recognised anew."""
    draft = draft_for(request.actor, signal_id)
    words, marking = new.content(), new.marking(request.actor)
    return _whole(request, actions.revise_draft(request.actor, draft, content=words, marking=marking))


@router.delete("/{uuid:signal_id}", response={204: None}, auth=WRITE_DRAFTS)
def discard_draft(request: ActorRequest, signal_id: UUID) -> Status[None]:
    """Throw a draft away."""
    actions.discard_draft(request.actor, draft_for(request.actor, signal_id))
    return Status(204, None)


@router.post("/{uuid:signal_id}/send", response=Sent, auth=WRITES)
def send_draft(request: ActorRequest, signal_id: UUID, sending: Sending) -> dict[str, Any]:
    """Send a draft out; what is grave waits for a release. Refused where it changed since it was looked over."""
    draft = draft_for(request.actor, signal_id)
    chosen = _chosen(request.actor, draft, sending.values)
    signal = actions.publish_signal(
        request.actor,
        draft,
        observables=None if chosen is None else chosen.keys(),
        objectives={row: wanted for row, wanted in (chosen or {}).items() if wanted is not None},
        objective=sending.objective,
        looked_at=_moment(sending.revision),
        own_names_confirmed=sending.own_names_confirmed,
    )
    return sent(request, signal)


@router.post("/{uuid:signal_id}/recall", response=Moved, auth=WRITE_DRAFTS)
def recall_signal(request: ActorRequest, signal_id: UUID) -> dict[str, Any]:
    """Take back what waits for a release: it is a draft again."""
    return shapes.moved(request, actions.recall_signal(request.actor, draft_for(request.actor, signal_id)))


@router.get("/{uuid:signal_id}/inquiries", response=Page[InquiryLine], auth=READ_DRAFTS)
def list_inquiries(request: ActorRequest, signal_id: UUID, wanted: Query[Paged]) -> dict[str, Any]:
    """List what the hub asked about something that waits, and what its author answered."""
    return inquiries_of(request.actor, draft_for(request.actor, signal_id), wanted)


@router.post("/{uuid:signal_id}/inquiries", response={201: InquiryLine}, auth=WRITE_DRAFTS)
def answer_hub(request: ActorRequest, signal_id: UUID, said: Said) -> Status[dict[str, Any]]:
    """Answer the hub, as the author; an anonymous one stays nobody."""
    draft = draft_for(request.actor, signal_id)
    return Status(201, inquiry_of(draft, actions.answer_hub(request.actor, draft, text=said.text)))


def draft_for(actor: Actor, signal_id: UUID) -> Signal:
    """Return one of the actor's own drafts, or what of them waits; raise NotFound for any other."""
    signal = _own(actor).filter(pk=signal_id).first()
    if signal is None:
        raise NotFound
    return signal


def _own(actor: Actor) -> QuerySet[Signal]:
    """Return the actor's own: a machine has none, since nobody sits there to look a draft over."""
    return queries.drafts_of(actor).filter(author=actor.acting_person)


def _line(request: ActorRequest, signal: Signal) -> dict[str, Any]:
    return {
        **shapes.moved(request, signal),
        "kind": signal.kind or None,
        "target": signal.target or None,
        "title": signal.title,
        "tlp": signal.tlp,
        "anonymous": signal.author_mode != AuthorMode.NAMED,
        "changed_at": signal.changed_at,
        "returned": signal.return_reason,
        "url": shapes.url_of(request, "review" if signal.state == State.DRAFT else "detail", signal.pk),
    }


def _whole(request: ActorRequest, signal: Signal) -> dict[str, Any]:
    actor = request.actor
    values = enumerate(queries.observables_of(actor, signal))
    return {
        **_line(request, signal),
        **shapes.words_of(actor, signal),
        "grants": _grants(queries.audience_by_name(actor, signal)),
        "pap": signal.handling.pap,
        "caveats": sorted(signal.handling.caveats),
        "embargo_until": signal.embargo_until,
        "expires_at": signal.expires_at,
        "values": [{"place": place, **shapes.observable_of(row)} for place, row in values],
        "warnings": shapes.warned(queries.warnings_of(actor, signal)),
        "revision": signal.changed_at.isoformat(),
    }


def _grants(names: Mapping[EntryKind, list[str]]) -> dict[str, Any]:
    return {
        "community": EntryKind.COMMUNITY in names,
        "organisations": names.get(EntryKind.ORGANISATION, []),
        "groups": names.get(EntryKind.GROUP, []),
        "people": names.get(EntryKind.PERSON, []),
        "excluded_organisations": names.get(EntryKind.EXCLUDED_ORGANISATION, []),
    }


def _chosen(actor: Actor, draft: Signal, values: list[Chosen] | None) -> dict[int, Objective | None] | None:
    """Return the numbers of the rows that go: a program names a value by its place, as the page does."""
    if values is None:
        return None
    proposed = [row.pk for row in queries.observables_of(actor, draft)]
    if any(value.place >= len(proposed) for value in values):
        raise InvalidInput("values", _("The draft has no value at this place."))
    return {proposed[value.place]: value.objective for value in values}


def _moment(revision: str) -> datetime:
    try:
        return datetime.fromisoformat(revision)
    except ValueError as error:
        raise InvalidInput("revision", _("This is no revision that a draft had.")) from error
