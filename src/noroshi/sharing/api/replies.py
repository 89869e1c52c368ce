"""What readers answer to a signal, over REST: `/api/v1/signals/{id}/answers`, `/seen`, `/stance`."""

from typing import Any, Final
from uuid import UUID

from ninja import Field, Router, Schema

from noroshi.core import policy as door
from noroshi.core.errors import NotFound
from noroshi.kit.http import ActorRequest
from noroshi.members.api_auth import TokenAuth
from noroshi.members.domain.scopes import Scope
from noroshi.sharing import actions, queries
from noroshi.sharing.models import StanceKind

READS: Final = TokenAuth(Scope.SIGNALS_READ)
WRITES: Final = TokenAuth(Scope.SIGNALS_WRITE)

router = Router(tags=["answers"])


class Answer(Schema):
    """How many organisations say so, in steps of three and null below; and those that let themselves be named."""

    organisations: int | None
    named: list[str] = Field(description="Slugs; these organisations are in no number")


class Answers(Schema):
    """What the readers of a signal said; `own` is what the caller's organisation did, null where it did nothing."""

    seen: Answer
    stances: dict[StanceKind, Answer]
    own: StanceKind | None


class Seen(Schema):
    """That the organisation saw it too."""

    named: bool = Field(False, description="Whether everybody who sees the signal may know which organisation it is")


class NewStance(Seen):
    """Where the organisation stands."""

    kind: StanceKind


class Noted(Schema):
    """Whether that is new."""

    new: bool


@router.get("/{uuid:signal_id}/answers", response=Answers, auth=READS)
def read_answers(request: ActorRequest, signal_id: UUID) -> dict[str, Any]:
    """Read what the readers of a signal answered; nothing of one that was withdrawn."""
    signal = queries.signal_for(request.actor, signal_id)
    if signal.published_at is None or door.decide(request.actor, signal).tombstone:
        raise NotFound
    told = queries.answers_to(signal)
    own = queries.stances_of_own(request.actor, signal).first()
    return {
        "seen": _answer(told.seen, told.seen_named),
        "stances": {kind: _answer(told.stances[kind], told.stances_named[kind]) for kind in StanceKind},
        "own": own.kind if own else None,
    }


@router.post("/{uuid:signal_id}/seen", response=Noted, auth=WRITES)
def report_seen(request: ActorRequest, signal_id: UUID, seen: Seen) -> dict[str, bool]:
    """Say "we saw this too" for the organisation; sent again, it is the same."""
    signal = queries.signal_for(request.actor, signal_id)
    return {"new": actions.report_seen(request.actor, signal, named=seen.named)}


@router.put("/{uuid:signal_id}/stance", response=Noted, auth=WRITES)
def take_stance(request: ActorRequest, signal_id: UUID, stance: NewStance) -> dict[str, bool]:
    """Say where the organisation stands; sent again, it is the same."""
    signal = queries.signal_for(request.actor, signal_id)
    return {"new": actions.take_stance(request.actor, signal, kind=stance.kind, named=stance.named)}


def _answer(number: int | None, named: list[Any]) -> dict[str, Any]:
    return {"organisations": number, "named": [organisation.slug for organisation in named]}
