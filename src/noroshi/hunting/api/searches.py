"""Searches of the own log lake over REST: `/api/v1/searches`. Asked for, carried out by the worker, then read."""

from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from django.urls import reverse
from ninja import Field, Query, Router, Schema, Status

from noroshi.hunting import actions, queries, wording
from noroshi.hunting.engine import Hit as Found
from noroshi.hunting.models import AllowedValue, Hit, Hunt, HuntState
from noroshi.kit.api import Page, Paged, example, listed, with_offset
from noroshi.kit.cursors import page_of
from noroshi.kit.http import ActorRequest
from noroshi.members.api_auth import TokenAuth
from noroshi.members.domain.scopes import Scope

READS: Final = TokenAuth(Scope.HUNTING_READ)
WRITES: Final = TokenAuth(Scope.HUNTING_WRITE)

SEARCH: Final = {
    "id": "0192a5c4-6f1e-7c3a-9b1d-2f4e6a8c0b1d",
    "state": "done",
    "partial": False,
    "values": 2,
    "since": "2026-11-01T00:00:00Z",
    "until": None,
    "harmless_too": False,
    "asked_at": "2026-11-22T03:00:00Z",
    "finished_at": "2026-11-22T03:00:02Z",
    "url": "/hunting/searches/0192a5c4-6f1e-7c3a-9b1d-2f4e6a8c0b1d/",
}

router = Router(tags=["searches"])


class NewSearch(Schema):
    """What to look for in the own logs: one value a line, defanged or not; only in events of since <= time < until."""

    model_config = example(
        text="203.0.113.9\nevil.example.jp", since="2026-11-01T00:00:00Z", until=None, harmless_too=False
    )

    text: str = Field(max_length=actions.MAX_LIST)
    since: datetime | None = None
    until: datetime | None = None
    harmless_too: bool = Field(False, description="Also show values that warning lists know as harmless")


class SearchLine(Schema):
    """A search, and how it stands. `partial` until all was searched: what was found is a part of it, and may grow."""

    model_config = example(**SEARCH)

    id: UUID
    state: Literal["waiting", "running", "done", "failed", "stopped"]
    partial: bool
    values: int
    since: datetime | None
    until: datetime | None
    harmless_too: bool
    asked_at: datetime
    finished_at: datetime | None
    url: str


class Passed(Schema):
    """What was not looked for, or is not shown, and why; empty where no value was recognised in a line."""

    value: str
    reason: str


class FilesRead(Schema):
    """Files of events that were read where the index could not tell, and why."""

    reason: str
    files: int


class HowFar(Schema):
    """How far a search is: parts of the index looked up, files of events that must be read, hits and their events."""

    parts: int
    files: int
    files_read: int
    hits: int
    events: int


class SearchWhole(SearchLine):
    """A search, how far it is, and what it passed over. `capped` where more was found than one search may hold."""

    model_config = example(
        **SEARCH,
        progress={"parts": 2, "files": 3, "files_read": 3, "hits": 1, "events": 12},
        capped=False,
        refused=[{"value": "0.0.0.0/4", "reason": "The network is too wide."}],
        scanned=[{"reason": "These files are not in the index yet: compact the lake.", "files": 3}],
    )

    progress: HowFar
    capped: bool
    refused: list[Passed]
    scanned: list[FilesRead]


class FoundLine(Schema):
    """A value that was found: in how many events, the first and the last of them."""

    type: str
    value: str
    count: int
    first_seen: datetime
    last_seen: datetime


class HitLine(FoundLine):
    """A value that was found: in how many events, the first and the last of them; so far, where it is `partial`."""

    model_config = example(
        type="ipv4",
        value="203.0.113.9",
        count=12,
        first_seen="2026-11-20T01:02:03Z",
        last_seen="2026-11-21T04:05:06Z",
        partial=False,
    )

    partial: bool


class SuppressedLine(FoundLine):
    """A value that was found and is on the own allow-list, and why: no hit."""

    model_config = example(
        type="domain",
        value="update.partner.example.jp",
        count=3,
        first_seen="2026-11-20T01:02:03Z",
        last_seen="2026-11-21T04:05:06Z",
        reason="Our partner's update server",
    )

    reason: str


@router.post("", response={202: SearchLine}, auth=WRITES)
def ask_for_search(request: ActorRequest, body: NewSearch) -> Status[dict[str, Any]]:
    """Ask for values to be looked for in the logs of the token's own organisation."""
    hunt = actions.search_own_lake(
        request.actor,
        text=body.text,
        since=with_offset("since", body.since),
        until=with_offset("until", body.until),
        harmless_too=body.harmless_too,
    )
    return Status(202, _line(hunt))


@router.get("", response=Page[SearchLine], auth=READS)
def list_searches(request: ActorRequest, wanted: Query[Paged]) -> dict[str, Any]:
    """List what was looked for in the own logs, the newest first."""
    found = page_of(queries.searches_for(request.actor), cursor=wanted.cursor, limit=wanted.limit, by="created_at")
    return listed(found, _line)


@router.get("/{uuid:search_id}", response=SearchWhole, auth=READS)
def read_search(request: ActorRequest, search_id: UUID) -> dict[str, Any]:
    """Return one search."""
    hunt = queries.search_for(request.actor, search_id)
    found = queries.amount_found(request.actor, hunt)
    far = {name: getattr(hunt, name) for name in ("parts", "files", "files_read")}
    return {
        **_line(hunt),
        "progress": {**far, "hits": found.values, "events": found.events},
        "capped": hunt.capped,
        "refused": [{"value": value, "reason": reason and wording.in_words(reason)} for value, reason in hunt.refused],
        "scanned": [{"reason": wording.in_words(reason), "files": files} for reason, files in hunt.scanned],
    }


@router.get("/{uuid:search_id}/hits", response=Page[HitLine], auth=READS)
def list_hits(request: ActorRequest, search_id: UUID, wanted: Query[Paged]) -> dict[str, Any]:
    """List what a search has found."""
    hunt = queries.search_for(request.actor, search_id)
    rows = queries.hits_for(request.actor).filter(hunt=hunt)
    page = page_of(rows, cursor=wanted.cursor, limit=wanted.limit, by="created_at")
    return listed(page, lambda hit: {**_hit(hit), "partial": _is_partial(hunt)})


@router.post("/{uuid:search_id}/stop", response=SearchLine, auth=WRITES)
def stop_search(request: ActorRequest, search_id: UUID) -> dict[str, Any]:
    """Stop a search; what it has found by now stays."""
    actions.stop_search(request.actor, queries.search_for(request.actor, search_id))
    return _line(queries.search_for(request.actor, search_id))


@router.get("/{uuid:search_id}/suppressed", response=Page[SuppressedLine], auth=READS)
def list_suppressed(request: ActorRequest, search_id: UUID, wanted: Query[Paged]) -> dict[str, Any]:
    """List what a search has found that the own allow-list allows."""
    hunt = queries.search_for(request.actor, search_id)
    rows = queries.suppressed_for(request.actor).filter(hunt=hunt)
    found = page_of(rows, cursor=wanted.cursor, limit=wanted.limit, by="created_at")
    return listed(found, lambda hit: suppressed_line(hit, hit.allowed))


def _line(hunt: Hunt) -> dict[str, Any]:
    names = ("state", "since", "until", "harmless_too", "finished_at")
    return {
        **{name: getattr(hunt, name) for name in names},
        "id": hunt.pk,
        "partial": _is_partial(hunt),
        "values": len(hunt.values),
        "asked_at": hunt.created_at,
        "url": reverse("hunting:search", args=[hunt.pk]),
    }


def suppressed_line(found: Hit | Found, line: AllowedValue) -> dict[str, Any]:
    """Return what was found, and why it is allowed, as the API says it."""
    return {**_hit(found), "reason": line.reason}


def _hit(hit: Hit | Found) -> dict[str, Any]:
    return {name: getattr(hit, name) for name in ("type", "value", "count", "first_seen", "last_seen")}


def _is_partial(hunt: Hunt) -> bool:
    return hunt.state != HuntState.DONE
