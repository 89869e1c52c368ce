"""Tests 6.1.1 to 6.1.6, 6.1.25, 6.1.29, 6.1.31 to 6.1.33: products, their groups, and what is said of them."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Final

from noroshi.advisories.domain.csaf_checks.failures import (
    Check,
    Document,
    branches,
    field,
    groups_of,
    named_products,
    objects,
    products_in,
    text,
    texts,
    twice,
    vulnerabilities,
)

STATUSES: Final[Mapping[str, tuple[str, ...]]] = {
    "affected": ("first_affected", "known_affected", "last_affected"),
    "not affected": ("known_not_affected",),
    "fixed": ("first_fixed", "fixed"),
    "under investigation": ("under_investigation",),
}
_OPERATORS: Final = ("<", ">")
_WORDS: Final = frozenset({"after", "all", "before", "earlier", "later", "prior", "versions"})
_JUSTIFICATIONS: Final = frozenset(
    {
        "component_not_present",
        "inline_mitigations_already_exist",
        "vulnerable_code_cannot_be_controlled_by_adversary",
        "vulnerable_code_not_in_execute_path",
        "vulnerable_code_not_present",
    }
)
_WITH_PRODUCTS: Final = ("flags", "remediations", "threats")


def _undefined(document: Document) -> Iterator[str]:
    known = {text(each, "product_id") for each in named_products(document)}
    for name in dict.fromkeys(_references(document)):
        if name not in known:
            yield f"The product {name} is named and nowhere defined."


def _references(document: Document) -> Iterator[str]:
    tree = field(document, "product_tree")
    for group in objects(tree, "product_groups"):
        yield from texts(group, "product_ids")
    for each in objects(tree, "relationships"):
        yield from filter(None, (text(each, "product_reference"), text(each, "relates_to_product_reference")))
    for _name, said in vulnerabilities(document):
        for status in field(said, "product_status"):
            yield from texts(field(said, "product_status"), status)
        for each in objects(said, "scores"):
            yield from texts(each, "products")
        for kind in _WITH_PRODUCTS:
            for each in objects(said, kind):
                yield from texts(each, "product_ids")


def _defined_twice(document: Document) -> Iterator[str]:
    for name in twice(text(each, "product_id") for each in named_products(document)):
        yield f"The product {name} is defined more than once."


def _circular(document: Document) -> Iterator[str]:
    parts: dict[str, set[str]] = {}
    for each in objects(field(document, "product_tree"), "relationships"):
        made = text(field(each, "full_product_name"), "product_id")
        parts.setdefault(made, set()).update(
            (text(each, "product_reference"), text(each, "relates_to_product_reference"))
        )
    for name, first in parts.items():
        seen: set[str] = set()
        waiting = list(first)
        while waiting:
            part = waiting.pop()
            if part not in seen:
                seen.add(part)
                waiting.extend(parts.get(part, ()))
        if name in seen:
            yield f"The product {name} is defined by itself."


def _undefined_groups(document: Document) -> Iterator[str]:
    known = groups_of(document)
    said = (
        each for _name, said in vulnerabilities(document) for kind in _WITH_PRODUCTS for each in objects(said, kind)
    )
    for name in dict.fromkeys(name for each in said for name in texts(each, "group_ids")):
        if name not in known:
            yield f"The group {name} is named and nowhere defined."


def _groups_twice(document: Document) -> Iterator[str]:
    groups = objects(field(document, "product_tree"), "product_groups")
    for name in twice(text(each, "group_id") for each in groups):
        yield f"The group {name} is defined more than once."


def _contradicting(document: Document) -> Iterator[str]:
    for name, said in vulnerabilities(document):
        status = field(said, "product_status")
        members = {what: {each for key in keys for each in texts(status, key)} for what, keys in STATUSES.items()}
        for one, other in combinations(STATUSES, 2):
            for product in sorted(members[one] & members[other]):
                yield f"{name}: the product {product} is {one} and {other}."


def _hashes(document: Document) -> Iterator[str]:
    for product in named_products(document):
        for each in objects(field(product, "product_identification_helper"), "hashes"):
            for algorithm in twice(text(value, "algorithm") for value in objects(each, "file_hashes")):
                yield f"The product {text(product, 'product_id')} has two hashes of a file by {algorithm}."


def _remedies(document: Document) -> Iterator[str]:
    yield from _without_products(document, "remediations", "a remediation")


def _flags(document: Document) -> Iterator[str]:
    yield from _without_products(document, "flags", "a flag")


def _without_products(document: Document, kind: str, called: str) -> Iterator[str]:
    for name, said in vulnerabilities(document):
        if any("product_ids" not in each and "group_ids" not in each for each in objects(said, kind)):
            yield f"{name}: {called} names no product."


def _ranges(document: Document) -> Iterator[str]:
    for branch in branches(document):
        name = text(branch, "name")
        lowered = name.lower()
        is_range = any(sign in lowered for sign in _OPERATORS) or not _WORDS.isdisjoint(lowered.split())
        if text(branch, "category") == "product_version" and is_range:
            yield f"The version {name} is a range."


def _justifications(document: Document) -> Iterator[str]:
    groups = groups_of(document)
    for name, said in vulnerabilities(document):
        flags = [each for each in objects(said, "flags") if text(each, "label") in _JUSTIFICATIONS]
        for product in twice(product for each in flags for product in sorted(products_in(each, groups))):
            yield f"{name}: the product {product} has more than one justification."


CHECKS: Final[Mapping[str, Check]] = {
    "6.1.1": _undefined,
    "6.1.2": _defined_twice,
    "6.1.3": _circular,
    "6.1.4": _undefined_groups,
    "6.1.5": _groups_twice,
    "6.1.6": _contradicting,
    "6.1.25": _hashes,
    "6.1.29": _remedies,
    "6.1.31": _ranges,
    "6.1.32": _flags,
    "6.1.33": _justifications,
}
