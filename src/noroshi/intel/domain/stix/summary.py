"""An object in a few words, for people: what it is called, what it says, what it is marked with, what it refers to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from noroshi.intel.domain.stix.patterns import PatternError
from noroshi.intel.domain.stix.patterns.hunted import Hunted, hunted
from noroshi.intel.domain.stix.tlp import LEVELS

_TITLES: Final = (
    "name", "abstract", "value", "subject", "path", "key", "display_name", "user_id", "account_login", "command_line",
    "opinion", "number", "serial_number", "result_name", "product", "relationship_type",
)  # fmt: skip
"""Properties of which the first that an object has is what it is called by."""

_TEXTS: Final = ("description", "content", "explanation", "definition")
_MOST: Final = 300
"""Characters of a title."""


@dataclass(frozen=True)
class Summary:
    """What a person is shown of an object. `markings` are the levels, and the identifiers of what else marks it."""

    title: str
    text: str
    pattern: str
    values: Hunted
    markings: tuple[str, ...]
    references: tuple[tuple[str, str], ...]
    """Other objects: by which property, and their identifiers."""
    labels: tuple[str, ...]


def summary_of(value: Mapping[str, Any]) -> Summary:
    """Return the summary of an object that was checked."""
    pattern = value.get("pattern", "") if value.get("pattern_type") == "stix" else ""
    return Summary(
        title=_title(value),
        text=next((text for name in _TEXTS if isinstance(text := value.get(name), str)), ""),
        pattern=str(value.get("pattern", "")),
        values=_hunted(pattern) if pattern else Hunted(),
        markings=tuple(LEVELS[name].label if name in LEVELS else name for name in value.get("object_marking_refs", ())),
        references=tuple(_references(value)),
        labels=tuple(value.get("labels", ())),
    )


def _title(value: Mapping[str, Any]) -> str:
    for name in _TITLES:
        if value.get(name):
            return str(value[name])[:_MOST]
    for digest in value.get("hashes", {}).values():
        return str(digest)[:_MOST]
    return str(value.get("pattern", ""))[:_MOST]


def _hunted(pattern: str) -> Hunted:
    try:
        return hunted(pattern)
    except PatternError:  # of an older check than today's
        return Hunted()


def _references(value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, part in value.items():
        if name.endswith("_ref") and isinstance(part, str):
            yield name, part
        elif name.endswith("_refs") and name != "object_marking_refs" and isinstance(part, list):
            yield from ((name, each) for each in part if isinstance(each, str))
