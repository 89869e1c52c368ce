"""Alarms: who did more than is usual, and letting an account go on."""

from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from noroshi.kit import lists
from noroshi.kit.http import ActorRequest
from noroshi.members import actions, queries
from noroshi.members.forms import LiftForm
from noroshi.members.lists import alarm_list_for
from noroshi.members.views.answering import community_only, said


def alarm_list(request: ActorRequest) -> HttpResponseBase:
    """List what the reader is told of: the accounts it looks after, and its own tokens."""
    return lists.respond(
        request,
        alarm_list_for(request.actor),
        actor=request.actor,
        rows=queries.alarms_for(request.actor),
        template="members/alarm_list.html",
    )


@require_POST
def alarm_lift(request: ActorRequest, alarm_id: UUID) -> HttpResponse:
    """Let an account go on, for some days."""
    community_only(request)
    alarm = queries.alarm_for(request.actor, alarm_id)
    form = LiftForm(request.POST)
    form.carry_out(actions.lift_alarm, actor=request.actor, alarm=alarm)
    return said(request, form, _("The account goes on."), "members:alarms")
