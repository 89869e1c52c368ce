"""SPDX 2.2 and 2.3 (ISO/IEC 5962), JSON and tag-value: each package."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from noroshi.advisories.domain.inventory.assets import Row, cleaned, installed
from noroshi.advisories.domain.matching import Component

_NOTHING: Final = frozenset({"NOASSERTION", "NONE"})
_ORGANIZATION: Final = re.compile(r"Organization:\s*(.*?)\s*(?:\([^()]*\))?")
_TAG: Final = re.compile(r"([A-Za-z]+):\s*(.*)")
_LONG: Final = ("<text>", "</text>")
_CPES: Final = ("cpe23Type", "cpe22Type")
Reference = tuple[str, str]
"""Its type and its locator."""


def read_json(document: Mapping[str, Any]) -> Iterator[Row]:
    """Yield each package, in the order of the document."""
    about, packages = cleaned(document.get("name")), document.get("packages")
    for place, one in enumerate(packages if isinstance(packages, list) else (), 1):
        said = one if isinstance(one, dict) else {}
        yield installed(place, _component(said, _references(said.get("externalRefs"))), of=about)


def _references(listed: object) -> Iterator[Reference]:
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, dict):
            yield cleaned(each.get("referenceType")), cleaned(each.get("referenceLocator"))


def _component(said: Mapping[str, Any], references: Iterable[Reference]) -> Component:
    found = dict(references)
    name, version = _said(said.get("name")), _said(said.get("versionInfo"))
    vendor = _vendor(said.get("supplier")) or _vendor(said.get("originator"))
    cpe = next((found[kind] for kind in _CPES if kind in found), "")
    return Component(name, version, vendor, cpe, found.get("purl", ""))


def _said(value: object) -> str:
    text = cleaned(value)
    return "" if text in _NOTHING else text


def _vendor(value: object) -> str:
    """Return the organisation that is named; a person is no vendor."""
    found = _ORGANIZATION.fullmatch(_said(value))
    return found[1] if found else ""


_FIELDS: Final = {
    "PackageName": "name",
    "PackageVersion": "versionInfo",
    "PackageSupplier": "supplier",
    "PackageOriginator": "originator",
}
_ELSEWHERE: Final = frozenset({"FileName", "SnippetSPDXID", "LicenseID"})
"""What begins something that is no package."""


def is_tags(lines: Sequence[str]) -> bool:
    """Tell whether lines are of a document in tags and values."""
    return any(line.startswith("SPDXVersion:") for line in lines)


def read_tags(text: str) -> Iterator[Row]:
    """Yield each package of a document in tags and values, by the line on which its name stands."""
    about, place = "", 0
    said: dict[str, str] = {}
    references: list[Reference] = []
    for line, tag, value in (*_tags(text), (0, "FileName", "")):
        if place and (tag == "PackageName" or tag in _ELSEWHERE):
            yield installed(place, _component(said, references), of=about)
            place, said, references = 0, {}, []
        if tag == "PackageName":
            place = line
        if tag == "DocumentName":
            about = cleaned(value)
        elif place and tag in _FIELDS:
            said[_FIELDS[tag]] = value
        elif place and tag == "ExternalRef":
            references += [(kind, locator) for _, kind, locator in [(*value.split(None, 2), "", "", "")[:3]]]


def _tags(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield line, tag and value; what stands between ``<text>`` and ``</text>`` is one value, over lines too."""
    within = False
    for number, line in enumerate(text.splitlines(), 1):
        if within:
            within = _LONG[1] not in line
        elif found := _TAG.match(line):
            begins, ends = (mark in found[2] for mark in _LONG)
            within = begins and not ends
            yield number, found[1], found[2].removeprefix(_LONG[0]).removesuffix(_LONG[1])
