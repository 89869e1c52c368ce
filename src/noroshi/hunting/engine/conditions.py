"""When an event shows a value, as an SQL condition on its columns: for a look at few events, without preparations."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from noroshi.hunting.engine.needles import Key, ip_numbers
from noroshi.hunting.engine.observables import BITS, KINDS

_GREATEST: Final = (1 << 63) - 1


def literal(text: str) -> str:
    """Return SQL of a text."""
    return "'" + text.replace("'", "''") + "'"


def number(value: int) -> str:
    """Return SQL of a signed 64-bit number; the least of them has no literal."""
    return str(value) if value >= -_GREATEST else f"(-{_GREATEST} - 1)"


def one_of(column: str, numbers: Iterable[int]) -> str:
    """Return SQL of: the column is one of these numbers."""
    return f"{column} IN ({', '.join(map(str, numbers)) or 'NULL'})"


def masks(kind: str, prefix: int) -> tuple[int, ...]:
    """Return the bits of an address that a network with this prefix length fixes, as the numbers of its kind."""
    return ip_numbers((1 << BITS[kind]) - (1 << (BITS[kind] - prefix)), kind)


def ends(kind: str, prefix: int, network: Sequence[int]) -> list[tuple[int, int]]:
    """Return the first and last number of each half of a network's addresses."""
    full = (1 << 32) - 1 if kind == "ipv4" else -1
    return [(low, low | (mask ^ full)) for low, mask in zip(network, masks(kind, prefix), strict=True)]


def within(columns: Sequence[str], kind: str, prefix: int, network: Sequence[int]) -> str:
    """Return SQL of: the address in these columns lies between the network's first and last."""
    return " AND ".join(
        f"{column} BETWEEN {number(low)} AND {number(high)}"
        for column, (low, high), mask in zip(columns, ends(kind, prefix, network), masks(kind, prefix), strict=True)
        if mask
    )


def shows(keys: Sequence[Key]) -> str:
    """Return SQL of: the event shows a value that has these keys."""
    return " OR ".join(f"({condition})" for key in keys for condition in _conditions(key))


def _conditions(key: Key) -> Iterator[str]:
    for place in KINDS[key.kind].places:
        if key.kind in BITS:
            network = [half for half in (key.n0, key.n1) if half is not None]
            yield within(place, key.kind, key.prefix, network)
        else:
            texts = [text for text in (key.t0, key.t1) if text is not None]
            yield _TESTS.get(key.kind, _equal)(place, texts)


def _equal(place: Sequence[str], texts: Sequence[str]) -> str:
    return f"{place[0]} = {literal(texts[0])}"


def _is_under(place: Sequence[str], texts: Sequence[str]) -> str:
    ending = "." + texts[0]
    return f"{place[0]} = {literal(texts[0])} OR right({place[0]}, {len(ending)}) = {literal(ending)}"


def _continues(place: Sequence[str], texts: Sequence[str]) -> str:
    (host, url), (name, beginning) = place, texts
    goes_on = f"substr({url}, {len(beginning) + 1}, 1) IN ('', '/', '?', '&')"
    return f"{host} = {literal(name)} AND starts_with({url}, {literal(beginning)}) AND {goes_on}"


_TESTS: Final[dict[str, Callable[[Sequence[str], Sequence[str]], str]]] = {"host": _is_under, "url": _continues}
