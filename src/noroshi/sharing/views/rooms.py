"""A group's room, and the guests of a signal."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest
from noroshi.members.queries import charter_of, coordinators_of
from noroshi.sharing import actions, policy, queries
from noroshi.sharing.forms.guests import GuestForm
from noroshi.sharing.lists.signals import room_list_for
from noroshi.sharing.models import Signal


def group_room(request: ActorRequest, slug: str) -> HttpResponseBase:
    """Show what was shared with one of the reader's groups."""
    actor = request.actor
    policy.require_member(actor)
    group = queries.own_group(actor, slug)
    context = {
        "group": group,
        "charter": charter_of(group),
        "coordinators": coordinators_of(group),
        "numbers": queries.room_numbers(actor, group),
        "may_share": policy.may_share(actor),
    }
    rows = queries.shared_with(actor, group.pk).select_related("author__organisation")
    spec = replace(room_list_for(actor, group), empty=_("Nothing was shared with this group yet."))
    return lists.respond(request, spec, actor=actor, rows=rows, template="sharing/room.html", context=context)


def guests_context(actor: Actor, signal: Signal, form: GuestForm | None = None) -> dict[str, Any]:
    """Return the context of `sharing/guests.html`."""
    return {"guests": queries.guests_of(actor, signal), "guest_form": form or GuestForm()}


@require_POST
def guest_invite(request: ActorRequest, signal_id: UUID) -> HttpResponse:
    """Invite somebody to a signal."""
    signal = queries.signal_for(request.actor, signal_id)
    policy.require(request.actor, "invite", signal)
    form = GuestForm(request.POST)
    try:
        if form.is_valid():
            _invite(request.actor, signal, form)
    except InvalidInput as error:
        form.blame(error)
    if form.errors:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    else:
        messages.success(request, _("The guest is told."))
    return redirect("sharing:detail", signal_id=signal_id)


def _invite(actor: Actor, signal: Signal, form: GuestForm) -> None:
    person = queries.guest_named(form.cleaned_data["email"])
    actions.invite_guest(actor, signal, person=person, until=form.cleaned_data["until"])


@require_POST
def guest_end(request: ActorRequest, signal_id: UUID, guest_id: UUID) -> HttpResponse:
    """Send a guest away."""
    signal = queries.signal_for(request.actor, signal_id)
    actions.end_guest(request.actor, signal, guest_id=guest_id)
    messages.success(request, _("The guest sees it no more."))
    return redirect("sharing:detail", signal_id=signal_id)
