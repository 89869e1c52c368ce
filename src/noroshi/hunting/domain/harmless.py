"""Hits that say nothing: of values that a warning list knows as harmless, such as a public resolver's address.

The hits are asked, not the needles: those are few, whatever was looked for.
"""

from dataclasses import replace
from typing import Final

from noroshi.hunting.engine import HuntResult
from noroshi.intel.domain.observables import Observable, ObservableType
from noroshi.intel.domain.warning_lists import benign_reasons

HARMLESS: Final = "A warning list knows this value as harmless; it is in the logs."


def without_harmless(result: HuntResult) -> HuntResult:
    """Return an answer without the hits of harmless values, each of which is named once among the refused."""
    values = dict.fromkeys((hit.type, hit.value) for hit in result.hits)
    harmless = {(kind, value) for kind, value in values if benign_reasons(Observable(ObservableType(kind), value))}
    return replace(
        result,
        hits=tuple(hit for hit in result.hits if (hit.type, hit.value) not in harmless),
        refused=(*result.refused, *((value, HARMLESS) for kind, value in values if (kind, value) in harmless)),
    )
