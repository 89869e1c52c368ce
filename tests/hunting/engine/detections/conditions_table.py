"""A small table of events, and rules made of one detection that are asked of it."""

from functools import cache

import duckdb
import yaml

from noroshi.hunting.engine import normalise
from noroshi.hunting.engine.detections.conditions import Pseudonym
from noroshi.hunting.engine.detections.dialect import DUCKDB
from noroshi.hunting.engine.detections.reading import read_rules
from noroshi.hunting.engine.schema import COLUMNS

KEY = b"a pseudonym key for tests only.."


def rule_of(detection, **more):
    """The rule with this detection; `condition` is "it" where the detection says none."""
    detection = {"condition": "it", **detection}
    rule = {
        "title": "A rule",
        "id": "5b0d9b6e-0d4e-4d66-9a41-0c2b5a1f0001",
        "logsource": {"category": "application"},
        "detection": detection,
        **more,
    }
    return read_rules(yaml.safe_dump(rule, allow_unicode=True).encode())[0]


def plain(value):
    """A value as DuckDB is handed it."""
    return normalise.pseudonym(normalise.account(value.text), KEY) if isinstance(value, Pseudonym) else value


def matching(detection, events):
    """The numbers of those events (dicts of columns) that a detection finds."""
    (search,), compared = rule_of(detection).written(DUCKDB)
    table = _table()
    table.execute("DELETE FROM events").fetchall()
    for number, event in enumerate(events):
        row = {"number": number, "time": "2026-11-20T12:00:00Z", **event}
        names, places = ", ".join(row), ", ".join("?" * len(row))
        table.execute(f"INSERT INTO events ({names}) VALUES ({places})", [*row.values()]).fetchall()
    values = {name: plain(value) for name, value in compared.items()} | {"zone": "Asia/Tokyo"}
    asked = {name: value for name, value in values.items() if f"${name}" in search.where}
    rows = table.execute(f"SELECT number FROM events WHERE {search.where} ORDER BY 1", asked).fetchall()
    return [number for (number,) in rows]


@cache
def _table():
    """A table with the columns of the lake, made once."""
    connection = duckdb.connect()
    declared = ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS.items())
    connection.execute(f"CREATE TABLE events (number INTEGER, {declared})").fetchall()
    return connection
