"""Saved searches over REST: `/api/v1/saved-searches`. They belong to a person, so a person's own token is needed."""

from datetime import date, time
from typing import Any, Final, Literal
from uuid import UUID

from ninja import Field, Query, Router, Schema, Status

from noroshi.core.domain.tlp import TLP
from noroshi.kit.api import Page, Paged, example, listed
from noroshi.kit.cursors import page_by_place, page_of
from noroshi.kit.http import ActorRequest
from noroshi.members.api_auth import TokenAuth
from noroshi.members.domain.scopes import Scope
from noroshi.notify.actions import Timing
from noroshi.sharing import actions, queries
from noroshi.sharing.api import shapes
from noroshi.sharing.api.shapes import NUMBER, READS, SignalLine
from noroshi.sharing.domain.asked import Asked
from noroshi.sharing.models import Kind, SavedSearch

LISTS: Final = TokenAuth(Scope.SUBSCRIPTIONS_READ)
KEEPS: Final = TokenAuth(Scope.SUBSCRIPTIONS_WRITE)
WHAT: Final[dict[str, Any]] = {
    "name": "Fake login pages",
    "words": "login",
    "kind": "phishing",
    "tlp": None,
    "since": None,
    "with_values": True,
    "alert": {"delivery": "digest", "at": "08:00:00", "weekday": 0},
}

router = Router(tags=["saved searches"])


class Alert(Schema):
    """How its person is told; the inbox has it in any case. `weekday` is that of the weekly mail, Monday is 0."""

    model_config = example(delivery="digest", at="08:00:00", weekday=0)

    delivery: Literal["at_once", "hourly", "digest", "weekly", "inbox"] = "at_once"
    at: time = time(8)
    weekday: int = Field(0, ge=0, le=6)


class SearchToKeep(Schema):
    """A search to keep: words and filters as on the search page; without `alert`, nobody is told."""

    model_config = example(**WHAT)

    name: str
    words: str = ""
    kind: Kind | None = None
    tlp: TLP | None = None
    since: date | None = None
    with_values: bool = False
    alert: Alert | None = None


class SavedSearchLine(SearchToKeep):
    """A kept search. `new` signals came or changed since it was looked at; 100 stands for that and more."""

    model_config = example(id=NUMBER, **WHAT, new=2)

    id: UUID
    new: int


@router.get("", response=Page[SavedSearchLine], auth=LISTS)
def list_saved_searches(request: ActorRequest, wanted: Query[Paged]) -> dict[str, Any]:
    """List the searches that the token's holder keeps, by name."""
    found = page_by_place(queries.searches_of(request.actor), cursor=wanted.cursor, limit=wanted.limit)
    return listed(found, lambda row: _line(request, row))


@router.post("", response={201: SavedSearchLine}, auth=KEEPS)
def save_search(request: ActorRequest, wanted: SearchToKeep) -> Status[dict[str, Any]]:
    """Keep a search."""
    return Status(201, _line(request, actions.save_search(request.actor, **_kept(wanted))))


@router.put("/{uuid:saved_search_id}", response=SavedSearchLine, auth=KEEPS)
def change_search(request: ActorRequest, saved_search_id: UUID, wanted: SearchToKeep) -> dict[str, Any]:
    """Make a kept search what is described."""
    row = queries.search_for(request.actor, saved_search_id)
    return _line(request, actions.change_search(request.actor, row, **_kept(wanted)))


@router.delete("/{uuid:saved_search_id}", response={204: None}, auth=KEEPS)
def delete_search(request: ActorRequest, saved_search_id: UUID) -> Status[None]:
    """Keep a search no longer; its alert ends with it."""
    actions.delete_search(request.actor, queries.search_for(request.actor, saved_search_id))
    return Status(204, None)


@router.post("/{uuid:saved_search_id}/looked", response={204: None}, auth=KEEPS)
def look_at_search(request: ActorRequest, saved_search_id: UUID) -> Status[None]:
    """Note that what a search finds was looked at: `new` begins at 0 again."""
    actions.look_at_search(request.actor, queries.search_for(request.actor, saved_search_id))
    return Status(204, None)


@router.get("/{uuid:saved_search_id}/signals", response=Page[SignalLine], auth=READS, by_alias=True)
def list_found(request: ActorRequest, saved_search_id: UUID, wanted: Query[Paged]) -> dict[str, Any]:
    """List what a kept search finds for the token's holder by it, the newest first."""
    row = queries.search_for(request.actor, saved_search_id)
    rows = queries.found_by(request.actor, row.asked).select_related("author__organisation")
    found = page_of(rows, cursor=wanted.cursor, limit=wanted.limit, by="published_at")
    actions.note_read(request.actor, found.rows)
    return listed(found, lambda signal: shapes.line_of(request, signal))


def _kept(wanted: SearchToKeep) -> dict[str, Any]:
    asked = Asked(wanted.words, wanted.kind or "", wanted.tlp, wanted.since, wanted.with_values)
    alert = Timing(wanted.alert.delivery, wanted.alert.at, wanted.alert.weekday) if wanted.alert else None
    return {"name": wanted.name, "asked": asked, "alert": alert}


def _line(request: ActorRequest, row: SavedSearch) -> dict[str, Any]:
    asked, alert = row.asked, row.alert
    return {
        "id": row.pk,
        "name": row.name,
        **vars(asked),
        "kind": asked.kind or None,
        "alert": {"delivery": alert.delivery, "at": alert.at, "weekday": alert.weekday} if alert else None,
        "new": queries.new_in(request.actor, row),
    }
