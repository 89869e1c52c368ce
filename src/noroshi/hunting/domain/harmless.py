"""Hits that say nothing: of values that a warning list knows as harmless, such as a public resolver's address.

The hits are asked, not the needles: those are few, whatever was looked for.
"""

from dataclasses import replace
from functools import lru_cache
from typing import Final

from noroshi.hunting.engine import HuntResult
from noroshi.intel.domain.observables import Observable, ObservableType
from noroshi.intel.domain.warning_lists import benign_reasons

HARMLESS: Final = "A warning list knows this value as harmless; it is in the logs."


@lru_cache(maxsize=100_000)
def is_harmless(kind: str, value: str) -> bool:
    """Tell whether a warning list knows a value as harmless."""
    return bool(benign_reasons(Observable(ObservableType(kind), value)))


def without_harmless(result: HuntResult) -> HuntResult:
    """Return an answer without the hits of harmless values, each of which is named once among the refused."""
    harmless = dict.fromkeys((hit.type, hit.value) for hit in result.hits if is_harmless(hit.type, hit.value))
    return replace(
        result,
        hits=tuple(hit for hit in result.hits if (hit.type, hit.value) not in harmless),
        refused=(*result.refused, *((value, HARMLESS) for _kind, value in harmless)),
    )
