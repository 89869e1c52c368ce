"""The figures of the inquiry desk as plots and as a file."""

from collections.abc import Iterator

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from noroshi.advisories.domain.inquiries import Figures
from noroshi.kit.charts import Chart, Series, bar_chart
from noroshi.kit.lists import csv_line
from noroshi.kit.lists.export import BYTE_ORDER_MARK


def ages() -> list[str]:
    """Return what the counts of open inquiries by age are called."""
    return [_("up to 1 day"), _("1 to 3 days"), _("3 to 7 days"), _("over 7 days")]


def plots_of(figures: Figures) -> list[SafeString]:
    """Return the figures drawn: how many were asked and answered, how long it took, what waits."""
    months = [month.name for month in figures.months]
    answered = [month.answered for month in figures.months]
    open_ones = [month.asked - month.answered for month in figures.months]
    asked = Chart(
        _("Inquiries by month"),
        months,
        [Series(_("with an answer"), answered), Series(_("without an answer"), open_ones)],
        _("inquiries"),
    )
    hours = [(month.name, month.median_hours or 0) for month in figures.months]
    waiting = list(zip(ages(), figures.open_by_age, strict=True))
    return [
        bar_chart(asked),
        bar_chart(Chart.of(_("Hours until half of them had a first answer"), hours, _("hours"))),
        bar_chart(Chart.of(_("Waiting now, by age"), waiting, _("inquiries"))),
    ]


def figures_as_csv(figures: Figures, mark: str) -> Iterator[str]:
    """Yield the figures as the lines of a file for a spreadsheet; `mark` says who took it, and when."""
    headings = (_("Part"), _("Name"), _("Questions asked"), _("Answered"), _("Hours until half had an answer"))
    yield BYTE_ORDER_MARK + csv_line([*headings, _("Exported by, at")])
    for month in figures.months:
        yield csv_line([_("Month"), month.name, month.asked, month.answered, month.median_hours, mark])
    yield csv_line([_("Twelve months"), "", figures.asked, figures.answered, figures.median_hours, mark])
    for name, count in zip(ages(), figures.open_by_age, strict=True):
        yield csv_line([_("Waiting now, by age"), name, count, "", "", mark])
