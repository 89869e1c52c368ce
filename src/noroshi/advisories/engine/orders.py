"""By which of a block's keys a version is compared: it has one place in each block, or is asked of the reference.

A key is followed by the spelling of its version: what is spelled as a range names it is surer than what merely has the
same place in the order.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from noroshi.advisories.domain import versions
from noroshi.advisories.domain.affected import Scheme
from noroshi.advisories.domain.matching import spelled

ANY: Final = 0
"""Compared by their spelling alone: blocks without an order."""
_SCHEMES: Final = tuple(scheme for scheme in Scheme if scheme not in (Scheme.OPAQUE, Scheme.GENERIC))
_KINDS: Final = 3
"""Versions that the scheme reads, those that only the generic order reads, those that neither does."""


def read_by(scheme: Scheme) -> int:
    """Return the order of versions that this scheme reads."""
    return 1 if scheme is Scheme.GENERIC else 3 + _KINDS * _SCHEMES.index(scheme)


def read_generically(scheme: Scheme) -> int:
    """Return the order of versions that only the generic order reads, in blocks of this scheme."""
    return read_by(scheme) + (scheme is not Scheme.GENERIC)


def unread(scheme: Scheme) -> int:
    """Return the order of versions that nothing reads, in blocks of this scheme."""
    return read_by(scheme) + (1 if scheme is Scheme.GENERIC else 2)


def text(version: str) -> bytes:
    """Return the spelling of a version as bytes."""
    return spelled(version).encode("utf-8", "surrogatepass")


def scheme_of(order: int) -> int:
    """Return the number of the scheme by which versions come into an order."""
    return _NUMBERS[order]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a version stands in one of the orders."""

    order: int
    at: bytes
    is_odd: bool = False
    """Its key is not that of its spelling: the reference decides."""


@lru_cache(maxsize=1 << 16)
def key(scheme: Scheme, version: str) -> bytes | None:
    """Return `versions.key`, remembered: lists and records name the same versions over and over."""
    return versions.key(scheme, version)


@lru_cache(maxsize=1 << 16)
def place(scheme: int, version: str) -> Place:
    """Return the place of a version among those of a scheme, by its number."""
    by = _BY_NUMBER[scheme]
    if not version.strip():
        return Place(_first(by), b"")
    if by is Scheme.OPAQUE:
        return Place(ANY, text(version))
    if own := _place(by, read_by(by), version):
        return own
    if by is not Scheme.GENERIC and (generic := _place(Scheme.GENERIC, read_generically(by), version)):
        return generic
    return Place(unread(by), text(version))


def _first(scheme: Scheme) -> int:
    return ANY if scheme is Scheme.OPAQUE else read_by(scheme)


def _place(scheme: Scheme, order: int, version: str) -> Place | None:
    found = key(scheme, version)
    if found is None:
        return None
    if version != version.strip() or is_odd(scheme, version):
        return Place(order, b"", is_odd=True)
    return Place(order, found + text(version))


def is_odd(scheme: Scheme, version: str) -> bool:
    """Tell whether what is spelled the same may have another key."""
    plain = spelled(version)
    return plain != version and key(scheme, version) != key(scheme, plain)


_BY_NUMBER: Final = (Scheme.OPAQUE, Scheme.GENERIC, *_SCHEMES)
SCHEMES: Final = len(_BY_NUMBER)
_NUMBERS: Final = {
    order: number
    for number, scheme in enumerate(_BY_NUMBER)
    for order in ({ANY} if scheme is Scheme.OPAQUE else {read_by(scheme), read_generically(scheme), unread(scheme)})
}
