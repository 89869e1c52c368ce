"""A list as a CSV file: exactly the filtered rows that may leave in bulk, marked with who took it and when.

It is read a stretch at a time, and what may leave is asked anew for each: whoever is suspended meanwhile gets no more.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from io import StringIO
from itertools import chain, islice
from typing import Any, Final

from defusedcsv import csv
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.errors import TooMany
from noroshi.kit.cursors import Mark, first_of
from noroshi.kit.http import renewed
from noroshi.kit.lists.question import Question
from noroshi.kit.lists.spec import Column

EXPORT_CAP: Final = 10_000
"""Rows in one file; the page says so, and so does the file's last row where it was reached."""

CHUNK: Final = 200
"""Rows that are asked for at a time: at most so many leave after access has ended."""

FULL_WIDTH_FORMULA_STARTS: Final = ("＝", "＋", "－", "＠")
"""A Japanese Excel turns these into their half-width forms when the cell is edited."""

BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it, Excel reads UTF-8 as the Windows code page."""


def csv_response(actor: Actor, question: Question) -> StreamingHttpResponse:
    """Return the file of the rows that `question` leaves of what `actor` may take out in bulk.

    The first rows are read before the answer begins: what is refused then is refused by its status, not by half a file.
    """
    moment = timezone.localtime(clock.now())
    lines = csv_lines(actor, question, moment)
    lines = chain(list(islice(lines, 2)), _until_refused(lines))
    name = f"noroshi-{question.spec.name}-{moment:%Y%m%d-%H%M}.csv"
    return StreamingHttpResponse(
        (line.encode() for line in lines),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def _until_refused(lines: Iterator[str]) -> Iterator[str]:
    """Yield lines; where more would be too much for the taker, the last one says so."""
    try:
        yield from lines
    except TooMany as refusal:
        yield csv_line([refusal.message])


def csv_lines(actor: Actor, question: Question, moment: datetime) -> Iterator[str]:
    """Yield the file's lines; the last says so if the cap cut it, or the end of the taker's access."""
    columns = [column for column in question.spec.columns if column.exported]
    mark = f"{actor.label} {moment.isoformat(timespec='seconds')}"
    yield BYTE_ORDER_MARK + csv_line([*(column.label for column in columns), _("Exported by, at")])
    left, place, goes_on = EXPORT_CAP, None, True
    while left and goes_on:
        taker, rows = _next(actor, question, place, min(CHUNK, left))
        if not taker.is_active:
            yield csv_line([_("Ended here: whoever was taking this file takes part no more.")])
            return
        chunk = rows[: min(CHUNK, left)]
        if chunk and question.spec.on_export is not None:
            question.spec.on_export(taker, chunk)
        yield from (csv_line([*_values(columns, row), mark]) for row in chunk)
        left, goes_on = left - len(chunk), len(rows) > len(chunk)
        place = question.order.mark(chunk[-1]) if chunk else None
    if goes_on:
        yield csv_line([_("Cut at %(cap)s rows: narrow the filters to get the rest.") % {"cap": f"{EXPORT_CAP:,}"}])


def _next(actor: Actor, question: Question, place: Mark | None, number: int) -> tuple[Actor, list[Any]]:
    """Return who takes the file, as that stands now, and the next rows, one more than `number` if there is one."""
    if question.spec.export_queryset is None:
        raise ValueError(f"{question.spec.name} is not exported")
    taker = renewed(actor).by(Channel.EXPORT)
    rows = question.filtered(question.spec.export_queryset(taker))
    parts = question.order.beyond(rows, place) if place else [question.order.sort(rows)]
    return taker, first_of(parts, number + 1)


def _values(columns: Iterable[Column], row: Any) -> Iterator[object]:
    for column in columns:
        value = column.value(row)
        yield timezone.localtime(value).isoformat(timespec="seconds") if isinstance(value, datetime) else value


def csv_line(values: Iterable[object]) -> str:
    """Return one line of a CSV file; no cell of it starts a formula in a spreadsheet."""
    buffer = StringIO()
    csv.writer(buffer).writerow(_inert(value) for value in values)
    return buffer.getvalue()


def _inert(value: object) -> object:
    """Return text that no spreadsheet runs: defusedcsv looks at the first character, so none may hide before it."""
    if value is None or isinstance(value, int | float):
        return value
    text = str(value).lstrip()
    return f"'{text}" if text.startswith(FULL_WIDTH_FORMULA_STARTS) else text
