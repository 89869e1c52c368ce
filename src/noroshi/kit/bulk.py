"""Many rows at once, for what is read in by the hundred thousand: one statement, prepared once.

Django's own `bulk_create` compiles a statement for each few rows and asks every field about every value; a third of
the time of a large import is spent there. What it does besides (signals, keys made by the database) is not needed here:
the rows' keys are made by us.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC
from itertools import islice
from operator import attrgetter
from typing import Any, Final, TypeVar

import msgspec
from django.db import DEFAULT_DB_ALIAS, connection, connections, models

T = TypeVar("T")

AT_ONCE: Final = 500
"""So many values a database is asked about at once: fewer than any takes in one statement."""
_AS_THEY_ARE = (models.CharField, models.TextField, models.IntegerField, models.FloatField, models.BooleanField)
"""Fields whose values every driver takes as they are."""


def write(
    model: type[models.Model], rows: Iterable[Any], *, update: Collection[str] = (), unless_there: bool = False
) -> None:
    """Insert `rows` of `model`, in the caller's transaction.

    A row whose key is there already is given the fields of `update`; with `unless_there` one that any constraint of
    uniqueness would refuse is left out. Else either raises IntegrityError.
    """
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    names = [field.attname for field in fields]
    write_values(model, names, map(attrgetter(*names), rows), update=update, unless_there=unless_there)


def write_values(
    model: type[models.Model],
    names: Sequence[str],
    values: Iterable[Sequence[Any]],
    *,
    update: Collection[str] = (),
    unless_there: bool = False,
) -> None:
    """Insert rows as `write` does, given as the values of these attributes: all that are not made by the database."""
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    fields = [by_name[name] for name in names]
    prepare = [(place, made) for place, field in enumerate(fields) if (made := _preparing(field)) is not None]
    prepared = [_prepared(row, prepare) for row in values]
    if not prepared:
        return
    if connection.vendor == "postgresql" and not (update or unless_there):
        _copy(model, fields, prepared)
        return
    statement = _insertion(model, fields)
    if update or unless_there:
        statement += f" ON CONFLICT {_given(model, fields, update) if update else 'DO NOTHING'}"
    with connection.cursor() as cursor:
        cursor.executemany(statement, prepared)


def _prepared(row: Sequence[Any], prepare: Iterable[tuple[int, Callable[[Any], Any]]]) -> list[Any]:
    values = list(row)
    for place, made in prepare:
        values[place] = made(values[place])
    return values


def _copy(model: type[models.Model], fields: Collection[Any], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows in PostgreSQL's own way for many: a third of what statements cost both sides."""
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    statement = f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def parts(rows: Iterable[T], size: int = AT_ONCE) -> Iterator[Sequence[T]]:
    """Yield rows in their order, so many at a time."""
    stream = iter(rows)
    while part := list(islice(stream, size)):
        yield part


def _insertion(model: type[models.Model], fields: Collection[Any]) -> str:
    quote = connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in fields)
    places = ", ".join("%s" for _ in fields)
    return f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({places})"  # noqa: S608 - names of our models


def _given(model: type[models.Model], fields: Collection[Any], update: Collection[str]) -> str:
    quote = connection.ops.quote_name
    columns = [quote(field.column) for field in fields if field.name in update]
    then = ", ".join(f"{column} = excluded.{column}" for column in columns)
    return f"({quote(str(model._meta.pk.column))}) DO UPDATE SET {then}"


def _preparing(field: Any) -> Callable[[Any], Any] | None:
    """Return what makes of a field's value one that the driver takes, None where it takes them as they are.

    The usual way asks every field about every value.
    """
    target = field.target_field if field.is_relation else field
    if isinstance(target, models.JSONField) and target.encoder is None:
        return _as_json
    if isinstance(target, _AS_THEY_ARE):
        return None
    is_plain = isinstance(target, models.UUIDField | models.DateTimeField)
    if is_plain and connection.vendor == "postgresql":
        return None
    if is_plain and connection.vendor == "sqlite":
        return _as_hex if isinstance(target, models.UUIDField) else _as_moment
    database = connections[DEFAULT_DB_ALIAS]  # looked up once: the usual way asks for it with every value
    return lambda value: target.get_db_prep_save(value, database)


def _as_json(value: Any) -> str | None:
    if value is None:
        return None
    try:
        return msgspec.json.encode(value).decode()
    except (UnicodeEncodeError, OverflowError, TypeError):
        return json.dumps(value)


def _as_hex(value: Any) -> str | None:
    return None if value is None else value.hex


def _as_moment(value: Any) -> str | None:
    return None if value is None else str(value.astimezone(UTC).replace(tzinfo=None))
