"""What an institution watches, found in what records say: whole words in Latin letters, anywhere in Japanese."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from noroshi.advisories.domain.daily import Watched
from noroshi.advisories.domain.records import ClaimKind

PRODUCT: Final = "product"
VENDOR: Final = "vendor"
PHRASE: Final = "phrase"
KINDS: Final = (PRODUCT, VENDOR, PHRASE)


@dataclass(frozen=True)
class Said:
    """The words of a record: its text, and the products and makers that its claims name."""

    text: tuple[str, ...]
    products: tuple[str, ...]
    vendors: tuple[str, ...]


def said_of(title: str, summary: str, claims: Iterable[Mapping[str, Any]]) -> Said:
    """Return what a record says, as far as words are looked for in it."""
    named = [each for claim in claims for each in _named(claim)]
    products = tuple(dict.fromkeys(name for part, name in named if part != VENDOR))
    vendors = tuple(dict.fromkeys(name for part, name in named if part == VENDOR))
    return Said((title, summary), products, vendors)


def _named(claim: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    value = claim["value"]
    named = value.get("product") if claim["kind"] == ClaimKind.AFFECTED else value
    if isinstance(named, dict):
        for part in (VENDOR, "name", PRODUCT):
            if isinstance(name := named.get(part), str) and name:
                yield part, name


class Terms:
    """Watched words by kind."""

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        self._watched = {kind: Watched(words.get(kind, ())) for kind in KINDS}

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return any(self._watched.values())

    def found_in(self, said: Said) -> frozenset[tuple[str, str]]:
        """Return the kind and the words of what a record names."""
        where = {
            PRODUCT: (*said.text, *said.products),
            VENDOR: (*said.text, *said.vendors),
            PHRASE: (*said.text, *said.products, *said.vendors),
        }
        return frozenset((kind, words) for kind in KINDS for words in self._watched[kind].found_in(where[kind]))
