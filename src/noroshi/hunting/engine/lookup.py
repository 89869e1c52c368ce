"""The look-up: needles meet the rows of the index, at the cost of what is found.

The index is sorted by type and key, and each of its row groups knows its least and greatest key. So a few needles are
asked for by their numbers, type by type, which opens the few groups that can hold them. Many needles meet all keys in
one pass over that column alone, then only the rows of keys that were found. Networks are met by equality too, one join
for each prefix length, after one pass that leaves the addresses with a network's first bits.
"""

# ruff: noqa: S608 - tables and columns are constants of this package; all else is integers
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, NamedTuple

import duckdb

from noroshi.hunting.engine.conditions import literal, masks, number, one_of, within
from noroshi.hunting.engine.index import NO_ROWS, organisation_in, rows_of
from noroshi.hunting.engine.index_files import Mark
from noroshi.hunting.engine.index_parts import IndexPart
from noroshi.hunting.engine.observables import BITS, KINDS, PAIRS
from noroshi.hunting.engine.plan import Question
from noroshi.hunting.engine.scan import Total

FEW_KEYS: Final = 1_000
FEW_NETWORKS: Final = 8
FIRST_BITS: Final = {"ipv4": 16, "ipv6": 32}

_SUMS = """
bit_or(days) AS days, sum(CASE WHEN i.type >= {pairs} THEN -n ELSE n END)::BIGINT AS n, min(first) AS first,
max(last) AS last, bool_or(deep OR NOT ({inside})) AS cut
"""
_EXACT = """
CREATE OR REPLACE TEMP TABLE found AS SELECT needle, organisation, epoch, {sums}
FROM ({rows}) AS i JOIN key AS k ON i.key = k.h0 AND i.type = k.type AND i.key2 = k.h1 WHERE {exact} GROUP BY ALL
"""
_NETWORKS = """
INSERT INTO found SELECT needle, organisation, epoch, {sums}
FROM ({rows}) AS i JOIN key AS k ON {shared}
WHERE k.kind = '{kind}' AND k.prefix = {prefix} AND (i.type = k.type OR i.type >= {pairs}) GROUP BY ALL
"""
_BY_EPOCH = """
SELECT needle, organisation, epoch, bit_or(days), sum(n)::BIGINT, min(first), max(last), bool_or(cut)
FROM found GROUP BY ALL ORDER BY needle, organisation, epoch
"""
_ASKED = f"SELECT type, h0, kind, prefix, n0, n1 FROM key LIMIT {FEW_KEYS + 1}"


@dataclass(frozen=True, slots=True)
class Days:
    """The days of an epoch on which an organisation can have seen a needle, each a bit of ``days``."""

    needle: int
    organisation: str
    epoch: int
    days: int


class _Asked(NamedTuple):
    type: int
    key: int
    kind: str
    prefix: int
    n0: int | None
    n1: int | None

    @property
    def is_network(self) -> bool:
        return self.prefix < BITS.get(self.kind, 0)

    @property
    def network(self) -> tuple[int, int, int | None]:
        return self.prefix, self.n0 or 0, self.n1


def reaching(question: Question) -> list[str]:
    """Return SQL of conditions: a row of the index, as it is stored, can count what lies within the question."""
    since, until = question.since, question.until
    asked = [] if question.organisations is None else [organisation_in(question.organisations)]
    asked += [f"first + span >= {since}"] if since is not None else []
    return asked + ([f"first <= {until} + 86400000000"] if until is not None else [])


def inside(question: Question) -> str:
    """Return SQL of: all that a row of the index counts lies within the question."""
    since, until = question.since, question.until
    bounds = [f"first >= {since}"] if since is not None else []
    bounds += [f"last < {until}"] if until is not None else []
    return " AND ".join(bounds) or "true"


class Lookup:
    """Finds the needles of the table ``key`` in parts of the index, as far as a question reaches."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, root: Path, parts: Sequence[IndexPart], question: Question
    ) -> None:
        self._duckdb = connection
        self._root = root
        self._parts = parts
        self._asked, self._inside = reaching(question), inside(question)
        self._asked_for = [_Asked(*row) for row in self._run(_ASKED)]
        self._find_exact()
        if parts:
            for kind in BITS:
                self._find_networks(kind)
        self._totals, self._cuts = self._by_epoch()

    def totals(self) -> list[Total]:
        """Return what the index could count."""
        return self._totals

    def cuts(self) -> list[Days]:
        """Return what the events themselves must be asked for."""
        return self._cuts

    def _by_epoch(self) -> tuple[list[Total], list[Days]]:
        totals: dict[tuple[int, str], Total] = {}
        cuts = []
        for needle, organisation, epoch, days, n, first, last, cut in self._run(_BY_EPOCH):
            if cut:
                cuts.append(Days(needle, organisation, epoch, days))
                continue
            total, before = Total(needle, organisation, n, first, last), totals.get((needle, organisation))
            totals[needle, organisation] = total.plus(before) if before else total
        return list(totals.values()), cuts

    def days(self, organisation: str, needles: Sequence[int]) -> list[Days]:
        """Return on which days of its epochs an organisation can have seen needles."""
        rows = self._run(
            "SELECT needle, organisation, epoch, bit_or(days) FROM found "
            f"WHERE organisation = {literal(organisation)} AND {one_of('needle', needles)} "
            "GROUP BY ALL ORDER BY ALL"
        )
        return [Days(*row) for row in rows]

    def _run(self, sql: str) -> list[Any]:
        return self._duckdb.execute(sql).fetchall()

    def _rows(self, condition: str, between: Collection[tuple[Mark, Mark]] | None = None) -> str:
        """SQL of the index rows that meet a condition, and lie between two marks."""
        return rows_of(self._root, self._parts, [condition, *self._asked], between)

    def _sums(self, pairs: int) -> str:
        return _SUMS.format(pairs=pairs, inside=self._inside)

    def _find_exact(self) -> None:
        """Make ``found``: what each organisation has seen of each needle in each epoch."""
        if len(self._asked_for) > FEW_KEYS:
            self._run("CREATE OR REPLACE TEMP TABLE seen AS SELECT DISTINCT key FROM "
                      f"({self._rows(f'key IN (SELECT h0 FROM key WHERE {_EXACTLY})')})")  # fmt: skip
            rows = self._rows("key IN (SELECT key FROM seen)")
        else:
            marks = sorted({(asked.type, asked.key) for asked in self._asked_for if not asked.is_network})
            by_type = groupby(marks, itemgetter(0))
            rows = " UNION ALL ".join(self._one_of(kind, list(some)) for kind, some in by_type) or NO_ROWS
        self._run(_EXACT.format(sums=self._sums(min(PAIRS.values())), rows=rows, exact=_EXACTLY))

    def _one_of(self, kind: int, marks: Sequence[Mark]) -> str:
        """SQL of the rows of a type that have one of some keys."""
        has_key = one_of("key", (key for _, key in marks))
        return self._rows(f"type = {kind} AND {has_key}", [(mark, mark) for mark in marks])

    def _find_networks(self, kind: str) -> None:
        networks = self._networks(kind)
        if not networks:
            return
        prefixes = sorted({prefix for prefix, *_ in networks})
        types = [KINDS[kind].number, *range(PAIRS[kind] + prefixes[0], PAIRS[kind] + BITS[kind])]
        near = f"type IN ({', '.join(map(str, types))}) AND ({self._near(kind, networks)})"
        self._run(f"CREATE OR REPLACE TEMP TABLE near AS {self._rows(near)}")
        for prefix in prefixes:
            pairs = PAIRS[kind] + prefix
            self._run(_NETWORKS.format(sums=self._sums(pairs), rows="FROM near", shared=_shared(kind, prefix),
                                       kind=kind, prefix=prefix, pairs=pairs))  # fmt: skip

    def _networks(self, kind: str) -> list[tuple[int, int, int | None]]:
        """Return the (prefix length, n0, n1) of the networks that are asked for."""
        if len(self._asked_for) > FEW_KEYS:
            return self._run(f"SELECT DISTINCT prefix, n0, n1 FROM key WHERE kind = '{kind}' AND prefix < {BITS[kind]}")
        return list({asked.network for asked in self._asked_for if asked.kind == kind and asked.is_network})

    def _near(self, kind: str, networks: Sequence[tuple[int, int, int | None]]) -> str:
        """SQL of a condition that leaves the addresses in or near networks."""
        if len(networks) <= FEW_NETWORKS:
            return " OR ".join(_within(kind, *network) for network in networks)
        bits = min(FIRST_BITS[kind], *(prefix for prefix, *_ in networks))
        shift = min(BITS[kind], 64) - bits
        firsts = sorted({number >> shift for _, number, _ in networks})
        self._run(f"CREATE OR REPLACE TEMP TABLE first_bits AS SELECT unnest({firsts}::BIGINT[]) AS number")
        return f"key >> {shift} IN (SELECT number FROM first_bits)"


_EXACTLY: Final = " AND ".join(f"(kind <> '{kind}' OR prefix = {bits})" for kind, bits in BITS.items())


def _shared(kind: str, prefix: int) -> str:
    """SQL of: the address and the network have their first bits in common."""
    halves = zip(("key", "key2"), ("n0", "n1"), masks(kind, prefix), strict=False)
    return " AND ".join(f"i.{key} & {number(mask)} = k.{half}" for key, half, mask in halves)


def _within(kind: str, prefix: int, *network: int | None) -> str:
    halves = [half for half in network if half is not None]
    return f"({within(('key', 'key2')[: len(halves)], kind, prefix, halves)})"
