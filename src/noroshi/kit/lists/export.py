"""A list as a CSV file: exactly the filtered rows that may leave in bulk, marked with who took it and when.

Which rows, in which order, is asked once; they are read a stretch at a time, and what may leave is asked anew for each:
whoever is suspended meanwhile gets no more, and a row that is gone or hidden meanwhile is left out.
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
from noroshi.kit import bulk
from noroshi.kit.cursors import read_in_order
from noroshi.kit.http import renewed
from noroshi.kit.lists.question import Question
from noroshi.kit.lists.spec import Column, Rows

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
    keys = _keys(actor, question)
    for part in list(bulk.parts(keys[:EXPORT_CAP], CHUNK)) or [()]:  # of nothing, too, it is said why there is nothing
        taker = renewed(actor).by(Channel.EXPORT)
        if not taker.is_active:
            yield csv_line([_("Ended here: whoever was taking this file takes part no more.")])
            return
        rows = read_in_order(_leaving(taker, question), part)
        if rows and question.spec.on_export is not None:
            question.spec.on_export(taker, rows)
        yield from (csv_line([*_values(columns, row), mark]) for row in rows)
    if len(keys) > EXPORT_CAP:
        yield csv_line([_("Cut at %(cap)s rows: narrow the filters to get the rest.") % {"cap": f"{EXPORT_CAP:,}"}])


def _keys(actor: Actor, question: Question) -> list[Any]:
    """Return the keys of what may leave, one more than a file holds if there are more."""
    rows = question.order.sort(_leaving(renewed(actor).by(Channel.EXPORT), question))
    return list(rows.values_list("pk", flat=True)[: EXPORT_CAP + 1])


def _leaving(taker: Actor, question: Question) -> Rows:
    if question.spec.export_queryset is None:
        raise ValueError(f"{question.spec.name} is not exported")
    return question.filtered(question.spec.export_queryset(taker))


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
