"""Servers of others to which the own organisation sends."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from noroshi.intel import actions, lists, policy, queries
from noroshi.intel.forms import PushForm
from noroshi.intel.models import MarkState, Push
from noroshi.intel.views.feeds import filled_in
from noroshi.intel.wording import trouble_of
from noroshi.kit.http import ActorRequest
from noroshi.kit.lists import respond


def pushes(request: ActorRequest) -> HttpResponseBase:
    """List the own organisation's pushes and how they are."""
    policy.require_feed_keeper(request.actor)
    return respond(
        request,
        lists.PUSHES,
        actor=request.actor,
        rows=queries.pushes_for(request.actor),
        template="intel/pushes.html",
        context={"may_keep": policy.may_keep_pushes(request.actor)},
    )


def push(request: ActorRequest, push_id: UUID) -> HttpResponseBase:
    """Show a push: how it is, what became of each object, what stays behind and why."""
    policy.require_feed_keeper(request.actor)
    found = queries.push_for(request.actor, push_id)
    counts = queries.marks_by_state(request.actor, found)
    return respond(
        request,
        lists.marks_of(found),
        actor=request.actor,
        rows=queries.marks_of(request.actor, found),
        template="intel/push.html",
        context={
            "push": found,
            "trouble": trouble_of(found) if found.trouble else "",
            "view": next((view for view in queries.pushed_views(request.actor) if str(view.id) == found.view), None),
            "counts": counts,
            "again": counts.get(MarkState.REFUSED, 0) + counts.get(MarkState.UNTOLD, 0),
            "stays": queries.stays_behind(request.actor, found),
            "may_keep": policy.may_keep_pushes(request.actor),
        },
    )


def add_push(request: ActorRequest) -> HttpResponse:
    """Name a push."""
    policy.require_push_keeper(request.actor)
    return _form(request, None)


def change_push(request: ActorRequest, push_id: UUID) -> HttpResponse:
    """Say something else of a push."""
    policy.require_push_keeper(request.actor)
    return _form(request, queries.push_for(request.actor, push_id))


def _form(request: ActorRequest, known: Push | None) -> HttpResponse:
    form = PushForm.of(request.POST or None, known, views=queries.pushed_views(request.actor))

    def save() -> HttpResponse:
        said = form.said()
        kept = known or actions.add_push(request.actor, said=said)
        if known is not None:
            actions.change_push(request.actor, known, said=said)
        return redirect("intel:push", push_id=kept.pk)

    return filled_in(request, form, save, "intel/edit_push.html", {"push": known})


@require_POST
def push_now(request: ActorRequest, push_id: UUID) -> HttpResponse:
    """Have what is new sent soon."""
    actions.hurry_push(request.actor, queries.push_for(request.actor, push_id))
    messages.success(request, _("It is sent within a minute."))
    return redirect("intel:push", push_id=push_id)


@require_POST
def push_again(request: ActorRequest, push_id: UUID) -> HttpResponse:
    """Have what was refused sent once more."""
    number = actions.send_again(request.actor, queries.push_for(request.actor, push_id))
    said = ngettext("%(number)s object is sent again.", "%(number)s objects are sent again.", number)
    messages.success(request, said % {"number": f"{number:,}"})
    return redirect("intel:push", push_id=push_id)


@require_POST
def pause_push(request: ActorRequest, push_id: UUID) -> HttpResponse:
    """Send nothing for a while, or again."""
    found = queries.push_for(request.actor, push_id)
    actions.pause_push(request.actor, found, paused=not found.paused)
    return redirect("intel:push", push_id=push_id)


@require_POST
def remove_push(request: ActorRequest, push_id: UUID) -> HttpResponse:
    """Forget a push."""
    actions.remove_push(request.actor, queries.push_for(request.actor, push_id))
    messages.success(request, _("It is removed; what was taken there stays there."))
    return redirect("intel:pushes")
