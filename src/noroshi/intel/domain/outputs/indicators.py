"""What every output is made of: values to detect or block, each once, and the sheet that holds them.

Every value comes from somebody else, so each format writes it by its own rules of escaping: whatever a value says, it
adds no line, no rule and no field (`tests/intel/domain/outputs/test_hostile_values.py`).
"""

import hashlib
import ipaddress
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from noroshi.core.domain.tlp import TLP
from noroshi.intel.domain.observables import Observable, ObservableType


@dataclass(frozen=True, slots=True)
class Naming:
    """That one signal names a value: what for, and how it is marked."""

    observable: Observable
    reference: str
    level: TLP
    blocks: bool
    forbids_blocking: bool = False


@dataclass(frozen=True, slots=True)
class Indicator:
    """A value, as all signals that name it want it used. `level` is the narrowest of theirs."""

    observable: Observable
    references: tuple[str, ...]
    level: TLP
    blocks: bool

    @property
    def objective(self) -> str:
        """What it is given for, as a word of the formats: `block` or `detect`."""
        return "block" if self.blocks else "detect"

    @property
    def note(self) -> str:
        """The marking, the objective and the signals, in one line of plain words."""
        return f"{self.level.label} {self.objective} {' '.join(self.references)}"


@dataclass(frozen=True)
class Sheet:
    """What one output is written from: the indicators in a fixed order, and since when they are these."""

    indicators: Sequence[Indicator]
    changed_at: datetime

    @property
    def level(self) -> TLP:
        """The narrowest level in it: how the whole is to be treated."""
        return max((each.level for each in self.indicators), key=lambda level: level.rank, default=TLP.CLEAR)

    def of(self, *types: ObservableType) -> Iterator[Indicator]:
        """Yield those of some types."""
        return (each for each in self.indicators if each.observable.type in types)


def gather(namings: Iterable[Naming]) -> list[Indicator]:
    """Return each value once, in the order of type and value.

    It is to be blocked where one signal says so and none that names it forbids blocking.
    """
    by_value: dict[Observable, list[Naming]] = {}
    for naming in namings:
        by_value.setdefault(naming.observable, []).append(naming)
    ordered = sorted(by_value, key=lambda value: (value.type, value.value))
    return [_merged(value, by_value[value]) for value in ordered]


def _merged(value: Observable, namings: Collection[Naming]) -> Indicator:
    return Indicator(
        observable=value,
        references=tuple(sorted({naming.reference for naming in namings})),
        level=max((naming.level for naming in namings), key=lambda level: level.rank),
        blocks=any(naming.blocks for naming in namings) and not any(naming.forbids_blocking for naming in namings),
    )


def digest_of(observable: Observable, *parts: str) -> bytes:
    """Return bytes that stand for a value and some more words, the same everywhere and for ever."""
    return hashlib.sha256("\n".join((observable.type, observable.value, *parts)).encode()).digest()


def network_of(value: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """Return the network that an address or network is; None for what is none."""
    try:
        return ipaddress.ip_network(value)
    except ValueError:
        return None
