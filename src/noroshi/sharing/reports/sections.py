"""A sector report in words: its sections and lines, as a page, a CSV file and a PDF show them alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from typing import Any

from defusedcsv import csv
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from noroshi.core.domain.small_numbers import Shown
from noroshi.kit.lists.export import BYTE_ORDER_MARK
from noroshi.kit.wording import exact, span
from noroshi.members.models import InstitutionKind
from noroshi.sharing.domain.periods import Period
from noroshi.sharing.models import Kind, StanceKind, Target
from noroshi.sharing.queries import ANONYMOUS, Figures, Report

Value = int | timedelta | None


@dataclass(frozen=True)
class Line:
    """A line of a section: of the period, of the one before, and of the same a year before."""

    label: str
    values: tuple[Value, Value, Value]

    @property
    def texts(self) -> list[str]:
        """The values for people; a dash where nothing is told."""
        return [in_words(value) for value in self.values]

    @property
    def share(self) -> float:
        """The first value, for a bar."""
        value = self.values[0]
        return value.total_seconds() if isinstance(value, timedelta) else float(value or 0)


@dataclass(frozen=True)
class Section:
    """Lines under a heading. Those of `at_least` are sums of numbers in steps of three."""

    title: str
    lines: list[Line]
    at_least: bool = False


def in_words(value: Value) -> str:
    """Return a value for people."""
    if value is None:
        return "–"
    return span(value) if isinstance(value, timedelta) else exact(value)


def period_name(period: Period) -> str:
    """Return what a period is called: "2026-11", "2026 Q4"."""
    if period.length == 1:
        return _("%(year)d-%(month)02d") % {"year": period.year, "month": period.first}
    return _("%(year)d, quarter %(quarter)d") % {"year": period.year, "quarter": period.quarter}


def sections(report: Report) -> list[Section]:
    """Return the report in words."""
    return [
        _table(report, _("Signals by kind"), dict(Kind.choices), lambda figures: figures.kinds),
        _table(report, _("Whom it strikes"), dict(Target.choices), lambda figures: figures.targets),
        _table(
            report,
            _("Business type of the author's organisation"),
            {**dict(InstitutionKind.choices), ANONYMOUS: _("anonymous, without type")},
            lambda figures: figures.types,
        ),
        _section(
            report,
            _("How long it takes"),
            {
                _("from draft to readers"): lambda figures: figures.to_share,
                _("until the first organisation acknowledges"): lambda figures: figures.to_first_note,
                _("until an organisation acknowledges"): lambda figures: figures.to_note,
            },
        ),
        _section(
            report,
            _("What readers answered (or more)"),
            {
                _("We saw this too"): lambda figures: figures.seen,
                **{str(kind.label): _stance(kind) for kind in StanceKind},
            },
        ),
    ]


def _stance(kind: StanceKind) -> Callable[[Figures], Value]:
    return lambda figures: figures.stances[kind]


def _table(
    report: Report, title: str, labels: Mapping[Any, str | Promise], shown: Callable[[Figures], Shown[str]]
) -> Section:
    tables = [shown(each) for each in (report.now, report.before, report.year_before)]
    lines = [Line(str(label), _three(*(table.cells[key] for table in tables))) for key, label in labels.items()]
    told = [line for line in lines if any(value is not None for value in line.values)]
    return Section(title, [*told, Line(_("Total"), _three(*(table.total for table in tables)))])


def _section(report: Report, title: str, values: Mapping[str, Callable[[Figures], Value]]) -> Section:
    figures = (report.now, report.before, report.year_before)
    return Section(title, [Line(label, _three(*map(value, figures))) for label, value in values.items()])


def _three(now: Value, before: Value, year_before: Value) -> tuple[Value, Value, Value]:
    return now, before, year_before


def headings(report: Report) -> list[str]:
    """Return the names of the three columns of values."""
    return [period_name(each) for each in (report.period, report.period.previous, report.period.year_before)]


def as_csv(report: Report, mark: str) -> str:
    """Return the report as a file that a spreadsheet opens; spans of time are minutes. `mark` says who took it."""
    buffer = StringIO()
    writer = csv.writer(buffer)
    writer.writerow([_("Section"), _("Item"), *headings(report), _("Exported by, at")])
    for section in sections(report):
        for line in section.lines:
            writer.writerow([section.title, line.label, *map(_plain, line.values), mark])
    return BYTE_ORDER_MARK + buffer.getvalue()


def _plain(value: Value) -> int | str:
    if value is None:
        return ""
    return round(value.total_seconds() / 60) if isinstance(value, timedelta) else value
