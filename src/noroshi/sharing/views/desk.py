"""The hub's release desk: what waits, what is asked, what belongs together, how long it takes."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from noroshi.core.errors import InvalidInput, NotFound
from noroshi.kit.charts import Chart, Series, line_chart
from noroshi.kit.http import ActorRequest, posted
from noroshi.sharing import actions, policy, queries
from noroshi.sharing.forms.desk import RelateForm, RequestForm
from noroshi.sharing.models import CannedRequest, RelationKind
from noroshi.sharing.views.context import gravity_reasons

_MINUTES = 60


def release_queue(request: ActorRequest) -> HttpResponse:
    """List what waits for a hub operator."""
    _require_desk(request)
    waiting = [(each, gravity_reasons(each.signal)) for each in queries.release_desk(request.actor)]
    context = {
        "waiting": waiting,
        "passages": queries.passages_waiting(request.actor),
        "target": settings.RELEASE_TARGET,
        "late": sum(each.late for each, _reasons in waiting),
        "alone": any(each.two for each, _reasons in waiting) and not queries.has_two_operators(),
    }
    return render(request, "sharing/release_queue.html", context)


def release_times(request: ActorRequest) -> HttpResponse:
    """Show how long the hub takes to release, by week."""
    _require_desk(request)
    weeks = queries.release_times(request.actor)
    labels = [f"{week.monday:%m-%d}" for week in weeks]
    lines = [
        Series(_("median"), [round(week.median.total_seconds() / _MINUTES, 1) for week in weeks]),
        Series(_("nine of ten"), [round(week.most.total_seconds() / _MINUTES, 1) for week in weeks]),
    ]
    plot = line_chart(Chart(_("Minutes from sent to released, by week"), labels, lines, _("minutes")))
    context = {"weeks": weeks, "plot": plot if weeks else "", "target": settings.RELEASE_TARGET}
    return render(request, "sharing/release_times.html", context)


def canned_requests(request: ActorRequest, request_id: UUID | None = None) -> HttpResponse:
    """List the hub's requests for more information; write one, or change one."""
    _require_desk(request)
    row = queries.request_for(request.actor, request_id) if request_id else None
    form = RequestForm(posted(request), initial=_initial(row))
    if form.is_valid():
        try:
            actions.keep_request(request.actor, row=row, **form.cleaned_data)
        except InvalidInput as error:
            form.blame(error)
        else:
            messages.success(request, _("The request is kept."))
            return redirect("sharing:requests")
    context = {"form": form, "row": row, "requests": queries.requests_on_offer()}
    return render(request, "sharing/requests.html", context, status=422 if form.errors else 200)


def _initial(row: CannedRequest | None) -> dict[str, str]:
    names = ("title_ja", "title_en", "text_ja", "text_en")
    return {name: getattr(row, name) for name in names} if row else {}


@require_POST
def retire_request(request: ActorRequest, request_id: UUID) -> HttpResponse:
    """Offer a request no longer."""
    _require_desk(request)
    actions.retire_request(request.actor, queries.request_for(request.actor, request_id))
    messages.success(request, _("The request is no longer offered."))
    return redirect("sharing:requests")


def related(request: ActorRequest, signal_id: UUID) -> HttpResponse:
    """Answer with the signals that may belong to one, as far as the reader sees them: a part of its page."""
    policy.require_member(request.actor)
    signal = queries.relatable(request.actor).filter(pk=signal_id).first()
    if signal is None:
        raise NotFound
    context = {
        "signal": signal,
        "suggestions": queries.suggestions_for(request.actor, signal),
        "may_relate": policy.may_relate(request.actor, signal),
        "kinds": RelationKind.choices,
    }
    return render(request, "sharing/related.html", context)


@require_POST
def relate(request: ActorRequest, signal_id: UUID) -> HttpResponse:
    """Say that two signals belong together."""
    signal = queries.signal_for(request.actor, signal_id)
    form = RelateForm(request.POST, actor=request.actor)
    try:
        if form.is_valid():
            data = form.cleaned_data
            actions.relate_signals(request.actor, signal, other=data["other"], kind=data["kind"])
    except InvalidInput as error:
        form.blame(error)
    return _told(request, form, signal_id, _("The two signals are related."))


@require_POST
def part(request: ActorRequest, signal_id: UUID) -> HttpResponse:
    """Take back that two signals belong together."""
    signal = queries.signal_for(request.actor, signal_id)
    form = RelateForm(request.POST, actor=request.actor)
    if form.is_valid():
        actions.part_signals(request.actor, signal, other=form.cleaned_data["other"])
    return _told(request, form, signal_id, _("The two signals are no longer related."))


def _told(request: ActorRequest, form: RelateForm, signal_id: UUID, done: str) -> HttpResponse:
    wrong = [str(sentence) for sentences in form.errors.values() for sentence in sentences]
    if wrong:
        messages.error(request, " ".join(wrong))
    else:
        messages.success(request, done)
    return redirect("sharing:detail", signal_id=signal_id)


def _require_desk(request: ActorRequest) -> None:
    if not policy.runs_desk(request.actor):
        raise NotFound
