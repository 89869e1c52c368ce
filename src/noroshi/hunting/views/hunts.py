"""Pages of the hunting room."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db.models import Count, Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.dateformat import format as formatted
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from noroshi.core.errors import Conflict, InvalidInput, NotFound, TooLarge
from noroshi.hunting import actions, lists, policy, queries, wording
from noroshi.hunting.domain.harmless import HARMLESS
from noroshi.hunting.engine import is_slug
from noroshi.hunting.forms import LogForm, SearchForm, SourceForm
from noroshi.hunting.models import ENDED, UNDER_WAY, Hunt
from noroshi.kit.charts import Chart, HeatMap, bar_chart, heat_map
from noroshi.kit.http import ActorRequest
from noroshi.kit.lists import Page, respond
from noroshi.sharing.models import Signal
from noroshi.sharing.queries import signal_for

if TYPE_CHECKING:
    from django.core.files.uploadedfile import TemporaryUploadedFile

MAX_UPLOAD: Final = 256 * 1024 * 1024
"""Bytes of one log file sent from the page; larger ones come by `noroshi lake ingest`."""

QUARANTINE_PAGE: Final = 100
SUPPRESSED_SHOWN: Final = 20
ROWS_SHOWN: Final = 40
"""Sources, or organisations, whose days are drawn."""


def hits(request: ActorRequest) -> HttpResponseBase:
    """List what was found in the own organisation's logs."""
    policy.require_onlooker(request.actor)
    days = queries.hits_by_day(request.actor)
    context = {
        "by_day": _by_day(_("Values found, by day"), days, _("values")) if any(number for _day, number in days) else "",
        "may_hunt": policy.may_hunt(request.actor),
        "suppressed": queries.shared_suppressed_for(request.actor).count(),
    }
    return respond(
        request,
        lists.HITS,
        actor=request.actor,
        rows=queries.shared_hits_for(request.actor),
        template="hunting/hits.html",
        context=context,
    )


def hit(request: ActorRequest, hit_id: UUID) -> HttpResponse:
    """Show one value found; the events behind it are asked for by the page."""
    found = queries.hit_for(request.actor, hit_id)
    context = {
        "hit": found,
        "type": wording.type_name(found.type),
        "allow": urlencode({"value": f"{found.type}: {found.value}"}),
    }
    return render(request, "hunting/hit.html", context)


def hit_events(request: ActorRequest, hit_id: UUID) -> HttpResponse:
    """Show the own log's events behind a hit, and how many there were a day."""
    found = queries.hit_for(request.actor, hit_id)
    context = {
        "events": queries.events_of(found),
        "spread": queries.spread_of(found),
        "by_day": _by_day(_("Events, by day"), queries.daily_counts_of(found), _("events")),
    }
    return render(request, "hunting/events.html", context)


def signal(request: ActorRequest, signal_id: UUID) -> HttpResponse:
    """Show what a signal's hunt has found: own hits to a member, counts by organisation to the hub's operators."""
    policy.require_onlooker(request.actor)
    asked = signal_for(request.actor, signal_id)
    counts = queries.counts_by_organisation(request.actor, asked)
    hunted = queries.hunt_under_way(request.actor, asked)
    if request.headers.get("HX-Target") == "progress":
        return _hunt_progress(request, asked, hunted, sum(count.values for count in counts))
    suppressed = queries.suppressed_for(request.actor).filter(hunt__signal=asked)
    context = {
        "signal": asked,
        "hunted": hunted,
        "found": sum(count.values for count in counts),
        "hits": queries.hits_for(request.actor).filter(hunt__signal=asked)[:QUARANTINE_PAGE],
        "suppressed": suppressed[:SUPPRESSED_SHOWN],
        "suppressed_count": suppressed.count(),
        "all_suppressed": f"?signal={asked.pk}",
        "counts": counts,
        "may_count": policy.may_count(request.actor),
    }
    return render(request, "hunting/signal.html", context)


def _hunt_progress(request: ActorRequest, signal: Signal, hunted: queries.Hunted | None, found: int) -> HttpResponse:
    """Answer with how far a signal's hunt is; once there is more to see, have the page loaded anew."""
    context = {"signal": signal, "hunted": hunted, "found": found}
    response = render(request, "hunting/hunt_progress.html", context)
    if hunted is None or request.GET.get("found") != str(found):
        response["HX-Refresh"] = "true"
    return response


def searches(request: ActorRequest) -> HttpResponseBase:
    """List what people of the own organisation looked for."""
    policy.require_hunter(request.actor)
    rows = queries.searches_for(request.actor).annotate(found=Count("hits", filter=Q(hits__allowed=None)))
    return respond(request, lists.SEARCHES, actor=request.actor, rows=rows, template="hunting/searches.html")


def new_search(request: ActorRequest) -> HttpResponse:
    """Ask for values to be looked for in the own lake."""
    policy.require_hunter(request.actor)
    form = SearchForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            harmless_too = form.cleaned_data["harmless_too"]
            hunt = actions.search_own_lake(request.actor, text=form.text(), harmless_too=harmless_too, **form.window())
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            return redirect("hunting:search", hunt_id=hunt.pk)
    return render(request, "hunting/new_search.html", {"form": form}, status=422 if form.errors else 200)


def search(request: ActorRequest, hunt_id: UUID) -> HttpResponseBase:
    """Show how a search stands, and what it has found; while it goes on, what it has found so far."""
    hunt = queries.search_for(request.actor, hunt_id)
    found = queries.amount_found(request.actor, hunt)
    context = {"hunt": hunt, "running": hunt.state in UNDER_WAY, "ended": hunt.state in ENDED, "found": found}
    if request.headers.get("HX-Target") == "progress":
        response = _progress(request, "hunting/search_progress.html", context)
        if request.GET.get("events") != str(found.events):
            response["HX-Trigger"] = "found"  # the list asks for itself anew, by the filters that the person chose
        return response
    suppressed = queries.suppressed_for(request.actor).filter(hunt=hunt).order_by("-count", "pk")
    number = suppressed.count()
    harmless = any(reason == HARMLESS for _value, reason in hunt.refused)
    context |= {
        "refused": [(value, wording.in_words(reason)) for value, reason in hunt.refused],
        "suppressed": suppressed[:SUPPRESSED_SHOWN],
        "suppressed_count": number,
        "all_suppressed": f"?search={hunt.pk}",
        "scanned": [(wording.in_words(reason), files) for reason, files in hunt.scanned],
    }
    return respond(
        request,
        lists.found_by(hunt, suppressed=harmless or number > 0),
        actor=request.actor,
        rows=queries.hits_for(request.actor).filter(hunt=hunt),
        template="hunting/search.html",
        context=context,
    )


@require_POST
def stop_search(request: ActorRequest, hunt_id: UUID) -> HttpResponse:
    """Stop a search; what it has found by now stays."""
    hunt = queries.search_for(request.actor, hunt_id)
    try:
        actions.stop_search(request.actor, hunt)
    except Conflict as error:
        messages.info(request, error.message)
    return redirect("hunting:search", hunt_id=hunt.pk)


def search_file(request: ActorRequest, hunt_id: UUID) -> HttpResponse:
    """Hand out what a search has found as Parquet."""
    hunt = queries.search_for(request.actor, hunt_id)
    return _file(hunt, queries.file_of(request.actor, hunt), "application/vnd.apache.parquet", "parquet")


def search_sightings(request: ActorRequest, hunt_id: UUID) -> HttpResponse:
    """Hand out what a search has found as a STIX bundle."""
    hunt = queries.search_for(request.actor, hunt_id)
    return _file(hunt, queries.sightings_of(request.actor, hunt), "application/stix+json;version=2.1", "stix.json")


def _file(hunt: Hunt, content: bytes, kind: str, ending: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="noroshi-hits-{hunt.created_at:%Y%m%d-%H%M}.{ending}"'
    answer["Cache-Control"] = "no-store"
    return answer


def lake(request: ActorRequest) -> HttpResponseBase:
    """Show how the log lake stands: the own sources to a member, counts by organisation to the hub's operators."""
    policy.require_onlooker(request.actor)
    context = {
        "sources": queries.own_sources(request.actor),
        "counts": queries.lakes_by_organisation(request.actor),
        "days": _day_map(_("Events, by source and day"), queries.own_days(request.actor)),
        "days_by_organisation": _day_map(
            _("Events, by organisation and day"), queries.days_by_organisation(request.actor)
        ),
        "may_hunt": policy.may_hunt(request.actor),
        "may_count": policy.may_count(request.actor),
    }
    return respond(
        request,
        lists.LOG_FILES,
        actor=request.actor,
        rows=queries.log_files_for(request.actor),
        template="hunting/lake.html",
        context=context,
    )


def quarantine(request: ActorRequest, source: str) -> HttpResponse:
    """List the lines of an own source that became no event."""
    reasons = queries.quarantine_reasons(request.actor, source)
    chosen = request.GET.get("reason", "")
    reason = chosen if chosen in dict(reasons) else None
    page = _quarantine_page(request, source, reason, dict(reasons))
    context = {
        "source": source,
        "page": page,
        "lines": [(line, wording.in_words(line.reason)) for line in page.rows],
        "reasons": [(text, wording.in_words(text), number) for text, number in reasons],
        "chosen": reason,
    }
    return render(request, "hunting/quarantine.html", context)


@require_POST
def replay(request: ActorRequest, source: str) -> HttpResponse:
    """Ask for the lines of an own source that became no event to be read again."""
    actions.ask_for_replay(request.actor, source=source)
    messages.info(request, _("The lines are being read again. Those that become events leave the quarantine."))
    return redirect("hunting:quarantine", source=source)


def source(request: ActorRequest, source: str) -> HttpResponse:
    """Say how an own source's logs are read, and how long they are kept."""
    policy.require_hunter(request.actor)
    if not is_slug(source):
        raise NotFound
    row = queries.source_for(request.actor, source)
    initial = {"mapping": row.mapping, "keep_days": row.keep_days} if row else {}
    form = SourceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_source(request.actor, source=source, **form.cleaned_data)
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            return redirect("hunting:lake")
    context = {"form": form, "source": source, "row": row}
    return render(request, "hunting/source.html", context, status=422 if form.errors else 200)


@csrf_exempt  # checked in `_send_log`: the check reads the body, whose size is looked at first
def send_log(request: ActorRequest) -> HttpResponse:
    """Take a log file: refuse what is too large before reading it, stream the rest to disk."""
    policy.require_hunter(request.actor)
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_UPLOAD:
        raise TooLarge(
            _("A log file sent from the page has at most 256 MB: split it, or ask for `noroshi lake ingest`.")
        )
    request.upload_handlers = [TemporaryFileUploadHandler(request)]
    return _send_log(request)


@csrf_protect
def _send_log(request: ActorRequest) -> HttpResponse:
    form = LogForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file: TemporaryUploadedFile = form.cleaned_data["file"]
        sent = actions.send_log_file(
            request.actor,
            source=form.cleaned_data["source"],
            name=file.name or "",
            path=Path(file.temporary_file_path()),
        )
        return redirect("hunting:log-file", file_id=sent.pk)
    return render(request, "hunting/send_log.html", {"form": form}, status=422 if form.errors else 200)


def log_file(request: ActorRequest, file_id: UUID) -> HttpResponse:
    """Show how far a log file is on its way into the lake."""
    file = queries.log_file_for(request.actor, file_id)
    context = {"file": file, "running": file.state in UNDER_WAY, "error": file.error and wording.in_words(file.error)}
    if request.headers.get("HX-Target") == "progress":
        return _progress(request, "hunting/log_file_progress.html", context)
    return render(request, "hunting/log_file.html", context)


def _progress(request: ActorRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Answer with how far it is; once it has ended, have the page loaded anew."""
    response = render(request, template, context)
    if not context["running"]:
        response["HX-Refresh"] = "true"
    return response


def _by_day(title: str, days: list[tuple[date, int]], unit: str) -> str:
    return bar_chart(Chart.of(title, [(formatted(day, "n/j"), number) for day, number in days], unit))


def _day_map(title: str, strips: list[queries.DayStrip]) -> dict[str, Any]:
    """Return a heat map of the last days, and the rows that have days without events."""
    shown = strips[:ROWS_SHOWN]
    days = [formatted(day, "j") for day in queries.shown_days()]
    values = [strip.events for strip in shown]
    chart = heat_map(HeatMap(title, [strip.name for strip in shown], days, values, _("events"))) if shown else ""
    return {"chart": chart, "gaps": [strip for strip in shown if strip.gaps]}


def _quarantine_page(request: ActorRequest, source: str, reason: str | None, known: dict[str, int]) -> Page:
    number = _page_number(request.GET.get("page", ""))
    start = (number - 1) * QUARANTINE_PAGE
    rows = queries.quarantine_for(request.actor, source, limit=QUARANTINE_PAGE + 1, offset=start, reason=reason)
    count = known[reason] if reason else sum(known.values())
    asked = f"?{urlencode({'reason': reason})}&" if reason else "?"
    has_next = len(rows) > QUARANTINE_PAGE
    return Page(
        rows=rows[:QUARANTINE_PAGE],
        first=start + 1 if rows else 0,
        count=count,
        capped=False,
        first_url=f"{asked}page=1" if number > 1 else "",
        previous_url=f"{asked}page={number - 1}" if number > 1 else "",
        next_url=f"{asked}page={number + 1}" if has_next else "",
        last_url=f"{asked}page={-(-count // QUARANTINE_PAGE)}" if has_next else "",
    )


def _page_number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 5 else 1  # noqa: PLR2004 - digits
