"""What the APIs of all rooms have in common: a list is asked for and answered in the same form everywhere."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from django.utils.translation import gettext as _
from ninja import Field, Schema
from pydantic import ConfigDict

from noroshi.core.errors import InvalidInput
from noroshi.kit import cursors

MOST: Final = 200

T = TypeVar("T")


class Paged(Schema):
    """Which part of a list is asked for."""

    cursor: str = Field("", max_length=cursors.LONGEST, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=MOST, description="How many at most")


class Page(Schema, Generic[T]):
    """Some lines of a list, and the cursor of those after them: `next` is null at the end."""

    items: list[T]
    next: str | None


def listed(found: cursors.Page, line: Callable[[Any], Any]) -> dict[str, Any]:
    """Return a part of a list as an answer, each row as `line` shows it."""
    return {"items": [line(row) for row in found.rows], "next": found.next}


def example(**values: Any) -> ConfigDict:
    """Return the configuration of a schema that has an example: what the API's description shows, and tests send."""
    return ConfigDict(json_schema_extra={"examples": [values]})


def with_offset(field: str, moment: datetime | None) -> datetime | None:
    """Return `moment`; raise InvalidInput where it has no offset from UTC."""
    if moment is not None and moment.tzinfo is None:
        raise InvalidInput(field, _("Give the moment with its offset from UTC, as in 2026-11-22T12:00:00+09:00."))
    return moment
