"""The hub's release desk over REST: `/api/v1/release`. For hub operators, by their own tokens.

TLP:RED waits here too, and is seen and let go on the pages alone: no token carries it. Looking up an anonymous author
is no call: an answer that a program keeps is not shown once.
"""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from ninja import Field, Query, Router, Schema, Status

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, State
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import NotFound
from noroshi.kit.api import Page, Paged, example, listed
from noroshi.kit.cursors import page_among, page_by_place, page_of
from noroshi.kit.http import ActorRequest
from noroshi.members.api_auth import TokenAuth
from noroshi.members.domain.scopes import Scope
from noroshi.sharing import actions, policy, queries
from noroshi.sharing.api import shapes
from noroshi.sharing.api.bodies import WORDS, FixedForm, Lowering, Why
from noroshi.sharing.api.inquiries import InquiryLine, inquiries_of, inquiry_of
from noroshi.sharing.api.shapes import CALLED, MOVED, NUMBER, Called, Moved, ObservableLine
from noroshi.sharing.domain.moments import to_the_hour
from noroshi.sharing.domain.release import Gravity, Step, gravity
from noroshi.sharing.models import CannedRequest, Kind, Signal, Target

READ_DESK: Final = TokenAuth(Scope.RELEASE_READ)
WORK_AT_DESK: Final = TokenAuth(Scope.RELEASE_WRITE)
LINE: Final[dict[str, Any]] = {
    **{name: MOVED[name] for name in ("id", "reference", "url")},
    **{name: WORDS[name] for name in ("kind", "target", "title")},
    "tlp": "AMBER",
    "reasons": ["anonymous"],
    "since": "2026-11-22T03:00:00Z",
    "late": False,
    "takes_two": False,
    "next_step": "release",
    "approved_by": "",
    "approved_at": None,
    "asked": False,
}
TEXTS: Final[dict[str, str]] = {
    "title_ja": "いつからか",
    "title_en": "Since when",
    "text_ja": "いつから観測していますか。",
    "text_en": "Since when have you seen it?",
}

router = Router(tags=["release"])


class WaitingLine(Schema):
    """Something that waits: why, since when, and what you can do next for it to go.

    `next_step` is approve (two operators are needed, you are the first), release, or wait (another one releases it).
    """

    model_config = example(**LINE)

    id: UUID
    reference: str
    kind: Kind
    target: Target
    title: str
    tlp: TLP
    reasons: list[Gravity]
    since: datetime
    late: bool
    takes_two: bool
    next_step: Step
    approved_by: str
    approved_at: datetime | None
    asked: bool = Field(description="Whether the hub has asked and the author has not answered yet")
    url: str


class WaitingWhole(Called, WaitingLine):
    """Something that waits, with its words and values."""

    model_config = example(
        **LINE,
        body=WORDS["body"],
        outline=None,
        plain_words="",
        downgrade=None,
        **CALLED,
        values=[{"type": "ipv4", "value": "45.155.205.66", "objective": "detect", "benign": []}],
    )

    body: str
    outline: FixedForm | None
    plain_words: str = Field(description="Empty where its author wrote none")
    downgrade: Lowering | None
    values: list[ObservableLine]


class Asked(Schema):
    """What the hub asks an author: one of its requests, own words, or both."""

    model_config = example(text="Since when have you seen it?")

    request: UUID | None = None
    text: str = ""


class NewRequest(Schema):
    """A request that the hub asks again and again."""

    model_config = example(**TEXTS)

    title_ja: str
    title_en: str
    text_ja: str
    text_en: str


class RequestLine(NewRequest):
    """One of the hub's requests."""

    model_config = example(id=NUMBER, **TEXTS)

    id: UUID


class Week(Schema):
    """How long the hub took with what it released in one week, in seconds; no week of fewer than three is told."""

    model_config = example(monday="2026-11-16", released=7, median=1260, nine_of_ten=3300, late=1)

    monday: date
    released: int
    median: int
    nine_of_ten: int
    late: int


@router.get("", response=Page[WaitingLine], auth=READ_DESK)
def list_waiting(request: ActorRequest, wanted: Query[Paged]) -> dict[str, Any]:
    """List what waits for a release, what has waited longest first."""
    rows = queries.release_desk(_operator(request))
    found = page_among(rows, cursor=wanted.cursor, limit=wanted.limit, key=lambda each: (_since(each), each.signal.pk))
    return listed(found, lambda each: _line(request, each))


@router.get("/times", response=Page[Week], auth=READ_DESK)
def list_release_times(request: ActorRequest, wanted: Query[Paged]) -> dict[str, Any]:
    """List how long the hub took to release, by week of the last half year."""
    weeks = queries.release_times(_operator(request))
    return listed(page_by_place(weeks, cursor=wanted.cursor, limit=wanted.limit), _week)


@router.get("/requests", response=Page[RequestLine], auth=READ_DESK)
def list_canned_requests(request: ActorRequest, wanted: Query[Paged]) -> dict[str, Any]:
    """List the requests that the hub asks again and again."""
    _operator(request)
    rows = queries.requests_on_offer()
    found = page_of(rows, cursor=wanted.cursor, limit=wanted.limit, by="changed_at", newest_first=False)
    return listed(found, _request)


@router.post("/requests", response={201: RequestLine}, auth=WORK_AT_DESK)
def write_canned_request(request: ActorRequest, new: NewRequest) -> Status[dict[str, Any]]:
    """Write down a request, in both languages."""
    return Status(201, _request(actions.keep_request(_operator(request), **new.dict())))


@router.put("/requests/{uuid:request_id}", response=RequestLine, auth=WORK_AT_DESK)
def change_canned_request(request: ActorRequest, request_id: UUID, new: NewRequest) -> dict[str, Any]:
    """Replace a request by another."""
    row = queries.request_for(_operator(request), request_id)
    return _request(actions.keep_request(request.actor, row=row, **new.dict()))


@router.delete("/requests/{uuid:request_id}", response={204: None}, auth=WORK_AT_DESK)
def retire_canned_request(request: ActorRequest, request_id: UUID) -> Status[None]:
    """Offer a request no longer."""
    actions.retire_request(request.actor, queries.request_for(_operator(request), request_id))
    return Status(204, None)


@router.get("/{uuid:signal_id}", response=WaitingWhole, auth=READ_DESK)
def read_waiting(request: ActorRequest, signal_id: UUID) -> dict[str, Any]:
    """Read something that waits, as its readers will; who wrote it is not told where that is anonymous."""
    found = queries.waiting(_operator(request), _held(request, signal_id))
    if found is None:
        raise NotFound
    values = queries.observables_of(request.actor, found.signal)
    return {
        **_line(request, found),
        **shapes.words_of(request.actor, found.signal),
        "values": [shapes.observable_of(row) for row in values],
    }


@router.post("/{uuid:signal_id}/approve", response=Moved, auth=WORK_AT_DESK)
def approve_signal(request: ActorRequest, signal_id: UUID) -> dict[str, Any]:
    """Say, as the first of two operators, that it may go."""
    return shapes.moved(request, actions.approve_signal(_operator(request), _held(request, signal_id)))


@router.post("/{uuid:signal_id}/release", response=Moved, auth=WORK_AT_DESK)
def release_signal(request: ActorRequest, signal_id: UUID) -> dict[str, Any]:
    """Let it go out. What takes two operators was approved by another one before."""
    return shapes.moved(request, actions.release_signal(_operator(request), _held(request, signal_id)))


@router.post("/{uuid:signal_id}/return", response=Moved, auth=WORK_AT_DESK)
def return_signal(request: ActorRequest, signal_id: UUID, why: Why) -> dict[str, Any]:
    """Hand it back to its author, who reads the reason."""
    signal = _held(request, signal_id)
    return shapes.moved(request, actions.return_signal(_operator(request), signal, reason=why.reason))


@router.get("/{uuid:signal_id}/inquiries", response=Page[InquiryLine], auth=READ_DESK)
def list_asked(request: ActorRequest, signal_id: UUID, wanted: Query[Paged]) -> dict[str, Any]:
    """List what the hub asked about something that waits, and what its author answered."""
    return inquiries_of(_operator(request), _held(request, signal_id), wanted)


@router.post("/{uuid:signal_id}/inquiries", response={201: InquiryLine}, auth=WORK_AT_DESK)
def ask_author(request: ActorRequest, signal_id: UUID, asked: Asked) -> Status[dict[str, Any]]:
    """Ask whoever wrote it for more. You do not learn who that is where it is anonymous."""
    actor, signal = _operator(request), _held(request, signal_id)
    canned = None if asked.request is None else queries.request_for(actor, asked.request)
    return Status(201, inquiry_of(signal, actions.ask_author(actor, signal, request=canned, text=asked.text)))


def _operator(request: ActorRequest) -> Actor:
    """Return who asks; for anybody but the hub's operators there is no desk."""
    if not policy.runs_desk(request.actor):
        raise NotFound
    return request.actor


def _held(request: ActorRequest, signal_id: UUID) -> Signal:
    """Return something that waits and that the operator did not write; what waits no longer is a conflict."""
    signal = queries.signal_for(_operator(request), signal_id)
    if signal.state == State.DRAFT:
        raise NotFound
    return signal


def _line(request: ActorRequest, each: queries.Waiting) -> dict[str, Any]:
    signal = each.signal
    return {
        **{name: getattr(signal, name) for name in ("reference", "kind", "target", "title", "tlp")},
        **{name: getattr(each, name) for name in ("late", "approved_by", "approved_at", "asked")},
        "id": signal.pk,
        "since": _since(each),
        "reasons": gravity(TLP(signal.tlp), AuthorMode(signal.author_mode)),
        "takes_two": each.two,
        "next_step": each.step,
        "url": shapes.url_of(request, "detail", signal.pk),
    }


def _since(each: queries.Waiting) -> datetime:
    """Return since when it waits; of what is anonymous the hour alone, in the order of the list too."""
    return each.since if each.signal.author_mode == AuthorMode.NAMED else to_the_hour(each.since)


def _request(row: CannedRequest) -> dict[str, Any]:
    return {"id": row.pk, **{name: getattr(row, name) for name in TEXTS}}


def _week(week: queries.WeekOfReleases) -> dict[str, Any]:
    return {
        "monday": week.monday,
        "released": week.number,
        "median": int(week.median.total_seconds()),
        "nine_of_ten": int(week.most.total_seconds()),
        "late": week.late,
    }
