"""Values of one signal that are one thing, as MISP's object templates have it: nothing is put together by guess.

A URL and the host that stands in it; hashes that a received pattern demands of one and the same file. That a name
leads to an address, or two hashes stand in one sentence, says nothing certain.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from noroshi.intel.domain.observables import Observable, ObservableType
from noroshi.intel.domain.outputs.urls import seen


@dataclass(frozen=True)
class Template:
    """A template of https://github.com/MISP/misp-objects, by the version that was read."""

    name: str
    uuid: str
    version: str
    category: str
    description: str


URL: Final = Template(
    "url",
    "60efb77b-40b5-4c46-871b-ed1ed999fce5",
    "10",
    "network",
    "url object describes an url along with its normalized field (like extracted using faup parsing library) and its"
    " metadata.",
)
FILE: Final = Template(
    "file",
    "688c46fb-5edb-40a3-8273-1af7923e2215",
    "25",
    "file",
    "File object describing a file with meta-information",
)
_HASHES: Final = (ObservableType.MD5, ObservableType.SHA1, ObservableType.SHA256)


@dataclass(frozen=True)
class Thing:
    """One object: its parts by their relation to it, the telling one first."""

    template: Template
    parts: tuple[tuple[str, Observable], ...]


def things_among(values: Sequence[Observable], files: Iterable[frozenset[Observable]] = ()) -> list[Thing]:
    """Return what among the values of one signal is one thing. `files`: hashes that are of one file each."""
    named = set(values)
    return [*_urls(values, named), *_files(named, files)]


def _urls(values: Iterable[Observable], named: set[Observable]) -> Iterator[Thing]:
    for value in values:
        parts = seen(value.value) if value.type is ObservableType.URL else None
        if parts is None:
            continue
        for relation, kind in (
            ("host", ObservableType.DOMAIN),
            ("ip", ObservableType.IPV4),
            ("ip", ObservableType.IPV6),
        ):
            if (host := Observable(kind, parts.host)) in named:
                yield Thing(URL, (("url", value), (relation, host)))


def _files(named: set[Observable], files: Iterable[frozenset[Observable]]) -> Iterator[Thing]:
    """Yield files with several hashes that are named. Where two files share a hash, nobody says whose it is."""
    kept = [file & named for file in files]
    for place, file in enumerate(kept):
        others = set().union(*kept[:place], *kept[place + 1 :]) if kept else set()
        if len(file) > 1 and len({each.type for each in file}) == len(file) and not file & others:
            ordered = sorted(file, key=lambda each: _HASHES.index(each.type), reverse=True)
            yield Thing(FILE, tuple((each.type.value, each) for each in ordered))
