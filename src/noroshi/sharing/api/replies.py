"""What readers answer to a signal, over REST: comments, acknowledgement, "we saw this too", where they stand."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from noroshi.core import policy as door
from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput, NotFound
from noroshi.kit.api import Page, Paged, example, listed
from noroshi.kit.cursors import page_by_place, page_of
from noroshi.kit.http import ActorRequest
from noroshi.sharing import actions, policy, queries
from noroshi.sharing.api.shapes import FROM, NUMBER, READS, WRITES, From, Noted, from_of, parts
from noroshi.sharing.api.signals import signal_for
from noroshi.sharing.domain.style import traces
from noroshi.sharing.models import Comment, Signal, StanceKind

router = Router(tags=["answers"])


class CommentLine(Schema):
    """A comment, in Markdown. Of an anonymous one `from` is null, `called` its name of this thread, `at` the hour."""

    model_config = example(
        id=NUMBER,
        body="Blocked here since noon.",
        called="",
        at="2026-11-22T03:40:00Z",
        **{"from": FROM},
    )

    id: UUID
    body: str
    author: From | None = Field(alias="from")
    called: str
    at: datetime


class NewComment(Schema):
    """A comment."""

    model_config = example(body="Blocked here since noon.")

    body: str
    anonymous: bool = Field(default=False, description="Without your name; under an own anonymous signal it always is")
    as_it_is: bool = Field(
        default=False, description="An anonymous one that shows your habits of writing is refused, unless this is true"
    )


class Answer(Schema):
    """How many organisations say so, in steps of three and null below; and those that let themselves be named."""

    organisations: int | None
    named: list[str] = Field(description="Slugs; these organisations are in no number")


class Replies(Schema):
    """What the readers of a signal said; `own` is what the caller's organisation did, null where it did nothing."""

    model_config = example(
        seen={"organisations": 3, "named": []},
        stances={
            "affected": {"organisations": None, "named": ["east-bank"]},
            "checking": {"organisations": 6, "named": []},
            "patched": {"organisations": None, "named": []},
            "not_affected": {"organisations": 3, "named": []},
        },
        own="checking",
    )

    seen: Answer
    stances: dict[StanceKind, Answer]
    own: StanceKind | None


class Seen(Schema):
    """That the organisation saw it too."""

    model_config = example(named=False)

    named: bool = Field(False, description="Whether everybody who sees the signal may know which organisation it is")


class NewStance(Seen):
    """Where the organisation stands."""

    model_config = example(kind="checking", named=False)

    kind: StanceKind


class Acknowledged(Schema):
    """An organisation that took note."""

    model_config = example(organisation="east-bank", name="East Bank")

    organisation: str
    name: str


@router.get("/{uuid:signal_id}/comments", response=Page[CommentLine], auth=READS, by_alias=True)
def list_comments(request: ActorRequest, signal_id: UUID, wanted: Query[Paged]) -> dict[str, Any]:
    """List what was said under a signal, in the order of its page, as far as it was said for the token's holder."""
    signal = signal_for(request.actor, signal_id)
    said = queries.thread_of(request.actor, signal)
    found = page_by_place(said, cursor=wanted.cursor, limit=wanted.limit)
    return parts(request, signal, found, comment_of)


@router.post("/{uuid:signal_id}/comments", response={201: CommentLine}, auth=WRITES, by_alias=True)
def comment_on_signal(request: ActorRequest, signal_id: UUID, new: NewComment) -> Status[dict[str, Any]]:
    """Comment on a signal; whoever sees it sees the comment."""
    signal = signal_for(request.actor, signal_id)
    comment = written(request.actor, signal, new)
    return Status(201, comment_of(queries.said_in(request.actor, signal, comment)))


@router.put("/{uuid:signal_id}/acknowledgement", response=Noted, auth=WRITES)
def acknowledge_signal(request: ActorRequest, signal_id: UUID) -> dict[str, bool]:
    """Take note of a signal for the organisation; sent again, it is the same. The author learns which did."""
    return {"new": actions.acknowledge_signal(request.actor, signal_for(request.actor, signal_id))}


@router.get("/{uuid:signal_id}/acknowledgements", response=Page[Acknowledged], auth=READS)
def list_acknowledgements(request: ActorRequest, signal_id: UUID, wanted: Query[Paged]) -> dict[str, Any]:
    """List the organisations that took note of an own signal. Nobody else learns it."""
    actor, signal = request.actor, signal_for(request.actor, signal_id)
    if not policy.is_author(actor, signal):
        raise NotFound
    rows = queries.houses_that_acknowledged(actor, signal)
    found = page_of(rows, cursor=wanted.cursor, limit=wanted.limit, by="slug", newest_first=False)
    return listed(found, lambda house: {"organisation": house.slug, "name": house.name})


@router.get("/{uuid:signal_id}/answers", response=Replies, auth=READS)
def read_replies(request: ActorRequest, signal_id: UUID) -> dict[str, Any]:
    """Read what the readers of a signal answered; nothing of one that was withdrawn."""
    signal = signal_for(request.actor, signal_id)
    if signal.published_at is None or door.decide(request.actor, signal).tombstone:
        raise NotFound
    told = queries.answers_to(request.actor, signal)
    own = queries.stances_of_own(request.actor, signal).first()
    return {
        "seen": _answer(told.seen, told.seen_named),
        "stances": {kind: _answer(told.stances[kind], told.stances_named[kind]) for kind in StanceKind},
        "own": own.kind if own else None,
    }


@router.post("/{uuid:signal_id}/seen", response=Noted, auth=WRITES)
def report_seen(request: ActorRequest, signal_id: UUID, seen: Seen) -> dict[str, bool]:
    """Say "we saw this too" for the organisation; sent again, it is the same."""
    signal = signal_for(request.actor, signal_id)
    return {"new": actions.report_seen(request.actor, signal, named=seen.named)}


@router.put("/{uuid:signal_id}/stance", response=Noted, auth=WRITES)
def take_stance(request: ActorRequest, signal_id: UUID, stance: NewStance) -> dict[str, bool]:
    """Say where the organisation stands; sent again, it is the same."""
    signal = signal_for(request.actor, signal_id)
    return {"new": actions.take_stance(request.actor, signal, kind=stance.kind, named=stance.named)}


def written(actor: Actor, signal: Signal, new: NewComment) -> Comment:
    """Write a comment; an anonymous one that shows whose it is only where its author knows that."""
    hidden = new.anonymous or policy.is_hidden_author(actor, signal)
    if hidden and not new.as_it_is and (found := traces(new.body)):
        shown = ", ".join(found[0].examples)
        sentence = _("Your way of writing may give you away (%(shown)s): change it, or say that it goes as it is.")
        raise InvalidInput("as_it_is", sentence % {"shown": shown})
    return actions.comment_on_signal(actor, signal, body=new.body, anonymous=new.anonymous)


def comment_of(said: queries.Said) -> dict[str, Any]:
    """Return a comment, with who says it as far as the reader may know."""
    return {
        "id": said.comment.pk,
        "body": said.comment.body,
        "from": from_of(said.comment, said.by),
        "called": said.by.pseudonym,
        "at": said.comment.created_at,
    }


def _answer(number: int | None, named: list[Any]) -> dict[str, Any]:
    return {"organisations": number, "named": [organisation.slug for organisation in named]}
