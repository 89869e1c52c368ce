"""JSON objects on lines, taken by their shape: lines of one shape have the same names and types, and are read alike.

A shape is decided about once, in Python, by what the readers would do with an object of it. SQL parses JSON as strictly
as Python does but for two liberties (commas at the end, words for infinity), whose traces are looked for before.
"""

# ruff: noqa: S608 - paths are literals, roles are names of `schema.ROLES`
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import duckdb

from noroshi.hunting.engine.aliases import FieldRoles
from noroshi.hunting.engine.bulk.batches import LONGEST
from noroshi.hunting.engine.bulk.composing import compose
from noroshi.hunting.engine.bulk.naming import by_role
from noroshi.hunting.engine.conditions import literal
from noroshi.hunting.engine.readers import cloudtrail, windows, zeek

SAMPLED: Final = 1000
"""Lines of a batch by which its shapes are known; those of a shape that is not among them are left to the readers."""
LOOKED_INTO: Final = 200
"""Of these, the lines by which the paths that are asked for are known."""
MAX_PATHS: Final = 150
MAX_SHAPES: Final = 16
MAX_DEPTH: Final = 6

_SAMPLE: Final = f"""
CREATE OR REPLACE TEMP TABLE sampled AS FROM lines USING SAMPLE reservoir({SAMPLED} ROWS) REPEATABLE (1)
"""
_ROOT: Final = "$"
_PLAIN_NAME: Final = re.compile(r"[\w@.:/ -]{1,100}")
_TEXTS: Final = frozenset({"VARCHAR", "BIGINT", "UBIGINT", "BOOLEAN", "NULL"})
# No exponent and few digits: such a number is the same in Python and in SQL.
_DECIMAL: Final = "-?[0-9]{1,12}[.][0-9]{1,9}"
_LIBERTIES: Final = r",[ \t]*[\]}]"
_LIBERTIES_IN_LISTS: Final = rf"{_LIBERTIES}|[,\[][ \t]*-?(?i:nan|inf)"
# Most objects hold neither another one nor a list: what stands before their only brace is all there is to look at.
_IS_STRICT: Final = """
CASE WHEN instr(text, '}}') = length(text) AND NOT contains(text, ']') AND substr(text, -2, 1) NOT IN (',', ' ', chr(9))
     THEN true ELSE NOT regexp_matches(text, {liberties}) END
"""
_SHAPES: Final = """
SELECT keys, types FROM (SELECT json_keys(text, {objects}) AS keys, json_type(text, {paths}) AS types
                         FROM sampled WHERE strlen(text) <= {longest} AND json_valid(text))
GROUP BY ALL ORDER BY count(*) DESC, keys, types LIMIT {most}
"""
_SEEN: Final = f"""
CREATE OR REPLACE TEMP VIEW seen AS SELECT line, texts, CASE {{shapes}} END AS shape FROM (
    SELECT line, json_extract_string(text, {{texts}}) AS texts, json_keys(text, {{objects}}) AS keys,
           json_type(text, {{paths}}) AS types
    FROM lines WHERE strlen(text) <= {{longest}} AND json_valid(text) AND {_IS_STRICT})
"""


class ObjectLines:
    """Makes ``raw`` of JSON objects."""

    def __init__(self, roles: FieldRoles) -> None:
        self._roles = roles

    def extract(self, duck: duckdb.DuckDBPyConnection) -> Sequence[str] | None:
        """Make the view ``raw`` of the objects whose shape SQL can read; None where there is none."""
        duck.execute(_SAMPLE).fetchall()
        texts = duck.execute(f"SELECT text FROM sampled LIMIT {LOOKED_INTO}").fetchall()
        known = _Paths((text for (text,) in texts), self._roles)
        if not known.texts:
            return None
        asked = {"objects": _list(known.objects), "paths": _list(known.scalars), "longest": LONGEST}
        shapes = duck.execute(_SHAPES.format(most=MAX_SHAPES, **asked)).fetchall()
        found = [named for keys, types in shapes if (named := _named(known, keys, types, self._roles))]
        if not found:
            return None
        liberties = literal(_LIBERTIES_IN_LISTS if known.lists else _LIBERTIES)
        conditions = " ".join(f"WHEN {named.when} THEN {number}" for number, named in enumerate(found))
        seen = _SEEN.format(shapes=conditions, texts=_list(known.texts), liberties=liberties, **asked)
        duck.execute(seen).fetchall()
        return _take(duck, found)


def _take(duck: duckdb.DuckDBPyConnection, found: Sequence["_Named"]) -> Sequence[str]:
    """Make ``named`` of the objects of the shapes that are read."""
    roles = sorted({role for named in found for role in named.texts})
    select = ", ".join(f'{_by_shape([named.texts.get(role, "NULL") for named in found])} AS "{role}"' for role in roles)
    duck.execute(f"CREATE OR REPLACE TEMP VIEW named AS SELECT line, {select} FROM seen WHERE shape >= 0").fetchall()
    return compose(duck, roles)


def _by_shape(expressions: Sequence[str]) -> str:
    """Return SQL of a role's text, given by an expression for each shape."""
    if len(set(expressions)) == 1:
        return expressions[0]
    return f"CASE shape {' '.join(f'WHEN {number} THEN {text}' for number, text in enumerate(expressions))} END"


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


@dataclass(frozen=True, slots=True)
class _Named:
    """How the objects of one shape are read: SQL of each role's text, and a condition by which they are known."""

    texts: Mapping[str, str]
    when: str


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
    return _Named(texts, shape.when()) if texts else None


class _Shape:
    """One shape of object: its fields in their order, as (dotted name, SQL), and it with types in place of values."""

    def __init__(self, known: _Paths, keys: Sequence[Sequence[str] | None], types: Sequence[str | None]) -> None:
        self._names = dict(zip(known.objects, keys, strict=True))
        self._types = dict(zip(known.scalars, types, strict=True))
        self._places = {path: place for place, path in enumerate(known.texts, start=1)}
        self._is_shape = f"keys = {_sql(keys)}::VARCHAR[][] AND types = {_sql(types)}::VARCHAR[]"
        self._decimals: list[str] = []
        self.fields: list[tuple[str, str]] = []
        self.item = self._read(_ROOT, "")

    def when(self) -> str:
        """Return SQL of: an object is of this shape, and its numbers with a fraction are plain."""
        return " AND ".join([self._is_shape, *(f"regexp_full_match({text}, '{_DECIMAL}')" for text in self._decimals)])

    def _read(self, at: str, prefix: str) -> dict[str, Any]:
        names = self._names[at] or []
        if len(set(names)) < len(names) or any("\0" in name for name in names):
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
    return _sql(list(paths))


def _sql(found: Any) -> str:
    """Return SQL of a text, of a list of them, or of such lists; None is NULL."""
    if isinstance(found, str):
        return literal(found)
    return "NULL" if found is None else f"[{', '.join(map(_sql, found))}]"
