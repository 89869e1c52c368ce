"""Mail of the magazine that came back: the mailbox where it is read, and what was read there."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from noroshi.advisories import actions, policy, queries
from noroshi.advisories.domain.health import ALARMING
from noroshi.advisories.forms.returns import ReturnBoxForm
from noroshi.advisories.return_lists import LETTERS
from noroshi.advisories.source_wording import HEALTH, TONES, told_by
from noroshi.core.errors import Conflict, InvalidInput, NotFound
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest, posted


def returned(request: ActorRequest) -> HttpResponseBase:
    """Show how the mailbox is, and which letters were read there."""
    policy.require_list_keeper(request.actor)
    box = queries.return_box_for(request.actor)
    context: dict[str, object] = {"box": box}
    if box is not None:
        health = actions.box_verdict(box).health
        context |= {"told": told_by(actions.box_facts(box)), "health": HEALTH[health], "tone": TONES[health]}
        context["is_alarming"] = health in ALARMING
    rows = queries.returned_letters_for(request.actor)
    template = "advisories/returned.html"
    return lists.respond(request, LETTERS, actor=request.actor, rows=rows, template=template, context=context)


def return_box_edit(request: ActorRequest) -> HttpResponse:
    """Name the mailbox, or say something else of it."""
    policy.require_list_keeper(request.actor)
    box = queries.return_box_for(request.actor)
    form = ReturnBoxForm(posted(request), row=box)
    if form.is_valid():
        try:
            actions.keep_return_box(request.actor, form.said())
        except InvalidInput as error:
            form.blame(error)
        else:
            messages.success(request, _("The mailbox is kept."))
            return redirect("magazine:returned")
    context = {"form": form, "box": box}
    return render(request, "advisories/return_box_edit.html", context, status=422 if form.errors else 200)


@require_POST
def return_box_switch(request: ActorRequest) -> HttpResponse:
    """Read the mailbox from now on, or no more."""
    policy.require_list_keeper(request.actor)
    box = queries.return_box_for(request.actor)
    if box is None:
        raise NotFound
    actions.switch_return_box(request.actor, on=not box.enabled)
    return redirect("magazine:returned")


@require_POST
def return_box_read(request: ActorRequest) -> HttpResponse:
    """Have the mailbox read soon."""
    policy.require_list_keeper(request.actor)
    try:
        actions.read_box_soon(request.actor)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("It is read within a minute."))
    return redirect("magazine:returned")
