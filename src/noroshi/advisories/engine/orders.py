"""By which of a block's keys a version is compared: it has one place in each block, or is asked of the reference.

A key is followed by the spelling of its version: what is spelled as a range names it is surer than what merely has the
same place in the order.
"""

from collections.abc import Iterator
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


def scheme_of(order: int) -> Scheme | None:
    """Return of which scheme the blocks of an order are; None of the generic one and of what every version is in."""
    return _SCHEMES[(order - 3) // _KINDS] if order >= min(map(read_by, _SCHEMES)) else None


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
def places(version: str, wanted: frozenset[Scheme]) -> tuple[Place, ...]:
    """Return the place of a version in the orders of blocks of these schemes; one for each block at most."""
    return tuple(_places(version, wanted))


def _places(version: str, wanted: frozenset[Scheme]) -> Iterator[Place]:
    if not version.strip():
        for order in (ANY, *map(read_by, (Scheme.GENERIC, *_SCHEMES))):
            yield Place(order, b"")
        return
    said = text(version)
    yield Place(ANY, said)
    generic = _place(Scheme.GENERIC, read_by(Scheme.GENERIC), version)
    yield generic or Place(unread(Scheme.GENERIC), said)
    for scheme in wanted.intersection(_SCHEMES):
        if own := _place(scheme, read_by(scheme), version):
            yield own
        elif generic:
            yield Place(read_generically(scheme), generic.at, generic.is_odd)
        else:
            yield Place(unread(scheme), said)


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
