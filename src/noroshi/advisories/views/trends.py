"""Threat trends of a quarter: a page, files of figures, a PDF."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from noroshi.advisories import policy, queries
from noroshi.advisories.trend_files import trends_as_pdf
from noroshi.advisories.trend_sections import sections
from noroshi.core import clock
from noroshi.core.errors import NotFound
from noroshi.kit.http import ActorRequest
from noroshi.sharing.domain.periods import Period
from noroshi.sharing.reports.sections import period_name


def trends(request: ActorRequest) -> HttpResponse:
    """Show what a quarter comes to."""
    policy.require_member(request.actor)
    quarter = _quarter(request)
    found = queries.trends_of(request.actor, quarter)
    context = {
        "quarters": [(str(each), period_name(each)) for each in queries.quarters_on_offer()],
        "quarter": str(quarter),
        "name": period_name(quarter),
        "lasts": found.signals is None,
        "sections": sections(found),
    }
    return render(request, "advisories/trends.html", context)


@require_safe
def trends_csv(request: ActorRequest, section: str) -> StreamingHttpResponse:
    """Hand out the figures of one plot."""
    policy.require_member(request.actor)
    quarter = _quarter(request)
    found = {each.name: each for each in sections(queries.trends_of(request.actor, quarter))}
    if section not in found:
        raise NotFound
    return StreamingHttpResponse(
        [line.encode() for line in found[section].lines(_mark(request))],
        content_type="text/csv; charset=utf-8",
        headers=_headers(f"noroshi-trends-{quarter}-{section}.csv"),
    )


@require_safe
def trends_pdf(request: ActorRequest) -> HttpResponse:
    """Hand out the report to print, in the reader's language."""
    policy.require_member(request.actor)
    quarter = _quarter(request)
    content = trends_as_pdf(queries.trends_of(request.actor, quarter), _mark(request))
    headers = _headers(f"noroshi-trends-{quarter}.pdf")
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _quarter(request: HttpRequest) -> Period:
    """Return the quarter that is asked for; the last that has ended where none is, 404 for one that is not offered."""
    offered = queries.quarters_on_offer()
    text = request.GET.get("quarter", "")
    if not text:
        return offered[1]
    period = Period.of(text)
    if period not in offered:
        raise NotFound
    return period


def _mark(request: ActorRequest) -> str:
    return f"{request.actor.label} {timezone.localtime(clock.now()).isoformat(timespec='seconds')}"


def _headers(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
