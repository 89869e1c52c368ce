"""Many rows at once, for what is read in by the hundred thousand: one statement, prepared once.

Django's own `bulk_create` compiles a statement for each few rows and asks every field about every value; a third of
the time of a large import is spent there. What it does besides (signals, keys made by the database) is not needed here:
the rows' keys are made by us.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

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
    statement = _insertion(model, fields)
    if update or unless_there:
        statement += f" ON CONFLICT {_given(model, fields, update) if update else 'DO NOTHING'}"
    prepared = [(field.attname, _preparing(field)) for field in fields]
    values = [[prepare(getattr(row, name)) for name, prepare in prepared] for row in rows]
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(statement, values)


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


def _preparing(field: Any) -> Callable[[Any], Any]:
    if isinstance(field, _AS_THEY_ARE) and not isinstance(field, models.JSONField):
        return lambda value: value
    database = connections[DEFAULT_DB_ALIAS]  # looked up once: the usual way asks for it with every value
    return lambda value: field.get_db_prep_save(value, database)
