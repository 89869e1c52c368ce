"""JSON objects on lines, taken by their shape: lines of one shape have the same names and types, and are read alike.

A shape is decided about once, in Python, by what the readers would do with an object of it. SQL parses JSON as strictly
as Python does but for two liberties (commas at the end, words for infinity), whose traces are looked for before.
"""

# ruff: noqa: S608 - paths are literals, roles are names of `schema.ROLES`
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import duckdb

from noroshi.hunting.engine.aliases import FieldRoles
from noroshi.hunting.engine.bulk.batches import LONGEST
from noroshi.hunting.engine.bulk.composing import compose
from noroshi.hunting.engine.bulk.naming import by_role
from noroshi.hunting.engine.conditions import literal
from noroshi.hunting.engine.readers import cloudtrail, windows, zeek

SAMPLED: Final = 200
"""Lines of a batch by which the paths that are asked for are known."""
MAX_PATHS: Final = 150
MAX_SHAPES: Final = 16
MAX_DEPTH: Final = 6

_ROOT: Final = "$"
_PLAIN_NAME: Final = re.compile(r"[\w@.:/ -]{1,100}")
_TEXTS: Final = frozenset({"VARCHAR", "BIGINT", "UBIGINT", "BOOLEAN", "NULL"})
# No exponent and few digits: such a number is the same in Python and in SQL.
_DECIMAL: Final = "-?[0-9]{1,12}[.][0-9]{1,9}"
_LIBERTIES: Final = r",[ \t]*[\]}]"
_LIBERTIES_IN_LISTS: Final = rf"{_LIBERTIES}|[,\[][ \t]*-?(?i:nan|inf)"
_SEEN: Final = """
CREATE OR REPLACE TEMP TABLE seen AS
SELECT line, json_keys(text, {objects})::VARCHAR || json_type(text, {paths})::VARCHAR AS shape,
       json_extract_string(text, {texts}) AS texts
FROM lines WHERE strlen(text) <= {longest} AND json_valid(text) AND NOT regexp_matches(text, {liberties})
"""
_SHAPES: Final = """
SELECT shape, json_keys(text, {objects}), json_type(text, {paths})
FROM lines JOIN (SELECT shape, min(line) AS line FROM seen GROUP BY shape ORDER BY count(*) DESC, shape LIMIT {most})
USING (line)
"""


class ObjectLines:
    """Makes ``raw`` of JSON objects."""

    def __init__(self, roles: FieldRoles) -> None:
        self._roles = roles

    def extract(self, duck: duckdb.DuckDBPyConnection) -> Sequence[str] | None:
        """Make the view ``raw`` of the objects whose shape SQL can read; None where there is none."""
        sample = duck.execute(
            f"SELECT text FROM lines USING SAMPLE reservoir({SAMPLED} ROWS) REPEATABLE (1)"
        ).fetchall()
        known = _Paths((text for (text,) in sample), self._roles)
        if not known.texts:
            return None
        asked = {"objects": _list(known.objects), "paths": _list(known.scalars)}
        texts, liberties = _list(known.texts), _LIBERTIES_IN_LISTS if known.lists else _LIBERTIES
        duck.execute(_SEEN.format(longest=LONGEST, liberties=literal(liberties), texts=texts, **asked)).fetchall()
        shapes = duck.execute(_SHAPES.format(most=MAX_SHAPES, **asked)).fetchall()
        named = {shape: _named(known, keys, types, self._roles) for shape, keys, types in shapes}
        return self._take(duck, {shape: found for shape, found in named.items() if found})

    def _take(self, duck: duckdb.DuckDBPyConnection, named: Mapping[str, "_Named"]) -> Sequence[str] | None:
        """Make ``named`` of the objects of the shapes that are read."""
        roles = sorted({role for found in named.values() for role in found.texts})
        if not roles:
            return None
        selects = []
        for shape, found in named.items():
            select = ", ".join(f'{found.texts.get(role, "NULL")} AS "{role}"' for role in roles)
            selects.append(f"SELECT line, {select} FROM seen WHERE shape = {literal(shape)} AND {found.where}")
        duck.execute(f"CREATE OR REPLACE TEMP VIEW named AS {' UNION ALL '.join(selects)}").fetchall()
        return compose(duck, roles)


class _Paths:
    """The paths at which a sample has objects, and all others; of these, those whose texts are asked for."""

    def __init__(self, sample: Iterator[str], roles: FieldRoles) -> None:
        self._roles = roles
        self.objects: dict[str, None] = {_ROOT: None}
        self.scalars: dict[str, None] = {}
        self.texts: dict[str, None] = {}
        self.lists = False
        for text in sample:
            try:
                item = json.loads(text)
            except (ValueError, RecursionError):
                continue
            if isinstance(item, dict):
                self._add(item, _ROOT, "", 1)

    def _add(self, item: Mapping[str, Any], at: str, prefix: str, depth: int) -> None:
        for name, value in item.items():
            if not _PLAIN_NAME.fullmatch(name) or len(self.scalars) >= MAX_PATHS:
                continue
            path, full_name = _below(at, name), f"{prefix}{name}"
            paths = [path, f"{path}[0]"] if isinstance(value, list) else [path]
            self.scalars |= dict.fromkeys(paths)
            if self._roles[full_name] or isinstance(value, float):
                self.texts |= dict.fromkeys(paths)
            self.lists |= isinstance(value, list)
            if isinstance(value, dict) and depth < MAX_DEPTH:
                self.objects[path] = None
                self._add(value, path, f"{full_name}.", depth + 1)


class _Named:
    """How the objects of one shape are read: SQL of each role's text, and a condition."""

    def __init__(self, texts: Mapping[str, str], where: str) -> None:
        self.texts = texts
        self.where = where


class _NotPlainError(Exception):
    """Only the readers can read objects of this shape."""


def _named(
    known: _Paths, keys: Sequence[Sequence[str] | None], types: Sequence[str | None], roles: FieldRoles
) -> _Named | None:
    try:
        shape = _Shape(known, keys, types)
        if any(product.wrote(shape.item) for product in (windows, zeek, cloudtrail)):
            return None
    except _NotPlainError:
        return None
    texts = by_role(shape.fields, roles)
    return _Named(texts, shape.where()) if texts else None


class _Shape:
    """One shape of object: its fields in their order, as (dotted name, SQL), and it with types in place of values."""

    def __init__(self, known: _Paths, keys: Sequence[Sequence[str] | None], types: Sequence[str | None]) -> None:
        self._names = dict(zip(known.objects, keys, strict=True))
        self._types = dict(zip(known.scalars, types, strict=True))
        self._places = {path: place for place, path in enumerate(known.texts, start=1)}
        self._decimals: list[str] = []
        self.fields: list[tuple[str, str]] = []
        self.item = self._read(_ROOT, "")

    def where(self) -> str:
        """Return SQL of: its numbers with a fraction are plain."""
        return " AND ".join([f"regexp_full_match({text}, '{_DECIMAL}')" for text in self._decimals] or ["true"])

    def _read(self, at: str, prefix: str) -> dict[str, Any]:
        names = self._names[at] or []
        if len(set(names)) < len(names):
            raise _NotPlainError
        return {name: self._value(_below(at, name), f"{prefix}{name}") for name in names}

    def _value(self, path: str, name: str) -> Any:
        kind = self._types.get(path)
        if kind == "OBJECT" and path in self._names:
            return self._read(path, f"{name}.")
        if kind == "ARRAY":
            self._read_first(path, name)
            return []
        self._add(path, name, kind)
        return kind

    def _read_first(self, path: str, name: str) -> None:
        first = f"{path}[0]"
        if first not in self._types:
            raise _NotPlainError
        kind = self._types[first]
        if kind not in {None, "ARRAY"}:  # an empty list says nothing, nor does a list within a list
            self._add(first, name, kind)

    def _add(self, path: str, name: str, kind: str | None) -> None:
        text = f"texts[{self._places.get(path, 0)}]"  # of a field without a role nobody asks for the text
        if kind == "DOUBLE" and path in self._places:
            self._decimals.append(text)
            text = f"format('{{:.6f}}', TRY_CAST({text} AS DOUBLE))"
        elif kind not in _TEXTS:
            raise _NotPlainError
        self.fields.append((name, text))


def _below(path: str, name: str) -> str:
    return f'{path}."{name}"'


def _list(paths: Mapping[str, None]) -> str:
    return f"[{', '.join(map(literal, paths))}]"
