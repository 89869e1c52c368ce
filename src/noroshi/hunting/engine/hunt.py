"""The hunt as SQL: one DuckDB session over the parts of all organisations asked for.

Every kind of needle ends in an *equality* join of a column with a table ``match_<kind>`` (value, needle), which DuckDB
pushes into the Parquet scan. Where a needle stands for many values (a network, names under a domain, what continues a
URL) that table is made first, from the lake's distinct values and again by equality: one join for each prefix length
of a network (a range join is a hundred times slower), one for each parent of a name, one for each length of a URL.
"""

# ruff: noqa: S608 - tables and columns are constants of this package, prefixes and times are integers; values are bound
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, Self

from noroshi.hunting.engine.needles import FULL_PREFIX, Keys, network_key
from noroshi.hunting.engine.parts import connect
from noroshi.hunting.engine.schema import events_sql

MAX_SAMPLES: Final = 5

_HOSTS: Final = (("host",), ("referrer_host",), ("domain",), ("dns_query",))
# kind -> the columns, or pairs of columns, that can hold its value; any of them makes a hit.
PLACES: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "ipv4": (("src_v4",), ("dst_v4",)),
    "ipv6": (("src_v6_hi", "src_v6_lo"), ("dst_v6_hi", "dst_v6_lo")),
    "named_address": _HOSTS,
    "host": _HOSTS,
    "url": (("host", "url"), ("referrer_host", "referrer")),
    "email": (("email",),),
    "md5": (("md5",),),
    "sha1": (("sha1",),),
    "sha256": (("sha256",),),
    "user_agent": (("user_agent",),),
    "pseudonym": (("user_key",), ("account_key",), ("beneficiary_key",)),
}
_NAMES_UNDER_DOMAINS: Final = """
SELECT DISTINCT value AS v0, needle
FROM (SELECT value, array_to_string(labels[place:], '.') AS name
      FROM (SELECT v0 AS value, string_split(v0, '.') AS labels FROM seen) AS seen,
           unnest(range(1, len(labels) + 1)) AS _(place)) AS names
JOIN key_host ON name = key_host.v0
"""
_URLS_UNDER_URLS: Final = """
SELECT DISTINCT beginning.v0, beginning.v1, needle
FROM (SELECT v0, v1, substr(v1, 1, size) AS url
      FROM seen, (SELECT DISTINCT length(v1) AS size FROM key_url) AS sizes
      WHERE length(v1) = size OR substr(v1, size + 1, 1) IN ('/', '?', '&')) AS beginning
JOIN key_url ON beginning.v0 = key_url.v0 AND url = key_url.v1
"""
_HITS: Final = """
SELECT organisation, needle, count(*), min(time), max(time),
       min({{'time': time, 'file': file, 'line': line, 'source': source}}, {samples})
FROM (SELECT DISTINCT * FROM ({matched})) GROUP BY ALL ORDER BY organisation, needle
"""
_EVENTS: Final = """
SELECT e.* REPLACE (epoch_us(e.time) AS time) FROM events AS e
JOIN (SELECT DISTINCT make_timestamptz(time) AS time, file, line FROM ({matched}) ORDER BY ALL LIMIT ?) AS picked
USING (time, file, line) ORDER BY e.time, e.file, e.line
"""
_DAILY: Final = """
SELECT CAST(timezone(?, make_timestamptz(time)) AS DATE) AS day, count(*)
FROM (SELECT DISTINCT * FROM ({matched})) GROUP BY 1 ORDER BY 1
"""


class Hunt:
    """A DuckDB session in which the events of some parts meet some needles. Use it as a context manager."""

    def __init__(self, parts: Sequence[Path], keys: Keys, *, memory_limit: str, spill: Path) -> None:
        self._keys = keys
        self._parts = [str(part) for part in parts]
        self._duckdb = connect(memory_limit, spill)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._duckdb.close()

    def prepare(self, since: int | None, until: int | None) -> None:
        """Set up the events in [since, until) (microseconds) and one table of matching values for each kind."""
        self._run("SET VARIABLE parts = ?", [self._parts])
        bounds = [f"time >= make_timestamptz({since})"] if since is not None else []
        bounds += [f"time < make_timestamptz({until})"] if until is not None else []
        where = f"WHERE {' AND '.join(bounds)}" if bounds else ""
        events = events_sql("getvariable('parts')")
        self._run(f"CREATE TEMP VIEW events AS SELECT * FROM ({events}) AS parts {where}")
        for kind, prefixes in self._kinds().items():
            self._load_keys(kind, prefixes)
            self._match(kind, prefixes)

    def hits(self) -> list[tuple[str, int, int, int, int, list[dict[str, Any]]]]:
        """Return (organisation, needle, events, first, last, earliest references) in that order."""
        return self._run(_HITS.format(matched=self._matched(), samples=MAX_SAMPLES))

    def events(self, limit: int) -> Iterator[dict[str, Any]]:
        """Yield the earliest events that match any needle, column by column."""
        rows = self._run(_EVENTS.format(matched=self._matched()), [limit])
        names = [column[0] for column in self._duckdb.description or ()]
        return (dict(zip(names, row, strict=True)) for row in rows)

    def daily_counts(self, timezone: str) -> list[tuple[date, int]]:
        """Return (day in that time zone, events) of the days with a match."""
        return self._run(_DAILY.format(matched=self._matched()), [timezone])

    def _run(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        return self._duckdb.execute(sql, parameters).fetchall()

    def _kinds(self) -> dict[str, list[int]]:
        kinds: dict[str, list[int]] = {}
        for kind, prefix in sorted(self._keys.by_kind):
            kinds.setdefault(kind, []).append(prefix)
        return kinds

    def _load_keys(self, kind: str, prefixes: Sequence[int]) -> None:
        """Make ``key_<kind>`` (prefix, v0, ..., needle)."""
        width = len(PLACES[kind][0])
        columns = _numbered("v", width)
        value_type = "BIGINT" if kind in {"ipv4", "ipv6"} else "VARCHAR"
        declared = ", ".join(f"{column} {value_type}" for column in columns)
        self._run(f"CREATE TEMP TABLE key_{kind} (prefix INTEGER, {declared}, needle INTEGER)")
        unnested = ", ".join([f"unnest(?::{value_type}[])"] * width)
        for prefix in prefixes:
            pairs = self._keys.by_kind[kind, prefix]
            values = [[key[place] for key, _ in pairs] for place in range(width)]
            self._run(
                f"INSERT INTO key_{kind} SELECT {prefix}, {unnested}, unnest(?::INTEGER[])",
                [*values, [needle for _, needle in pairs]],
            )

    def _match(self, kind: str, prefixes: Sequence[int]) -> None:
        """Make ``match_<kind>`` (v0, ..., needle): every value in the lake that one of the needles means."""
        width = len(PLACES[kind][0])
        select = f"SELECT {', '.join(_numbered('v', width))}, needle FROM key_{kind}"
        if kind == "host":
            self._see(kind)
            select = _NAMES_UNDER_DOMAINS
        elif kind == "url":
            self._see(kind, "WHERE {v0} IN (SELECT v0 FROM key_url)")
            select = _URLS_UNDER_URLS
        elif kind in {"ipv4", "ipv6"} and prefixes != [FULL_PREFIX[int(kind[-1])]]:
            self._see(kind)
            select = " UNION ".join(_addresses_in_networks(kind, prefix) for prefix in prefixes)
        self._run(f"CREATE TEMP TABLE match_{kind} AS {select}")

    def _see(self, kind: str, where: str = "WHERE {v0} IS NOT NULL") -> None:
        """Make ``seen`` (v0, ...): the distinct values of a kind in the lake."""
        selects = []
        for columns in PLACES[kind]:
            values = ", ".join(f"{column} AS v{number}" for number, column in enumerate(columns))
            selects.append(f"SELECT DISTINCT {values} FROM events {where.format(v0=columns[0])}")
        self._run(f"CREATE OR REPLACE TEMP TABLE seen AS {' UNION '.join(selects)}")

    def _matched(self) -> str:
        """SQL of (needle, organisation, source, time, file, line) for each place in which a needle is seen."""
        return " UNION ALL ".join(
            f"SELECT needle, organisation, source, epoch_us(time) AS time, file, line "
            f"FROM events JOIN match_{kind} AS m ON {_equal(columns)}"
            for kind in self._kinds()
            for columns in PLACES[kind]
        )


def _numbered(letter: str, count: int) -> list[str]:
    return [f"{letter}{number}" for number in range(count)]


def _equal(columns: Sequence[str]) -> str:
    return " AND ".join(f"events.{column} = m.v{number}" for number, column in enumerate(columns))


def _addresses_in_networks(kind: str, prefix: int) -> str:
    """SQL that joins the addresses seen with the networks of one prefix length, by the bits they share."""
    version = int(kind[-1])
    bits = FULL_PREFIX[version]
    masks = network_key((1 << bits) - (1 << (bits - prefix)), version)
    shared = " AND ".join(f"seen.v{number} & {mask} = k.v{number}" for number, mask in enumerate(masks))
    values = ", ".join(f"seen.v{number}" for number in range(len(masks)))
    return f"SELECT {values}, needle FROM seen JOIN key_{kind} AS k ON k.prefix = {prefix} AND {shared}"
