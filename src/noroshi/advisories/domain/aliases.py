"""Names of products that an institution learned: what it calls X / Y is what records call A / B.

A pair holds between two names as they are compared (`matching.keys_of`). It is asked only where neither a package URL
nor vendor and product say that the two are the same, and before a name alone does.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Alias:
    """One such pair, and whether it is as sure as if both were named alike; else it opens no task by itself."""

    ours: str
    theirs: str
    is_sure: bool


def called(product: str, name: str) -> str:
    """Return by what something is called: vendor and product, or a product of which no vendor is known."""
    return product or (f"/{name}" if name else "")


class Aliases:
    """All pairs of an institution."""

    def __init__(self, pairs: Iterable[Alias] = ()) -> None:
        self._theirs: dict[str, dict[str, Alias]] = defaultdict(dict)
        for pair in pairs:
            self._theirs[pair.ours][pair.theirs] = pair

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return bool(self._theirs)

    def of(self, ours: str) -> Mapping[str, Alias]:
        """Return by what records may call what is called so here."""
        return self._theirs.get(ours, {})


NO_ALIASES: Final = Aliases()
