"""Guests of one signal over REST: `/api/v1/signals/{id}/guests`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Query, Router, Schema, Status

from noroshi.kit.api import Page, Paged, example, listed, with_offset
from noroshi.kit.cursors import page_by_place
from noroshi.kit.http import ActorRequest
from noroshi.sharing import actions, policy, queries
from noroshi.sharing.api.shapes import NUMBER, READS, WRITES
from noroshi.sharing.api.signals import signal_for
from noroshi.sharing.models import Guest

router = Router(tags=["guests"])


class GuestLine(Schema):
    """Somebody who was invited to this one signal."""

    model_config = example(
        id=NUMBER,
        person="Ken Mori",
        organisation="Harbour Systems",
        until="2026-12-31T15:00:00Z",
    )

    id: UUID
    person: str
    organisation: str
    until: datetime | None


class Invited(Schema):
    """Whom to invite, and until when."""

    model_config = example(email="ken@harbour.example", until="2026-12-31T23:59:00+09:00")

    email: str = Field(max_length=254)
    until: datetime | None = None


@router.get("/{uuid:signal_id}/guests", response=Page[GuestLine], auth=READS)
def list_guests(request: ActorRequest, signal_id: UUID, wanted: Query[Paged]) -> dict[str, Any]:
    """List the guests of a signal: for its author and the groups it was shared with. A guest finds itself."""
    rows = queries.guests_of(request.actor, signal_for(request.actor, signal_id))
    return listed(page_by_place(rows, cursor=wanted.cursor, limit=wanted.limit), _line)


@router.post("/{uuid:signal_id}/guests", response={201: GuestLine}, auth=WRITES)
def invite_guest(request: ActorRequest, signal_id: UUID, new: Invited) -> Status[dict[str, Any]]:
    """Invite one person, and no colleague, to a signal."""
    signal = signal_for(request.actor, signal_id)
    policy.require(request.actor, "invite", signal)
    person, until = queries.guest_named(new.email), with_offset("until", new.until)
    return Status(201, _line(actions.invite_guest(request.actor, signal, person=person, until=until)))


@router.delete("/{uuid:signal_id}/guests/{uuid:guest_id}", response={204: None}, auth=WRITES)
def end_guest(request: ActorRequest, signal_id: UUID, guest_id: UUID) -> Status[None]:
    """Send a guest away: the signal is out of sight at once."""
    actions.end_guest(request.actor, signal_for(request.actor, signal_id), guest_id=guest_id)
    return Status(204, None)


def _line(guest: Guest) -> dict[str, Any]:
    return {
        "id": guest.pk,
        "person": guest.person.name,
        "organisation": guest.person.organisation.name,
        "until": guest.until,
    }
