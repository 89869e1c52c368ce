"""What `readers.compose` does, as SQL: fields that only together make a value, and the class they tell."""

# ruff: noqa: S608 - roles are names of `schema.SLOTS`
from collections.abc import Collection, Mapping, Sequence
from typing import Final

import duckdb

from noroshi.hunting.engine.readers.compose import LESS_TELLING, TELLING
from noroshi.hunting.engine.readers.message import PLACES
from noroshi.hunting.engine.schema import SLOTS

NOT_IN_SQL: Final = frozenset({"date", "request", "url_query", "hash", "hashes"})
"""Partial roles that SQL leaves to the readers."""


def compose(duck: duckdb.DuckDBPyConnection, roles: Collection[str]) -> Sequence[str]:
    """Make ``raw`` of ``named`` (line and columns of roles, some partial), without lines whose message must be read.

    Returns the roles that are its columns.
    """
    columns = {role: f'n."{role}"' for role in roles if role in SLOTS}
    if "host" in roles:
        columns |= _with_host(roles)
    if "error" in roles:
        known = columns.get("outcome", "NULL")
        columns["outcome"] = f"CASE WHEN n.error IS NOT NULL THEN 'failure' ELSE {known} END"
    select = ", ".join(f'{expression} AS "{role}"' for role, expression in columns.items())
    where = _is_read_without_message(roles) if "message" in roles else "true"
    duck.execute(f"CREATE OR REPLACE TEMP VIEW raw AS SELECT line, {select} FROM named AS n WHERE {where}").fetchall()
    return list(columns)


def _with_host(roles: Collection[str]) -> Mapping[str, str]:
    """A path is completed by its host; a host beside a whole URL is kept as the domain."""
    if "url" not in roles:
        return {"host": "n.host"}
    domain = "n.domain" if "domain" in roles else "NULL"
    return {
        "url": "CASE WHEN starts_with(n.url, '/') AND n.host IS NOT NULL THEN n.host || n.url ELSE n.url END",
        "domain": f"coalesce({domain}, CASE WHEN NOT starts_with(n.url, '/') THEN n.host END)",
        "host": "CASE WHEN n.url IS NULL THEN n.host END",
    }


def _is_read_without_message(roles: Collection[str]) -> str:
    places = [f'n."{place}" IS NOT NULL' for place in PLACES if place in roles]
    return " OR ".join(["n.message IS NULL", *places])


def class_sql(roles: Collection[str], named: str, by_action: str) -> str:
    """Return SQL of the class of an event ``r``: the one it names, else what is known of it tells."""
    told = [f"CASE {_any(kinds, roles)} END" for kinds in (TELLING, LESS_TELLING) if set(kinds) & set(roles)]
    first = told[:1] if set(TELLING) & set(roles) else []
    return f"coalesce({', '.join([named, *first, by_action, *told[len(first) :], 'NULL'])})"


def _any(kinds: Mapping[str, str], roles: Collection[str]) -> str:
    return " ".join(f"WHEN r.\"{role}\" IS NOT NULL THEN '{kind}'" for role, kind in kinds.items() if role in roles)
