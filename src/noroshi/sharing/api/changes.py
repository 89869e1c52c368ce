"""What became of the signals that a token's holder has got: `/api/v1/signal-changes`.

Withdrawn and amended ones, also where their holder cannot see them any more: of these the number alone.
"""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Query, Router, Schema

from noroshi.core.domain.audience import State
from noroshi.kit.api import Page, Paged, example, listed, with_offset
from noroshi.kit.cursors import page_of
from noroshi.kit.http import ActorRequest
from noroshi.sharing import queries
from noroshi.sharing.api.shapes import NUMBER, READS
from noroshi.sharing.models import Signal

router = Router(tags=["signals"])


class Change(Schema):
    """A signal that was got and has changed since. `readable` says whether it, or its tombstone, can still be read."""

    model_config = example(
        id=NUMBER, reference="S-6C1E8A44", change="withdrawn", changed_at="2026-11-22T05:00:00Z", readable=True
    )

    id: UUID
    reference: str
    change: Literal["withdrawn", "changed"]
    changed_at: datetime
    readable: bool


class WantedChanges(Paged):
    """What the list is narrowed by."""

    since: datetime | None = Field(
        None, description="Changed at this moment or later; what changed within the hour before may come again"
    )


@router.get("", response=Page[Change], auth=READS)
def list_changes(request: ActorRequest, wanted: Query[WantedChanges]) -> dict[str, Any]:
    """List what the token's holder has got, by whichever way, and what was withdrawn or changed after that."""
    rows = queries.changed_since_got(request.actor, with_offset("since", wanted.since))
    found = page_of(rows, cursor=wanted.cursor, limit=wanted.limit, by="changed_at")
    numbers = [row.pk for row in found.rows]
    seen = set(queries.signals_for(request.actor).filter(pk__in=numbers).values_list("pk", flat=True))
    return listed(found, lambda row: _change(row, readable=row.pk in seen))


def _change(row: Signal, *, readable: bool) -> dict[str, Any]:
    return {
        "id": row.pk,
        "reference": row.reference,
        "change": "withdrawn" if row.state == State.WITHDRAWN else "changed",
        "changed_at": row.changed_at,
        "readable": readable,
    }
