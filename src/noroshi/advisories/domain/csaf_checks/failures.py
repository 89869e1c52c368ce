"""What a mandatory test finds, and how tests look into documents that may be made of anything."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Document = Mapping[str, Any]
Check = Callable[[Document], Iterable[str]]
"""Yields a sentence for each place where a document fails."""
DEEPEST: Final = 100


@dataclass(frozen=True)
class Failure:
    """A mandatory test that a document fails."""

    test: str
    """Its number: ``6.1.7``."""
    sentence: str


def sort_key(test: str) -> tuple[int, ...]:
    """Return by what numbers of tests are put in order."""
    return tuple(map(int, test.split(".")))


def field(said: Document, *names: str) -> Document:
    """Return the object that lies at this path; an empty one where there is none."""
    for name in names:
        below = said.get(name) if isinstance(said, dict) else None
        said = below if isinstance(below, dict) else {}
    return said


def text(said: Document, name: str) -> str:
    """Return a field that is a text."""
    value = said.get(name)
    return value if isinstance(value, str) else ""


def objects(said: Document, name: str) -> list[Document]:
    """Return the objects of a list."""
    value = said.get(name)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def texts(said: Document, name: str) -> list[str]:
    """Return the texts of a list."""
    value = said.get(name)
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def vulnerabilities(document: Document) -> Iterator[tuple[str, Document]]:
    """Yield each vulnerability with what a person calls it."""
    for place, each in enumerate(objects(document, "vulnerabilities"), 1):
        yield text(each, "cve") or f"vulnerability {place}", each


def branches(document: Document) -> Iterator[Document]:
    """Yield each branch of the product tree, however deep."""
    waiting = [(each, 1) for each in objects(field(document, "product_tree"), "branches")]
    while waiting:
        branch, depth = waiting.pop()
        yield branch
        if depth < DEEPEST:
            waiting.extend((each, depth + 1) for each in objects(branch, "branches"))


def named_products(document: Document) -> Iterator[Document]:
    """Yield each full product name: of branches, of the list, of relationships."""
    tree = field(document, "product_tree")
    yield from (field(each, "product") for each in branches(document) if isinstance(each.get("product"), dict))
    yield from objects(tree, "full_product_names")
    yield from (field(each, "full_product_name") for each in objects(tree, "relationships"))


def groups_of(document: Document) -> Mapping[str, list[str]]:
    """Return the products of each group."""
    listed = objects(field(document, "product_tree"), "product_groups")
    return {text(each, "group_id"): texts(each, "product_ids") for each in listed}


def products_in(said: Document, groups: Mapping[str, list[str]]) -> set[str]:
    """Return the products that something names, itself or by its groups."""
    by_groups = (product for name in texts(said, "group_ids") for product in groups.get(name, ()))
    return {*texts(said, "product_ids"), *by_groups}


def twice(names: Iterable[str]) -> list[str]:
    """Return what stands in a list more than once."""
    seen: set[str] = set()
    return list(dict.fromkeys(name for name in names if name in seen or seen.add(name)))  # type: ignore[func-returns-value]
