"""The scan: what an event must show, as SQL over the events themselves. The index is held to what it finds.

Every kind of needle ends in an *equality* join of a column with a table ``match_<kind>`` (value, needle), which DuckDB
pushes into the Parquet scan. Where a needle stands for many values (a network, names under a domain, what continues a
URL) that table is made first, from the lake's distinct values and again by equality: one join for each prefix length
of a network (a range join is a hundred times slower), one for each number of a name's labels, for each URL's length.
A few needles in a few files are asked for by conditions that say the same (`conditions`).
"""

# ruff: noqa: S608 - tables and columns are constants of this package, prefixes and times are integers; values are bound
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby, starmap
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, NamedTuple

import duckdb

from noroshi.hunting.engine.conditions import literal, masks, number, one_of, shows
from noroshi.hunting.engine.needles import COLUMNS, Key
from noroshi.hunting.engine.observables import BITS, EMAIL_HOST, KINDS, with_email_host
from noroshi.hunting.engine.plan import Question
from noroshi.hunting.engine.schema import events_sql
from noroshi.hunting.engine.session import forget_files

MAX_SAMPLES: Final = 5
# Needles times files up to which conditions are quicker than the joins with all that they need made before.
FEW: Final = 64

_PARTS: Final = "getvariable('parts')"
_REFERENCE: Final = "organisation, source, epoch_us(time) AS time, file, line"

_NOTHING: Final = f"SELECT 0 AS needle, {_REFERENCE} FROM events WHERE false"

_NAMES_UNDER_DOMAINS: Final = """
SELECT DISTINCT value AS v0, needle
FROM (SELECT value, array_to_string(labels[-size:], '.') AS name
      FROM (SELECT v0 AS value, string_split(v0, '.') AS labels FROM seen) AS seen,
           (SELECT DISTINCT len(string_split(v0, '.')) AS size FROM key_host) AS sizes
      WHERE len(labels) >= size) AS names
JOIN key_host ON name = key_host.v0
"""
_URLS_UNDER_URLS: Final = """
SELECT DISTINCT beginning.v0, beginning.v1, needle
FROM (SELECT v0, v1, substr(v1, 1, size) AS url
      FROM seen, (SELECT DISTINCT length(v1) AS size FROM key_url) AS sizes
      WHERE length(v1) = size OR substr(v1, size + 1, 1) IN ('/', '?', '&')) AS beginning
JOIN key_url ON beginning.v0 = key_url.v0 AND url = key_url.v1
"""
_FILLED: Final = """
SELECT path_in_schema FROM parquet_metadata(getvariable('parts')) GROUP BY 1
HAVING sum(num_values) > sum(coalesce(stats_null_count, 0))
"""
# The column of a part that a column made of it needs.
_STORED: Final = {EMAIL_HOST: "email"}
_TOTALS: Final = """
SELECT needle, organisation, count(*), min(time), max(time) FROM (SELECT DISTINCT * FROM ({matched})) GROUP BY ALL
"""
_SAMPLES: Final = """
SELECT needle, min({{'time': time, 'file': file, 'line': line, 'source': source}}, {samples})
FROM (SELECT DISTINCT * FROM ({matched})) GROUP BY ALL
"""
_EVENTS: Final = """
SELECT e.* EXCLUDE (email_host) REPLACE (epoch_us(e.time) AS time) FROM events AS e
JOIN (SELECT DISTINCT make_timestamptz(time) AS time, file, line FROM ({matched}) ORDER BY ALL LIMIT ?) AS picked
USING (time, file, line) ORDER BY e.time, e.file, e.line
"""
_FEW_EVENTS: Final = """
SELECT * EXCLUDE (email_host) REPLACE (epoch_us(time) AS time) FROM events WHERE {shown}
ORDER BY events.time, file, line LIMIT ?
"""
_SPREAD: Final = """
SELECT count(*), count(DISTINCT epoch_us(time) // 86400000000), count(DISTINCT source), count(DISTINCT src_ip),
       count(DISTINCT coalesce(user_key, account_key))
FROM events JOIN (SELECT DISTINCT make_timestamptz(time) AS time, file, line FROM ({matched})) USING (time, file, line)
"""
_DAILY: Final = """
SELECT CAST(timezone(?, make_timestamptz(time)) AS DATE) AS day, count(*)
FROM (SELECT DISTINCT * FROM ({matched})) GROUP BY 1 ORDER BY 1
"""


class Total(NamedTuple):
    """What is known of one needle at one organisation: events, and the first and last of them in microseconds."""

    needle: int
    organisation: str
    events: int
    first: int
    last: int

    def plus(self, other: "Total") -> "Total":
        """Return what is known of the same needle by this and by other events."""
        first, last = min(self.first, other.first), max(self.last, other.last)
        return Total(self.needle, self.organisation, self.events + other.events, first, last)


class Scan:
    """The events of some parts, within the time of a question, meet needles of the table ``key`` (None: all)."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        parts: Sequence[Path],
        question: Question,
        needles: Sequence[int] | None = None,
        keys: Sequence[Key] | None = None,
    ) -> None:
        self._duckdb = connection
        forget_files(connection)
        self._wanted = "true" if needles is None else one_of("needle", needles)
        self._conditions: dict[int, str] | None = None
        self._events = ""
        if are_few(needles, parts):
            paths = ", ".join(literal(str(part)) for part in parts)
            self._events = f"WITH events AS NOT MATERIALIZED ({_events(f'[{paths}]', question)}) "
            self._conditions = _conditions(self._keys_of_needles() if keys is None else keys)
            self._matched = _by_conditions(self._conditions)
            return
        self._run("SET VARIABLE parts = ?", [[str(part) for part in parts]])
        self._run(f"CREATE OR REPLACE TEMP VIEW events AS {_events(_PARTS, question)}")
        self._matched = self._by_joins()

    def totals(self) -> list[Total]:
        """Return what the events say of each needle they show."""
        return [Total(*row) for row in self._ask(_TOTALS.format(matched=self._matched))]

    def samples(self) -> dict[int, list[dict[str, Any]]]:
        """Return references of the earliest events that show a needle, by the needle's number."""
        return dict(self._ask(_SAMPLES.format(matched=self._matched, samples=MAX_SAMPLES)))

    def events(self, limit: int) -> list[dict[str, Any]]:
        """Return the earliest events that match any needle, column by column."""
        if self._conditions is None:
            sql = _EVENTS.format(matched=self._matched)
        else:  # nothing is read twice
            sql = _FEW_EVENTS.format(shown=" OR ".join(self._conditions.values()) or "false")
        rows = self._ask(sql, [limit])
        names = [column[0] for column in self._duckdb.description or ()]
        return [dict(zip(names, row, strict=True)) for row in rows]

    def daily_counts(self, timezone: str) -> list[tuple[date, int]]:
        """Return (day in that time zone, events) of the days with a match."""
        return self._ask(_DAILY.format(matched=self._matched), [timezone])

    def spread(self) -> tuple[int, int, int, int, int]:
        """Return the events that match, and of how many days, sources, source addresses and users they are."""
        found: tuple[int, int, int, int, int] = self._ask(_SPREAD.format(matched=self._matched))[0]
        return found

    def _ask(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """Ask the events."""
        return self._run(self._events + sql, parameters)

    def _run(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        return self._duckdb.execute(sql, parameters).fetchall()

    def _prefixes(self) -> dict[str, list[int]]:
        """Return the prefix lengths of each kind that is looked for; 0 for a kind without one."""
        kinds: dict[str, list[int]] = {}
        for kind, prefix in self._run(f"SELECT DISTINCT kind, prefix FROM key WHERE {self._wanted} ORDER BY ALL"):
            kinds.setdefault(kind, []).append(prefix)
        return kinds

    def _match(self, kind: str, prefixes: Sequence[int]) -> None:
        """Make ``match_<kind>`` (v0, ..., needle): every value in the parts that one of the needles means."""
        values = _value_columns(kind)
        self._run(
            f"CREATE OR REPLACE TEMP TABLE key_{kind} AS SELECT prefix, needle, {values} "
            f"FROM key WHERE kind = '{kind}' AND {self._wanted}"
        )
        numbers = ", ".join(_numbered("v", len(KINDS[kind].places[0])))
        select = f"SELECT {numbers}, needle FROM key_{kind}"
        if kind == "host":
            self._see(kind)
            select = _NAMES_UNDER_DOMAINS
        elif kind == "url":
            self._see(kind, "WHERE {v0} IN (SELECT v0 FROM key_url)")
            select = _URLS_UNDER_URLS
        elif kind in BITS and prefixes != [BITS[kind]]:
            self._see(kind)
            select = " UNION ".join(_addresses_in_networks(kind, prefix) for prefix in prefixes)
        self._run(f"CREATE OR REPLACE TEMP TABLE match_{kind} AS {select}")

    def _see(self, kind: str, where: str = "WHERE {v0} IS NOT NULL") -> None:
        """Make ``seen`` (v0, ...): the distinct values of a kind in the parts."""
        selects = []
        for columns in self._places(kind):
            values = ", ".join(f"{column} AS v{number}" for number, column in enumerate(columns))
            selects.append(f"SELECT DISTINCT {values} FROM events {where.format(v0=columns[0])}")
        if not selects:
            selects = [f"SELECT {_value_columns(kind)} FROM key WHERE false"]
        self._run(f"CREATE OR REPLACE TEMP TABLE seen AS {' UNION '.join(selects)}")

    def _keys_of_needles(self) -> list[Key]:
        """Return the keys of the needles, in their order."""
        rows = self._run(f"SELECT {', '.join(COLUMNS)} FROM key WHERE {self._wanted} ORDER BY needle")
        return list(starmap(Key, rows))

    def _by_joins(self) -> str:
        """SQL of the same, but once for each place in which a needle is seen."""
        kinds = self._prefixes()
        self._filled = self._columns_with_values()
        for kind, prefixes in kinds.items():
            self._match(kind, prefixes)
        joins = [
            f"SELECT needle, {_REFERENCE} FROM events JOIN match_{kind} AS m ON {_equal(columns)}"
            for kind in kinds
            for columns in self._places(kind)
        ]
        return " UNION ALL ".join(joins) or _NOTHING

    def _columns_with_values(self) -> frozenset[str]:
        """Return the columns in which one of the parts has a value, which their files' ends tell."""
        return frozenset(name for (name,) in self._run(_FILLED))

    def _places(self, kind: str) -> list[tuple[str, ...]]:
        """Return where in these parts a kind can be seen: a column without values costs the opening of every file."""
        return [
            place
            for place in KINDS[kind].places
            if self._filled.issuperset(_STORED.get(column, column) for column in place)
        ]


def are_few(needles: Sequence[int] | None, parts: Sequence[Path]) -> bool:
    """Tell whether needles and files are so few that conditions are quicker than joins."""
    return needles is not None and len(needles) * len(parts) <= FEW


def _events(files: str, question: Question) -> str:
    """SQL of the events in files that lie within the time of a question."""
    bounds = [f"time >= make_timestamptz({question.since})"] if question.since is not None else []
    bounds += [f"time < make_timestamptz({question.until})"] if question.until is not None else []
    spans = (f"time BETWEEN make_timestamptz({first}) AND make_timestamptz({last})" for first, last in question.spans)
    bounds += [f"({' OR '.join(spans)})"] if question.spans else []
    where = f"WHERE {' AND '.join(bounds)}" if bounds else ""
    return f"{with_email_host(f'({events_sql(files)}) AS parts')} {where}"


def _conditions(keys: Iterable[Key]) -> dict[int, str]:
    """Return SQL of what an event must show, by needle."""
    by_needle = groupby(keys, attrgetter("needle"))
    return {needle: f"({shows(list(its_keys))})" for needle, its_keys in by_needle}


def _by_conditions(conditions: Mapping[int, str]) -> str:
    """SQL of (needle, organisation, source, time, file, line) for each event in which a needle is seen."""
    selects = (f"SELECT {n} AS needle, {_REFERENCE} FROM events WHERE {shown}" for n, shown in conditions.items())
    return " UNION ALL ".join(selects) or _NOTHING


def _value_columns(kind: str) -> str:
    """SQL of the columns of ``key`` that hold a kind's values, as v0, ..."""
    held = "n" if kind in BITS else "t"
    return ", ".join(f"{held}{number} AS v{number}" for number in range(len(KINDS[kind].places[0])))


def _numbered(letter: str, count: int) -> list[str]:
    return [f"{letter}{number}" for number in range(count)]


def _equal(columns: Sequence[str]) -> str:
    return " AND ".join(f"events.{column} = m.v{number}" for number, column in enumerate(columns))


def _addresses_in_networks(kind: str, prefix: int) -> str:
    """SQL that joins the addresses seen with the networks of one prefix length, by the bits they share."""
    fixed = [number(mask) for mask in masks(kind, prefix)]
    shared = " AND ".join(f"seen.v{half} & {mask} = k.v{half}" for half, mask in enumerate(fixed))
    values = ", ".join(f"seen.v{half}" for half in range(len(fixed)))
    return f"SELECT {values}, needle FROM seen JOIN key_{kind} AS k ON k.prefix = {prefix} AND {shared}"
