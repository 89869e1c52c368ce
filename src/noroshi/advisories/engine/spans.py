"""A block of ranges as spans that lie beside each other: each version is in one, which says what the reference says.

The first range that holds a version decides, so that each range gets what those before it left.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from noroshi.advisories.domain import versions
from noroshi.advisories.domain.affected import Affected, Range, Scheme
from noroshi.advisories.domain.matching import decided, end_of, is_plain, otherwise
from noroshi.advisories.engine import orders, ranks

TOP: Final = b"\xff\xff\xff"
_INCLUDED: Final = b"\xff"
"""Appended to a key: behind every spelling of that version."""


@dataclass(frozen=True, slots=True)
class Span:
    """Versions from `low` to before `high` in an order, and what is said of them."""

    order: int
    low: bytes
    high: bytes
    rank: int
    by_numbers: bool
    """So sure only of versions that are numbers and dots."""
    rule: str


_Areas = tuple[tuple[bytes, bytes, bool], ...]
"""Where a range lies: from, to before, and whether versions are spelled there as it is."""
_EVERYTHING: Final[_Areas] = ((b"", TOP, True),)


class Spans:
    """The spans of one block, made of an order when they are asked for: few of them are."""

    def __init__(self, affected: Affected) -> None:
        self._affected = affected
        self._bounded = [each for each in affected.ranges if not each.is_everything]
        self._areas: dict[Scheme, list[_Areas | None]] = {}
        self._by = self._schemes()
        self.orders = tuple(self._by) or (orders.ANY,)
        self.scheme = orders.scheme_of(self.orders[0])
        """The number of the scheme by which a version finds its order."""

    def __iter__(self) -> Iterator[Span]:
        """Yield the spans of all orders."""
        for order in self.orders:
            yield from self.of(order)

    def of(self, order: int) -> Iterator[Span]:
        """Yield the spans of one order, which hold every version."""
        if not self._by:
            return iter([Span(orders.ANY, b"", TOP, ranks.ASK, by_numbers=False, rule="")])
        scheme = self._by[order]
        is_opaque, is_generic = order == orders.ANY, scheme is Scheme.GENERIC
        areas = self._in_order(scheme)
        return _painted(self._affected, order, areas, is_opaque=is_opaque, is_generic=is_generic)

    def _schemes(self) -> dict[int, Scheme]:
        """Return by which scheme the ends are placed in each order: by none where only the reference can tell."""
        scheme = self._affected.scheme
        if not self._bounded or scheme is Scheme.OPAQUE:
            return {orders.ANY: Scheme.OPAQUE}
        own, generic = ([*filter(_is_bounded, self._in_order(by))] for by in (scheme, Scheme.GENERIC))
        if any(_spelled_oddly(scheme, each) for each in self._bounded) or _is_mixed(own, generic):
            return {}
        if not any(areas is not None for areas in own):
            scheme = Scheme.GENERIC
        read = {orders.read_by(scheme): scheme, orders.read_generically(scheme): Scheme.GENERIC}
        return {**read, orders.unread(scheme): Scheme.OPAQUE}

    def _in_order(self, scheme: Scheme) -> list[_Areas | None]:
        if scheme not in self._areas:
            self._areas[scheme] = [_area(scheme, each) for each in self._affected.ranges]
        return self._areas[scheme]


def _is_bounded(areas: _Areas | None) -> bool:
    return areas is not _EVERYTHING


def _is_mixed(own: Sequence[_Areas | None], generic: Sequence[_Areas | None]) -> bool:
    """Whether one version would be compared by its scheme with one range, and generically with another."""
    return any(areas is not None for areas in own) and any(
        mine is None and theirs is not None for mine, theirs in zip(own, generic, strict=True)
    )


def _spelled_oddly(scheme: Scheme, each: Range) -> bool:
    return each.low == each.high and any(orders.is_odd(by, each.low) for by in (scheme, Scheme.GENERIC))


def _area(scheme: Scheme, each: Range) -> _Areas | None:
    """Return where a range lies in the order of a scheme; None where the scheme cannot read it."""
    if each.is_everything:
        return _EVERYTHING
    if scheme is Scheme.OPAQUE:
        return _by_spelling(each)
    low = orders.key(scheme, each.low) if each.low else b""
    high = _end(scheme, each.high) if each.high else versions.BEHIND_ALL
    if low is None or high is None:
        return None
    begin = low if each.low_included or not each.low else low + _INCLUDED
    end = high + _INCLUDED if each.high_included or not each.high else high
    inside = ((begin, end, False),) if begin < end else ()
    is_all_included = each.low_included and each.high_included
    if each.low != each.high or (is_all_included and (scheme is not Scheme.GENERIC or is_plain(each.low))):
        return inside
    there = low + orders.text(each.low)
    return ((there, there + b"\0", True), *inside)


def _end(scheme: Scheme, high: str) -> bytes | None:
    return end_of(scheme, high) if high.endswith(".*") else orders.key(scheme, high)


def _by_spelling(each: Range) -> _Areas | None:
    """Return where a range lies among versions that are only compared by how they are spelled."""
    if each.low != each.high:
        return None
    said = orders.text(each.low)
    return ((said, said + b"\0", True),)


def _painted(
    affected: Affected,
    order: int,
    areas: Sequence[_Areas | None],
    *,
    is_opaque: bool,
    is_generic: bool,
) -> Iterator[Span]:
    """Yield the spans of one order; ``areas`` are those of the ranges, None of what cannot be compared."""
    cuts = sorted({b"", *(end for found in areas for area in found or () for end in area[:2])} - {TOP})
    owners: list[tuple[int, bool] | None] = [None] * len(cuts)
    for number, found in enumerate(areas):
        for low, high, is_spelled in found or ():
            for place in range(bisect_left(cuts, low), bisect_left(cuts, high)):
                owners[place] = owners[place] or (number, is_spelled)
    by_spelling_alone = not is_opaque and order in _UNREAD
    undecided = _undecided(affected, areas, by_spelling_alone=by_spelling_alone)
    rest = otherwise(affected, [affected.ranges[other] for other in undecided])
    begin = 0
    for place in range(1, len(cuts) + 1):
        if place < len(cuts) and owners[place] == owners[begin]:
            continue
        where = (order, cuts[begin], cuts[place] if place < len(cuts) else TOP)
        owner = owners[begin]
        if owner is None:
            yield Span(*where, ranks.of_verdict(rest), by_numbers=False, rule=rest.rule)
        else:
            yield _decided(affected, where, owner, undecided, is_generic=is_generic)
        begin = place


def _undecided(affected: Affected, areas: Sequence[_Areas | None], *, by_spelling_alone: bool) -> list[int]:
    """Return the numbers of the ranges that tell nothing of versions outside of them."""
    return [
        number
        for number, each in enumerate(affected.ranges)
        if areas[number] is None or (by_spelling_alone and not each.is_everything)
    ]


def _decided(
    affected: Affected,
    where: tuple[int, bytes, bytes],
    owner: tuple[int, bool],
    undecided: Sequence[int],
    *,
    is_generic: bool,
) -> Span:
    number, is_spelled = owner
    each = affected.ranges[number]
    is_sure = is_spelled or not is_generic or _has_plain_ends(each)
    before = [affected.ranges[other] for other in undecided if other < number]
    verdict = decided(each, before, is_sure=is_sure)
    return Span(*where, ranks.of_verdict(verdict), by_numbers=is_generic and not is_spelled, rule=verdict.rule)


def _has_plain_ends(each: Range) -> bool:
    return all(is_plain(end.removesuffix(".*")) for end in (each.low, each.high) if end)


_UNREAD: Final = frozenset(orders.unread(scheme) for scheme in Scheme if scheme is not Scheme.OPAQUE)
