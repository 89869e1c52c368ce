"""The look-up: needles meet the rows of the index, at the cost of what is found.

The index is sorted by type and key, and each of its row groups knows its least and greatest key. First the keys alone
are read: which of those asked for are there at all? A few are asked for by their numbers, which opens the few groups
that can hold them; many meet all keys in one pass over that column, and one over theirs. Most are not there. Then the
rows of those that are there are read, again by their numbers if they are few. Networks are met by equality too, one
join for each prefix length, among the addresses with a network's first bits.
"""

# ruff: noqa: S608 - tables and columns are constants of this package; all else is integers
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import duckdb

from noroshi.hunting.engine.conditions import ends, literal, masks, number, one_of, within
from noroshi.hunting.engine.index import DAY, STORED_FIRST, STORED_LAST, organisation_in, rows_of
from noroshi.hunting.engine.index_files import GREATEST, LEAST, Mark
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
_SEEN = "CREATE OR REPLACE TEMP TABLE seen AS SELECT DISTINCT type, key FROM ({there})"
_IN_NETWORKS = """
SELECT i.type, i.key FROM near_{kind} AS i JOIN network AS k ON {shared} WHERE k.kind = '{kind}' AND k.prefix = {prefix}
"""
_EXACT = """
SELECT needle, organisation, epoch, {sums}
FROM met AS i JOIN exact AS k ON i.key = k.h0 AND i.type = k.type AND i.key2 = k.h1 GROUP BY ALL
"""
_NETWORKS = """
SELECT needle, organisation, epoch, {sums} FROM met AS i JOIN network AS k ON {shared}
WHERE k.kind = '{kind}' AND k.prefix = {prefix} AND {types} GROUP BY ALL
"""
_BY_EPOCH = """
SELECT needle, organisation, epoch, bit_or(days), sum(n)::BIGINT, min(first), max(last), bool_or(cut)
FROM found GROUP BY ALL ORDER BY needle, organisation, epoch
"""
# The keys of many needles are read from a file, which begins with the networks: these are kept apart, and are asked for
# once for each prefix length.
_NETWORK = "CREATE OR REPLACE TEMP TABLE network AS SELECT needle, kind, prefix, n0, n1, deep FROM key WHERE type < 0"
_ALL_EXACT = "CREATE OR REPLACE TEMP VIEW exact AS SELECT * FROM key WHERE type > 0"
_EXACT_THERE = """
CREATE OR REPLACE TEMP TABLE exact AS SELECT DISTINCT k.needle, k.type, k.h0, k.h1, k.deep
FROM ({rows}) AS i JOIN key AS k ON i.key = k.h0 AND i.type = k.type
"""
_ASKED = f"SELECT type, h0, kind, prefix, n0, n1 FROM key LIMIT {FEW_KEYS + 1}"


@dataclass(frozen=True, slots=True)
class Days:
    """The days of an epoch on which an organisation can have seen a needle, each a bit of ``days``.

    These are at most so many ``events``, on each of the days one, all between ``first`` and ``last`` (microseconds).
    """

    needle: int
    organisation: str
    epoch: int
    days: int
    events: int
    first: int
    last: int


class _Network(NamedTuple):
    prefix: int
    n0: int
    n1: int | None

    @property
    def halves(self) -> list[int]:
        return [self.n0] if self.n1 is None else [self.n0, self.n1]


class _Asked(NamedTuple):
    type: int
    key: int
    kind: str
    prefix: int
    n0: int | None
    n1: int | None

    @property
    def is_network(self) -> bool:
        return self.type < 0

    @property
    def network(self) -> _Network:
        return _Network(self.prefix, self.n0 or 0, self.n1)


def reaching(question: Question) -> list[str]:
    """Return SQL of conditions: a row of the index, as it is stored, can count what lies within the question."""
    since, until = question.since, question.until
    asked = [] if question.organisations is None else [organisation_in(question.organisations)]
    asked += [f"{STORED_LAST} >= {since}"] if since is not None else []
    return asked + ([f"{STORED_FIRST} <= {until} + {DAY}"] if until is not None else [])


def inside(question: Question) -> str:
    """Return SQL of: all that a row of the index counts lies within the question."""
    since, until = question.since, question.until
    bounds = [f"first >= {since}"] if since is not None else []
    bounds += [f"last < {until}"] if until is not None else []
    return " AND ".join(bounds) or "true"


def told_by(rows: Iterable[Sequence[Any]]) -> tuple[list[Total], list[Days]]:
    """Return what the index could count, and what the events themselves must be asked for.

    Rows are (needle, organisation, epoch, days, n, first, last, cut), one for each epoch.
    """
    totals: dict[tuple[int, str], Total] = {}
    cuts = []
    for row in rows:
        needle, organisation, _epoch, _days, n, first, last, cut = row
        if cut:
            cuts.append(days_of(row))
            continue
        total, before = Total(needle, organisation, n, first, last), totals.get((needle, organisation))
        totals[needle, organisation] = total.plus(before) if before else total
    return list(totals.values()), cuts


def days_of(row: Sequence[Any]) -> Days:
    """Return the days of such a row."""
    return Days(*row[:-1])


class Lookup:
    """Finds the needles of the table ``key`` in parts of the index, as far as a question reaches."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, root: Path, parts: Sequence[IndexPart], question: Question
    ) -> None:
        self._duckdb = connection
        self._root = root
        self._parts = parts
        self._reaching, self._inside = reaching(question), inside(question)
        self._asked = [_Asked(*row) for row in self._run(_ASKED)]
        self._run(_NETWORK)
        self._networks = {kind: self._networks_of(kind) for kind in BITS}
        self._meet(self._see())
        self._find()
        self._totals, self._cuts = told_by(self._run(_BY_EPOCH))

    def totals(self) -> list[Total]:
        """Return what the index could count."""
        return self._totals

    def cuts(self) -> list[Days]:
        """Return what the events themselves must be asked for."""
        return self._cuts

    def days(self, organisation: str, needles: Sequence[int]) -> list[Days]:
        """Return on which days of its epochs an organisation can have seen needles."""
        rows = self._run(
            "SELECT needle, organisation, epoch, bit_or(days), sum(n)::BIGINT, min(first), max(last) FROM found "
            f"WHERE organisation = {literal(organisation)} AND {one_of('needle', needles)} "
            "GROUP BY ALL ORDER BY ALL"
        )
        return [Days(*row) for row in rows]

    def _run(self, sql: str) -> list[Any]:
        return self._duckdb.execute(sql).fetchall()

    @property
    def _are_few(self) -> bool:
        return len(self._asked) <= FEW_KEYS

    def _networks_of(self, kind: str) -> list[_Network]:
        """Return the networks of a kind that are asked for."""
        if self._are_few:
            return list({asked.network for asked in self._asked if asked.kind == kind and asked.is_network})
        return [
            _Network(*row) for row in self._run(f"SELECT DISTINCT prefix, n0, n1 FROM network WHERE kind = '{kind}'")
        ]

    def _rows(self, condition: str, between: Collection[tuple[Mark, Mark]] | None = None) -> str:
        """SQL of the index rows that meet a condition, and lie between two marks."""
        return rows_of(self._root, self._parts, [condition, *self._reaching], between)

    def _see(self) -> list[Mark] | None:
        """Make ``seen``: the types and keys asked for that are there; return them, or None where they are many."""
        there = [self._exact_keys(), *(sql for kind in BITS for sql in self._keys_in_networks(kind))]
        seen = self._run(_SEEN.format(there=" UNION ALL ".join(f"SELECT type, key FROM ({sql})" for sql in there)))
        return self._run("SELECT type, key FROM seen") if seen[0][0] <= FEW_KEYS else None

    def _meet(self, marks: Collection[Mark] | None) -> None:
        """Make ``met``: the rows of what was seen."""
        rows = self._rows("key IN (SELECT key FROM seen)") if marks is None else self._numbered(marks)
        self._run(f"CREATE OR REPLACE TEMP TABLE met AS {rows}")

    def _find(self) -> None:
        """Make ``found``: what each organisation has seen of each needle in each epoch."""
        selects = [_EXACT.format(sums=self._sums(min(PAIRS.values())))]
        for kind, prefix in self._prefixes():
            pairs = PAIRS[kind] + prefix
            facts = {"kind": kind, "prefix": prefix, "types": one_of("i.type", _types(kind, prefix))}
            selects.append(_NETWORKS.format(sums=self._sums(pairs), shared=_shared(kind, prefix), **facts))
        self._run(f"CREATE OR REPLACE TEMP TABLE found AS {' UNION ALL '.join(selects)}")

    def _sums(self, pairs: int) -> str:
        return _SUMS.format(pairs=pairs, inside=self._inside)

    def _numbered(self, marks: Collection[Mark]) -> str:
        """SQL of the rows that have some types and keys; a few of other types can have the same number."""
        return self._rows(one_of("key", sorted({key for _, key in marks})), [(mark, mark) for mark in marks])

    def _exact_keys(self) -> str:
        """Make ``exact``: the keys that are no networks; of many, those that are there. Return SQL of their rows."""
        if self._are_few:
            self._run(_ALL_EXACT)
            return self._numbered({(asked.type, asked.key) for asked in self._asked if not asked.is_network})
        self._run(_EXACT_THERE.format(rows=self._rows("true")))
        return "SELECT type, h0 AS key FROM exact"

    def _keys_in_networks(self, kind: str) -> Iterator[str]:
        """SQL of the rows of addresses in networks."""
        networks = self._networks[kind]
        if len(networks) <= FEW_NETWORKS:
            for network in networks:
                yield self._rows_in(kind, network)
            return
        self._near(kind, networks)
        for prefix in sorted({network.prefix for network in networks}):
            yield _IN_NETWORKS.format(shared=_shared(kind, prefix), kind=kind, prefix=prefix)

    def _rows_in(self, kind: str, network: _Network) -> str:
        """SQL of the rows of addresses in one network."""
        types = _types(kind, network.prefix)
        within_it = within(("key", "key2")[: len(network.halves)], kind, network.prefix, network.halves)
        low, high = ends(kind, network.prefix, network.halves)[0]
        return self._rows(f"{one_of('type', types)} AND {within_it}", [((each, low), (each, high)) for each in types])

    def _near(self, kind: str, networks: Collection[_Network]) -> None:
        """Make ``near_<kind>``: the keys of all addresses that share their first bits with one of some networks."""
        shortest = min(network.prefix for network in networks)
        types, shift = _types(kind, shortest), min(BITS[kind], 64) - min(FIRST_BITS[kind], shortest)
        firsts = f"SELECT n0 >> {shift} FROM network WHERE kind = '{kind}'"
        shares = f"{one_of('type', types)} AND key >> {shift} IN ({firsts})"
        rows = self._rows(shares, [((each, LEAST), (each, GREATEST)) for each in types])
        self._run(f"CREATE OR REPLACE TEMP TABLE near_{kind} AS SELECT type, key, key2 FROM ({rows})")

    def _prefixes(self) -> list[tuple[str, int]]:
        """Return the kinds and prefix lengths of the networks that are asked for."""
        return sorted({(kind, network.prefix) for kind, networks in self._networks.items() for network in networks})


def _shared(kind: str, prefix: int) -> str:
    """SQL of: the address and the network have their first bits in common."""
    halves = zip(("key", "key2"), ("n0", "n1"), masks(kind, prefix), strict=False)
    return " AND ".join(f"i.{key} & {number(mask)} = k.{half}" for key, half, mask in halves)


def _types(kind: str, prefix: int) -> list[int]:
    """Return the types of rows that count what lies in a network: the address, and pairs that share its bits."""
    return [KINDS[kind].number, *range(PAIRS[kind] + prefix, PAIRS[kind] + BITS[kind])]
