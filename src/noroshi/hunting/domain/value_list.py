"""What a person hands over to be looked for: one value a line, as it stands in a mail or a report.

A line is a value, defanged or not; `type: value` where the value alone does not say what it is (an account, a user
agent); or text in which values are found. Blank lines and lines that begin with `#` do not count.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from noroshi.intel.domain.extract import extract
from noroshi.intel.domain.observables import (
    HASH_LENGTHS,
    InvalidObservable,
    Observable,
    ObservableType,
    parse_observable,
)
from noroshi.intel.domain.refang import refang

MAX_LINE: Final = 8192
MAX_SHOWN: Final = 200

_HASHES: Final = {length: kind for kind, length in HASH_LENGTHS.items()}


@dataclass(frozen=True)
class ValueList:
    """The values, each as its line wrote it (the first that named it), and the lines that name none, shortened."""

    values: dict[Observable, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


def read_values(lines: Iterable[str]) -> ValueList:
    """Read a list. A line that names no value is refused and stops nothing."""
    found = ValueList()
    for line in lines:
        text = line.removeprefix("\ufeff").strip()
        if not text or text.startswith("#"):
            continue
        values = dict(_values_of(text))
        for value, written in values.items():
            found.values.setdefault(value, written)
        if not values:
            found.refused.append(text[:MAX_SHOWN])
    return found


def _values_of(text: str) -> Iterator[tuple[Observable, str]]:
    if len(text) > MAX_LINE:
        return
    kind, value = _labelled(text) or (_form(refang(text).text.strip()), text)
    try:
        yield parse_observable(kind, value), value
    except InvalidObservable:
        yield from ((proposal.observable, proposal.observable.value) for proposal in extract(text))


def _labelled(text: str) -> tuple[ObservableType, str] | None:
    name, colon, value = text.partition(":")
    known = colon and name.strip().lower() in set(ObservableType)
    return (ObservableType(name.strip().lower()), value.strip()) if known else None


def _form(text: str) -> ObservableType:
    """Return the one type that `text`, no longer defanged, can be by its form."""
    if "://" in text:
        return ObservableType.URL
    if "@" in text:
        return ObservableType.EMAIL
    if "/" in text:
        return ObservableType.CIDR
    if ":" in text:
        return ObservableType.IPV6
    if "." in text:
        return ObservableType.IPV4 if text.rpartition(".")[2].isdigit() else ObservableType.DOMAIN
    return _HASHES.get(len(text), ObservableType.DOMAIN)
