"""Leave to go to other hubs, over REST: the author agrees and takes it back, the hub's operators let TLP:AMBER go."""

from typing import Any, Final
from uuid import UUID

from ninja import Field, Query, Router, Schema, Status

from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import NotFound
from noroshi.kit.api import Page, Paged, example, listed
from noroshi.kit.cursors import page_by_place
from noroshi.kit.http import ActorRequest
from noroshi.members.api_auth import TokenAuth
from noroshi.members.domain.scopes import Scope
from noroshi.sharing import actions, policy, queries
from noroshi.sharing.api import shapes
from noroshi.sharing.api.shapes import NUMBER, READS, URL, WRITES
from noroshi.sharing.api.signals import signal_for
from noroshi.sharing.models import Passage, Signal

of_signals = Router(tags=["other hubs"])
at_desk = Router(tags=["other hubs"])

HUB: Final[dict[str, Any]] = {"hub": NUMBER, "name": "East ISAC"}


class Hub(Schema):
    """One of the other hubs."""

    model_config = example(hub=NUMBER)

    hub: UUID


class HubLine(Hub):
    """Another hub, and how a signal stands to it."""

    model_config = example(**HUB, goes=False, reason="release", for_all=True, agreed=True, released_by="", obstacle="")

    name: str
    goes: bool
    reason: str = Field(description="Why it does not go there: consent, release, changed, embargo; empty where it does")
    for_all: bool = Field(description="Whether it is for all of that hub's members there")
    agreed: bool
    released_by: str
    obstacle: str = Field(description="Why agreeing would open nothing: level, left_out, unseen; else empty")


class PassageLine(Hub):
    """A signal whose author has agreed, and that waits for an operator to let its words go to a hub."""

    model_config = example(
        **HUB, id=NUMBER, reference="S-6C1E8A44", title="Login pages", tlp="AMBER", changed=False, url=URL
    )

    name: str
    id: UUID
    reference: str
    title: str
    tlp: TLP
    changed: bool = Field(description="Whether other words of it were let go before")
    url: str


@of_signals.get("/{uuid:signal_id}/other-hubs", response=Page[HubLine], auth=READS)
def list_other_hubs(request: ActorRequest, signal_id: UUID, wanted: Query[Paged]) -> dict[str, Any]:
    """List how a signal stands to each other hub: for its author, and for the hub's operators who see it."""
    signal = signal_for(request.actor, signal_id)
    rows = queries.onward(request.actor, signal)
    obstacle = queries.obstacle_to_passage(signal) if rows else ""
    return listed(page_by_place(rows, cursor=wanted.cursor, limit=wanted.limit), lambda each: _hub(each, obstacle))


@of_signals.post("/{uuid:signal_id}/other-hubs", response={201: HubLine}, auth=WRITES)
def agree_to_hub(request: ActorRequest, signal_id: UUID, new: Hub) -> Status[dict[str, Any]]:
    """Agree, as its author, that a signal goes to another hub. TLP:AMBER then waits for an operator of this one."""
    signal = signal_for(request.actor, signal_id)
    actions.agree_to_passage(request.actor, signal, hub=new.hub)
    return Status(201, _standing(request, signal, new.hub))


@of_signals.delete("/{uuid:signal_id}/other-hubs/{uuid:peer_id}", response={204: None}, auth=WRITES)
def end_hub(request: ActorRequest, signal_id: UUID, peer_id: UUID) -> Status[None]:
    """Take back, as its author or an operator, that it goes there: what that hub has is called back."""
    actions.end_passage(request.actor, signal_for(request.actor, signal_id), hub=peer_id)
    return Status(204, None)


@at_desk.get("/other-hubs", response=Page[PassageLine], auth=TokenAuth(Scope.RELEASE_READ))
def list_passages(request: ActorRequest, wanted: Query[Paged]) -> dict[str, Any]:
    """List what waits for an operator to let it go to another hub, what has waited longest first."""
    if not policy.runs_desk(request.actor):
        raise NotFound
    rows = queries.passages_waiting(request.actor)
    found = page_by_place(rows, cursor=wanted.cursor, limit=wanted.limit)
    actions.note_read(request.actor, [row.signal for row in found.rows])
    return listed(found, lambda row: _passage(request, row))


@at_desk.post("/{uuid:signal_id}/other-hubs", response=HubLine, auth=TokenAuth(Scope.RELEASE_WRITE))
def let_pass(request: ActorRequest, signal_id: UUID, to: Hub) -> dict[str, Any]:
    """Let a signal go to another hub as its words are now: an operator who did not write it."""
    if not policy.runs_desk(request.actor):
        raise NotFound
    signal = queries.signal_for(request.actor, signal_id)
    actions.release_passage(request.actor, signal, hub=to.hub)
    return _standing(request, signal, to.hub)


def _standing(request: ActorRequest, signal: Signal, hub: UUID) -> dict[str, Any]:
    (found,) = [each for each in queries.onward(request.actor, signal) if each.peer.pk == hub]
    return _hub(found, queries.obstacle_to_passage(signal))


def _hub(each: queries.Onward, obstacle: str) -> dict[str, Any]:
    return {
        "hub": each.peer.pk,
        "name": each.peer.name,
        "goes": not each.against,
        "reason": each.against,
        "for_all": each.for_all,
        "agreed": each.agreed,
        "released_by": each.released_by,
        "obstacle": obstacle,
    }


def _passage(request: ActorRequest, row: Passage) -> dict[str, Any]:
    signal = row.signal
    return {
        **{name: getattr(signal, name) for name in ("reference", "title", "tlp")},
        "id": signal.pk,
        "hub": row.peer_id,
        "name": row.peer.name,
        "changed": row.released_version is not None,
        "url": shapes.url_of(request, "detail", signal.pk),
    }
