"""Tests 6.1.27: what a document of a profile must have."""

from collections.abc import Iterator, Mapping
from typing import Final

from noroshi.advisories.domain.csaf_checks.failures import (
    Check,
    Document,
    field,
    groups_of,
    objects,
    products_in,
    text,
    texts,
    vulnerabilities,
)

RESPONSE: Final = "csaf_security_incident_response"
INFORMATIONAL: Final = "csaf_informational_advisory"
ADVISORY: Final = "csaf_security_advisory"
VEX: Final = "csaf_vex"
_WRITTEN: Final = frozenset({"description", "details", "general", "summary"})
_VEX_STATUSES: Final = ("fixed", "known_affected", "known_not_affected", "under_investigation")


def _is(document: Document, *profiles: str) -> bool:
    return text(field(document, "document"), "category") in profiles


def _notes(document: Document) -> Iterator[str]:
    notes = {text(note, "category") for note in objects(field(document, "document"), "notes")}
    if _is(document, INFORMATIONAL, RESPONSE) and notes.isdisjoint(_WRITTEN):
        yield "It has no note that says what it is about."


def _references(document: Document) -> Iterator[str]:
    references = {text(each, "category") or "external" for each in objects(field(document, "document"), "references")}
    if _is(document, INFORMATIONAL, RESPONSE) and "external" not in references:
        yield "It has no reference to anything else."


def _no_vulnerabilities(document: Document) -> Iterator[str]:
    if _is(document, INFORMATIONAL) and "vulnerabilities" in document:
        yield "It is for information alone, and has vulnerabilities."


def _tree(document: Document) -> Iterator[str]:
    if _is(document, ADVISORY, VEX) and "product_tree" not in document:
        yield "It has no product tree."


def _vulnerability_notes(document: Document) -> Iterator[str]:
    for name, said in vulnerabilities(document) if _is(document, ADVISORY, VEX) else ():
        if not objects(said, "notes"):
            yield f"{name} has no notes."


def _status(document: Document) -> Iterator[str]:
    for name, said in vulnerabilities(document) if _is(document, ADVISORY) else ():
        if "product_status" not in said:
            yield f"{name} says of no product how it is."


def _vex_status(document: Document) -> Iterator[str]:
    for name, said in vulnerabilities(document) if _is(document, VEX) else ():
        if not any(each in field(said, "product_status") for each in _VEX_STATUSES):
            yield f"{name} says of no product whether it is affected."


def _identified(document: Document) -> Iterator[str]:
    for name, said in vulnerabilities(document) if _is(document, VEX) else ():
        if "cve" not in said and "ids" not in said:
            yield f"{name} has no identifier."


def _impact(document: Document) -> Iterator[str]:
    groups = groups_of(document)
    for name, said in vulnerabilities(document) if _is(document, VEX) else ():
        threats = [each for each in objects(said, "threats") if text(each, "category") == "impact"]
        told = {product for each in (*threats, *objects(said, "flags")) for product in products_in(each, groups)}
        for product in texts(field(said, "product_status"), "known_not_affected"):
            if product not in told:
                yield f"{name}: it is not said why the product {product} is not affected."


def _action(document: Document) -> Iterator[str]:
    groups = groups_of(document)
    for name, said in vulnerabilities(document) if _is(document, VEX) else ():
        told = {product for each in objects(said, "remediations") for product in products_in(each, groups)}
        for product in texts(field(said, "product_status"), "known_affected"):
            if product not in told:
                yield f"{name}: it is not said what to do about the product {product}."


def _vulnerabilities(document: Document) -> Iterator[str]:
    if _is(document, ADVISORY, VEX) and "vulnerabilities" not in document:
        yield "It has no vulnerabilities."


CHECKS: Final[Mapping[str, Check]] = {
    "6.1.27.1": _notes,
    "6.1.27.2": _references,
    "6.1.27.3": _no_vulnerabilities,
    "6.1.27.4": _tree,
    "6.1.27.5": _vulnerability_notes,
    "6.1.27.6": _status,
    "6.1.27.7": _vex_status,
    "6.1.27.8": _identified,
    "6.1.27.9": _impact,
    "6.1.27.10": _action,
    "6.1.27.11": _vulnerabilities,
}
