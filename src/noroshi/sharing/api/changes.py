"""What became of the signals that a token's holder has got: `/api/v1/signal-changes`.

Withdrawn and amended ones, also where their holder cannot see them any more: of these the number alone.
"""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Query, Router, Schema

from noroshi.core.domain.audience import State
from noroshi.kit import cursors
from noroshi.kit.http import ActorRequest
from noroshi.members.api_auth import TokenAuth
from noroshi.members.domain.scopes import Scope
from noroshi.sharing import queries
from noroshi.sharing.api.signals import MOST, moment_with_offset

router = Router(tags=["signals"])


class Change(Schema):
    """A signal that was got and has changed since. `readable` says whether it, or its tombstone, can still be read."""

    id: UUID
    reference: str
    change: Literal["withdrawn", "changed"]
    changed_at: datetime
    readable: bool


class ChangePage(Schema):
    """Some changes, the newest first, and the cursor of those after them; null at the end."""

    items: list[Change]
    next: str | None


class WantedChanges(Schema):
    """What the list is narrowed by."""

    since: datetime | None = Field(
        None, description="Changed at this moment or later; what changed within the hour before may come again"
    )
    cursor: str = Field("", max_length=cursors.LONGEST, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=MOST)


@router.get("", response=ChangePage, auth=TokenAuth(Scope.SIGNALS_READ))
def list_changes(request: ActorRequest, wanted: Query[WantedChanges]) -> dict[str, Any]:
    """List what the token's holder has got, by whichever way, and what was withdrawn or changed after that."""
    rows = queries.changed_since_got(request.actor, moment_with_offset("since", wanted.since))
    page = cursors.page_of(rows, cursor=wanted.cursor, limit=wanted.limit, by="changed_at")
    seen = set(
        queries.signals_for(request.actor).filter(pk__in=[row.pk for row in page.rows]).values_list("pk", flat=True)
    )
    items = [
        {
            "id": row.pk,
            "reference": row.reference,
            "change": "withdrawn" if row.state == State.WITHDRAWN else "changed",
            "changed_at": row.changed_at,
            "readable": row.pk in seen,
        }
        for row in page.rows
    ]
    return {"items": items, "next": page.next}
