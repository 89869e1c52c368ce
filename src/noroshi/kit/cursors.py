"""Paging by cursor: a place in an order, so that rows that come or go meanwhile move nothing.

A cursor says where to go on, never what may be read: whoever uses it, their own question and their own rights are
asked again. It is sealed, because it holds what its row is sorted by: an address that is passed on tells no title.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Expression, F, Model, Q, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.utils.translation import gettext as _

from noroshi.core.errors import InvalidInput

Place = tuple[datetime, UUID]

LONGEST: Final = 200
"""Of a cursor in an order of moments. One in an order of titles is as long as the title makes it."""


@dataclass(frozen=True)
class Mark:
    """A place in an order: what a row is sorted by, and its key. It holds when the row is gone."""

    value: Any
    pk: Any

    def sealed(self, purpose: str) -> str:
        """Return the mark as it stands in an address, good for one `purpose`; the same mark is the same text."""
        plain = json.dumps([self.value, self.pk], default=str, ensure_ascii=False).encode()
        return base64.urlsafe_b64encode(_cipher().encrypt(plain, [purpose.encode()])).decode().rstrip("=")

    @classmethod
    def unsealed(cls, text: str, purpose: str) -> "Mark | None":
        """Return the mark that was sealed for `purpose`; None for any other text."""
        try:
            sealed = base64.urlsafe_b64decode(text.encode("ascii") + b"==")
            return cls(*json.loads(_cipher().decrypt(sealed, [purpose.encode()])))
        except (ValueError, binascii.Error, InvalidTag):
            return None


@cache
def _cipher() -> AESSIV:
    """AES-SIV (RFC 5297): without a nonce, so that a page is the same bytes as long as it is the same page."""
    return AESSIV(hashlib.sha256(b"cursors\0" + settings.SECRET_KEY.encode()).digest())


@dataclass(frozen=True)
class Order:
    """The order of a list: by a field, ties by primary key, both in the same direction."""

    field: str
    descending: bool = False

    def sort(self, rows: QuerySet[Any], *, backwards: bool = False) -> QuerySet[Any]:
        """Return `rows` in this order, or in the opposite one."""
        sign = "" if self._goes_up(backwards=backwards) else "-"
        return rows.order_by(*(f"{sign}{name}" for name in self._names))

    def mark(self, row: Model) -> Mark:
        """Return the place of a row."""
        return Mark(attrgetter(self.field.replace("__", "."))(row), row.pk)

    def beyond(self, rows: QuerySet[Any], mark: Mark, *, backwards: bool = False) -> list[QuerySet[Any]]:
        """Return what of `rows` comes after `mark` (`backwards`: before it, the nearest first), in parts in a row.

        Parts, because nothing compares with an empty field, and an OR would keep the database from its index.
        """
        parts = self._parts(mark, up=self._goes_up(backwards=backwards))
        return [self.sort(rows.filter(part), backwards=backwards) for part in parts]

    @property
    def _names(self) -> tuple[str, ...]:
        return ("pk",) if self.field == "pk" else (self.field, "pk")

    def _goes_up(self, *, backwards: bool) -> bool:
        return self.descending is backwards

    def _parts(self, mark: Mark, *, up: bool) -> list[Q]:
        if self.field == "pk":
            return [Q(_Beyond(("pk",), (mark.pk,), up=up))]
        empty_come_last = up is not connection.features.order_by_nulls_first
        empty = Q(**{f"{self.field}__isnull": True})
        if mark.value is None:
            rest = empty & Q(_Beyond(("pk",), (mark.pk,), up=up))
            return [rest] if empty_come_last else [rest, ~empty]
        rest = Q(_Beyond(self._names, (mark.value, mark.pk), up=up))
        return [rest, empty] if empty_come_last else [rest]


class _Beyond(Expression):
    """Whether a row's columns, compared one after the other, come after these values: one question to an index."""

    conditional = True

    def __init__(self, names: Sequence[str], values: Sequence[Any], *, up: bool) -> None:
        super().__init__(output_field=BooleanField())
        self.columns: list[Any] = [F(name) for name in names]
        self.values, self.sign = values, ">" if up else "<"

    def get_source_expressions(self) -> list[Any]:
        """Return the columns that are compared: Django finds and renames them."""
        return self.columns

    def set_source_expressions(self, exprs: Iterable[Any]) -> None:
        """Take the columns as the query at hand calls them."""
        self.columns = list(exprs)

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """Write the comparison as SQL."""
        written = [compiler.compile(column) for column in self.columns]
        names = ", ".join(sql for sql, _ in written)
        places = ", ".join(["%s"] * len(written))
        known = [
            column.output_field.get_db_prep_value(value, connection)
            for column, value in zip(self.columns, self.values, strict=True)
        ]
        return f"({names}) {self.sign} ({places})", (*(value for _, given in written for value in given), *known)


def first_of(parts: Iterable[QuerySet[Any]], limit: int) -> list[Any]:
    """Return up to `limit` rows of parts that follow each other."""
    found: list[Any] = []
    for part in parts:
        if len(found) < limit:
            found += part[: limit - len(found)]
    return found


def read_in_order(rows: QuerySet[Any], keys: Collection[Any]) -> list[Any]:
    """Return those of `rows` that have these keys, in the order of the keys.

    The database is asked for no order: it might walk the whole list in it, for these few rows.
    """
    found = {row.pk: row for row in rows.filter(pk__in=keys).order_by()} if keys else {}
    return [found[key] for key in keys if key in found]


@dataclass(frozen=True)
class Page:
    """Some rows, and the cursor of those after them; None at the end."""

    rows: list[Any]
    next: str | None


def page_of(rows: QuerySet[Any], *, cursor: str, limit: int, by: str, newest_first: bool = True) -> Page:
    """Return up to `limit` of `rows` in the order of the field `by`, then of the id, from `cursor` on ("": the first).

    Raises InvalidInput for a cursor that no page gave.
    """
    order = Order(by, descending=newest_first)
    found = first_of(_from(order, rows, cursor), limit + 1)
    page = found[:limit]
    return Page(page, order.mark(page[-1]).sealed(by) if len(found) > limit else None)


def page_among(rows: Iterable[Any], *, cursor: str, limit: int, key: Callable[[Any], Place]) -> Page:
    """Return the same of a list that is short and in memory, in the order of the moment and the id that `key` gives."""
    ordered = sorted(rows, key=key)
    if cursor:
        mark = _mark(cursor, "moment")
        last = datetime.fromisoformat(mark.value), UUID(mark.pk)
        ordered = [row for row in ordered if key(row) > last]
    page = ordered[:limit]
    return Page(page, Mark(*key(page[-1])).sealed("moment") if len(ordered) > limit else None)


def page_by_place(rows: Sequence[Any] | QuerySet[Any], *, cursor: str, limit: int) -> Page:
    """Return the same of a list whose order is its own, such as the values of a text: by the place in it."""
    start = _mark(cursor, "place").value if cursor else 0
    found = list(rows[start : start + limit + 1])
    return Page(found[:limit], Mark(start + limit, None).sealed("place") if len(found) > limit else None)


def _from(order: Order, rows: QuerySet[Any], cursor: str) -> list[QuerySet[Any]]:
    return order.beyond(rows, _mark(cursor, order.field)) if cursor else [order.sort(rows)]


def _mark(cursor: str, purpose: str) -> Mark:
    mark = Mark.unsealed(cursor, purpose)
    if mark is None:
        raise InvalidInput("cursor", _("This is not a cursor that a page before gave."))
    return mark
