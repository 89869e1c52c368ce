"""From the raw text of roles to the columns of events: Python is asked once for each different text."""

# ruff: noqa: S608 - roles and columns are names of `schema.SLOTS`
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, Final

import duckdb

from noroshi.hunting.engine import normalise, timestamps
from noroshi.hunting.engine.bulk.composing import class_sql
from noroshi.hunting.engine.bulk.plain import PLAIN, PSEUDONYM_KEY
from noroshi.hunting.engine.conditions import literal, number
from noroshi.hunting.engine.rows import SPAN_DIGITS, Columns, columns_by_role
from noroshi.hunting.engine.schema import SLOTS, STAGED_COLUMNS
from noroshi.hunting.engine.vocabulary import class_of_action

FEW: Final = 8
"""Different texts of a column that are told apart at once, without a table of them."""
URLS: Final = ("url", "referrer")
# As `normalise` knows a URL that is canonical but for its scheme; of a path alone the host is empty.
_PLAIN_URL: Final = r"(?:https?://[A-Za-z0-9.-]+)?/[!$&-\[\]-~]*"
_PLAIN_HOST: Final = f"""
CASE WHEN regexp_full_match("{{role}}", '{_PLAIN_URL}') AND NOT contains("{{role}}", '/.')
          AND NOT starts_with("{{role}}", '//')
     THEN CASE WHEN starts_with("{{role}}", '/') THEN '' ELSE split_part("{{role}}", '/', 3) END END AS {{role}}_host
"""
_AFTER_HOST: Final = "substr(r.{role}, instr(r.{role}, '//') + 2 + length(r.{role}_host))"
# As `timestamps.parse` cuts the seconds off; what is all digits counts seconds, thousandths or millionths since 1970.
_TIMED: Final = r"""
CREATE OR REPLACE TEMP TABLE timed AS
SELECT * EXCLUDE (place, rest, cut, digits, fraction, after){plain},
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
            FROM (SELECT *, CASE WHEN starts_with("time", '[') THEN 18 WHEN substr("time", 3, 1) = '/' THEN 17
                                       ELSE 16 END AS place
                  FROM raw WHERE regexp_full_match("time", '[ -~]+'))))
"""
_TAKE: Final = """
CREATE OR REPLACE TABLE {table} AS SELECT * FROM (SELECT {select} FROM timed AS r {joins})
WHERE time >= {earliest} AND time < {latest}
"""


@dataclass(slots=True)
class _Selection:
    """SQL of the columns of an event, and the joins that they need."""

    columns: dict[str, str]
    joins: list[str] = field(default_factory=list)


class Values:
    """Makes events of the table ``raw`` of a session."""

    def __init__(self, duck: duckdb.DuckDBPyConnection, key: bytes, local: tzinfo, bounds: timestamps.Bounds) -> None:
        self._duck = duck
        self._run(f"SET VARIABLE {PSEUDONYM_KEY} = ?", normalise.pseudonym_key(key))
        self._columns = columns_by_role(key, local, bounds)
        self._local = local
        self._bounds = {"earliest": bounds.earliest, "latest": min(bounds.latest + 1, timestamps.LATEST)}

    def take(self, table: str, file: int, roles: Collection[str]) -> int:
        """Make a table of staged rows of ``raw``, whose columns are ``roles``; return how many.

        Lines without a time that SQL can read, within the bounds of time, are not among them.
        """
        plain = [_PLAIN_HOST.format(role=role) for role in roles if role in URLS]
        plain += [f"{PLAIN[role].tested(role)} AS {role}_plain" for role in roles if role in PLAIN]
        self._run(_TIMED.format(plain="".join(f", {flag}" for flag in plain)))
        selection = self._selection(file, roles)
        select = ", ".join(
            f"CAST({value} AS {STAGED_COLUMNS[name]}) AS {name}" for name, value in selection.columns.items()
        )
        self._run(_TAKE.format(table=table, select=select, joins=" ".join(selection.joins), **self._bounds))
        return int(self._run(f"SELECT count(*) FROM {table}")[0][0])

    def spans(self, table: str) -> set[str]:
        """Return the days (of 28 hours) of a table's rows as `RowWriter.spans` collects them."""
        return {str(span) for (span,) in self._run(f"SELECT DISTINCT time // {10**SPAN_DIGITS} FROM {table}")}

    def _selection(self, file: int, roles: Collection[str]) -> _Selection:
        found = _Selection({"file": str(file), "line": "r.line"})
        self._add_time(found)
        for role in roles:
            if role in URLS:
                self._add_url(found, role)
            elif role in PLAIN:
                self._add_plain(found, role)
            elif role not in {"time", "host"}:
                found.columns |= self._ask(found, role, f'"{role}"', SLOTS[role], self._columns[role])
        if "host" in roles:
            self._add_host(found)
        self._add_class(found, roles)
        return found

    def _add_time(self, found: _Selection) -> None:
        minute = self._ask_one(found, "minute", "minute", "BIGINT", lambda raw: timestamps.calendar(raw, self._local))
        found.columns["time"] = f"CASE WHEN r.minute IS NULL THEN r.micros ELSE {minute} + r.micros END"

    def _add_url(self, found: _Selection, role: str) -> None:
        """A URL that is plain stays, after the canonical name of its host; any other is read in Python."""
        text, host = SLOTS[role]
        kept = f"{role}_host"
        asked = self._ask(found, role, f'"{role}"', SLOTS[role], self._columns[role], f"{kept} IS NULL")
        named = self._ask_one(found, kept, kept, "VARCHAR", normalise.host, f"{kept} <> ''")
        found.columns |= {
            text: f"CASE WHEN r.{kept} IS NULL THEN {asked[text]} WHEN r.{kept} = '' THEN r.\"{role}\" "
            f"ELSE {named} || {_AFTER_HOST.format(role=role)} END",
            host: f"CASE WHEN r.{kept} IS NULL THEN {asked[host]} ELSE {named} END",
        }

    def _add_plain(self, found: _Selection, role: str) -> None:
        """A text that is plain is read in SQL; any other in Python."""
        odd = self._ask(found, role, f'"{role}"', SLOTS[role], self._columns[role], f"NOT {role}_plain")
        plain = PLAIN[role].read(f'r."{role}"')
        for column, value in zip(SLOTS[role], plain, strict=True):
            found.columns[column] = f"CASE WHEN r.{role}_plain THEN {value} ELSE {odd[column]} END"

    def _add_host(self, found: _Selection) -> None:
        """A host without a URL stands in the URL's place."""
        asked = self._ask(found, "host", '"host"', SLOTS["url"], self._columns["host"])
        found.columns["host"] = f"coalesce({found.columns.get('host', 'NULL')}, {asked['host']})"

    def _add_class(self, found: _Selection, roles: Collection[str]) -> None:
        by_action = "NULL"
        if "action" in roles:
            by_action = self._ask_one(found, "kind", '"action"', "VARCHAR", class_of_action)
        found.columns["class"] = class_sql(roles, found.columns.get("class", "NULL"), by_action)

    def _ask_one(
        self, found: _Selection, name: str, text: str, kind: str, value: Callable[[str], Any], where: str = "true"
    ) -> str:
        """Ask Python for one value of each text; return its SQL."""
        return self._ask(found, name, text, {"value": kind}, lambda raw: (value(raw),), where)["value"]

    def _ask(
        self, found: _Selection, name: str, text: str, columns: Mapping[str, str], values: Columns, where: str = "true"
    ) -> Mapping[str, str]:
        """Ask Python for the values of each different text of a column of ``timed``; return SQL of each column's."""
        raws = [raw for (raw,) in self._run(f"SELECT DISTINCT {text} FROM timed WHERE {text} IS NOT NULL AND {where}")]
        if not raws:
            return dict.fromkeys(columns, "NULL")
        rows = list(map(values, raws))
        answers = {column: [row[place] for row in rows] for place, column in enumerate(columns)}
        if len(raws) <= FEW and not any("\0" in raw for raw in raws):
            return {column: _cases(f"r.{text}", raws, answers[column]) for column in columns}
        unnested = "".join(f", unnest(?::{kind}[]) AS {column}" for column, kind in columns.items())
        made = f"CREATE OR REPLACE TEMP TABLE map_{name} AS SELECT unnest(?::VARCHAR[]) AS raw{unnested}"
        self._run(made, raws, *answers.values())
        found.joins.append(f"LEFT JOIN map_{name} ON map_{name}.raw = r.{text}")
        return {column: f"map_{name}.{column}" for column in columns}

    def _run(self, sql: str, *parameters: Any) -> list[Any]:
        return self._duck.execute(sql, list(parameters)).fetchall()


def _cases(text: str, raws: Sequence[str], values: Sequence[str | int | None]) -> str:
    """Return SQL of the value of each of a few texts."""
    known = [(raw, value) for raw, value in zip(raws, values, strict=True) if value is not None]
    cases = " ".join(f"WHEN {literal(raw)} THEN {_sql(value)}" for raw, value in known)
    return f"CASE {text} {cases} END" if known else "NULL"


def _sql(value: str | int) -> str:
    return literal(value) if isinstance(value, str) else number(value)
