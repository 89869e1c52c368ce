"""Signals over REST: `/api/v1/signals`. The token decides the channel, the channel what may be read at all."""

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from ninja import Field, Query, Router, Schema, Status

from noroshi.core import policy as door
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import NotFound
from noroshi.kit.api import Page, Paged, example, listed
from noroshi.kit.cursors import page_by_place, page_of
from noroshi.kit.http import ActorRequest
from noroshi.sharing import actions, policy, queries
from noroshi.sharing.api import shapes
from noroshi.sharing.api.bodies import NewSignal
from noroshi.sharing.api.shapes import READS, WRITES, ObservableLine, Sent, SignalLine, SignalWhole, Tombstone, Warned
from noroshi.sharing.models import Kind, Signal, Target

router = Router(tags=["signals"])


class House(Schema):
    """The readers of one organisation: how many, and those of them whom you may know by name."""

    organisation: str = Field(description="Slug")
    people: int
    names: list[str]


class Foretold(Schema):
    """Who would see a signal, and what its author is warned of."""

    model_config = example(
        organisations=2,
        people=3,
        houses=[
            {"organisation": "east-bank", "people": 2, "names": ["Hana Sato", "Ken Mori"]},
            {"organisation": "harbour-insurance", "people": 1, "names": []},
        ],
        warnings=[{"kind": "phone", "text": "03-1234-5678", "reveals_author": False}],
    )

    organisations: int
    people: int
    houses: list[House]
    warnings: list[Warned]


class Wanted(Paged):
    """What a list is narrowed by."""

    q: str = Field("", max_length=200, description="Words that the signal contains")
    kind: Kind | None = None
    target: Target | None = None
    tlp: TLP | None = None
    tag: str | None = Field(None, max_length=255, description="Has this tag, or one with these words in its title")
    group: str | None = Field(None, max_length=60, description="Shared with this group of yours (slug)")
    since: date | None = Field(None, description="Published on this day (UTC) or later")


@router.get("", response=Page[SignalLine], auth=READS, by_alias=True)
def list_signals(request: ActorRequest, wanted: Query[Wanted]) -> dict[str, Any]:
    """List the signals that the token's holder may read by it, the newest first."""
    rows = _narrowed(request.actor, wanted).select_related("author__organisation")
    found = page_of(rows, cursor=wanted.cursor, limit=wanted.limit, by="published_at")
    actions.note_read(request.actor, found.rows)
    return listed(found, lambda signal: shapes.line_of(request, signal))


@router.get("/withdrawn", response=Page[Tombstone], auth=READS)
def list_withdrawn(request: ActorRequest, wanted: Query[Paged]) -> dict[str, Any]:
    """List what is left of withdrawn signals, the last withdrawn first: number, moment and reason."""
    rows = queries.tombstones_for(request.actor)
    return listed(page_of(rows, cursor=wanted.cursor, limit=wanted.limit, by="changed_at"), shapes.tombstone_of)


@router.get("/{uuid:signal_id}", response=SignalWhole | Tombstone, auth=READS, by_alias=True)
def read_signal(request: ActorRequest, signal_id: UUID) -> dict[str, Any]:
    """Read a signal, or what is left of it once it was withdrawn. A draft is read under `/drafts`."""
    signal = signal_for(request.actor, signal_id)
    if door.decide(request.actor, signal).tombstone:
        return shapes.tombstone_of(signal)
    actions.note_read(request.actor, [signal])
    return shapes.whole_of(request, signal)


@router.get("/{uuid:signal_id}/observables", response=Page[ObservableLine], auth=READS)
def list_observables(request: ActorRequest, signal_id: UUID, wanted: Query[Paged]) -> dict[str, Any]:
    """List the values that a signal names, in the order of its text; none of one that was withdrawn."""
    signal = signal_for(request.actor, signal_id)
    rows = queries.observables_of(request.actor, signal)
    found = page_by_place(rows, cursor=wanted.cursor, limit=wanted.limit)
    return shapes.parts(request, signal, found, shapes.observable_of)


@router.post("", response={201: Sent}, auth=WRITES)
def share_signal(request: ActorRequest, new: NewSignal) -> Status[dict[str, Any]]:
    """Share a signal at once. Values that a warning list knows as harmless are left out of it."""
    signal = actions.share_signal(
        request.actor,
        content=new.content(),
        marking=new.marking(request.actor),
        objective=new.objective,
        own_names_confirmed=new.own_names_confirmed,
    )
    return Status(201, sent(request, signal))


@router.post("/check", response=Foretold, auth=WRITES)
def check_signal(request: ActorRequest, new: NewSignal) -> dict[str, Any]:
    """Say, without writing anything, who would see a signal and what its author is warned of."""
    actor, marking, content = request.actor, new.marking(request.actor), new.content()
    policy.require_carried(actor, marking.tlp)
    actions.check_marking(actor, marking)
    item = marking.as_draft(actor.acting_organisation, actor.acting_person, actor.world)
    found = queries.warnings_about(actor, [content.title, content.outline.text, content.body, content.plain_words])
    return {**foretold(queries.foretold_to(actor, item)), "warnings": shapes.warned(found)}


@router.get("/{uuid:signal_id}/readers", response=Foretold, auth=READS)
def read_readers(request: ActorRequest, signal_id: UUID) -> dict[str, Any]:
    """Say who sees a signal, or would once it is sent: for its author, and for who releases it. Nobody else learns it.

    `warnings` are the author's alone, and only before it is sent.
    """
    actor, signal = request.actor, queries.signal_for(request.actor, signal_id)
    readers = None if door.decide(actor, signal).tombstone else queries.reach_known_to(actor, signal)
    if readers is None:
        raise NotFound
    unsent = signal.state == State.DRAFT
    return {**foretold(readers), "warnings": shapes.warned(queries.warnings_of(actor, signal) if unsent else [])}


def signal_for(actor: Actor, signal_id: UUID) -> Signal:
    """Return a signal that was sent and that `actor` sees; raise NotFound for any other, a draft too."""
    signal = queries.signal_for(actor, signal_id)
    if signal.state == State.DRAFT:
        raise NotFound
    return signal


def sent(request: ActorRequest, signal: Signal) -> dict[str, Any]:
    """Return what became of a signal that its author has sent, with what the author is warned of."""
    found = queries.warnings_of(request.actor, signal)
    return {**shapes.moved(request, signal), "warnings": shapes.warned(found)}


def foretold(readers: queries.Readership) -> dict[str, Any]:
    """Return who sees a signal, house by house."""
    houses = [
        {
            "organisation": house.slug,
            "people": sum(some.people for some in ways),
            "names": [name for some in ways for name in some.names],
        }
        for house, ways in readers.houses.items()
    ]
    return {"organisations": readers.organisations, "people": readers.people, "houses": houses}


def _narrowed(actor: Actor, wanted: Wanted) -> QuerySet[Signal]:
    rows = queries.published_for(actor)
    if wanted.group is not None:
        rows = queries.shared_with(actor, queries.own_group(actor, wanted.group).pk)
    exact = {name: value for name in ("kind", "target", "tlp") if (value := getattr(wanted, name)) is not None}
    rows = rows.filter(**exact)
    if wanted.tag is not None:
        rows = queries.with_tag(rows, wanted.tag)
    if wanted.since is not None:
        rows = rows.filter(published_at__gte=datetime.combine(wanted.since, time.min, tzinfo=UTC))
    return queries.with_words(actor, rows, wanted.q)
