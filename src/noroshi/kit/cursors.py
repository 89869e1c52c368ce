"""Paging by cursor: a place in an order, so that rows that come or go meanwhile move nothing.

A cursor says where to go on, never what may be read: whoever uses it, their own question and their own rights are
asked again.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from noroshi.core.errors import InvalidInput

LONGEST: Final = 200


@dataclass(frozen=True)
class Page:
    """Some rows, and the cursor of those after them; None at the end."""

    rows: list[Any]
    next: str | None


def page_of(rows: QuerySet[Any], *, cursor: str, limit: int, by: str, newest_first: bool = True) -> Page:
    """Return up to `limit` of `rows` in the order of the moment `by`, then of the id, from `cursor` on ("": the first).

    Raises InvalidInput for a cursor that no page gave.
    """
    sign = "-" if newest_first else ""
    ordered = rows.order_by(f"{sign}{by}", f"{sign}pk")
    if cursor:
        ordered = ordered.filter(_beyond(cursor, by, "lt" if newest_first else "gt"))
    found = list(ordered[: limit + 1])
    page = found[:limit]
    return Page(page, _cursor(page[-1], by) if len(found) > limit else None)


def _cursor(last: Model, by: str) -> str:
    return base64.urlsafe_b64encode(f"{getattr(last, by).isoformat()} {last.pk}".encode()).decode()


def _beyond(cursor: str, by: str, way: str) -> Q:
    try:
        moment, _space, number = base64.urlsafe_b64decode(cursor).decode("ascii").partition(" ")
        at, last = datetime.fromisoformat(moment), UUID(number)
    except (ValueError, binascii.Error) as error:
        raise InvalidInput("cursor", _("This is not a cursor that a page before gave.")) from error
    if at.tzinfo is None:
        raise InvalidInput("cursor", _("This is not a cursor that a page before gave."))
    return Q(**{f"{by}__{way}": at}) | Q(**{by: at, f"pk__{way}": last})
