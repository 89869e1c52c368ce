"""Pages of the portal."""

from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateformat import format as formatted
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from noroshi.core import policy as door
from noroshi.core.actor import Actor
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput, NotFound
from noroshi.kit import lists
from noroshi.kit.charts import Chart, bar_chart, sparkline
from noroshi.kit.http import ActorRequest
from noroshi.notify.actions import Timing
from noroshi.notify.queries import unread_count
from noroshi.portal import actions, policy, queries
from noroshi.portal.domain.highlight import highlighted, snippet
from noroshi.portal.explanations import MEANINGS, OF_OTHERS, QUESTIONS
from noroshi.portal.forms import SearchForm
from noroshi.portal.lists import LEDGER, LEDGER_OF_ALL, SEARCHES, asked_by, found_list
from noroshi.portal.values import value_context
from noroshi.portal.verification import last_check
from noroshi.sharing import actions as sharing
from noroshi.sharing.policy import may_share
from noroshi.sharing.queries import passages_waiting, search_for, searches_of, signal_for, value_for

MOST_CHARACTERS: Final = 200


@login_not_required
@require_safe
def home(request: ActorRequest) -> HttpResponse:
    """Show what needs the reader; to the public what is public; to a supervisor what the product is."""
    actor = request.actor
    if actor.is_visitor:
        return render(request, "portal/public.html", {"signals": queries.public_signals(actor)})
    if actor.is_supervisor:
        return render(request, "portal/supervisor.html")
    return render(request, "portal/home.html", _home(actor) | (_hub(actor) if actor.is_hub_operator else {}))


def _home(actor: Actor) -> dict[str, Any]:
    return {
        "unread": unread_count(actor),
        "notices": queries.unread_notices(actor),
        "to_acknowledge": queries.to_acknowledge(actor),
        "signals": queries.latest_signals(actor),
        "may_share": may_share(actor),
        **_hits(queries.hits_by_day(actor)),
    }


def _hits(by_day: list[tuple[Any, int]]) -> dict[str, Any]:
    if not by_day:
        return {"may_hunt": False}
    points = [(formatted(day, "n/j"), count) for day, count in by_day]
    chart = Chart.of(_("Values found in your logs, by day"), points, _("values"))
    return {
        "may_hunt": True,
        "hits": sum(count for _day, count in by_day),
        "hits_plot": sparkline(chart),
        "hits_chart": bar_chart(chart),
    }


def _hub(actor: Actor) -> dict[str, Any]:
    return {
        "is_hub_operator": True,
        "waiting": queries.waiting_for_release(actor),
        "passages": passages_waiting(actor).count(),
        "organisations_hit": queries.organisations_hit(actor),
    }


@require_safe
def acknowledgements(request: ActorRequest) -> HttpResponse:
    """Show how far the latest signals were taken note of: a part of the home page that costs a pass over all people."""
    if not request.actor.is_hub_operator:
        raise NotFound
    progress = queries.acknowledgement_progress(request.actor)
    return render(request, "portal/acknowledgements.html", {"progress": progress})


@require_safe
def search(request: ActorRequest) -> HttpResponseBase:
    """Search everything the reader sees. Nothing is listed before something was asked."""
    _require_search(request)
    question = lists.read_question(found_list(request.actor, ""), request.GET)
    query = question.texts.get("q", "")
    rows = queries.searchable(request.actor, query)
    context = {"query": query, **({} if question.turn else _found_beside(request.actor, query))}
    spec = found_list(request.actor, query)
    return lists.respond(request, spec, actor=request.actor, rows=rows, template="portal/search.html", context=context)


def _found_beside(actor: Actor, query: str) -> dict[str, Any]:
    """What is found besides signals: it stands above the first page of them."""
    return {
        "answers": [
            (answer, highlighted(answer.title, query), snippet(f"{answer.question}\n{answer.answer}", query))
            for answer in queries.published_answers(actor, query)
        ],
        "documents": [
            (document, highlighted(document.title, query), snippet(document.description, query))
            for document in queries.documents_of_groups(actor, query)
        ],
        "groups": [
            (group, highlighted(group.name, query), snippet(group.purpose, query))
            for group in queries.groups_named(actor, query)
        ],
    }


@require_safe
def searches(request: ActorRequest) -> HttpResponseBase:
    """List the searches that the reader keeps, each with how much is new."""
    _require_search(request)
    rows = searches_of(request.actor)
    return lists.respond(request, SEARCHES, actor=request.actor, rows=rows, template="portal/searches.html")


def save_search(request: ActorRequest) -> HttpResponse:
    """Keep what was asked on the search page."""
    _require_search(request)
    asked = asked_by(lists.read_question(found_list(request.actor, ""), request.GET))
    form = SearchForm(request.POST or None, name=asked.words[:80], asked=asked, alert=None)
    if form.carry_out(lambda **_typed: sharing.save_search(request.actor, **_kept(form))):
        messages.success(request, _("The search is saved."))
        return redirect("portal:searches")
    return render(request, "portal/saved_search.html", {"form": form})


def saved_search(request: ActorRequest, saved_search_id: UUID) -> HttpResponse:
    """Show and change a search that the reader keeps."""
    row = search_for(request.actor, saved_search_id)
    timing = Timing(row.alert.delivery, row.alert.at, row.alert.weekday) if row.alert else None
    form = SearchForm(request.POST or None, name=row.name, asked=row.asked, alert=timing)
    if form.carry_out(lambda **_typed: sharing.change_search(request.actor, row, **_kept(form))):
        messages.success(request, _("The search is saved."))
        return redirect("portal:searches")
    return render(request, "portal/saved_search.html", {"form": form, "row": row})


@require_safe
def open_search(request: ActorRequest, saved_search_id: UUID) -> HttpResponse:
    """Go to what a kept search finds; what is there is not new any more."""
    row = search_for(request.actor, saved_search_id)
    sharing.look_at_search(request.actor, row)
    return redirect(f"{reverse('portal:search')}?{urlencode(row.asked.parameters)}")


@require_POST
def delete_search(request: ActorRequest, saved_search_id: UUID) -> HttpResponse:
    """Keep a search no longer."""
    sharing.delete_search(request.actor, search_for(request.actor, saved_search_id))
    messages.success(request, _("The search is deleted."))
    return redirect("portal:searches")


def _kept(form: SearchForm) -> dict[str, Any]:
    return {"name": form.cleaned_data["name"], "asked": form.asked, "alert": form.alert_wanted}


def _require_search(request: ActorRequest) -> None:
    if not policy.may_search(request.actor):
        raise NotFound


@require_safe
def value(request: ActorRequest, digest: str) -> HttpResponse:
    """Show what the reader may be told of a value: signals, own hits, warning lists, votes, age."""
    _require_search(request)
    context = value_context(request.actor, value_for(request.actor, digest))
    sharing.note_read(request.actor, context["shown"])
    return render(request, "portal/value.html", context)


@require_POST
def vote(request: ActorRequest, digest: str) -> HttpResponse:
    """Say for the organisation that a value is a false positive."""
    _require_search(request)
    try:
        sharing.vote_false_positive(request.actor, digest=digest, reason=request.POST.get("reason", ""))
    except InvalidInput as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Your organisation's vote counts."))
    return redirect("portal:value", digest=digest)


@require_POST
def withdraw_vote(request: ActorRequest, digest: str) -> HttpResponse:
    """Take the organisation's vote back."""
    _require_search(request)
    sharing.withdraw_vote(request.actor, digest=digest)
    messages.success(request, _("Your organisation's vote is taken back."))
    return redirect("portal:value", digest=digest)


@require_safe
def why(request: ActorRequest, signal_id: UUID) -> HttpResponse:
    """Say by which rule the reader sees a signal.

    Its author, and who releases it while it is held, also learn why others do or do not.
    """
    actor = request.actor
    signal = signal_for(actor, signal_id)
    may_ask = queries.may_ask_about_others(actor, signal)
    name = request.GET.get("who", "").strip()[:MOST_CHARACTERS]
    steps = door.explain(actor, signal)
    found = queries.verdicts(actor, signal, name) if may_ask else []
    context = {
        "signal": signal,
        "reason": door.REASONS[next(step.rule for step in steps if step.decides)],
        "steps": [(QUESTIONS[step.rule], step) for step in steps],
        "meaning": MEANINGS[TLP(signal.tlp)],
        "may_ask": may_ask,
        "who": name,
        "verdicts": [(verdict, OF_OTHERS[verdict.decision.rule]) for verdict in found],
    }
    return render(request, "portal/why.html", context)


@require_safe
def ledger(request: ActorRequest) -> HttpResponseBase:
    """List who did what to which number, when, by which channel and rule: for auditors."""
    rows = queries.ledger_entries(request.actor)
    spec = LEDGER_OF_ALL if policy.may_audit_everything(request.actor) else LEDGER
    context = _check(request.actor)
    return lists.respond(request, spec, actor=request.actor, rows=rows, template="portal/ledger.html", context=context)


def check_ledger(request: ActorRequest) -> HttpResponse:
    """Have the chain checked, or show how far the last check is."""
    if not policy.may_audit_everything(request.actor):
        raise NotFound
    if request.method == "POST":
        actions.request_ledger_check(request.actor)
        messages.info(request, _("The ledger is being checked."))
        return redirect("portal:ledger")
    return render(request, "portal/ledger_check.html", _check(request.actor))


def _check(actor: Actor) -> dict[str, Any]:
    may_check = policy.may_audit_everything(actor)
    return {"may_check": may_check, "check": last_check() if may_check else None}
