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
from noroshi.advisories.domain.findings import Unclear
from noroshi.advisories.finding_lists import FINDINGS, IMPORT_TONES, show
from noroshi.advisories.finding_wording import REFUSALS, UNREAD
from noroshi.advisories.forms.findings import FindingsForm
from noroshi.advisories.models import ImportStage
from noroshi.core.errors import InvalidInput
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest, posted

MOST_IMPORTS: Final = 5


def finding_list(request: ActorRequest) -> HttpResponseBase:
    """List what checks found."""
    actor = request.actor
    policy.require_inventory_reader(actor)
    imports = [(each, IMPORT_TONES[ImportStage(each.stage)]) for each in queries.imports_for(actor)[:MOST_IMPORTS]]
    context = {
        "scans": queries.scans_for(actor),
        "imports": imports,
        "may_keep": policy.may_keep_inventories(actor),
    }
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
    """Send what a tool found; it is taken in by a job."""
    actor = request.actor
    policy.require_inventory_reader(actor)
    policy.require_inventory_keeper(actor)
    data = posted(request)
    form = FindingsForm(data, request.FILES if data is not None else None)
    if data is not None and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            row = actions.send_findings(
                actor, name=file.name, pieces=file.chunks(), is_whole=form.cleaned_data["is_whole"]
            )
        except InvalidInput as error:
            form.blame(error)
        else:
            return redirect("advisories:findings-imported", import_id=row.pk)
    return render(request, "advisories/findings_import.html", {"form": form}, status=422 if form.errors else 200)


def findings_imported(request: ActorRequest, import_id: UUID) -> HttpResponse:
    """Show how far a file of findings is, and what came of it."""
    policy.require_inventory_reader(request.actor)
    row = queries.import_for(request.actor, import_id)
    context = {
        "row": row,
        "tone": IMPORT_TONES[ImportStage(row.stage)],
        "refusal": REFUSALS.get(row.refusal, ""),
        "unread": [(place, UNREAD[Unclear(reason)]) for place, reason in row.unread_first],
        "may_keep": policy.may_keep_inventories(request.actor),
        "more": row.unread - len(row.unread_first),
    }
    if request.headers.get("HX-Target") != "progress":
        return render(request, "advisories/findings_imported.html", context)
    response = render(request, "advisories/findings_progress.html", context)
    if not row.is_on_its_way:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def findings_forget(request: ActorRequest) -> HttpResponse:
    """Forget what a product found in an account."""
    policy.require_inventory_reader(request.actor)
    product, account = request.POST.get("product", ""), request.POST.get("account", "")
    actions.forget_findings(request.actor, product=product, account=account)
    messages.success(request, _("What was found there is forgotten."))
    return redirect("advisories:findings")
