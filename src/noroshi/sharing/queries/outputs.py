"""What a tool may look for or block: the values of what its holder sees, given for that, harmless ones left out."""

import hashlib
from collections.abc import Collection as Some
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.small_numbers import told
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import NotFound
from noroshi.intel.domain.observables import Observable, ObservableType
from noroshi.intel.domain.outputs.indicators import Naming
from noroshi.intel.queries.collections import SENT_IN, Collection, collection_for, collections_for
from noroshi.sharing.domain.handling import Objective
from noroshi.sharing.models import Deployment, Receipt, Signal, SignalObservable
from noroshi.sharing.policy import is_author
from noroshi.sharing.queries.rooms import shared_with
from noroshi.sharing.queries.signals import published_for

_FOR_TOOLS: Final = (Objective.DETECT, Objective.BLOCK)


def collections_of_signals(actor: Actor) -> list[Collection]:
    """Return the collections of the actor that can hold signals: what was sent in from elsewhere holds none."""
    return [collection for collection in collections_for(actor) if collection.alias != SENT_IN]


def collection_of(actor: Actor, name: str) -> QuerySet[Signal]:
    """Return the signals of a collection whose content the actor may read; raise NotFound where there is none."""
    collection = collection_for(actor, name)
    if collection.alias == SENT_IN:
        raise NotFound
    rows = shared_with(actor, collection.group) if collection.group else published_for(actor)
    return rows.order_by("pk")


def signals_for_tools(actor: Actor, collection: str) -> QuerySet[Signal]:
    """Return the signals of a collection that hold, and name values for tools."""
    lasting = Q(expires_at__isnull=True) | Q(expires_at__gt=clock.now())
    values = _for_tools().filter(signal=OuterRef("pk"))
    return collection_of(actor, collection).filter(lasting, Exists(values))


def basis_of(rows: QuerySet[Signal]) -> str:
    """Return a digest of all of `rows` that an output is made of: as long as it stays, so does what is said."""
    known = rows.values_list("pk", "version", "changed_at", "tlp", "pap", "caveats")
    return hashlib.sha256(repr(list(known)).encode()).hexdigest()


def namings_in(actor: Actor, rows: QuerySet[Signal], types: Some[ObservableType]) -> Iterator[tuple[Signal, Naming]]:
    """Yield who names which value of some types among `rows`, with the signal."""
    signals = {signal.pk: signal for signal in rows}
    parts = SignalObservable.objects.visible_to(actor).filter(
        pk__in=_for_tools(), signal__in=rows.order_by().values("pk"), observable__type__in=list(types)
    )
    for part in parts.select_related("observable").order_by("signal", "pk"):
        if signal := signals.get(part.signal_id):
            yield signal, _naming(signal, part)


def _naming(signal: Signal, part: SignalObservable) -> Naming:
    value = Observable(ObservableType(part.observable.type), part.observable.value)
    forbids = signal.handling.forbids_blocking
    return Naming(value, signal.reference, TLP(signal.tlp), part.objective == Objective.BLOCK, forbids_blocking=forbids)


def _for_tools() -> QuerySet[SignalObservable]:
    """The parts of any signals that tools may be given: as their objective says, and on no warning list."""
    return SignalObservable.everything.filter(objective__in=_FOR_TOOLS, benign=[]).order_by()


def values_known_to(actor: Actor, digests: Some[str]) -> dict[str, UUID]:
    """Return those of some values, by digest, that a signal names which the actor may read."""
    parts = SignalObservable.objects.visible_to(actor).filter(
        observable__digest__in=digests, signal__in=published_for(actor).order_by().values("pk")
    )
    return dict(parts.values_list("observable__digest", "observable_id"))


def deployments_for(actor: Actor) -> QuerySet[Deployment]:
    """Return what the tools of the actor's organisation look for, as far as what names it may still be read.

    Of a withdrawn signal no value is left, in one's own reports neither.
    """
    named = SignalObservable.objects.visible_to(actor).filter(
        observable=OuterRef("observable"), signal__in=published_for(actor).order_by().values("pk")
    )
    own = Deployment.objects.visible_to(actor).filter(Exists(named), removed_at__isnull=True)
    return own.select_related("observable").order_by("-hits", "-deployed_at", "pk")


@dataclass(frozen=True)
class AtWork:
    """How many organisations' tools look for values of a signal, and in how many they hit: in steps of three."""

    deployed: int | None
    hit: int | None


def at_work(actor: Actor, signal: Signal) -> AtWork | None:
    """Return what became of a signal's values at its readers, for its author and the hub; None for anybody else.

    Counted are those who got them from this signal: what others look for because of another one is not told here.
    """
    if not is_author(actor, signal) and not actor.is_hub_operator:
        return None
    got = Receipt.objects.of(actor, signal).filter(channel=Channel.TOOLS).values("organisation")
    rows = Deployment.objects.unrestricted(reason="numbers of organisations, told from three on").filter(
        organisation__in=got,
        observable__in=SignalObservable.objects.of(actor, signal).values("observable"),
        removed_at__isnull=True,
        world=signal.world,
    )
    deployed = set(rows.values_list("organisation_id", flat=True))
    hit = set(rows.filter(hits__gt=0).values_list("organisation_id", flat=True))
    return AtWork(told(len(deployed)), told(len(hit)))
