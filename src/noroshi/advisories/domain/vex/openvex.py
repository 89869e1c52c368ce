"""OpenVEX 0.0.1 to 0.2.0. A package URL without a version is of every version, as its specification says."""

from collections.abc import Iterator, Mapping
from typing import Any

from noroshi.advisories.domain.affected import Product
from noroshi.advisories.domain.inventory.assets import cleaned, in_usual_letters
from noroshi.advisories.domain.matching import Component
from noroshi.advisories.domain.vex.statements import (
    NO_NAME,
    NO_PRODUCT,
    NO_STATUS,
    Statement,
    Unread,
    VexDocument,
    VexStatus,
    of_component,
)


def read(said: Mapping[str, Any]) -> VexDocument:
    """Return what a document says."""
    date = cleaned(said.get("last_updated")) or cleaned(said.get("timestamp"))
    whole = said.get("statements")
    found = [
        each
        for place, one in enumerate(whole if isinstance(whole, list) else (), 1)
        for each in _statements(place, one if isinstance(one, dict) else {}, date)
    ]
    return VexDocument(
        "openvex",
        cleaned(said.get("@id")) or f"{cleaned(said.get('author'))} {date}",
        cleaned(said.get("author")),
        cleaned(said.get("@id")) or "OpenVEX",
        date,
        tuple(each for each in found if isinstance(each, Statement)),
        tuple(each for each in found if isinstance(each, Unread)),
    )


def _statements(place: int, one: Mapping[str, Any], date: str) -> Iterator[Statement | Unread]:
    names = tuple(_names(one.get("vulnerability")))
    try:
        status = VexStatus(cleaned(one.get("status")))
    except ValueError:
        yield Unread(place, NO_STATUS)
        return
    products = one.get("products")
    if not names or not isinstance(products, list) or not products:
        yield Unread(place, NO_PRODUCT if names else NO_NAME)
        return
    said_at = cleaned(one.get("last_updated")) or cleaned(one.get("timestamp")) or date
    words = (
        cleaned(one.get("justification")),
        (cleaned(one.get("impact_statement")) or cleaned(one.get("status_notes")))[:1000],
    )
    for product in products:
        whole = _component(product)
        inner = product.get("subcomponents") if isinstance(product, dict) else None
        parts = [_component(each) for each in inner] if isinstance(inner, list) and inner else [whole]
        for part in parts:
            about = None if part is None or whole is None else of_component(part, any_version=True)
            if about is None or whole is None:
                yield Unread(place, NO_PRODUCT)
                continue
            within = None if part is whole else Product(whole.vendor, whole.name, whole.cpe, whole.purl)
            yield Statement(names, status, about, within, *words, said_at)


def _names(said: object) -> Iterator[str]:
    if isinstance(said, str):
        yield from filter(None, (cleaned(said),))
        return
    if isinstance(said, dict):
        aliases = said.get("aliases")
        for each in (said.get("name"), *(aliases if isinstance(aliases, list) else ())):
            yield from filter(None, (cleaned(each),))


def _component(said: object) -> Component | None:
    """Return a product as it is named: by package URL or CPE; a name of its own is nothing that could be compared."""
    value = said if isinstance(said, dict) else {"@id": said}
    identifiers = value.get("identifiers")
    by = identifiers if isinstance(identifiers, dict) else {}
    purl = next((text for text in (cleaned(by.get("purl")), cleaned(value.get("@id"))) if text.startswith("pkg:")), "")
    cpe = cleaned(by.get("cpe23")) or cleaned(by.get("cpe22"))
    return in_usual_letters(Component("", "", "", cpe, purl)) if purl or cpe else None
