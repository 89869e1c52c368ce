"""The one door, asked about all objects: the policy's rules as a database query.

The conditions of `domain.rules` are written, word by word, as SQL; `policy.decide` evaluates the very same conditions
on one object. There is no second place where the policy is written. It is SQL and not a tree of Django's lookups
because every read passes here: building and compiling such a tree costs more than most pages do besides.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Expression, F, Field, Model
from django.db.models.sql.compiler import SQLCompiler

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain import rules
from noroshi.core.domain.conditions import (
    Both,
    Condition,
    Constant,
    Either,
    Fact,
    Later,
    Listed,
    Open,
    Opposite,
)

Sql = tuple[str, list[Any]]
"""A piece of SQL and the parameters of its placeholders, in their order."""


def visible_filter(model: type[Model], actor: Actor, path: str = "") -> "Holds":
    """Return the filter under which rows of the shareable `model` are seen by `actor`.

    With a `path` ("signal__") it filters the rows of another model by what that relation leads to.
    """
    walled = getattr(model, "walled", True)
    return Holds(rules.visible(rules.viewing(actor, clock.now(), walled=walled)), path)


def own_filter(actor: Actor, holder: str) -> "Holds":
    """Return the filter under which rows that belong to one `holder` ("organisation" or "person") are seen."""
    return Holds(rules.visible(rules.viewing_own(actor, holder)))


class Holds(Expression):
    """Whether a condition of the policy holds for a row: an expression that a query filters by."""

    conditional = True

    def __init__(self, condition: Condition, path: str = "") -> None:
        super().__init__(output_field=BooleanField())
        self.condition = condition
        self.columns: dict[str, Any] = {name: F(path + name) for name in sorted({"pk", *_fields(condition)})}

    def get_source_expressions(self) -> list[Any]:
        """Return the columns of the row that the condition asks for: Django finds and renames them."""
        return list(self.columns.values())

    def set_source_expressions(self, exprs: Iterable[Any]) -> None:
        """Take the columns as the query at hand calls them."""
        self.columns = dict(zip(self.columns, exprs, strict=True))

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """Write the condition as SQL."""
        columns = {name: (compiler.compile(column)[0], column.target) for name, column in self.columns.items()}
        sql, values = _Writer(connection, columns).write(self.condition)
        return sql, tuple(values)


@dataclass(frozen=True)
class _Writer:
    """Writes conditions for one row: each column by its SQL and its field, which knows how values are stored."""

    connection: BaseDatabaseWrapper
    columns: dict[str, tuple[str, "Field[Any, Any]"]]

    def write(self, condition: Condition) -> Sql:
        match condition:
            case Constant(value):
                return ("1 = 1" if value else "1 = 0"), []
            case Both(left, right):
                return _joined(" AND ", [self.write(left), self.write(right)])
            case Either():
                return self._any(list(_alternatives(condition)))
            case Opposite(inner):
                sql, values = self.write(inner)
                return f"({sql}) IS NOT TRUE", values  # what is not known of a row is not true of it
            case Fact(field, values):
                column, kind = self.columns[field]
                return self._among(column, kind, values)
            case Later(field, moment):
                column, kind = self.columns[field]
                return f"{column} > %s", [kind.get_db_prep_value(moment, self.connection)]
            case Listed() | Open():
                return self._has_line([condition])
        raise TypeError(condition)

    def _any(self, alternatives: list[Condition]) -> Sql:
        """Ask for all lines of the audience that would do by one look at it, not by one look for each."""
        lines = [each for each in alternatives if isinstance(each, Listed | Open)]
        written = [self.write(each) for each in alternatives if not isinstance(each, Listed | Open)]
        return _joined(" OR ", [*written, *([self._has_line(lines)] if lines else [])])

    def _has_line(self, lines: Iterable[Listed | Open]) -> Sql:
        """The audience of the row has one of `lines`; the same line is asked for once."""
        table = apps.get_model("core", "AudienceEntry")._meta  # by name: models are made of managers, these of this
        wanted, values = _joined(" OR ", [self._line(table, each) for each in dict.fromkeys(lines)])
        item, _field = self.columns["pk"]
        name = self.connection.ops.quote_name(table.db_table)
        return f"EXISTS (SELECT 1 FROM {name} line WHERE line.item_id = {item} AND {wanted})", values  # noqa: S608

    def _line(self, table: Any, condition: Listed | Open) -> Sql:
        kind: Sql = "line.kind = %s", [str(condition.kind)]
        if isinstance(condition, Open):
            return kind
        column = table.get_field(condition.column)
        return _joined(" AND ", [kind, self._among(f"line.{column.column}", column, condition.ids)])

    def _among(self, column: str, kind: "Field[Any, Any]", values: Iterable[str | UUID]) -> Sql:
        """One value is compared as such: an index in the order of time serves that, and not a list of one."""
        known = [kind.get_db_prep_value(_plain(value), self.connection) for value in sorted(values, key=str)]
        return (f"{column} = %s" if len(known) == 1 else f"{column} IN ({', '.join(['%s'] * len(known))})"), known


def _joined(word: str, pieces: list[Sql]) -> Sql:
    """Return the pieces joined by AND or OR, in brackets."""
    return f"({word.join(sql for sql, _ in pieces)})", [value for _, values in pieces for value in values]


def _plain(value: str | UUID) -> str | UUID:
    """Return a value of an enumeration as the string that is stored."""
    return str(value) if isinstance(value, str) else value


def _alternatives(condition: Condition) -> Iterator[Condition]:
    if isinstance(condition, Either):
        yield from _alternatives(condition.left)
        yield from _alternatives(condition.right)
    else:
        yield condition


def _fields(condition: Condition) -> Iterator[str]:
    """Yield the fields of the row that a condition asks for."""
    match condition:
        case Both(left, right) | Either(left, right):
            yield from _fields(left)
            yield from _fields(right)
        case Opposite(inner):
            yield from _fields(inner)
        case Fact(field) | Later(field):
            yield field
