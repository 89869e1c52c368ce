"""What is watched for: the values of all signals that are out, added to by a process, not made anew for each signal.

To turn a million values into keys takes longer than a hit may be late. So what was read once stays, and signals that
have gone out since are a thin layer above it. A signal that is over stays in its layer, and nobody asks for it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from noroshi.core import clock
from noroshi.core.domain import worlds
from noroshi.core.domain.audience import State
from noroshi.hunting.engine import Needle
from noroshi.hunting.engine.needles import Keys
from noroshi.hunting.lake import open_lake
from noroshi.hunting.models import Hunt
from noroshi.sharing.models import SignalObservable

THIN: Final = 8
"""Layers above the first, each of which costs every batch a look; then they become one."""
FEW: Final = 1_000
"""Signals that are asked for by their numbers."""

Hunts = Mapping[UUID, UUID]
"""The last hunt of each signal."""


@dataclass(frozen=True)
class Layer:
    """What some signals name, as the engine compares it, and the hunts of each value."""

    signals: Hunts
    keys: Keys
    hunts: Mapping[Needle, tuple[UUID, ...]]

    @property
    def is_there(self) -> bool:
        """Whether its keys can be read: those of many lie in a file, which may be deleted at any time."""
        return self.keys.file is None or self.keys.file.exists()


@dataclass(frozen=True)
class Watchlist:
    """What all signals that are out name, and the hunts that look for it."""

    live: frozenset[UUID]
    layers: tuple[Layer, ...]

    def met_since(self, organisation: str, after: int) -> list[Needle]:
        """Return the values that an organisation's logs show which came in after the arrival of that number."""
        lake = open_lake()
        met = (needle for layer in self.layers for needle in lake.met_since(organisation, after, layer.keys))
        return [needle for needle in dict.fromkeys(met) if self.hunts_for([needle])]

    def hunts_for(self, needles: Iterable[Needle]) -> frozenset[UUID]:
        """Return the hunts that look for one of some values."""
        found = (layer.hunts.get(needle, ()) for needle in needles for layer in self.layers)
        return self.live.intersection(chain.from_iterable(found))


def watchlist() -> Watchlist:
    """Return what is watched for now. Whose logs a signal reaches is asked where one of its values was met."""
    return _kept(settings.LAKE_DIR).of(_last_hunts())


def is_out(signal: str) -> Q:
    """Return the condition that a signal (or what ``signal`` leads to: "signal__") is out and not over."""
    unexpired = Q(**{f"{signal}expires_at": None}) | Q(**{f"{signal}expires_at__gt": clock.now()})
    return unexpired & Q(**{f"{signal}state": State.PUBLISHED})


class _Kept:
    """The layers that a process keeps of one lake."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._layers: list[Layer] = []

    def of(self, wanted: Hunts) -> Watchlist:
        """Return the watchlist of signals, with their last hunts: an amended signal has a new one."""
        with self._lock:
            new = dict(wanted.items() - self._known())
            if self._is_worn(wanted) or len(new) > len(wanted) // 2:
                self._layers = [_layer(wanted)]
            elif new:
                self._layers.append(_layer(new))
            if len(self._layers) > THIN + 1:
                self._layers[1:] = [_layer(dict(self._known(first=1) & wanted.items()))]
            return Watchlist(frozenset(wanted.values()), tuple(self._layers))

    def _known(self, first: int = 0) -> set[tuple[UUID, UUID]]:
        return {pair for layer in self._layers[first:] for pair in layer.signals.items()}

    def _is_worn(self, wanted: Hunts) -> bool:
        """Whether the layers are better made anew: most of the first is over, or has less than those above it."""
        if not self._layers:
            return False
        first, *thin = self._layers
        over = len(first.signals.items() - wanted.items())
        above = sum(len(layer.hunts) for layer in thin)
        whole = all(layer.is_there for layer in self._layers)
        return not whole or 2 * over > len(first.signals) or above > len(first.hunts)


@lru_cache(maxsize=1)
def _kept(_lake: Path) -> _Kept:
    return _Kept()


def _layer(signals: Hunts) -> Layer:
    """Read the values of signals."""
    asked: dict[Needle, list[UUID]] = defaultdict(list)
    rows = SignalObservable.objects.unrestricted(reason="all that is out is watched for")
    named = rows.filter(is_out("signal__"), signal__world=worlds.REAL).order_by("pk")
    if len(signals) <= FEW:
        named = named.filter(signal__in=signals)
    for signal, kind, value in named.values_list("signal", "observable__type", "observable__value").iterator():
        if signal in signals:
            asked[Needle(kind, value)].append(signals[signal])
    return Layer(signals, open_lake().prepare(asked), {needle: tuple(numbers) for needle, numbers in asked.items()})


def _last_hunts() -> Hunts:
    """Return the last hunt of the signals that are out and have been hunted, or are about to be."""
    rows: QuerySet[Hunt] = Hunt.objects.unrestricted(reason="all that is out is watched for")
    out = rows.filter(is_out("signal__"), world=worlds.REAL, signal__isnull=False)
    return dict(out.order_by("version").values_list("signal", "pk"))
