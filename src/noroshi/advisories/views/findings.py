"""Findings of configuration checks: which there are, taken in, forgotten."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from noroshi.advisories import actions, policy, queries
from noroshi.advisories.finding_lists import FINDINGS, show
from noroshi.advisories.finding_wording import UNREAD
from noroshi.advisories.forms.findings import FindingsForm
from noroshi.core.errors import Conflict, InvalidInput
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest, posted

MOST_SHOWN: Final = 100


def finding_list(request: ActorRequest) -> HttpResponseBase:
    """List what checks found."""
    actor = request.actor
    policy.require_inventory_reader(actor)
    context = {"scans": queries.scans_for(actor), "may_keep": policy.may_keep_inventories(actor)}
    rows = queries.findings_for(actor)
    template = "advisories/findings.html"
    return lists.respond(request, FINDINGS, actor=actor, rows=rows, template=template, context=context)


def finding_detail(request: ActorRequest, finding_id: UUID) -> HttpResponse:
    """Show one finding: what was found, where, and how to mend it."""
    policy.require_inventory_reader(request.actor)
    row = queries.finding_for(request.actor, finding_id)
    show(request.actor, [row])
    references = [(each, each.startswith(("https://", "http://"))) for each in row.references]
    return render(request, "advisories/finding.html", {"finding": row, "references": references})


def findings_import(request: ActorRequest) -> HttpResponse:
    """Take in what a tool found, and say what came of it."""
    actor = request.actor
    policy.require_inventory_reader(actor)
    policy.require_inventory_keeper(actor)
    data = posted(request)
    form = FindingsForm(data, request.FILES if data is not None else None)
    if data is not None and form.is_valid():
        try:
            done = actions.import_findings(actor, body=form.body(), is_whole=form.cleaned_data["is_whole"])
        except InvalidInput as error:
            form.blame(error)
        except Conflict as error:
            form.add_error("file", error.message)
        else:
            unread = [(each.place, UNREAD[each.because]) for each in done.unread[:MOST_SHOWN]]
            context = {
                "done": done,
                "unread": unread,
                "more": len(done.unread) - len(unread),
                "is_left_open": bool(unread) and form.cleaned_data["is_whole"],
            }
            return render(request, "advisories/findings_imported.html", context)
    return render(request, "advisories/findings_import.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def findings_forget(request: ActorRequest) -> HttpResponse:
    """Forget what a product found in an account."""
    policy.require_inventory_reader(request.actor)
    product, account = request.POST.get("product", ""), request.POST.get("account", "")
    actions.forget_findings(request.actor, product=product, account=account)
    messages.success(request, _("What was found there is forgotten."))
    return redirect("advisories:findings")
