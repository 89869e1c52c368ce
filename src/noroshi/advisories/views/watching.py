"""Watched words: which there are, and the records that name them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from noroshi.advisories import actions, policy, queries
from noroshi.advisories.forms.watch_terms import JudgementForm, TermForm
from noroshi.advisories.models import HitStage, WatchHit
from noroshi.advisories.watch_lists import HIT_TONES, WATCH_HITS
from noroshi.core.errors import Conflict, InvalidInput
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest, posted


def hit_list(request: ActorRequest) -> HttpResponseBase:
    """List the records that name what is watched."""
    policy.require_inventory_reader(request.actor)
    rows = queries.watch_hits_for(request.actor)
    template = "advisories/watch_hits.html"
    return lists.respond(request, WATCH_HITS, actor=request.actor, rows=rows, template=template)


def hit_detail(request: ActorRequest, hit_id: UUID) -> HttpResponse:
    """Show such a record, and take what is judged of it."""
    policy.require_inventory_reader(request.actor)
    row = queries.watch_hit_for(request.actor, hit_id)
    form = JudgementForm(posted(request))
    concerns = request.POST.get("judgement")
    if concerns in ("concerns", "nothing") and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            actions.judge_watch_hit(request.actor, row, concerns=concerns == "concerns", reason=reason)
        except InvalidInput as error:
            form.blame(error)
        else:
            messages.success(request, _("Your judgement is kept."))
            return redirect("advisories:watch-hit", hit_id=row.pk)
    return _hit(request, row, form)


def _hit(request: ActorRequest, row: WatchHit, form: JudgementForm) -> HttpResponse:
    may_keep = policy.may_keep_inventories(request.actor)
    context = {"hit": row, "tone": HIT_TONES[HitStage(row.stage)], "form": form, "may_keep": may_keep}
    return render(request, "advisories/watch_hit.html", context, status=422 if form.errors else 200)


def terms(request: ActorRequest) -> HttpResponse:
    """Show which words are watched; watch another."""
    actor = request.actor
    policy.require_inventory_reader(actor)
    data = posted(request)
    if data is not None:
        policy.require_inventory_keeper(actor)
    form = TermForm(data)
    if form.is_valid():
        try:
            actions.watch_term(actor, kind=form.cleaned_data["kind"], words=form.cleaned_data["words"])
        except InvalidInput as error:
            form.blame(error)
        except Conflict as error:
            form.add_error("words", error.message)
        else:
            messages.success(request, _("It is watched. What the last thirty days brought is looked through as well."))
            return redirect("advisories:watch-terms")
    context = {"terms": queries.terms_for(actor), "form": form, "may_keep": policy.may_keep_inventories(actor)}
    return render(request, "advisories/watch_terms.html", context, status=422 if form.errors else 200)


@require_POST
def unwatch(request: ActorRequest, term_id: UUID) -> HttpResponse:
    """Watch a word no more."""
    policy.require_inventory_reader(request.actor)
    actions.unwatch_term(request.actor, queries.term_for(request.actor, term_id))
    messages.success(request, _("It is watched no more."))
    return redirect("advisories:watch-terms")
