"""What is left of an object that its creator takes back (STIX 2.1, 3.2): that it is revoked, and none of what it said.

A revoked version is an object like any other, so it has what its type requires: what only ties it to others stays, each
text becomes a word that says nothing.
"""

from collections.abc import Mapping
from typing import Any, Final

from noroshi.intel.domain.stix.check import check_object

GONE: Final = "[x-withdrawn:value = 'withdrawn']"
"""The pattern of an indicator that was taken back: it finds nothing, and does not say what it once looked for."""

_KEPT: Final = (
    "type", "spec_version", "id", "created_by_ref", "created", "modified", "object_marking_refs", "valid_from",
    "published", "object_refs", "sighting_of_ref", "relationship_type", "source_ref", "target_ref", "is_family",
    "context", "first_observed", "last_observed",
)  # fmt: skip
_WORD: Final = "withdrawn"
_EMPTIED: Final[Mapping[str, Any]] = {
    "name": _WORD, "content": _WORD, "product": _WORD, "result": "unknown", "opinion": "neutral", "number_observed": 1,
    "pattern": GONE, "pattern_type": "stix",
}  # fmt: skip


def gone(value: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return an object as revoked; None where its type cannot be, or not without what it said.

    A cyber-observable has no versions (3.7), and of a place or a translation nothing would be left to require.
    """
    kept = {name: value[name] for name in _KEPT if name in value}
    emptied = {name: word for name, word in _EMPTIED.items() if name in value}
    left: dict[str, Any] = {**kept, **emptied, "revoked": True}
    return None if check_object(left) else left
