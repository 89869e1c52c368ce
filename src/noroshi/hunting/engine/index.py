"""The observable index: which organisation saw which value, on which days, how often, first and last.

A row stands for one key of one organisation within one epoch of 60 days. It counts *events*: one that shows a value in
two columns is counted once, so that a look-up gives what a scan of the events gives. Rows of different kinds that one
needle asks for never count the same event twice: a named address is left out where the event has it as source or
destination too, an e-mail address where the event's user or account is named by it. What only a network could count
twice (two addresses inside it) has rows of its own to subtract: see `observables.PAIRS`.

In Parquet (version 2 pages), sorted by type, key, key2, organisation: what is looked for lies together, whoever saw it.
"""

# ruff: noqa: S608 - tables and columns are constants of this package, organisations are slugs, paths are ours
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import duckdb

from noroshi.hunting.engine.conditions import literal
from noroshi.hunting.engine.index_files import INDEX, OPTIONS, Mark, bytes_of, files_between, files_of, publish_part
from noroshi.hunting.engine.index_parts import IndexPart
from noroshi.hunting.engine.observables import (
    BITS,
    KINDS,
    PAIRS,
    URL_DEPTH,
    WIDEST,
    above_sql,
    text_key_sql,
    url_cut_sql,
    with_email_host,
)
from noroshi.hunting.engine.session import UNREADABLE

EPOCH_DAYS: Final = 60
DAY: Final = 86_400_000_000

Pseudonym = Callable[[str], str | None]
Place = tuple[str, ...]

_SUMS = "bit_or(bit) AS days, count(*) AS n, min(us) AS first, max(us) AS last"
_SUMMED = "bit_or(days) AS days, sum(n)::BIGINT AS n, min(first) AS first, max(last) AS last"
_OBSERVED = """
CREATE OR REPLACE TEMP VIEW observed AS
SELECT *, epoch_us(time) AS us, 1::BIGINT << (epoch_us(time) // {day} - {epoch})::BIGINT AS bit
FROM ({events}) WHERE epoch_us(time) // {day} BETWEEN {epoch} AND {epoch} + {days} - 1
"""
# The names above a name, itself included, without the last label alone, which nobody may look for.
_NAMES = """
CREATE OR REPLACE TEMP MACRO names(host) AS CASE WHEN is_address(host) THEN [] ELSE
  [array_to_string(string_split(host, '.')[place:], '.') FOR place IN range(1, len(string_split(host, '.')))] END
"""
# An address where a name could stand.
_IS_ADDRESS = """
CREATE OR REPLACE TEMP MACRO is_address(host) AS coalesce(regexp_matches(host, ':|(^|\\.)[0-9]+$'), true)
"""
# Times are kept in the largest unit in which all of a part are whole; what most rows have (no day between, no time
# between) is kept as NULL, which takes no room.
_UNIT = """
SELECT CASE WHEN bool_and(us % 1000000 = 0) THEN 1000000 WHEN bool_and(us % 1000 = 0) THEN 1000 ELSE 1 END FROM observed
"""
_WRITE = """
COPY (SELECT type::SMALLINT AS type, key::BIGINT AS key, key2::BIGINT AS key2, {organisation} AS organisation,
             {epoch}::INTEGER AS epoch, {kept}
      FROM ({rows}) ORDER BY type, key, key2)
TO {target} ({options})
"""
_MERGE = """
COPY (SELECT type, key, key2, organisation, epoch, {kept}
      FROM (SELECT type, key, key2, organisation, epoch, {sums} FROM ({rows}) GROUP BY ALL)
      ORDER BY type, key, key2, organisation)
TO {target} ({options})
"""
_MAILED = """
CREATE OR REPLACE TEMP TABLE mailed AS SELECT unnest(?::VARCHAR[]) AS v0, unnest(?::VARCHAR[]) AS pseudonym
"""
# The days of the first and last time are told by these: their bits are not kept.
_TOLD = f"((1::BIGINT << (first // {DAY} - epoch)::BIGINT) | (1::BIGINT << (last // {DAY} - epoch)::BIGINT))"
_KEPT = f"""
nullif(days & ~{_TOLD}, 0)::BIGINT AS days, n::BIGINT AS n, (first // {{unit}})::BIGINT AS first,
nullif((last - first) // {{unit}}, 0)::BIGINT AS span, {{unit}}::INTEGER AS unit
"""
STORED_FIRST: Final = "first * unit"
STORED_LAST: Final = "(first + coalesce(span, 0)) * unit"
STORED: Final = "type, key, key2, organisation, epoch, days, n, first, span, unit"
_ROWS = f"""
SELECT type, key, key2, organisation, epoch, days | {_TOLD} AS days, n, first, last
FROM (SELECT type, key, key2, organisation, epoch, coalesce(days, 0) AS days, n, {STORED_FIRST} AS first,
             {STORED_LAST} AS last
      FROM read_parquet({{paths}}, hive_partitioning = false) WHERE {{where}})
"""
NO_ROWS: Final = """
SELECT 0::SMALLINT AS type, none AS key, none AS key2, '' AS organisation, 0::INTEGER AS epoch, none AS days, none AS n,
       none AS first, none AS last FROM (SELECT 0::BIGINT AS none) WHERE false
"""


def rows_of(
    root: Path,
    parts: Sequence[IndexPart],
    conditions: Sequence[str] = (),
    between: Collection[tuple[Mark, Mark]] | None = None,
) -> str:
    """Return SQL of the rows of parts that meet some conditions, of those whom each part speaks for.

    They may lie anywhere (None) or ``between`` two marks of the index's order, of which there may be many.
    """
    reads = _reads(root, parts, conditions, between)
    return " UNION ALL ".join(_ROWS.format(paths=paths, where=where) for paths, where in reads) or NO_ROWS


def stored_rows_of(
    root: Path,
    parts: Sequence[IndexPart],
    columns: str,
    conditions: Sequence[str],
    between: Collection[tuple[Mark, Mark]],
) -> str:
    """Return SQL of the same rows as they are stored: `STORED`, or some of these columns (see `told`)."""
    selects = [
        f"SELECT {columns} FROM read_parquet({paths}, hive_partitioning = false) WHERE {where}"
        for paths, where in _reads(root, parts, conditions, between)
    ]
    return " UNION ALL ".join(selects) or f"SELECT {columns} FROM (SELECT *, 0 AS span, 1 AS unit FROM ({NO_ROWS}))"


def told(epoch: int, days: int | None, n: int, first: int, span: int | None, unit: int) -> tuple[int, int, int, int]:
    """Return the days, events, first and last time (microseconds) that a stored row tells."""
    begin, end = first * unit, (first + (span or 0)) * unit
    return (days or 0) | 1 << begin // DAY - epoch | 1 << end // DAY - epoch, n, begin, end


def _reads(
    root: Path, parts: Sequence[IndexPart], conditions: Sequence[str], between: Collection[tuple[Mark, Mark]] | None
) -> Iterator[tuple[str, str]]:
    """Yield SQL of files that are read together, and of what their rows must meet."""
    whole = [part for part in parts if part.whole]
    reads = [(whole, ["true"]), *(([part], [organisation_in(part.organisations)]) for part in parts if not part.whole)]
    for read, spoken in reads:
        files = {file for part in read for file in _files(root / part.path, between)}
        if files:
            paths = ", ".join(literal(str(file)) for file in sorted(files))
            yield f"[{paths}]", " AND ".join([*spoken, *conditions])


def paths_of(root: Path, parts: Iterable[IndexPart]) -> list[str]:
    """Return the paths of all files of some parts; raises `OSError` if one is not there."""
    return [str(file) for part in parts for file in files_of(root / part.path)]


def _files(part: Path, between: Collection[tuple[Mark, Mark]] | None) -> Iterable[Path]:
    if between is None:
        return files_of(part)
    return (file for marks in between for file in files_between(part, *marks))


def organisation_in(names: Collection[str]) -> str:
    """Return SQL of a condition on an organisation's name."""
    return f"organisation IN ({', '.join(map(literal, sorted(names))) or 'NULL'})"


def epoch_of(microseconds: int) -> int:
    """Return the first day (since 1970) of the epoch in which a time lies."""
    return microseconds // (DAY * EPOCH_DAYS) * EPOCH_DAYS


def epochs(connection: duckdb.DuckDBPyConnection, relation: str) -> list[int]:
    """Return the first days of the epochs in which a relation has events."""
    numbers = f"SELECT DISTINCT epoch_us(time) // {DAY * EPOCH_DAYS} FROM {relation} ORDER BY 1"
    return [number * EPOCH_DAYS for (number,) in connection.execute(numbers).fetchall()]


class IndexWriter:
    """Writes parts of the index, complete on disk before anyone hears of them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, root: Path, scratch: Path) -> None:
        self._duckdb = connection
        self._root = root
        self._scratch = scratch / "index.parquet"

    def write(self, relation: str, *, organisation: str, epoch: int, pseudonym: Pseudonym) -> IndexPart:
        """Write the index of one organisation's events (columns of `schema.COLUMNS`) within one epoch."""
        for macro in (_IS_ADDRESS, _NAMES):
            self._run(macro)
        self._run(_OBSERVED.format(events=with_email_host(relation), day=DAY, epoch=epoch, days=EPOCH_DAYS))
        rows = " UNION ALL ".join(
            [f"SELECT * EXCLUDE (organisation, epoch) FROM ({NO_ROWS})", *_Kinds(self._duckdb, pseudonym).rows()]
        )
        kept = _KEPT.format(unit=self._run(_UNIT)[0][0])
        facts = {"organisation": literal(organisation), "epoch": epoch, "kept": kept}
        self._run(_WRITE.format(rows=rows, **facts, **self._target))
        return self._publish(epoch, [organisation])

    def merge(self, parts: Sequence[IndexPart], epoch: int) -> IndexPart:
        """Write one part for all that some parts of one epoch say."""
        files = paths_of(self._root, parts)
        unit = self._duckdb.execute("SELECT min(unit) FROM read_parquet(?)", [files]).fetchall()[0][0]
        rows = rows_of(self._root, parts)
        self._run(_MERGE.format(rows=rows, sums=_SUMMED, kept=_KEPT.format(unit=unit or 1), **self._target))
        return self._publish(epoch, {organisation for part in parts for organisation in part.organisations})

    def can_read(self, part: IndexPart, *, deep: bool = True) -> bool:
        """Tell whether a part has the rows that were written; ``deep``: and whether all of it can be read."""
        found = "bit_xor(hash(rows))" if deep else "count(*)"
        try:
            self._run(f"SELECT {found} FROM ({rows_of(self._root, [part])}) AS rows")
            files = paths_of(self._root, [part])
            counted = self._duckdb.execute("SELECT count(*) FROM read_parquet(?)", [files]).fetchall()
        except (OSError, *UNREADABLE):
            return False
        return counted == [(part.rows,)]

    @property
    def _target(self) -> dict[str, object]:
        return {"target": literal(str(self._scratch)), "options": OPTIONS}

    def _publish(self, epoch: int, organisations: Collection[str]) -> IndexPart:
        rows = self._run(f"SELECT count(*) FROM read_parquet({literal(str(self._scratch))})")[0][0]
        folder = self._root / INDEX / f"epoch={date(1970, 1, 1) + timedelta(days=epoch)}"
        path = publish_part(self._duckdb, self._scratch, folder / uuid.uuid4().hex)
        names = tuple(sorted(organisations))
        return IndexPart(path.relative_to(self._root).as_posix(), epoch, rows, bytes_of(path), names)

    def _run(self, sql: str) -> list[Any]:
        return self._duckdb.execute(sql).fetchall()


class _Kinds:
    """For each kind of observable that is there, SQL of its rows (type, key, key2, days, n, first, last)."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, pseudonym: Pseudonym) -> None:
        self._duckdb = connection
        self._pseudonym = pseudonym
        self._filled = self._columns_with_values()

    def rows(self) -> Iterator[str]:
        for kind in ("ipv4", "ipv6"):
            yield from self._addresses(kind)
        yield from self._hosts()
        yield from self._urls()
        yield from self._emails()
        for kind in ("md5", "sha1", "sha256", "user_agent", "device", "pseudonym"):
            if places := self._places(kind):
                yield _rows(kind, text_key_sql("v0"), "0", _once_each(places))

    def _run(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        return self._duckdb.execute(sql, parameters).fetchall()

    def _columns_with_values(self) -> frozenset[str]:
        names = sorted({column for kind in KINDS.values() for place in kind.places for column in place})
        counts = self._run(f"SELECT {', '.join(f'count({name})' for name in names)} FROM observed")[0]
        return frozenset(name for name, count in zip(names, counts, strict=True) if count)

    def _places(self, kind: str) -> list[Place]:
        return [place for place in KINDS[kind].places if self._filled.issuperset(place)]

    def _addresses(self, kind: str) -> Iterator[str]:
        places = self._places(kind)
        if places:
            yield _rows(kind, "v0", "v1" if kind == "ipv6" else "0", _once_each(places))
        if len(places) > 1:
            yield _pairs(kind, *places)

    def _hosts(self) -> Iterator[str]:
        """Names with the names above them; each combination of an event's names is taken apart once."""
        places = self._places("host")
        if not places:
            return
        columns = [column for (column,) in places]
        self._run(f"CREATE OR REPLACE TEMP TABLE seen_hosts AS SELECT {', '.join(columns)}, {_SUMS} "
                  f"FROM observed WHERE coalesce({', '.join(columns)}) IS NOT NULL GROUP BY ALL")  # fmt: skip
        names = ", ".join(f"names({column})" for column in columns)
        taken_apart = f"SELECT unnest(list_distinct(flatten([{names}]))) AS v0, days, n, first, last FROM seen_hosts"
        yield _rows("host", text_key_sql("v0"), "0", taken_apart, sums=_SUMMED)
        named = [place for place in self._places("named_address") if self._names_addresses(*place)]
        if named:
            source = f"SELECT * FROM ({_once_each(named, besides=('src_ip', 'dst_ip'))}) WHERE is_address(v0)"
            yield _rows("named_address", text_key_sql("v0"), "0", source)

    def _names_addresses(self, column: str) -> bool:
        found = f"SELECT 1 FROM seen_hosts WHERE {column} IS NOT NULL AND is_address({column}) LIMIT 1"
        return bool(self._run(found))

    def _urls(self) -> Iterator[str]:
        """URLs cut at every length; what an event's URL and referrer have in common is counted once."""
        places = self._places("url")
        if not places:
            return
        whole = [
            f"SELECT {url_cut_sql(url)} AS v0, {_SUMS} FROM observed WHERE {host} IS NOT NULL GROUP BY 1"
            for host, url in places
        ]
        if len(places) > 1:
            whole.append(_common_cuts(*places))
        yield _rows("url", text_key_sql("v0"), "0", _with_what_is_above(" UNION ALL ".join(whole)), sums=_SUMMED)

    def _emails(self) -> Iterator[str]:
        """E-mail addresses, but for the events whose user or account is named by theirs: those have its pseudonym."""
        if not self._places("email"):
            return
        emails = [email for (email,) in self._run("SELECT DISTINCT email FROM observed WHERE email IS NOT NULL")]
        pseudonyms = [self._pseudonym(email) for email in emails]
        self._run(_MAILED, [emails, pseudonyms])
        different = " AND ".join(f"pseudonym IS DISTINCT FROM {column}" for (column,) in self._places("pseudonym"))
        source = f"SELECT v0, bit, us FROM observed JOIN mailed ON email = v0 WHERE {different or 'true'}"
        yield _rows("email", text_key_sql("v0"), "0", source)


def _rows(kind: str, key: str, key2: str, source: str, *, sums: str = _SUMS) -> str:
    """SQL of the rows of a kind from a source of (v0, v1 where there is one, and what is summed)."""
    values = "v0, v1" if "v1" in (key, key2) else "v0"
    return (
        f"SELECT {KINDS[kind].number} AS type, {key} AS key, {key2} AS key2, days, n, first, last "
        f"FROM (SELECT {values}, {sums} FROM ({source}) GROUP BY ALL)"
    )


def _once_each(places: Sequence[Place], besides: Sequence[str] = ()) -> str:
    """SQL of (v0, ..., bit, us): an event's values in some places, each once, without those it has in ``besides``."""
    selects = []
    for number, place in enumerate(places):
        earlier = [*places[:number], *((column,) for column in besides)]
        values = ", ".join(f"{column} AS v{digit}" for digit, column in enumerate(place))
        new = [f"{place[0]} IS NOT NULL", *(_differ(place, other) for other in earlier)]
        selects.append(f"SELECT {values}, bit, us FROM observed WHERE {' AND '.join(new)}")
    return " UNION ALL ".join(selects)


def _differ(place: Place, other: Place) -> str:
    return f"({' OR '.join(f'{a} IS DISTINCT FROM {b}' for a, b in zip(place, other, strict=True))})"


def _pairs(kind: str, source: Place, destination: Place) -> str:
    """SQL of the rows of events between two addresses that lie in one network, by the bits they share."""
    shared = "0"
    for half in reversed(range(len(source))):
        bits = BITS[kind] // len(source)
        length = f"length(bin(xor({source[half]}, {destination[half]})))"
        differ = f"{source[half]} <> {destination[half]}"
        shared = f"CASE WHEN {differ} THEN {bits * (half + 1)} - {length} ELSE {shared} END"
    key2 = source[1] if len(source) > 1 else "0"
    events = f"SELECT {shared} AS shared, {source[0]} AS key, {key2} AS key2, bit, us FROM observed"
    return (
        f"SELECT {PAIRS[kind]} + shared AS type, key, key2, {_SUMS} FROM ({events}) "
        f"WHERE shared >= {WIDEST[kind]} GROUP BY ALL"
    )


def _with_what_is_above(cuts: str) -> str:
    """SQL of cut URLs and of all that stands above them: step by step, each with the sums of what is cut to it."""
    above = f"SELECT {above_sql('v0')} AS v0, {_SUMMED} FROM {{below}} WHERE regexp_matches(v0, '[/?&]') GROUP BY 1"
    steps = [cuts, *(above.format(below=f"step_{number}") for number in range(1, URL_DEPTH))]
    made = ", ".join(f"step_{number} AS MATERIALIZED ({step})" for number, step in enumerate(steps, start=1))
    return f"WITH {made} " + " UNION ALL ".join(f"FROM step_{number}" for number in range(1, URL_DEPTH + 1))


def _common_cuts(one: Place, other: Place) -> str:
    """SQL of the deepest cut that an event's two URLs share, to be taken off: both count it, and what is above it.

    The longer one is cut until they are the same. Those of different hosts share none.
    """
    (host, url), (referrer_host, referrer) = one, other
    longer = "length(u) > length(r)"
    return f"""
        FROM (WITH RECURSIVE pair AS (
            SELECT {url_cut_sql(url)} AS u, {url_cut_sql(referrer)} AS r, {_SUMS} FROM observed
            WHERE {host} IS NOT NULL AND {referrer_host} IS NOT NULL
                  AND split_part({url}, '/', 1) = split_part({referrer}, '/', 1) GROUP BY ALL
            UNION ALL
            SELECT CASE WHEN {longer} THEN {above_sql("u")} ELSE u END,
                   CASE WHEN {longer} THEN r ELSE {above_sql("r")} END, {_SUMMED} FROM pair WHERE u <> r GROUP BY ALL)
        SELECT u AS v0, days, -n AS n, first, last FROM pair WHERE u = r)
    """
