"""How a signal belongs to others, over REST: said by somebody, or suggested."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from noroshi.core.actor import Actor
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput, NotFound
from noroshi.kit.api import Page, Paged, example, listed
from noroshi.kit.cursors import page_by_place
from noroshi.kit.http import ActorRequest
from noroshi.sharing import actions, queries
from noroshi.sharing.api import shapes
from noroshi.sharing.api.shapes import NUMBER, READS, URL, WRITES
from noroshi.sharing.models import RelationKind, Signal

router = Router(tags=["relations"])

OTHER = {"id": NUMBER, "reference": "S-6C1E8A44", "title": "Login pages", "tlp": "AMBER", "url": URL}


class Other(Schema):
    """The other one of two signals."""

    id: UUID
    reference: str
    title: str
    tlp: TLP
    url: str


class RelationLine(Schema):
    """A relation. `is_later`: whether the signal that was asked about is the later one, which points to the other."""

    model_config = example(kind="duplicate", is_later=True, other=OTHER)

    kind: RelationKind
    is_later: bool
    other: Other


class Related(Schema):
    """Another signal, and how the later of the two belongs to the earlier."""

    model_config = example(other=NUMBER, kind="campaign")

    other: UUID
    kind: RelationKind


class SuggestionLine(Schema):
    """A signal that may belong to the one asked about: by so many values, and so like in its words (0 to 100)."""

    model_config = example(other=OTHER, values=2, likeness=31)

    other: Other
    values: int = Field(description="Values that both name")
    likeness: int


@router.get("/{uuid:signal_id}/relations", response=Page[RelationLine], auth=READS)
def list_relations(request: ActorRequest, signal_id: UUID, wanted: Query[Paged]) -> dict[str, Any]:
    """List how a signal belongs to others that the token's holder sees too."""
    rows = queries.relations_of(request.actor, _found(request.actor, signal_id))
    found = page_by_place(rows, cursor=wanted.cursor, limit=wanted.limit)
    actions.note_read(request.actor, [each.other for each in found.rows])
    return listed(found, lambda each: _line(request, each))


@router.post("/{uuid:signal_id}/relations", response={201: RelationLine}, auth=WRITES)
def relate_signals(request: ActorRequest, signal_id: UUID, new: Related) -> Status[dict[str, Any]]:
    """Say how two signals belong together: for hub operators, and for the author of the one in the address."""
    signal, other = _found(request.actor, signal_id), _other(request.actor, new.other)
    row = actions.relate_signals(request.actor, signal, other=other, kind=new.kind)
    related = queries.Related(row, other, is_later=row.later_id == signal.pk)
    return Status(201, _line(request, related))


@router.delete("/{uuid:signal_id}/relations/{uuid:other_id}", response={204: None}, auth=WRITES)
def part_signals(request: ActorRequest, signal_id: UUID, other_id: UUID) -> Status[None]:
    """Take back that two signals belong together."""
    signal, other = _found(request.actor, signal_id), _other(request.actor, other_id)
    actions.part_signals(request.actor, signal, other=other)
    return Status(204, None)


@router.get("/{uuid:signal_id}/suggestions", response=Page[SuggestionLine], auth=READS)
def list_suggestions(request: ActorRequest, signal_id: UUID, wanted: Query[Paged]) -> dict[str, Any]:
    """List the signals that may belong to one, by shared values and words, as far as the token's holder sees them."""
    rows = queries.suggestions_for(request.actor, _found(request.actor, signal_id))
    return listed(
        page_by_place(rows, cursor=wanted.cursor, limit=wanted.limit), lambda each: _suggestion(request, each)
    )


def _found(actor: Actor, signal_id: UUID) -> Signal:
    signal = queries.relatable(actor).filter(pk=signal_id).first()
    if signal is None:
        raise NotFound
    return signal


def _other(actor: Actor, number: UUID) -> Signal:
    try:
        return _found(actor, number)
    except NotFound as error:
        raise InvalidInput("other", _("Give the address of another signal that you see.")) from error


def _line(request: ActorRequest, each: queries.Related) -> dict[str, Any]:
    return {
        "kind": each.row.kind,
        "is_later": each.is_later,
        "other": _short(request, each.other),
    }


def _suggestion(request: ActorRequest, each: queries.Suggestion) -> dict[str, Any]:
    return {
        "other": _short(request, each.signal),
        "values": each.likeness.values,
        "likeness": each.likeness.percent,
    }


def _short(request: ActorRequest, signal: Signal) -> dict[str, Any]:
    names = ("reference", "title", "tlp")
    url = shapes.url_of(request, "detail", signal.pk)
    return {"id": signal.pk, **{name: getattr(signal, name) for name in names}, "url": url}
