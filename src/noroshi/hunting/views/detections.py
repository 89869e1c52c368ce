"""Pages of what rules saw in the own organisation's logs."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.dateformat import format as formatted
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from noroshi.core.errors import Conflict
from noroshi.hunting import actions, lists, policy, queries, rule_wording
from noroshi.hunting.engine.detections.rules import Layer
from noroshi.hunting.forms import HandlingForm
from noroshi.hunting.models import UNDER_WAY
from noroshi.hunting.queries import Coverage, Sight
from noroshi.kit.charts import Chart, HeatMap, bar_chart, heat_map
from noroshi.kit.http import ActorRequest
from noroshi.kit.lists import respond

COLUMN_WIDTH = 84


def detections(request: ActorRequest) -> HttpResponseBase:
    """List what rules saw in the own organisation's logs."""
    policy.require_hunter(request.actor)
    days = queries.detections_by_day(request.actor)
    by_day = Chart.of(
        _("Detections, by day"), [(formatted(day, "n/j"), number) for day, number in days], _("detections")
    )
    return respond(
        request,
        lists.DETECTIONS,
        actor=request.actor,
        rows=queries.detections_for(request.actor),
        template="hunting/detections.html",
        context={"by_day": bar_chart(by_day) if any(number for _day, number in days) else ""},
    )


def detection(request: ActorRequest, detection_id: UUID) -> HttpResponse:
    """Show one detection; the events behind it are asked for by the page."""
    return _page(request, detection_id, HandlingForm())


@require_POST
def handle(request: ActorRequest, detection_id: UUID) -> HttpResponse:
    """Acknowledge a detection, set it aside, or open it again."""
    found = queries.detection_for(request.actor, detection_id)
    form = HandlingForm(request.POST)
    if not form.is_valid():
        return _page(request, detection_id, form, status=422)
    actions.handle_detection(request.actor, found, state=form.cleaned_data["state"], reason=form.cleaned_data["reason"])
    messages.success(request, _("Your choice is saved."))
    return redirect("hunting:detection", detection_id=found.pk)


def _page(request: ActorRequest, detection_id: UUID, form: HandlingForm, status: int = 200) -> HttpResponse:
    found = queries.detection_for(request.actor, detection_id)
    line = next((line for line in queries.rules_for(request.actor) if line.known.rule.id == found.rule), None)
    context = {
        "detection": found,
        "title": rule_wording.text(found.title),
        "keys": rule_wording.keys(found.keys),
        "line": line,
        "reason": rule_wording.text(line.known.rule.reason) if line else "",
        "otherwise": [rule_wording.text(each) for each in line.known.rule.false_positives] if line else [],
        "measured": rule_wording.measured(line.known.rule, found.measure) if line else "",
        "form": form,
        "verbs": [(state, label) for state, label in rule_wording.VERBS.items() if state != found.state],
    }
    return render(request, "hunting/detection.html", context, status=status)


def detection_events(request: ActorRequest, detection_id: UUID) -> HttpResponse:
    """Show the own log's events behind a detection."""
    found = queries.detection_for(request.actor, detection_id)
    return render(request, "hunting/events.html", {"events": queries.events_behind(found)})


@require_POST
def run_now(request: ActorRequest) -> HttpResponse:
    """Ask for the rules to be run over what is new."""
    try:
        run = actions.ask_for_own_run(request.actor)
    except Conflict as error:
        messages.info(request, error.message)
        return redirect("hunting:detections")
    return redirect("hunting:run", run_id=run.pk)


def run(request: ActorRequest, run_id: UUID) -> HttpResponse:
    """Show how a run stands, and how many detections are new in it."""
    found = queries.run_for(request.actor, run_id)
    context = {
        "run": found,
        "running": found.state in UNDER_WAY,
        "new": queries.detections_for(request.actor).filter(run=found).count(),
    }
    if request.headers.get("HX-Target") != "progress":
        return render(request, "hunting/run.html", context)
    response = render(request, "hunting/run_progress.html", context)
    if not context["running"]:
        response["HX-Refresh"] = "true"
    return response


def coverage(request: ActorRequest) -> HttpResponse:
    """Show what the own logs would show, and what the own rules watch, by layer and tactic."""
    policy.require_hunter(request.actor)
    found = queries.coverage_for(request.actor)
    counts = {sight: sum(line.sight is sight for line in found.lines) for sight in Sight}
    context = {
        "lines": [rule_wording.TechniqueWords.of(line) for line in found.lines],
        "watched": counts[Sight.WATCHED],
        "visible": counts[Sight.WATCHED] + counts[Sight.VISIBLE],
        "all": len(found.lines),
        "of_watched": _heat(_("Techniques that a rule watches"), found, Sight.WATCHED),
        "of_visible": _heat(_("Techniques that the logs would show"), found, Sight.WATCHED, Sight.VISIBLE),
    }
    return render(request, "hunting/coverage.html", context)


def _heat(title: str, coverage: Coverage, *sights: Sight) -> str:
    rows = [rule_wording.tactic(tactic) for tactic in coverage.tactics]
    columns = [str(rule_wording.LAYERS[layer]) for layer in Layer]
    return heat_map(HeatMap(title, rows, columns, coverage.counts(*sights), _("techniques"), COLUMN_WIDTH))
