"""What rules saw in the own logs, over REST: `/api/v1/detections`. Reading only; answers are given by people."""

from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from ninja import Field, Query, Router, Schema

from noroshi.hunting import queries
from noroshi.hunting.models import Detection, DetectionLevel, DetectionState
from noroshi.kit.api import Page, Paged, example, listed, with_offset
from noroshi.kit.cursors import page_of
from noroshi.kit.http import ActorRequest
from noroshi.members.api_auth import TokenAuth
from noroshi.members.domain.scopes import Scope

READS: Final = TokenAuth(Scope.HUNTING_READ)

EXAMPLE: Final = {
    "id": "0192a5c4-6f1e-7c3a-9b1d-2f4e6a8c0b1d",
    "rule": "0b0f6a0e-53c5-4b0c-9f7c-6c1a7d1f2a02",
    "title": "Password spraying from one address",
    "level": "high",
    "state": "new",
    "keys": [{"field": "src_ip", "value": "203.0.113.9"}],
    "count": 240,
    "measure": 37,
    "first_seen": "2026-11-22T03:00:00Z",
    "last_seen": "2026-11-22T03:40:00Z",
    "detected_at": "2026-11-22T03:42:00Z",
    "url": "/hunting/detections/0192a5c4-6f1e-7c3a-9b1d-2f4e6a8c0b1d/",
}

router = Router(tags=["detections"])

LevelName = Literal["informational", "low", "medium", "high", "critical"]
StateName = Literal["new", "acknowledged", "suppressed"]


class DetectionKey(Schema):
    """What the events of a detection share: a field, and its value; null where they share that there is none."""

    field: str
    value: str | None


class DetectionLine(Schema):
    """A detection. Users, accounts and sessions are pseudonyms; `measure` is the most within one span of the rule."""

    model_config = example(**EXAMPLE)

    id: UUID
    rule: UUID
    title: str
    level: LevelName
    state: StateName
    keys: list[DetectionKey]
    count: int
    measure: int
    first_seen: datetime
    last_seen: datetime
    detected_at: datetime
    url: str


class DetectionPlace(Schema):
    """Where one of the earliest events stands."""

    time: datetime
    source: str
    line: int


class DetectionWhole(DetectionLine):
    """A detection with its earliest events, and what the organisation made of it."""

    model_config = example(
        **EXAMPLE,
        places=[{"time": "2026-11-22T03:00:00Z", "source": "online-banking", "line": 4711}],
        reason="",
        handled_at=None,
    )

    places: list[DetectionPlace]
    reason: str
    handled_at: datetime | None


class WantedDetections(Paged):
    """What the list is narrowed by."""

    since: datetime | None = Field(None, description="Detected at this moment or later")
    level: LevelName | None = Field(None, description="This grave or graver")
    state: StateName | None = None
    rule: UUID | None = None


@router.get("", response=Page[DetectionLine], auth=READS)
def list_detections(request: ActorRequest, wanted: Query[WantedDetections]) -> dict[str, Any]:
    """List what rules saw in the logs of the token's own organisation, the newest first."""
    found = page_of(_wanted(request, wanted), cursor=wanted.cursor, limit=wanted.limit, by="created_at")
    return listed(found, _line)


def _wanted(request: ActorRequest, wanted: WantedDetections) -> QuerySet[Detection]:
    since = with_offset("since", wanted.since)
    chosen = {
        "created_at__gte": since,
        "level__gte": DetectionLevel[wanted.level.upper()] if wanted.level else None,
        "state": DetectionState[wanted.state.upper()] if wanted.state else None,
        "rule": wanted.rule,
    }
    asked = {name: value for name, value in chosen.items() if value is not None}
    return queries.detections_for(request.actor).filter(**asked)


@router.get("/{uuid:detection_id}", response=DetectionWhole, auth=READS)
def read_detection(request: ActorRequest, detection_id: UUID) -> dict[str, Any]:
    """Return one detection of the own organisation."""
    row = queries.detection_for(request.actor, detection_id)
    places = [{"time": time, "source": source, "line": line} for time, source, line in row.places]
    return {**_line(row), "places": places, "reason": row.reason, "handled_at": row.handled_at}


def _line(row: Detection) -> dict[str, Any]:
    names = ("id", "rule", "count", "measure", "first_seen", "last_seen")
    return {
        **{name: getattr(row, name) for name in names},
        "title": row.title_en,
        "level": DetectionLevel(row.level).name.lower(),
        "state": DetectionState(row.state).name.lower(),
        "keys": [{"field": name, "value": value} for name, value in row.keys],
        "detected_at": row.created_at,
        "url": reverse("hunting:detection", args=[row.pk]),
    }
