"""Which of some needles stands for another one too: what an allow-list asks of each value that was found.

| a needle    | stands for                                                                              |
|-------------|-----------------------------------------------------------------------------------------|
| ipv4, ipv6  | the address, and URLs on it                                                             |
| cidr        | addresses and networks that lie in it, and URLs on them                                 |
| domain      | the name, the names under it, URLs on them, e-mail addresses at them                    |
| url         | itself, and what continues it after ``/``, ``?``, ``&`` (scheme does not count)         |
| email       | itself, and the account of that name                                                    |
| all others  | themselves                                                                              |
"""

from collections.abc import Iterable, Iterator
from typing import Final

from noroshi.hunting.engine import normalise
from noroshi.hunting.engine.needles import Key, prepare
from noroshi.hunting.engine.observables import BITS
from noroshi.hunting.engine.records import Needle

Mark = tuple[str, str | int, int]
"""A kind with its text and 0, or with an address as a number and the length of its prefix."""

_ENDS: Final = "/?&"


class Covering:
    """Some ``needles``, each with all that it stands for; ``refused`` are (value, reason) of those that mean nothing.

    ``pseudonym_key`` is the lake's: accounts are compared as their pseudonyms.
    """

    def __init__(self, needles: Iterable[Needle], pseudonym_key: bytes) -> None:
        prepared = prepare(needles, pseudonym_key)
        self.needles = frozenset(prepared.needles)
        self.refused = prepared.refused
        self._pseudonym_key = pseudonym_key
        self._known: dict[Mark, Needle] = {}
        for key in prepared.keys:
            self._known.setdefault(_mark(key), prepared.needles[key.needle])

    def of(self, needle: Needle) -> Needle | None:
        """Return the needle that stands for another one, the narrowest that does; None where none does."""
        if not self._known:
            return None
        keys = prepare([needle], self._pseudonym_key).keys
        marks = _wider(keys[0]) if keys else ()  # what else a needle finds follows its first key
        return next((self._known[mark] for mark in marks if mark in self._known), None)


def _mark(key: Key) -> Mark:
    if key.kind in BITS:
        return key.kind, _address(key), key.prefix
    return key.kind, key.t1 or key.t0 or "", 0


def _address(key: Key) -> int:
    return (key.n0 or 0) if key.kind == "ipv4" else ((key.n0 or 0) % 2**64 << 64) + (key.n1 or 0) % 2**64


def _wider(key: Key) -> Iterator[Mark]:
    """Yield the marks of all that stands for a key, the narrowest first."""
    match key.kind:
        case "ipv4" | "ipv6":
            yield from _networks(key.kind, _address(key), key.prefix)
        case "host":
            yield from _names(key.t0 or "")
        case "url":
            yield from _beginnings(key.t1 or "")
            yield from _hosts(key.t0 or "")
        case "email":
            yield _mark(key)
            yield from _names((key.t0 or "").rpartition("@")[2])
        case _:
            yield _mark(key)


def _networks(kind: str, address: int, prefix: int) -> Iterator[Mark]:
    bits = BITS[kind]
    return ((kind, address >> bits - length << bits - length, length) for length in range(prefix, -1, -1))


def _names(name: str) -> Iterator[Mark]:
    while name:
        yield "host", name, 0
        name = name.partition(".")[2]


def _beginnings(url: str) -> Iterator[Mark]:
    yield "url", url, 0
    yield from (("url", url[:end].rstrip("/"), 0) for end in range(len(url) - 1, 0, -1) if url[end] in _ENDS)


def _hosts(host: str) -> Iterator[Mark]:
    address = normalise.parse_ip(host)
    if address is None:
        return _names(host)
    return _networks(f"ipv{address.version}", int(address), address.max_prefixlen)
