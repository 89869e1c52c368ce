"""Inventories: what is run, read in as lists, and held against what is known."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from noroshi.advisories import actions, policy, queries
from noroshi.advisories.claim_wording import refusal_in_words
from noroshi.advisories.domain.components import of_stored, words_of
from noroshi.advisories.forms.tasks import InventoryForm, VexForm
from noroshi.advisories.models import Inventory
from noroshi.advisories.task_lists import ASSETS, tone_of
from noroshi.advisories.vex_wording import UNREAD
from noroshi.core.errors import Conflict, InvalidInput
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest, posted

MOST_COMPONENTS: Final = 500
MOST_HITS: Final = 100


def asset_list(request: ActorRequest) -> HttpResponseBase:
    """List what the organisation runs."""
    actor = request.actor
    policy.require_inventory_reader(actor)
    rows = queries.assets_for(actor)
    context = {"inventories": queries.inventories_for(actor), "may_keep": policy.may_keep_inventories(actor)}
    return lists.respond(request, ASSETS, actor=actor, rows=rows, template="advisories/assets.html", context=context)


def asset_detail(request: ActorRequest, asset_id: UUID) -> HttpResponse:
    """Show an asset: what is installed, and what hits it."""
    policy.require_inventory_reader(request.actor)
    row = queries.asset_for(request.actor, asset_id)
    hits = queries.matches_for(request.actor).filter(asset=row)
    shown = [(each, tone_of(each)) for each in hits[:MOST_HITS]]
    context = {
        "asset": row,
        "components": [words_of(of_stored(value)) for value in row.components[:MOST_COMPONENTS]],
        "has_more_components": row.component_count > MOST_COMPONENTS,
        "matches": shown,
        "hit_count": hits.count() if len(shown) == MOST_HITS else len(shown),
    }
    return render(request, "advisories/asset.html", context)


def inventory_new(request: ActorRequest) -> HttpResponse:
    """Read in a list."""
    actor = request.actor
    policy.require_inventory_reader(actor)
    policy.require_inventory_keeper(actor)
    data = posted(request)
    form = InventoryForm(
        data, request.FILES if data is not None else None, initial={"name": request.GET.get("name", "")}
    )
    if data is not None and form.is_valid():
        try:
            inventory = actions.read_in(actor, name=form.cleaned_data["name"], body=form.body())
        except InvalidInput as error:
            form.blame(error)
        else:
            messages.success(
                request, _("The list is read. It is being held against what is known; tasks come by themselves.")
            )
            return redirect("advisories:inventory", inventory_id=inventory.pk)
    return render(request, "advisories/inventory_new.html", {"form": form}, status=422 if form.errors else 200)


def inventory_detail(request: ActorRequest, inventory_id: UUID) -> HttpResponse:
    """Show what was read of a list and what was not."""
    policy.require_inventory_reader(request.actor)
    return _inventory(request, queries.inventory_for(request.actor, inventory_id), VexForm())


def _inventory(request: ActorRequest, row: Inventory, form: VexForm) -> HttpResponse:
    run = queries.last_run_for(request.actor)
    context = {
        "inventory": row,
        "run": run,
        "running": row.matched_at is None or (run is not None and run.ended_at is None),
        "may_ask": policy.may_keep_inventories(request.actor) and (run is None or bool(run.ended_at) or run.is_silent),
        "refused": [(line["place"], refusal_in_words(line["reason"])) for line in row.refused],
        "documents": [
            (each, [(place, UNREAD[reason]) for place, reason in each.unread])
            for each in queries.vex_documents_for(request.actor).filter(inventory=row)
        ],
        "form": form,
        "may_keep": policy.may_keep_inventories(request.actor),
    }
    if request.headers.get("HX-Target") != "progress":
        return render(request, "advisories/inventory.html", context, status=422 if form.errors else 200)
    response = render(request, "advisories/match_progress.html", context)
    if not context["running"]:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def inventory_match(request: ActorRequest, inventory_id: UUID) -> HttpResponse:
    """Have it held against everything now."""
    policy.require_inventory_reader(request.actor)
    row = queries.inventory_for(request.actor, inventory_id)
    actions.ask_for_match(request.actor, row)
    messages.success(request, _("What you run is being held against everything that is known."))
    return redirect("advisories:inventory", inventory_id=row.pk)


@require_POST
def inventory_give_up(request: ActorRequest, inventory_id: UUID) -> HttpResponse:
    """Forget a list."""
    policy.require_inventory_reader(request.actor)
    row = queries.inventory_for(request.actor, inventory_id)
    actions.give_up(request.actor, row)
    messages.success(request, _("The list is forgotten."))
    return redirect("advisories:assets")


@require_POST
def vex_import(request: ActorRequest, inventory_id: UUID) -> HttpResponse:
    """Take in a VEX document for a list."""
    policy.require_inventory_reader(request.actor)
    policy.require_inventory_keeper(request.actor)
    row = queries.inventory_for(request.actor, inventory_id)
    form = VexForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.import_vex(request.actor, row, form.body())
        except InvalidInput as error:
            form.blame(error)
        except Conflict as error:
            form.add_error("file", error.message)
        else:
            messages.success(request, _("The document is taken in. What you run is being matched anew."))
            return redirect("advisories:inventory", inventory_id=row.pk)
    return _inventory(request, row, form)


@require_POST
def vex_take_away(request: ActorRequest, document_id: UUID) -> HttpResponse:
    """Take a VEX document away."""
    policy.require_inventory_reader(request.actor)
    row = queries.vex_document_for(request.actor, document_id)
    actions.take_vex_away(request.actor, row)
    messages.success(request, _("The document is taken away. What you run is being matched anew."))
    return redirect("advisories:inventory", inventory_id=row.inventory_id)
