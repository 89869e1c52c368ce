"""CycloneDX as VEX: the analysis of each vulnerability, and which components of the document it is of."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote

from noroshi.advisories.domain.inventory.assets import cleaned, in_usual_letters
from noroshi.advisories.domain.inventory.cyclonedx import component_of, with_inner
from noroshi.advisories.domain.matching import Component
from noroshi.advisories.domain.vex.statements import (
    NO_NAME,
    NO_PRODUCT,
    NO_STATUS,
    NO_VERSION,
    Statement,
    Unread,
    VexDocument,
    VexStatus,
    of_component,
)

_STATES: Final = {
    "not_affected": VexStatus.NOT_AFFECTED,
    "false_positive": VexStatus.NOT_AFFECTED,
    "resolved": VexStatus.FIXED,
    "resolved_with_pedigree": VexStatus.FIXED,
    "in_triage": VexStatus.UNDER_INVESTIGATION,
    "exploitable": VexStatus.AFFECTED,
}


def read(said: Mapping[str, Any]) -> VexDocument:
    """Return what a document says."""
    metadata = _object(said.get("metadata"))
    subject = _object(metadata.get("component"))
    known = {ref: component_of(each) for each in _components(said, subject) if (ref := cleaned(each.get("bom-ref")))}
    date = cleaned(metadata.get("timestamp"))
    found = [
        each
        for place, one in enumerate(_list(said.get("vulnerabilities")), 1)
        for each in _statements(place, _object(one), known, date)
    ]
    title = " ".join(filter(None, (cleaned(subject.get("name")), cleaned(subject.get("version")))))
    return VexDocument(
        "cyclonedx",
        cleaned(said.get("serialNumber")) or f"{title} {date}",
        _author(metadata, subject),
        title or cleaned(said.get("serialNumber")) or "CycloneDX",
        date,
        tuple(each for each in found if isinstance(each, Statement)),
        tuple(each for each in found if isinstance(each, Unread)),
    )


def _statements(
    place: int, one: Mapping[str, Any], known: Mapping[str, Component], date: str
) -> Iterator[Statement | Unread]:
    analysis = _object(one.get("analysis"))
    name, status = cleaned(one.get("id")), _STATES.get(cleaned(analysis.get("state")))
    if not name or status is None:
        yield Unread(place, NO_STATUS if name else NO_NAME)
        return
    names = [name, *(cleaned(_object(each).get("id")) for each in _list(one.get("references")))]
    said_at = cleaned(analysis.get("lastUpdated")) or cleaned(one.get("updated")) or date
    for affects in map(_object, _list(one.get("affects"))):
        component = _referred(cleaned(affects.get("ref")), known)
        if component is None:
            yield Unread(place, NO_PRODUCT)
            continue
        listed = [cleaned(_object(each).get("version")) for each in _list(affects.get("versions"))]
        for version in [each for each in listed if each] or [component.version]:
            about = of_component(Component(component.name, version, component.vendor, component.cpe, component.purl))
            if about is None:
                yield Unread(place, NO_VERSION)
                continue
            yield Statement(
                tuple(filter(None, names)),
                status,
                about,
                None,
                cleaned(analysis.get("justification")),
                cleaned(analysis.get("detail"))[:1000],
                said_at,
            )


def _referred(ref: str, known: Mapping[str, Component]) -> Component | None:
    """Return the component that is meant: of this document, by the part of a BOM-Link behind #, or a package URL."""
    for each in (ref, unquote(ref.rpartition("#")[2])):
        if each in known:
            return known[each]
        if each.startswith("pkg:"):
            return in_usual_letters(Component("", purl=each))
    return None


def _components(said: Mapping[str, Any], subject: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for each in with_inner([subject, *_list(said.get("components"))]):
        yield _object(each)


def _author(metadata: Mapping[str, Any], subject: Mapping[str, Any]) -> str:
    parties = [_object(metadata.get(field)) for field in ("supplier", "manufacturer", "manufacture")]
    parties += [_object(each) for each in _list(metadata.get("authors"))]
    parties += [_object(subject.get(field)) for field in ("supplier", "manufacturer")]
    named = (cleaned(each.get("name")) for each in parties)
    return next(filter(None, named), "") or cleaned(subject.get("publisher"))


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
