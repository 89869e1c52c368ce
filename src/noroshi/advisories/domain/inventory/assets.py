"""What an institution runs, whatever list it comes from."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from noroshi.advisories.domain.cpe import version_of
from noroshi.advisories.domain.matching import Component

MAX_CELL: Final = 2_000
NAMES_NOTHING: Final = "no product, CPE or package URL"


@dataclass(frozen=True)
class Asset:
    """Something that an institution runs, and one component of it."""

    place: int
    """The line of the file; of a software bill of materials, which of its components; from 1."""
    number: str
    name: str
    component: Component
    owner: str = ""
    exposure: str = ""
    importance: str = ""
    availability: str = ""
    confidentiality: str = ""
    other: Mapping[str, str] = field(default_factory=dict)
    """What nobody knows here, by its heading."""


@dataclass(frozen=True)
class RefusedRow:
    """A line, or a component, that names nothing to look for."""

    place: int
    reason: str


Row = Asset | RefusedRow


class UnreadableInventoryError(ValueError):
    """The file is no list that is known here, or names no product; the message says which."""


def cleaned(value: object) -> str:
    """Return a text on one line, cut to what a cell holds; empty where it is none."""
    return " ".join(value.replace("\x00", "").split())[:MAX_CELL] if isinstance(value, str) else ""


def installed(
    place: int, component: Component, *, of: str = "", other: Mapping[str, str] | None = None
) -> Asset | RefusedRow:
    """Return a component as a row: of the asset that is called ``of``, its names in usual letters, with a version."""
    if not (component.name or component.cpe or component.purl):
        return RefusedRow(place, NAMES_NOTHING)
    return Asset(place, "", of, in_usual_letters(component), other=other or {})


def in_usual_letters(component: Component) -> Component:
    """Return it with its names in NFKC, and the version that its CPE or package URL names where it has none."""
    name, version, vendor = (
        unicodedata.normalize("NFKC", text) for text in (component.name, component.version, component.vendor)
    )
    version = version or _version_of(component.purl, component.cpe)
    return Component(name, version, vendor, component.cpe, component.purl)


def _version_of(purl: str, cpe: str) -> str:
    if "@" in purl.removeprefix("pkg:npm/@"):
        return purl.rpartition("@")[2].partition("?")[0].partition("#")[0]
    return version_of(cpe)
