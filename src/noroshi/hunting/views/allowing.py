"""Pages of the own allow-list, and of what it suppresses."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from noroshi.core.errors import InvalidInput
from noroshi.hunting import actions, lists, policy, queries, wording
from noroshi.hunting.forms import AllowanceForm, AllowForm
from noroshi.kit.http import ActorRequest
from noroshi.kit.lists import respond

SHOWN: Final = 40
REFUSED_SHOWN: Final = 5


def allowed(request: ActorRequest) -> HttpResponseBase:
    """List what the own organisation allows in its logs."""
    policy.require_hunter(request.actor)
    rows = queries.allowed_values_for(request.actor)
    return respond(request, lists.ALLOWED, actor=request.actor, rows=rows, template="hunting/allowed.html")


def suppressed(request: ActorRequest) -> HttpResponseBase:
    """List what was looked for, is in the own logs, and is allowed there."""
    policy.require_hunter(request.actor)
    rows = queries.suppressed_for(request.actor)
    return respond(request, lists.SUPPRESSED, actor=request.actor, rows=rows, template="hunting/suppressed.html")


def allow(request: ActorRequest) -> HttpResponse:
    """Allow values in the own logs."""
    policy.require_hunter(request.actor)
    form = AllowForm(request.POST or None, request.FILES or None, initial={"values": request.GET.get("value", "")})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.allow_values(request.actor, text=form.text(), **form.allowance())
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            _say_what_came_of(request, made)
            return redirect("hunting:allowed")
    return render(request, "hunting/allow.html", {"form": form}, status=422 if form.errors else 200)


def _say_what_came_of(request: ActorRequest, made: actions.Allowed) -> None:
    sentence = ngettext("%(number)d value is allowed.", "%(number)d values are allowed.", len(made.values))
    messages.success(request, sentence % {"number": len(made.values)})
    if made.refused:
        shown = " ".join(f"{value}: {wording.in_words(reason)}" for value, reason in made.refused[:REFUSED_SHOWN])
        number = len(made.refused)
        sentence = ngettext(
            "%(number)d line is not allowed: %(lines)s", "%(number)d lines are not allowed: %(lines)s", number
        )
        messages.warning(request, sentence % {"number": number, "lines": shown})


def allowed_value(request: ActorRequest, allowed_value_id: UUID) -> HttpResponse:
    """Show a line of the allow-list and what it suppresses, and change why and how long it is allowed."""
    line = queries.allowed_value_for(request.actor, allowed_value_id)
    form = AllowanceForm(request.POST or None, initial={"reason": line.reason, "until": line.last_day})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_allowed(request.actor, line, **form.allowance())
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            messages.success(request, _("Your choice is saved."))
            return redirect("hunting:allowed-value", allowed_value_id=line.pk)
    rows = queries.suppressed_for(request.actor).filter(allowed=line)
    context = {
        "line": line,
        "type": wording.type_name(line.type),
        "form": form,
        "hits": rows[:SHOWN],
        "count": rows.count(),
    }
    return render(request, "hunting/allowed_value.html", context, status=422 if form.errors else 200)


@require_POST
def disallow(request: ActorRequest, allowed_value_id: UUID) -> HttpResponse:
    """Take a line off the allow-list."""
    actions.disallow_values(request.actor, lines=[queries.allowed_value_for(request.actor, allowed_value_id)])
    messages.success(request, _("It is off the list. What it suppressed is a hit again."))
    return redirect("hunting:allowed")
