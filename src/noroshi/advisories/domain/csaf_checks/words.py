"""Tests 6.1.11 to 6.1.13, 6.1.15, 6.1.23, 6.1.24, 6.1.26, 6.1.28: names of weaknesses, languages, packages, parties."""

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from noroshi.advisories.domain.csaf_checks.failures import (
    Check,
    Document,
    field,
    named_products,
    objects,
    text,
    twice,
    vulnerabilities,
)

CWE: Final = "cwe_names.csv"
"""Weaknesses of CWE 4.20 by all names that they ever had, © The MITRE Corporation (its terms: cwe.mitre.org/about)."""
_LANGUAGES: Final = {
    "a": "abefkmnrsvyz",
    "b": "aeghimnors",
    "c": "aehorsuvy",
    "d": "aevz",
    "e": "elnostu",
    "f": "afijory",
    "g": "adlnuv",
    "h": "aeiortuyz",
    "i": "adegiknostuw",
    "j": "aivw",
    "k": "agijklmnorsuvwy",
    "l": "abginotuv",
    "m": "ghiklnorsty",
    "n": "abdeglnorvy",
    "o": "cjmrs",
    "p": "ailst",
    "q": "u",
    "r": "mnouw",
    "s": "acdeghiklmnoqrstuvw",
    "t": "aeghiklnorstwy",
    "u": "gkrz",
    "v": "eio",
    "w": "ao",
    "x": "h",
    "y": "io",
    "z": "ahu",
}
"""Languages of two letters (ISO 639-1, and what BCP 47 keeps), by the first; longer ones are told by form alone."""
_TAG: Final = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*"
    r"(?:-[a-wyz\d](?:-[a-z\d]{2,8})+)*(?:-x(?:-[a-z\d]{1,8})+)?|x(?:-[a-z\d]{1,8})+|i-(?:default|[a-z]{2,8})",
    re.IGNORECASE,
)
_PURL: Final = re.compile(
    r"pkg:/{0,3}[A-Za-z][A-Za-z0-9.+-]*/(?:[^@?#/]+/+)*[^@?#/]+/?(?:@[^?#]+)?(?:\?[^#]+)?(?:#.+)?"
)
_PROFILES: Final = ("Security Incident Response", "Informational Advisory", "Security Advisory", "VEX")
_OF_PROFILES: Final = frozenset(
    {"csaf_security_incident_response", "csaf_informational_advisory", "csaf_security_advisory", "csaf_vex"}
)
BASE: Final = "csaf_base"


@cache
def weaknesses() -> Mapping[str, frozenset[str]]:
    """Return the names of each weakness."""
    found: dict[str, set[str]] = {}
    with files(__package__).joinpath(CWE).open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["id"], set()).add(row["name"])
    return {name: frozenset(names) for name, names in found.items()}


def _cwe(document: Document) -> Iterator[str]:
    for name, said in vulnerabilities(document):
        weakness = field(said, "cwe")
        number, called = text(weakness, "id"), text(weakness, "name")
        if "cwe" in said and number not in weaknesses():
            yield f"{name}: {number} is no weakness of CWE."
        elif "cwe" in said and called not in weaknesses()[number]:
            yield f"{name}: {number} is not called {called}."


def _language(document: Document) -> Iterator[str]:
    for name in ("lang", "source_lang"):
        tag = text(field(document, "document"), name)
        if tag and not _is_language(tag):
            yield f"{tag} is no language."


def _is_language(tag: str) -> bool:
    first = tag.lower().partition("-")[0]
    known = len(first) != len("ja") or first[1] in _LANGUAGES.get(first[0], "")
    return known and _TAG.fullmatch(tag) is not None


def _purl(document: Document) -> Iterator[str]:
    for product in named_products(document):
        purl = text(field(product, "product_identification_helper"), "purl")
        if purl and not _PURL.fullmatch(purl):
            yield f"The product {text(product, 'product_id')}: {purl} is no package URL."


def _translator(document: Document) -> Iterator[str]:
    said = field(document, "document")
    if text(field(said, "publisher"), "category") == "translator" and not text(said, "source_lang"):
        yield "It is a translation and does not say from which language."


def _cves(document: Document) -> Iterator[str]:
    for name in twice(filter(None, (text(said, "cve") for _name, said in vulnerabilities(document)))):
        yield f"{name} has more than one entry."


def _involvements(document: Document) -> Iterator[str]:
    for name, said in vulnerabilities(document):
        pairs = [f"{text(each, 'party')} {text(each, 'date')}".strip() for each in objects(said, "involvements")]
        for pair in twice(pairs):
            yield f"{name}: {pair} is involved more than once."


def _category(document: Document) -> Iterator[str]:
    category = text(field(document, "document"), "category")
    if category in _OF_PROFILES or category == BASE:
        return
    plain = _plain(category)
    taken = {_plain(name) for name in _PROFILES} | {_plain(name) for name in _OF_PROFILES}
    if plain in taken or category.lower().startswith("csaf_"):
        yield f"The category {category} looks like a profile and is none."


def _plain(text_: str) -> str:
    return re.sub(r"[-_\s]", "", text_).lower()


def _translation(document: Document) -> Iterator[str]:
    said = field(document, "document")
    language, source = text(said, "lang"), text(said, "source_lang")
    if language and language.lower() == source.lower():
        yield f"It is translated from {source} into {language}."


CHECKS: Final[Mapping[str, Check]] = {
    "6.1.11": _cwe,
    "6.1.12": _language,
    "6.1.13": _purl,
    "6.1.15": _translator,
    "6.1.23": _cves,
    "6.1.24": _involvements,
    "6.1.26": _category,
    "6.1.28": _translation,
}
