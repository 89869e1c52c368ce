"""What products are called, numbered: who is meant is asked of a few names, before any version is looked at.

A product is called by vendor and name, by its name where no vendor is known, or by its package. Versions of one call
that are compared in one order are a lane: spans and components of one lane are all that has to be joined.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from noroshi.advisories.domain.affected import Affected
from noroshi.advisories.domain.aliases import NO_ALIASES, Aliases, called
from noroshi.advisories.domain.matching import Confidence, Kind, keys_of
from noroshi.advisories.engine import orders, ranks

KINDS: Final = tuple(Kind)
LEARNED: Final = len(KINDS)
"""The kind of what is known by a learned name."""
UNSURE: Final = ranks.at_most(Confidence.HEURISTIC)
_BY_NAME: Final = UNSURE | KINDS.index(Kind.NAME)
_ORDERS: Final = 32
"""More than there are."""

Names = tuple[str, str, str]
"""By which a block or a component is known, in the order of `Kind`; empty where by none of that kind."""


class Calls:
    """The calls of all records that are held."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.known = 0
        """How many calls and schemes: who remembers it knows whether there are more now."""
        self._schemes: list[int] = []
        self._packages: dict[str, int] = {}
        self._products: dict[str, int] = {}
        self._by_name: dict[str, list[int]] = defaultdict(list)

    def number(self, text: str, *, is_package: bool) -> int:
        """Return the number of a call, which it is given where it has none yet."""
        known = self._packages if is_package else self._products
        if (number := known.get(text)) is not None:
            return number
        number = known[text] = len(self.texts)
        self.texts.append(text)
        self._schemes.append(0)
        if not is_package:
            self._by_name[text.rpartition("/")[2]].append(number)
        return number

    def learn(self, number: int, scheme: int) -> bool:
        """Know that versions of a call are compared by a scheme; tell whether that is news."""
        is_news = not self._schemes[number] >> scheme & 1
        self._schemes[number] |= 1 << scheme
        self.known += is_news
        return is_news

    def schemes_of(self, number: int) -> Iterator[int]:
        """Yield by which schemes versions of a call are compared."""
        return (scheme for scheme in range(orders.SCHEMES) if self._schemes[number] >> scheme & 1)

    def meant(self, names: Names, aliases: Aliases = NO_ALIASES) -> Mapping[int, int]:
        """Return which calls mean what is known by these names, each with the rank of its surest link (`identity`)."""
        package, product, name = names
        by_name = [self._products.get(f"/{name}")] if product else self._by_name.get(name, ())
        found: dict[int | None, int] = {number: _BY_NAME for number in by_name if name}
        if aliases:
            for theirs, alias in aliases.of(called(product, name)).items():
                found[self._products.get(theirs)] = LEARNED | (0 if alias.is_sure else UNSURE)
        found[self._products.get(product)] = KINDS.index(Kind.PRODUCT)
        found[self._packages.get(package)] = KINDS.index(Kind.PACKAGE)
        return {number: rank for number, rank in found.items() if number is not None}


def names_of(affected: Affected) -> Names:
    """Return by what the product of a block is known."""
    product = affected.product
    return named(product.vendor, product.name, product.cpe, product.purl)


@lru_cache(maxsize=1 << 16)
def named(vendor: str, name: str, cpe: str, purl: str) -> Names:
    """Return `keys_of` in the order of their kinds."""
    found = dict(keys_of(vendor, name, cpe, purl))
    return found.get(Kind.PACKAGE, ""), found.get(Kind.PRODUCT, ""), found.get(Kind.NAME, "")


def lane(number: int, order: int) -> int:
    """Return the number of a lane."""
    return number * _ORDERS + order


def call_of(lane: int) -> int:
    """Return the number of the call of a lane."""
    return lane // _ORDERS


def calls_of(names: Names) -> Iterator[tuple[str, bool]]:
    """Yield what a block is called, and whether that is a package."""
    package, product, name = names
    if package:
        yield package, True
    if product or name:
        yield called(product, name), False


def alone(blocks: Sequence[Names]) -> list[bool]:
    """Tell of each block of a record whether a component that is meant by it is so by one call, and by no other block.

    Whoever is two of them by vendor and product, or by name, is so by one and the same name; a package may have any.
    """
    if any(package for package, _, _ in blocks):
        return [False] * len(blocks)
    number: dict[str, int] = defaultdict(int)
    for _, _, name in blocks:
        number[name] += 1
    return [number[name] == 1 for _, _, name in blocks]
