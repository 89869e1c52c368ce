"""Leave to go to another hub: the author's consent, and for TLP:AMBER a hub operator's look at the words."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.federation.models import Peer
from noroshi.sharing import policy
from noroshi.sharing.actions.rows import locked, moment_of, named
from noroshi.sharing.models import Passage, Signal
from noroshi.sharing.queries.passages import named_hubs, obstacle_to_passage
from noroshi.sharing.wording import OBSTACLES


@transaction.atomic
def agree_to_passage(actor: Actor, signal: Signal, *, hub: UUID) -> Passage:
    """Agree, as its author, that a published signal goes to another hub. TLP:AMBER then waits for a hub operator."""
    signal = locked(actor, signal)
    policy.require(actor, "agree", signal)
    _check(signal)
    peer = _hub(hub)
    if Passage.everything.filter(signal=signal, peer=peer).exists():
        raise Conflict(_("You have agreed to this already."))
    return _agree(actor, signal, peer)


def agree_at_sending(actor: Actor, signal: Signal, hubs: Collection[UUID]) -> None:
    """Keep to which other hubs a draft may go once it is out, in the place of what was kept before."""
    Passage.everything.filter(signal=signal).delete()
    if hubs:
        _check(signal)
    for peer in named_hubs(hubs):
        _agree(actor, signal, peer, at_sending=True)


@transaction.atomic
def release_passage(actor: Actor, signal: Signal, *, hub: UUID) -> Passage:
    """Let a TLP:AMBER signal go to another hub as its words are now: a hub operator who did not write it."""
    signal = locked(actor, signal)
    policy.require(actor, "let-pass", signal)
    row = _passage(signal, hub)
    if signal.tlp != TLP.AMBER or row.released_version == signal.version:
        raise Conflict(_("There is nothing to release here."))
    row.released_version, row.released_by_id, row.released_at = signal.version, actor.acting_person, clock.now()
    row.save(update_fields=["released_version", "released_by", "released_at"])
    ledger.record(actor, "sharing.passage.released", signal, rule="passage", peer=hub, version=signal.version)
    return row


@transaction.atomic
def end_passage(actor: Actor, signal: Signal, *, hub: UUID) -> None:
    """Take back the leave to go to another hub, as the author or as an operator: what is there is called back."""
    signal = locked(actor, signal)
    if not {"agree", "let-pass"} & policy.allowed_verbs(actor, signal):
        raise NotAllowed(_("Only the author and hub operators end this."), rule="sharing.passage")
    _passage(signal, hub).delete()
    ledger.record(named(actor, signal), "sharing.passage.ended", signal, rule="passage", peer=hub)


def _agree(actor: Actor, signal: Signal, peer: Peer, *, at_sending: bool = False) -> Passage:
    row = Passage.everything.create(signal=signal, peer=peer, agreed_at=moment_of(signal, State.PUBLISHED))
    ledger.record(
        named(actor, signal), "sharing.passage.agreed", signal, rule="passage", peer=peer.pk, at_sending=at_sending
    )
    return row


def _check(signal: Signal) -> None:
    """Raise InvalidInput where an agreement would open nothing: a later refusal would be silent."""
    if obstacle := obstacle_to_passage(signal):
        raise InvalidInput("hub", str(OBSTACLES[obstacle]))


def _hub(number: UUID) -> Peer:
    peer = next(iter(named_hubs([number])), None)
    if peer is None:
        raise NotFound
    return peer


def _passage(signal: Signal, hub: UUID) -> Passage:
    row = Passage.everything.select_for_update().filter(signal=signal, peer=hub).first()
    if row is None:
        raise NotFound
    return row
