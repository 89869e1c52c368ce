"""From the raw text of roles to the columns of events: Python is asked once for each different text."""

# ruff: noqa: S608 - roles and columns are names of `schema.SLOTS`
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final

import duckdb

from noroshi.hunting.engine import normalise, timestamps
from noroshi.hunting.engine.bulk.composing import class_sql
from noroshi.hunting.engine.rows import SPAN_DIGITS, Columns
from noroshi.hunting.engine.schema import SLOTS, STAGED_COLUMNS
from noroshi.hunting.engine.vocabulary import class_of_action

URLS: Final = ("url", "referrer")
# As `normalise` knows a URL that is canonical but for its scheme.
_PLAIN_URL: Final = r"^(?:https?://([A-Za-z0-9.-]+))?(/[!$&-\[\]-~]*)$"
_CUT_URL: Final = "regexp_extract(\"{role}\", '{pattern}', ['host', 'path']) AS {role}_cut"
_IS_PLAIN: Final = """
{role}_cut.path <> '' AND NOT contains("{role}", '/.') AND NOT starts_with("{role}", '//') AS {role}_plain
"""
# Texts that need no Python: a condition on them, and their column's value. As `rows.columns_by_role` has it.
_WHOLE: Final = "CAST(split_part({raw}, '.', 1) AS BIGINT)"
_POWER: Final = f"CAST(rpad('1', CAST(length(CAST({_WHOLE} AS VARCHAR)) AS INTEGER), '0') AS BIGINT)"
_BAND: Final = f"""
CASE WHEN {_WHOLE} = 0 THEN 0 WHEN {_WHOLE} >= 5 * {_POWER} THEN 5 * {_POWER}
     WHEN {_WHOLE} >= 2 * {_POWER} THEN 2 * {_POWER} ELSE {_POWER} END
"""
_PLAIN: Final = {
    "device": ("regexp_full_match({raw}, '[!-~][ -~]{{8,}}[!-~]')", "{raw}"),
    "amount": ("regexp_full_match({raw}, '[0-9]{{1,15}}([.][0-9]+)?')", _BAND),
    "bytes_out": ("regexp_full_match({raw}, '[0-9]{{1,18}}')", "CAST({raw} AS BIGINT)"),
    "src_port": ("regexp_full_match({raw}, '[0-9]{{1,9}}')", "CAST({raw} AS INTEGER)"),
}
# As `timestamps.parse` cuts the seconds off; what is all digits counts seconds, thousandths or millionths since 1970.
_TIMED: Final = r"""
CREATE OR REPLACE TEMP TABLE timed AS
SELECT * EXCLUDE (place, rest, cut, digits, fraction, after){plains},
       CASE WHEN digits IS NOT NULL THEN NULL WHEN cut THEN substr("time", 1, place) || ':00' || after ELSE "time"
       END AS minute,
       CASE WHEN digits IS NOT NULL THEN digits
            WHEN cut THEN CAST(substr("time", place + 2, 2) AS BIGINT) * 1000000 + CAST(fraction AS BIGINT)
            ELSE 0 END AS micros
FROM (SELECT *, CASE WHEN contains("time", ':') THEN NULL
                     WHEN regexp_full_match("time", '[0-9]{{10}}([.][0-9]{{1,6}})?')
                     THEN CAST(substr("time", 1, 10) AS BIGINT) * 1000000
                          + CAST(rpad(substr("time", 12), 6, '0') AS BIGINT)
                     WHEN regexp_full_match("time", '[0-9]{{13}}') THEN CAST("time" AS BIGINT) * 1000
                     WHEN regexp_full_match("time", '[0-9]{{16}}') THEN CAST("time" AS BIGINT) END AS digits,
             CASE WHEN substr(rest, 1, 1) IN ('.', ',')
                  THEN rpad(substr(regexp_extract(rest, '^[.,]([0-9]+)', 1), 1, 6), 6, '0') ELSE '0' END AS fraction,
             CASE WHEN substr(rest, 1, 1) IN ('.', ',') THEN regexp_replace(rest, '^[.,][0-9]+', '') ELSE rest
             END AS after
      FROM (SELECT *, substr("time", place + 4) AS rest,
                   regexp_full_match(substr("time", place + 1, 3), ':[0-5][0-9]') AS cut
            FROM (SELECT *{cuts}, CASE WHEN starts_with("time", '[') THEN 18 WHEN substr("time", 3, 1) = '/' THEN 17
                                       ELSE 16 END AS place
                  FROM raw WHERE regexp_full_match("time", '[ -~]+'))))
"""
_TAKE: Final = """
CREATE OR REPLACE TABLE {table} AS SELECT * FROM (
    SELECT {select} FROM timed AS r {joins} WHERE r.minute IS NULL OR map_minute.value IS NOT NULL)
WHERE time >= {earliest} AND time < {latest}
"""


@dataclass(slots=True)
class _Selection:
    """SQL of the columns of an event, and the joins that they need."""

    columns: dict[str, str]
    joins: list[str]


class Values:
    """Makes events of the table ``raw`` of a session."""

    def __init__(
        self, duck: duckdb.DuckDBPyConnection, columns: Mapping[str, Columns], local: tzinfo, latest: int
    ) -> None:
        self._duck = duck
        self._columns = columns
        self._local = local
        self._bounds = {"earliest": timestamps.EARLIEST, "latest": min(latest + 1, timestamps.LATEST)}

    def take(self, table: str, file: int, roles: Collection[str]) -> int:
        """Make a table of staged rows of ``raw``, whose columns are ``roles``; return how many.

        Lines without a time that SQL can read, within the bounds of time, are not among them.
        """
        urls = [role for role in URLS if role in roles]
        cuts = "".join(f", {_CUT_URL.format(role=role, pattern=_PLAIN_URL)}" for role in urls)
        plains = "".join(f", {_IS_PLAIN.format(role=role)}" for role in urls)
        self._run(_TIMED.format(cuts=cuts, plains=plains))
        selection = self._selection(file, roles)
        columns = ", ".join(
            f"CAST({selection.columns.get(name, 'NULL')} AS {kind}) AS {name}" for name, kind in STAGED_COLUMNS.items()
        )
        self._run(_TAKE.format(table=table, select=columns, joins=" ".join(selection.joins), **self._bounds))
        return int(self._run(f"SELECT count(*) FROM {table}")[0][0])

    def spans(self, table: str) -> set[str]:
        """Return the days (of 28 hours) of a table's rows as `RowWriter.spans` collects them."""
        return {str(span) for (span,) in self._run(f"SELECT DISTINCT time // {10**SPAN_DIGITS} FROM {table}")}

    def _selection(self, file: int, roles: Collection[str]) -> _Selection:
        found = _Selection(
            {"file": str(file), "line": "r.line", "time": "coalesce(map_minute.value, 0) + r.micros"}, []
        )
        self._map("minute", "minute", {"value": "BIGINT"}, lambda raw: (timestamps.calendar(raw, self._local),))
        found.joins.append("LEFT JOIN map_minute ON map_minute.raw = r.minute")
        for role in roles:
            if role in URLS:
                self._add_url(found, role)
            elif role in _PLAIN:
                self._add_plain(found, role)
            elif role not in {"time", "host"}:
                self._map(role, f'"{role}"', SLOTS[role], self._columns[role])
                found.columns |= {column: f"map_{role}.{column}" for column in SLOTS[role]}
                found.joins.append(f'LEFT JOIN map_{role} ON map_{role}.raw = r."{role}"')
        if "host" in roles:
            self._add_host(found)
        self._add_class(found, roles)
        return found

    def _add_url(self, found: _Selection, role: str) -> None:
        """A URL that is plain stays, after the canonical name of its host; any other is read in Python."""
        text, host = SLOTS[role]
        self._map(role, f'"{role}"', SLOTS[role], self._columns[role], f"NOT {role}_plain")
        self._map(f"{role}_host", f"{role}_cut.host", {"value": "VARCHAR"}, lambda raw: (normalise.host(raw),),
                  f"{role}_plain AND {role}_cut.host <> ''")  # fmt: skip
        found.joins += [
            f'LEFT JOIN map_{role} ON map_{role}.raw = CASE WHEN NOT r.{role}_plain THEN r."{role}" END',
            f"LEFT JOIN map_{role}_host ON map_{role}_host.raw = r.{role}_cut.host",
        ]
        named = f"map_{role}_host.value"
        found.columns |= {
            text: f"CASE WHEN NOT r.{role}_plain THEN map_{role}.{text} WHEN r.{role}_cut.host = '' THEN r.\"{role}\" "
            f"ELSE {named} || r.{role}_cut.path END",
            host: f"CASE WHEN NOT r.{role}_plain THEN map_{role}.{host} ELSE {named} END",
        }

    def _add_plain(self, found: _Selection, role: str) -> None:
        """A text that is plain stays; any other is read in Python."""
        plain, value = (sql.format(raw=f'"{role}"') for sql in _PLAIN[role])
        (column,) = SLOTS[role]
        self._map(role, f'"{role}"', SLOTS[role], self._columns[role], f"NOT {plain}")
        plain, value = (sql.format(raw=f'r."{role}"') for sql in _PLAIN[role])
        found.joins.append(f'LEFT JOIN map_{role} ON map_{role}.raw = CASE WHEN NOT {plain} THEN r."{role}" END')
        found.columns[column] = f"CASE WHEN {plain} THEN {value} ELSE map_{role}.{column} END"

    def _add_host(self, found: _Selection) -> None:
        """A host without a URL stands in the URL's place."""
        self._map("host", '"host"', SLOTS["url"], self._columns["host"])
        found.joins.append('LEFT JOIN map_host ON map_host.raw = r."host"')
        found.columns["host"] = f"coalesce({found.columns.get('host', 'NULL')}, map_host.host)"

    def _add_class(self, found: _Selection, roles: Collection[str]) -> None:
        by_action = "NULL"
        if "action" in roles:
            self._map("kind", '"action"', {"value": "VARCHAR"}, lambda raw: (class_of_action(raw),))
            found.joins.append('LEFT JOIN map_kind ON map_kind.raw = r."action"')
            by_action = "map_kind.value"
        found.columns["class"] = class_sql(roles, found.columns.get("class", "NULL"), by_action)

    def _map(self, name: str, text: str, columns: Mapping[str, str], values: Columns, where: str = "true") -> None:
        """Make a table of the different texts of a column of ``timed`` with the values of their columns."""
        raws = [raw for (raw,) in self._run(f"SELECT DISTINCT {text} FROM timed WHERE {text} IS NOT NULL AND {where}")]
        found = [list(column) for column in zip(*map(values, raws), strict=True)] or [[] for _ in columns]
        unnested = "".join(f", unnest(?::{kind}[]) AS {column}" for column, kind in columns.items())
        made = f"CREATE OR REPLACE TEMP TABLE map_{name} AS SELECT unnest(?::VARCHAR[]) AS raw{unnested}"
        self._run(made, raws, *found)

    def _run(self, sql: str, *parameters: Any) -> list[Any]:
        return self._duck.execute(sql, list(parameters)).fetchall()
