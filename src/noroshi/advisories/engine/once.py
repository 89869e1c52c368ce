"""Records that are read once, in their order, and held against components: nothing is kept of them, or even written.

By far the most records are about what is not there: no version of theirs is read. What several blocks of one record
say is united as the reference unites it: by the least rank.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from noroshi.advisories.domain.affected import Affected
from noroshi.advisories.domain.matching import Answer, Component, Verdict
from noroshi.advisories.engine import orders, ranks
from noroshi.advisories.engine.calls import Calls, calls_of, names_of
from noroshi.advisories.engine.held import Record
from noroshi.advisories.engine.parts import Match, Part, referred
from noroshi.advisories.engine.spans import Spans


def against(
    components: Iterable[Component], records: Iterable[Record], answers: Iterable[Answer] = Answer
) -> Iterator[Match]:
    """Yield what is said of components, record by record: what is known by the surest kind of name comes first."""
    known, wanted = _Known(components), frozenset(answers)
    last = ranks.behind(max(wanted, key=ranks.ANSWERS.index))
    for name, blocks in records:
        for component, verdict in known.told(blocks, last):
            if verdict.answer in wanted:
                yield Match(component, name, verdict)


@dataclass(slots=True)
class _Lane:
    """Components of one call in one order: where their versions stand, from the least, and who they are."""

    places: list[bytes]
    parts: list[tuple[int, int, int]]
    """The number of each, its rank, and what its version takes from a span that is only sure of numbers."""


@dataclass(slots=True)
class _Placed:
    """Components of one call as one scheme places them."""

    lanes: dict[int, _Lane]
    odd: list[int]
    """Those that no order has a place for: the reference is asked."""


class _Known:
    """Components by what they are called. Without learned names, who is whose product is the same from both sides."""

    def __init__(self, components: Iterable[Component]) -> None:
        self._parts = [Part.of(each) for each in dict.fromkeys(components)]
        self._calls = Calls()
        self._called: dict[int, list[int]] = defaultdict(list)
        self._placed: dict[tuple[int, int], _Placed] = {}
        for number, part in enumerate(self._parts):
            for text, is_package in calls_of(part.names):
                self._called[self._calls.number(text, is_package=is_package)].append(number)

    def told(self, blocks: Sequence[Affected], last: int) -> Iterator[tuple[Component, Verdict]]:
        """Yield what a record says of each component, where its rank is less than `last`."""
        best: dict[int, tuple[int, str]] = {}
        for place, block in enumerate(blocks):
            if not (links := self._calls.meant(names_of(block))):
                continue
            spans = Spans(block)
            for call, linked in links.items():
                for number, rank, rule in self._said(spans, call, last):
                    said = (rank | linked | ranks.of_span(place), rule)
                    best[number] = min(best.get(number, said), said)
        for number, (rank, rule) in sorted(best.items(), key=_by_kind):
            part = self._parts[number]
            yield part.component, referred(part.component, blocks) if rank < 0 else part.verdict(rank, rule)

    def _said(self, spans: Spans, call: int, last: int) -> Iterator[tuple[int, int, str]]:
        """Yield the number of a component, and the rank and the rule of what a block says of it."""
        placed = self._placed_by(spans.scheme, call)
        yield from ((number, ranks.ASK, "") for number in placed.odd)
        for order, lane in placed.lanes.items():
            for span in spans.of(order):
                if span.rank >= last:
                    continue
                first = bisect_left(lane.places, span.low)
                for number, rank, by_numbers in lane.parts[first : bisect_left(lane.places, span.high, first)]:
                    yield number, span.rank | rank | (by_numbers if span.by_numbers else 0), span.rule

    def _placed_by(self, scheme: int, call: int) -> _Placed:
        if (scheme, call) not in self._placed:
            self._placed[scheme, call] = self._place(scheme, call)
        return self._placed[scheme, call]

    def _place(self, scheme: int, call: int) -> _Placed:
        odd: list[int] = []
        found: dict[int, list[tuple[bytes, int, int, int]]] = defaultdict(list)
        for number in self._called[call]:
            part = self._parts[number]
            place = orders.place(scheme, part.component.version)
            if place.is_odd:
                odd.append(number)
            else:
                found[place.order].append((place.at, number, part.rank_at(place), part.by_numbers))
        return _Placed({order: _lane(rows) for order, rows in found.items()}, odd)


def _lane(rows: list[tuple[bytes, int, int, int]]) -> _Lane:
    rows.sort()
    return _Lane([place for place, *_ in rows], [(number, rank, by_numbers) for _, number, rank, by_numbers in rows])


def _by_kind(told: tuple[int, tuple[int, str]]) -> tuple[int, int]:
    number, (rank, _) = told
    return ranks.kind_of(rank), number
