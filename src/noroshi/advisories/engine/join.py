"""Components held against records: one join of what is in one lane, and a way back to the reference.

What several blocks of one record say is united as the reference unites it: by the least rank.
"""

import json
import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from noroshi.advisories.domain.affected import Affected
from noroshi.advisories.domain.aliases import NO_ALIASES, Aliases
from noroshi.advisories.domain.matching import Answer, Component, Verdict
from noroshi.advisories.engine import orders, ranks, rows
from noroshi.advisories.engine.calls import LEARNED, Calls, call_of, lane
from noroshi.advisories.engine.held import Held
from noroshi.advisories.engine.parts import Match, Part, referred


class Parts:
    """Components as rows to be joined; each of them once."""

    def __init__(self, components: Iterable[Component], aliases: Aliases = NO_ALIASES) -> None:
        self.aliases = aliases
        self.parts = [Part.of(each) for each in dict.fromkeys(components)]

    def place(self, held: Held) -> None:
        """Make the table `part`, once for the records that they are held against again and again."""
        if held.placed == (self, held.calls.known):
            return
        with tempfile.TemporaryDirectory() as beside:
            path = Path(beside, "parts.csv")
            with rows.Writer(path) as to:
                for row in self.rows(held.calls):
                    to.write(row)
            held.opened.execute(f"CREATE OR REPLACE TEMP TABLE part AS {_named(rows.PART, path)}")
        held.placed = (self, held.calls.known)

    def rows(self, calls: Calls) -> Iterator[tuple[object, ...]]:
        """Yield the rows of the table of parts: a version is only encoded for what is said of its product."""
        for number, part in enumerate(self.parts):
            meant = calls.meant(part.names, self.aliases)
            is_learned = int(any(ranks.kind_of(linked) == LEARNED for linked in meant.values()))
            for call, linked in meant.items():
                for scheme in calls.schemes_of(call):
                    place = orders.place(scheme, part.component.version)
                    rank = linked | part.rank_at(place)
                    yield (number, lane(call, place.order), place.at.hex(), rank, part.by_numbers, is_learned)


def matches(
    held: Held,
    components: "Iterable[Component] | Parts",
    among: Collection[str] | None = None,
    answers: Iterable[Answer] = Answer,
) -> Iterator[Match]:
    """Yield what is said of components by what is held, or by `among` some records of it: in their order."""
    parts = components if isinstance(components, Parts) else Parts(components)
    wanted = frozenset(answers)
    find(held, parts, among, wanted)
    asked = _asked(held, parts)
    last = ranks.behind(max(wanted, key=ranks.ANSWERS.index))
    for record, part, rank, rule, where, name in held.opened.execute(_TOLD, [last]).fetchall():
        if rank < 0:
            verdict = asked[record, part]
        else:
            theirs = held.calls.texts[call_of(where)]
            verdict = parts.parts[part].verdict(rank, rule.decode("utf-8", "surrogatepass"), theirs)
        if verdict.answer in wanted:
            yield Match(parts.parts[part].component, name, verdict)


def find(held: Held, parts: Parts, among: Collection[str] | None = None, answers: Iterable[Answer] = Answer) -> None:
    """Make the table `result`: part, record and rank, one row for each pair of the same product.

    A pair that is given none of the answers may be left out.
    """
    parts.place(held)
    where = "true" if among is None else _among(held, among)
    last = ranks.behind(max(answers, key=ranks.ANSWERS.index))
    # What says more than is asked for is not even joined, but for components about which the reference is asked.
    joins = [f"{_HITS} AND {where} AND s.rank < {last}", f"{_HITS} AND {where} AND s.rank >= {last} AND p.rank < 0"]
    held.opened.execute(f"CREATE OR REPLACE TEMP TABLE hit AS {' UNION ALL '.join(joins)}")
    held.opened.execute(_UNITE)


def _among(held: Held, names: Collection[str]) -> str:
    """Make the table `asked` of records by their names; return SQL of a span that is of one of them."""
    chosen = "SELECT record FROM record WHERE name IN (SELECT unnest(?::VARCHAR[]))"
    held.opened.execute(f"CREATE OR REPLACE TEMP TABLE asked AS {chosen}", [list(names)])
    return "s.record IN (SELECT record FROM asked)"


def _named(columns: rows.Columns, path: Path) -> str:
    return f"SELECT * FROM ({rows.read(columns, path)}) AS t({', '.join(columns)})"  # noqa: S608 - names of ours


_HITS: Final = """
SELECT p.part, s.record, s.rank | p.rank | (s.by_numbers & p.by_numbers) AS rank, s.alone AND NOT p.learned AS alone
FROM span s JOIN part p ON s.lane = p.lane WHERE p.place >= s.low AND p.place < s.high
"""
_UNITE: Final = """
CREATE OR REPLACE TEMP TABLE result AS
SELECT part, record, rank FROM hit WHERE alone
UNION ALL
SELECT part, record, min(rank) AS rank FROM hit WHERE NOT alone GROUP BY part, record
"""
_TOLD: Final = f"""
SELECT r.record, r.part, r.rank, s.rule, s.lane, n.name
FROM (SELECT *, {ranks.SPAN} AS span, {ranks.KIND} AS kind FROM result) r
JOIN span s USING (span) JOIN record n ON r.record = n.record
WHERE r.rank < ? ORDER BY r.record, r.kind, r.part
"""  # noqa: S608 - names of ours
_ASKED: Final = """
SELECT r.record, r.part, list(b.value ORDER BY b.block)
FROM result r JOIN block b USING (record)
WHERE r.rank < 0 GROUP BY r.record, r.part
"""


def _asked(held: Held, parts: Parts) -> dict[tuple[int, int], Verdict]:
    """Return what the reference says where no span can tell."""
    by_values: dict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
    for record, part, values in held.opened.execute(_ASKED).fetchall():
        by_values[tuple(values)].append((record, part))
    asked: dict[tuple[int, int], Verdict] = {}
    for values, pairs in by_values.items():
        blocks = [Affected.read(json.loads(value)) for value in values]
        told = lru_cache(maxsize=None)(
            lambda part, blocks=blocks: referred(parts.parts[part].component, blocks, parts.aliases)
        )
        asked |= {(record, part): told(part) for record, part in pairs}
    return asked
