"""The one door, asked about all objects: the policy's rules as a database query.

The conditions of `domain.rules` are written, word by word, as SQL; `policy.decide` evaluates the very same conditions
on one object. There is no second place where the policy is written. It is SQL and not a tree of Django's lookups
because every read passes here: building and compiling such a tree costs more than most pages do besides.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Expression, F, Field, Model, Q, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain import conditions, rules
from noroshi.core.domain.audience import EntryKind
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
from noroshi.core.domain.rules import Rule
from noroshi.core.domain.tlp import TLP

INDEXED: Final = frozenset({"owner", "author", "state"})
"""Facts that an index leads to, and that few rows share where the policy opens something by them."""

MOST_GATHERED: Final = 3_000
"""Of lines that lead to rows: where a group was given more than that, rows of the level that it reads come soon."""

Sql = tuple[str, list[Any]]
"""A piece of SQL and the parameters of its placeholders, in their order."""


def visible_filter(model: type[Model], actor: Actor, path: str = "") -> "Holds":
    """Return the filter under which rows of the shareable `model` are seen by `actor`.

    With a `path` ("signal__") it filters the rows of another model by what that relation leads to.
    """
    return Holds(_visible(model, actor), path)


def hidden_filter(model: type[Model], actor: Actor, path: str, **instead: str) -> "Holds":
    """Return the filter for what belongs to a row of `model` that `actor` would not see.

    `instead` names columns to be taken for the row's own: `tlp="tlp"`, the level that the row had once.
    """
    return Holds(~_visible(model, actor), path, instead)


def own_filter(actor: Actor, holder: str) -> "Holds":
    """Return the filter under which rows that belong to one `holder` ("organisation" or "person") are seen."""
    return Holds(rules.visible(rules.viewing_own(actor, holder)))


def asked_filter(actor: Actor) -> "Holds":
    """Return the filter under which rows are seen that an organisation asks the hub."""
    return Holds(rules.visible(rules.viewing_asked(actor)))


def viewing(model: Any, actor: Actor) -> Sequence[Rule]:
    """Return the rules by which `actor` views what is of `model` (a class, or one of its objects), now."""
    walled, confined = getattr(model, "walled", True), getattr(model, "confined", False)
    return rules.viewing(actor, clock.now(), walled=walled, confined=confined)


def _visible(model: type[Model], actor: Actor) -> Condition:
    return rules.visible(viewing(model, actor))


class Holds(Expression):
    """Whether a condition of the policy holds for a row: an expression that a query filters by."""

    conditional = True

    def __init__(self, condition: Condition, path: str = "", instead: Mapping[str, str] | None = None) -> None:
        super().__init__(output_field=BooleanField())
        self.condition = condition
        names = {name: path + name for name in sorted({"pk", *_fields(condition)})} | dict(instead or {})
        self.columns: dict[str, Any] = {name: F(place) for name, place in names.items()}

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
        """Ask for what is open to many first: it answers for most rows, and the other lines need no look then."""
        wide = [each for each in alternatives if _is_wide(each)]
        narrow = [each for each in alternatives if isinstance(each, Listed) and not _is_wide(each)]
        written = [self.write(each) for each in alternatives if not isinstance(each, Listed | Open)]
        return _joined(" OR ", [*written, *(self._has_line(lines) for lines in (wide, narrow) if lines)])

    def _has_line(self, lines: Iterable[Condition]) -> Sql:
        """The audience of the row has one of `lines`; the same line is asked for once.

        PostgreSQL may gather the lines that name somebody in particular and compare each row with them: they are few.
        Those of the community and of groups are too many, so OFFSET forbids it there: each row looks its own up.
        """
        table = apps.get_model("core", "AudienceEntry")._meta  # by name: models are made of managers, these of this
        several = [each for each in dict.fromkeys(lines) if isinstance(each, Listed | Open)]
        item, _field = self.columns["pk"]
        name = self.connection.ops.quote_name(table.db_table)
        looks = []
        for each in several:
            wanted, values = self._line(table, each)
            end = " LIMIT 1 OFFSET 0" if _is_wide(each) else ""
            looks.append((f"EXISTS (SELECT 1 FROM {name} line WHERE line.item_id = {item} AND {wanted}{end})", values))  # noqa: S608
        return _joined(" OR ", looks)

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


def level_filter(model: type[Model], actor: Actor, level: TLP) -> Q:
    """Return the filter for the rows of one `level` among those that `actor` sees.

    Where the level opens to the actor by name alone (RED, and more for whoever has no need to know), it says besides
    from where such rows come. That changes nothing in what is found; the database need not try all rows of the level.
    """
    sources = conditions.sources(conditions.knowing(_visible(model, actor), "tlp", level), INDEXED)
    if sources is None:
        return Q(tlp=level)
    rows = [_rows_of(model, source) for source in sources]
    wide = [found for found, source in zip(rows, sources, strict=True) if _is_wide(source)]
    if any(found[: MOST_GATHERED + 1].count() > MOST_GATHERED for found in wide):
        return Q(tlp=level)
    return Q(tlp=level, pk__in=rows[0].union(*rows[1:], all=True) if rows else [])


def _rows_of(model: type[Model], source: Condition) -> "QuerySet[Any, Any]":
    """The ids of the rows of which a single fact, or a line of the audience, is as `source` says."""
    match source:
        case Fact(field, values):
            return QuerySet(model).filter(**{f"{field}__in": values}).values_list("pk")
        case Listed(kind, ids, column):
            table = apps.get_model("core", "AudienceEntry")
            return QuerySet(table).filter(kind=kind, **{f"{column}__in": ids}).values_list("item_id")
    raise TypeError(source)


def _is_wide(condition: Condition) -> bool:
    """Whether the lines that a condition asks for may be nearly as many as the items."""
    return isinstance(condition, Open) or (isinstance(condition, Listed) and condition.kind is EntryKind.GROUP)


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
