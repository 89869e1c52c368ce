"""CycloneDX (ECMA-424), JSON and XML, versions 1.0 to 1.7: each component, those inside others too."""

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element

from noroshi.advisories.domain.inventory.assets import Row, UnreadableInventoryError, cleaned, installed
from noroshi.advisories.domain.matching import Component
from noroshi.advisories.domain.readers.xml import tree_of
from noroshi.advisories.domain.records import Refused


def read_json(bill: Mapping[str, Any]) -> Iterator[Row]:
    """Yield what a bill is about, and each of its components, in the order of the document."""
    metadata = bill.get("metadata")
    subject = metadata.get("component") if isinstance(metadata, dict) else None
    about = cleaned(subject.get("name")) if isinstance(subject, dict) else ""
    waiting = [subject, *_listed(bill)] if subject is not None else _listed(bill)
    for place, one in enumerate(with_inner(waiting), 1):
        said = one if isinstance(one, dict) else {}
        yield installed(place, component_of(said), of=about, other=_kept(said))


def _listed(holder: Mapping[str, Any]) -> list[Any]:
    found = holder.get("components")
    return found if isinstance(found, list) else []


def with_inner(waiting: list[Any]) -> Iterator[Any]:
    """Yield components, each before those inside it."""
    stack = waiting[::-1]
    while stack:
        one = stack.pop()
        yield one
        if isinstance(one, dict):
            stack.extend(reversed(_listed(one)))


def component_of(said: Mapping[str, Any]) -> Component:
    """Return a component as the bill names it."""
    name, version, cpe, purl = (cleaned(said.get(field)) for field in ("name", "version", "cpe", "purl"))
    return Component(name, version, _vendor(said), cpe, purl)


def _vendor(said: Mapping[str, Any]) -> str:
    """Return who supplies it; its group is where it lies among packages, and no vendor."""
    for field in ("supplier", "manufacturer"):
        if isinstance(party := said.get(field), dict) and (name := cleaned(party.get("name"))):
            return name
    return cleaned(said.get("publisher"))


def _kept(said: Mapping[str, Any]) -> dict[str, str]:
    return {field: text for field in ("type", "group", "scope") if (text := cleaned(said.get(field)))}


def read_xml(body: bytes) -> Iterator[Row]:
    """Yield the same of XML. Raises UnreadableInventoryError where it is dangerous, or no bill of CycloneDX."""
    root = tree_of(body)
    if isinstance(root, Refused):
        raise UnreadableInventoryError(f"{root.reason.value}: {root.detail}")
    if not root.tag.startswith("{http://cyclonedx.org/schema/bom/"):
        raise UnreadableInventoryError("XML that is no CycloneDX bill of materials")
    yield from read_json(_as_json(root))


def _as_json(element: Element) -> dict[str, Any]:
    """Return an element as JSON has it; what stands more than once is known to be components alone."""
    said: dict[str, Any] = dict(element.attrib)
    for child in element:
        name = child.tag.rpartition("}")[2]
        if name == "components":
            said[name] = [_as_json(each) for each in child]
        else:
            said[name] = _as_json(child) if len(child) else (child.text or "")
    return said
