"""To which other hubs a signal goes or may go, and what keeps it from there."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q, QuerySet

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import Entry, State
from noroshi.core.domain.tlp import TLP
from noroshi.federation.domain.borders import Leave, excludes, is_for_all, reason_to_stay
from noroshi.federation.models import Peer, PeerKind, PeerState
from noroshi.federation.queries import other_hubs
from noroshi.members.models import Person
from noroshi.members.queries import hub_operators
from noroshi.sharing import policy
from noroshi.sharing.models import Origin, Passage, Signal
from noroshi.sharing.queries.audience import as_published, people_who_see


@dataclass(frozen=True)
class Onward:
    """Another hub, as the author of a signal sees it there."""

    peer: Peer
    against: str
    """Why it does not go there, a word of `federation.wording.REASONS`; empty where it does."""
    for_all: bool
    """Whether it is for all of that hub's members there, and not for the hub's own people alone."""
    agreed: bool
    released_by: str


def onward(actor: Actor, signal: Signal) -> list[Onward]:
    """Return how a signal stands to each other hub: for its author, and for hub operators who see it."""
    if not _may_know(actor, signal):
        return []
    audience = signal.as_item().audience
    given = {row.peer_id: row for row in Passage.everything.filter(signal=signal).select_related("released_by")}
    return [_onward(signal, audience, peer, given.get(peer.pk)) for peer in other_hubs()]


def _may_know(actor: Actor, signal: Signal) -> bool:
    concerned = policy.is_author(actor, signal) or policy.runs_desk(actor)
    return concerned and may_go_onward(signal)


def may_go_onward(signal: Signal) -> bool:
    """Whether a signal can go to another hub by agreement: neither what is narrow nor what another hub gave to us."""
    from_hub = signal.arrived and Origin.objects.filter(signal=signal, peer__kind=PeerKind.PARTNER).exists()
    return signal.tlp in (TLP.GREEN, TLP.AMBER) and not from_hub


def obstacle_to_passage(signal: Signal) -> str:
    """Return why agreeing would open nothing, a word of `wording.OBSTACLES`; "" where it would."""
    if not may_go_onward(signal):
        return "level"
    if excludes(signal.as_item().audience):
        return "left_out"
    return "unseen" if signal.tlp == TLP.AMBER and not operators_who_see(signal) else ""


def _onward(signal: Signal, audience: Collection[Entry], peer: Peer, passage: Passage | None) -> Onward:
    leave = leave_of(signal, passage)
    against = reason_to_stay(TLP(signal.tlp), audience, same_community=peer.same_community, leave=leave)
    by = passage.released_by.name if passage and passage.released_by and leave.released else ""
    return Onward(peer, against or ("embargo" if is_embargoed(signal) else ""), is_for_all(audience), leave.agreed, by)


def leave_of(signal: Signal, passage: Passage | None) -> Leave:
    """Return what was said of a signal and one other hub, for the words that it has now."""
    if passage is None:
        return Leave()
    released = passage.released_version == signal.version
    return Leave(agreed=True, released=released, was_released=passage.released_version is not None)


def is_embargoed(signal: Signal) -> bool:
    """Whether only people named by name may have it yet."""
    return signal.embargo_until is not None and signal.embargo_until > clock.now()


def passage_to(peer: Peer, signal: Signal) -> Passage | None:
    """Return the leave that a signal has to go to a peer."""
    return Passage.everything.filter(signal=signal, peer=peer).first()


def passages_waiting(actor: Actor) -> QuerySet[Passage]:
    """Return what waits for the actor, a hub operator, to let it go to another hub: the longest first."""
    rows = Passage.objects.visible_to(actor).select_related("signal", "peer").order_by("agreed_at", "id")
    if not policy.runs_desk(actor):
        return rows.none()
    return rows.filter(_unreleased(), signal__world=actor.world).exclude(signal__author=actor.person)


def waits_for_release(signal: Signal) -> bool:
    """Whether a hub operator has yet to let a signal go to another hub."""
    return Passage.everything.filter(_unreleased(), signal=signal).exists()


def _unreleased() -> Q:
    other_words = ~Q(released_version=F("signal__version")) | Q(released_version=None)
    return Q(signal__state=State.PUBLISHED, signal__tlp=TLP.AMBER, peer__state=PeerState.ACTIVE) & other_words


def operators_who_see(signal: Signal) -> list[Person]:
    """Return the hub operators who see a signal and did not write it."""
    operators = hub_operators()
    item = as_published(signal.as_item()).without_hidden_author()
    return [person for person in people_who_see(item, operators) if person.pk != signal.author_id]


def named_hubs(numbers: Collection[UUID]) -> list[Peer]:
    """Return those of the other hubs that have these numbers."""
    return list(other_hubs().filter(pk__in=numbers))
