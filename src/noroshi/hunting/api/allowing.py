"""The own allow-list over REST: `/api/v1/hunting/allowed`."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from ninja import Field, Query, Router, Schema, Status

from noroshi.hunting import actions, queries, wording
from noroshi.hunting.api.searches import Passed
from noroshi.hunting.models import AllowedValue
from noroshi.kit.api import Page, Paged, example, listed, with_offset
from noroshi.kit.cursors import page_of
from noroshi.kit.http import ActorRequest
from noroshi.members.api_auth import TokenAuth
from noroshi.members.domain.scopes import Scope

READS: Final = TokenAuth(Scope.HUNTING_READ)
WRITES: Final = TokenAuth(Scope.HUNTING_WRITE)

LINE: Final = {
    "id": "0192a5c4-6f1e-7c3a-9b1d-2f4e6a8c0b1d",
    "type": "cidr",
    "value": "198.18.4.0/24",
    "reason": "Our vulnerability scanner",
    "until": None,
    "added_by": "Hanako Suzuki",
    "added_at": "2026-11-22T03:00:00Z",
}

router = Router(tags=["logs"])


class NewlyAllowed(Schema):
    """Values to allow in the own logs, one a line, defanged or not; why, and up to when (never: it does not end)."""

    model_config = example(text="198.18.4.0/24\npartner.example.jp", reason="Our vulnerability scanner", until=None)

    text: str = Field(max_length=actions.MAX_LIST)
    reason: str = Field(max_length=actions.MAX_REASON)
    until: datetime | None = None


class AllowedLine(Schema):
    """A value that is allowed in the own logs, and who allowed it; from `until` on it is allowed no more."""

    model_config = example(**LINE)

    id: UUID
    type: str
    value: str
    reason: str
    until: datetime | None
    added_by: str | None
    added_at: datetime


class WhatIsAllowed(Schema):
    """The values that are allowed now, and what could not be."""

    model_config = example(items=[LINE], refused=[{"value": "0.0.0.0/4", "reason": "The network is too wide."}])

    items: list[AllowedLine]
    refused: list[Passed]


@router.post("", response={201: WhatIsAllowed}, auth=WRITES)
def allow_values(request: ActorRequest, body: NewlyAllowed) -> Status[dict[str, Any]]:
    """Allow values in the logs of the token's own organisation: what is found of them is no hit."""
    made = actions.allow_values(
        request.actor, text=body.text, reason=body.reason, until=with_offset("until", body.until)
    )
    refused = [{"value": value, "reason": reason and wording.in_words(reason)} for value, reason in made.refused]
    return Status(201, {"items": [_line(row) for row in made.values], "refused": refused})


@router.get("", response=Page[AllowedLine], auth=READS)
def list_allowed(request: ActorRequest, wanted: Query[Paged]) -> dict[str, Any]:
    """List the own allow-list, the newest first."""
    rows = queries.allowed_values_for(request.actor)
    return listed(page_of(rows, cursor=wanted.cursor, limit=wanted.limit, by="added_at"), _line)


@router.get("/{uuid:allowed_value_id}", response=AllowedLine, auth=READS)
def read_allowed(request: ActorRequest, allowed_value_id: UUID) -> dict[str, Any]:
    """Return one line of it."""
    return _line(queries.allowed_value_for(request.actor, allowed_value_id))


@router.delete("/{uuid:allowed_value_id}", response={204: None}, auth=WRITES)
def disallow_value(request: ActorRequest, allowed_value_id: UUID) -> Status[None]:
    """Take a line off it: what it suppressed is a hit again, and told."""
    actions.disallow_values(request.actor, lines=[queries.allowed_value_for(request.actor, allowed_value_id)])
    return Status(204, None)


def _line(row: AllowedValue) -> dict[str, Any]:
    names = ("type", "value", "reason", "until", "added_at")
    by = row.added_by and str(row.added_by)
    return {"id": row.pk, "added_by": by, **{name: getattr(row, name) for name in names}}
