"""A list as a CSV file: exactly the filtered rows that may leave in bulk, marked with who took it and when."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from io import StringIO
from itertools import islice
from typing import Any, Final

from defusedcsv import csv
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.kit.lists.question import Question
from noroshi.kit.lists.spec import Column

EXPORT_CAP: Final = 10_000
"""Rows in one file; the page says so, and so does the file's last row where it was reached."""

CHUNK: Final = 500
FULL_WIDTH_FORMULA_STARTS: Final = ("＝", "＋", "－", "＠")
"""A Japanese Excel turns these into their half-width forms when the cell is edited."""

BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it, Excel reads UTF-8 as the Windows code page."""


def csv_response(actor: Actor, question: Question) -> StreamingHttpResponse:
    """Return the file of the rows that `question` leaves of what `actor` may take out in bulk."""
    moment = timezone.localtime(clock.now())
    lines = csv_lines(actor, question, moment)
    name = f"noroshi-{question.spec.name}-{moment:%Y%m%d-%H%M}.csv"
    return StreamingHttpResponse(
        (line.encode() for line in lines),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def csv_lines(actor: Actor, question: Question, moment: datetime) -> Iterator[str]:
    """Yield the file's lines; the last says so if the cap cut it."""
    if question.spec.export_queryset is None:
        raise ValueError(f"{question.spec.name} is not exported")
    columns = [column for column in question.spec.columns if column.exported]
    mark = f"{actor.label} {moment.isoformat(timespec='seconds')}"
    taker = actor.by(Channel.EXPORT)
    rows = question.rows_of(question.spec.export_queryset(taker))
    yield BYTE_ORDER_MARK + _line([*(column.label for column in columns), _("Exported by, at")])
    found = rows[: EXPORT_CAP + 1].iterator(chunk_size=CHUNK)
    leaving = islice(found, EXPORT_CAP)
    while chunk := list(islice(leaving, CHUNK)):
        if question.spec.on_export is not None:
            question.spec.on_export(taker, chunk)
        yield from (_line([*_values(columns, row), mark]) for row in chunk)
    if next(found, None) is not None:
        yield _line([_("Cut at %(cap)s rows: narrow the filters to get the rest.") % {"cap": f"{EXPORT_CAP:,}"}])


def _values(columns: Iterable[Column], row: Any) -> Iterator[object]:
    for column in columns:
        value = column.value(row)
        yield timezone.localtime(value).isoformat(timespec="seconds") if isinstance(value, datetime) else value


def _line(values: Iterable[object]) -> str:
    buffer = StringIO()
    csv.writer(buffer).writerow(_inert(value) for value in values)
    return buffer.getvalue()


def _inert(value: object) -> object:
    """Return text that no spreadsheet runs: defusedcsv looks at the first character, so none may hide before it."""
    if value is None or isinstance(value, int | float):
        return value
    text = str(value).lstrip()
    return f"'{text}" if text.startswith(FULL_WIDTH_FORMULA_STARTS) else text
