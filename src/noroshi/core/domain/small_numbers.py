"""When a number about organisations may be shown (POLICY, "Channels", last row).

A number about fewer than three organisations would point at one of them. So would the *change* of a number: who sees
4 where 3 stood a minute ago has learnt something about one organisation. Counts that are watched while they grow
therefore move in steps of three, and no figure is shown beside others from which a hidden one could be worked out.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

FEWEST: Final = 3

Key = TypeVar("Key", bound=Hashable)


def told(organisations: int) -> int | None:
    """Return what is said of a number that grows before its readers' eyes: "3 or more", "6 or more"; None below three.

    Each answer of these is about three organisations more than the one before.
    """
    return organisations - organisations % FEWEST or None


@dataclass(frozen=True)
class Cell:
    """A figure of a table: how many things, and which organisations stand behind them, as far as anybody may know."""

    count: int = 0
    organisations: frozenset[Hashable] = frozenset()

    def __add__(self, other: "Cell") -> "Cell":
        """Return both as one figure."""
        return Cell(self.count + other.count, self.organisations | other.organisations)

    @property
    def hides_everybody(self) -> bool:
        """Whether enough organisations stand behind it to hide each other."""
        return len(self.organisations) >= FEWEST

    @property
    def tells_nobody_apart(self) -> bool:
        """Whether knowing this figure points at nobody: nothing is in it, or enough organisations are."""
        return not self.count or self.hides_everybody


NOTHING: Final = Cell()


def together(cells: Iterable[Cell]) -> Cell:
    """Return all of them as one figure."""
    return sum(cells, NOTHING)


@dataclass(frozen=True)
class Shown(Generic[Key]):
    """A table as it is shown: the total, and each cell's count; None where it is not told."""

    total: int | None
    cells: Mapping[Key, int | None]


def publishable(
    cells: Mapping[Key, Cell], *, known: Mapping[Key, Cell] | None = None, known_total: Cell = NOTHING
) -> Shown[Key]:
    """Return what may be shown of a table whose total is their sum.

    A cell of fewer than three organisations is not, whether there is nothing in it or little. What then is left of
    the total once all that is shown is taken away must be nothing, or about three organisations too: otherwise more
    is hidden, the smallest first, and the total where that is not enough.

    `known` and `known_total` are for a table whose parts the reader has as tables too (a quarter's months): what
    stays hidden of each cell, and of the total, in those. Taking these away must not point at anybody either.
    """
    known = known or {}
    chosen = {key for key, cell in cells.items() if cell.hides_everybody and _hidden(known, [key]).tells_nobody_apart}
    whole = together(cells.values())
    has_total = whole.hides_everybody and known_total.tells_nobody_apart
    for key in sorted(chosen, key=lambda key: (cells[key].count, str(key))) if has_total else ():
        rest = [other for other in cells if other not in chosen]
        if _hidden(cells, rest).tells_nobody_apart and _hidden(known, rest).tells_nobody_apart:
            break
        chosen.discard(key)
    return Shown(
        total=whole.count if has_total else None,
        cells={key: cell.count if key in chosen else None for key, cell in cells.items()},
    )


def _hidden(cells: Mapping[Key, Cell], keys: Iterable[Key]) -> Cell:
    return together(cells.get(key, NOTHING) for key in keys)
