"""The sector's figures: a page, a CSV file, a PDF."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from noroshi.core import clock
from noroshi.core.errors import NotFound
from noroshi.kit.charts import Chart, bar_chart, line_chart
from noroshi.kit.http import ActorRequest
from noroshi.sharing import policy, queries
from noroshi.sharing.domain.periods import Period
from noroshi.sharing.reports.pdf import report_as_pdf
from noroshi.sharing.reports.sections import Section, as_csv, headings, period_name, sections

LANGUAGES: Final = ("ja", "en")
PLOTTED: Final = 3
"""The first sections are counts, and drawn."""


def statistics(request: ActorRequest) -> HttpResponse:
    """Show the sector's figures of one month or quarter."""
    policy.require_member(request.actor)
    offered = queries.periods_on_offer()
    period = _period(request, offered)
    report = queries.sector_report(request.actor, period)
    told = sections(report)
    context: dict[str, Any] = {
        "periods": [(str(each), period_name(each)) for each in offered],
        "period": str(period),
        "name": period_name(period),
        "headings": headings(report),
        "sections": [(section, _plot(section) if place < PLOTTED else "") for place, section in enumerate(told)],
        "trend": line_chart(
            Chart.of(
                _("Signals by month"),
                [(f"{each.year}-{each.first:02}", total) for each, total in report.trend if total is not None],
                _("signals"),
            )
        ),
    }
    return render(request, "sharing/statistics.html", context)


def statistics_file(request: ActorRequest, form: str) -> HttpResponse:
    """Answer with the same figures as a file, in the language that is asked for."""
    policy.require_member(request.actor)
    period = _period(request, queries.periods_on_offer())
    report = queries.sector_report(request.actor, period)
    language = request.GET.get("language", "")
    mark = f"{request.actor.label} {timezone.localtime(clock.now()).isoformat(timespec='minutes')}"
    with translation.override(language if language in LANGUAGES else translation.get_language()):
        content: str | bytes = as_csv(report, mark) if form == "csv" else report_as_pdf(report, mark)
    kind = "text/csv; charset=utf-8" if form == "csv" else "application/pdf"
    headers = {
        "Content-Disposition": f'attachment; filename="noroshi-report-{period}.{form}"',
        "Cache-Control": "no-store",
    }
    return HttpResponse(content, content_type=kind, headers=headers)


def _period(request: HttpRequest, offered: list[Period]) -> Period:
    """Return the period that is asked for; the last month where none is, 404 for one that has not ended."""
    text = request.GET.get("period", "")
    if not text:
        return offered[0]
    period = Period.of(text)
    if period not in offered:
        raise NotFound
    return period


def _plot(section: Section) -> SafeString:
    """Draw the lines but the total, as far as they are told."""
    points = [(line.label, line.share) for line in section.lines[:-1] if line.values[0] is not None]
    return bar_chart(Chart.of(section.title, points, _("signals"))) if points else SafeString("")
