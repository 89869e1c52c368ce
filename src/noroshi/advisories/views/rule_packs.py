"""Packs of rules: what was imported, and what a member has on."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from noroshi.advisories import actions, policy, queries
from noroshi.advisories.domain.rule_packs import PackFormat
from noroshi.advisories.forms.rule_packs import FORMATS, EnabledForm, PackForm
from noroshi.core.errors import InvalidInput
from noroshi.kit.http import ActorRequest, posted


def packs(request: ActorRequest) -> HttpResponse:
    """List the packs; an operator imports one."""
    actor = request.actor
    policy.require_source_reader(actor)
    may_import = policy.may_edit_bulletins(actor)
    form = PackForm(*_sent(request))
    if request.method == "POST":
        policy.require_source_keeper(actor)
    if form.is_valid():
        data = form.cleaned_data
        try:
            pack = actions.import_pack(
                actor,
                name=data["name"],
                form=PackFormat(data["form"]),
                licence=data["licence"],
                content=data["file"].read(),
            )
        except InvalidInput as error:
            form.blame(error)
        else:
            messages.success(request, _("The pack is imported."))
            return redirect("advisories:rule-pack", pack_id=pack.pk)
    context = {"packs": queries.packs_for(actor), "form": form if may_import else None}
    return render(request, "advisories/rule_packs.html", context, status=422 if form.errors else 200)


def pack(request: ActorRequest, pack_id: UUID) -> HttpResponse:
    """Show a pack; a member says which of its rules are on."""
    actor = request.actor
    policy.require_source_reader(actor)
    row = queries.pack_for(actor, pack_id)
    said = queries.enabled_of(actor, row)
    initial = {"rules": "\n".join(said.rule_ids), "until": said.until} if said else {}
    form = EnabledForm(posted(request), initial=initial)
    if form.is_valid():
        try:
            actions.say_enabled(actor, row, text=form.cleaned_data["rules"], until=form.cleaned_data["until"])
        except InvalidInput as error:
            form.blame(error)
        else:
            messages.success(request, _("Your list is kept; your organisation alone sees it."))
            return redirect("advisories:rule-pack", pack_id=row.pk)
    context = {
        "pack": row,
        "said": said,
        "format": dict(FORMATS)[row.form],
        "form": form if policy.may_ask(actor) else None,
    }
    return render(request, "advisories/rule_pack.html", context, status=422 if form.errors else 200)


def _sent(request: ActorRequest) -> tuple[Any, ...]:
    return (request.POST, request.FILES) if request.method == "POST" else ()
