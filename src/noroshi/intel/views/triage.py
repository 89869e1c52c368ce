"""What was sent in, until somebody decides about it."""

import json
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from noroshi.intel import actions, lists, policy, queries
from noroshi.intel.deeds import deeds_for
from noroshi.intel.domain.observables import defang
from noroshi.intel.domain.stix.summary import summary_of
from noroshi.intel.domain.strict_json import decode
from noroshi.intel.forms import SendForm
from noroshi.intel.stix_wording import LIMITS, in_words
from noroshi.kit.http import ActorRequest
from noroshi.kit.lists import respond

UNPACKED: Final = 4
"""How many times as large as the largest file what one unpacks to may be; larger ones come by the command line."""


def parcels(request: ActorRequest) -> HttpResponseBase:
    """List what the own organisation sent in."""
    policy.require_receiver(request.actor)
    return respond(
        request,
        lists.PARCELS,
        actor=request.actor,
        rows=queries.parcels_for(request.actor),
        template="intel/parcels.html",
    )


def send(request: ActorRequest) -> HttpResponse:
    """Take a file of STIX into triage."""
    policy.require_receiver(request.actor)
    form = SendForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "intel/send.html", {"form": form}, status=422 if form.errors else 200)
    file = form.cleaned_data["file"]
    tally = actions.receive(request.actor, file.file, label=file.name or "", most=UNPACKED * settings.FILE_LIMIT)
    _say(request, tally)
    here = list(tally.parcels.values())
    return redirect("intel:parcel", parcel_id=here[0].pk) if len(here) == 1 else redirect("intel:parcels")


def parcel(request: ActorRequest, parcel_id: UUID) -> HttpResponseBase:
    """Show a parcel: whence it came, what it holds."""
    policy.require_receiver(request.actor)
    found = queries.parcel_for(request.actor, parcel_id)
    types = queries.types_in(request.actor, [found])[found.pk]
    return respond(
        request,
        lists.objects_in(found, types),
        actor=request.actor,
        rows=queries.objects_of(request.actor, found),
        template="intel/parcel.html",
        context={"parcel": found, "types": types, "deeds": deeds_for(request.actor, found)},
    )


def stix_object(request: ActorRequest, parcel_id: UUID, position: int) -> HttpResponse:
    """Show one object: in words, and as it came."""
    policy.require_receiver(request.actor)
    found = queries.parcel_for(request.actor, parcel_id)
    row = queries.object_of(request.actor, found, position)
    value = decode(bytes(row.raw))
    summary = summary_of(value)
    context: dict[str, Any] = {
        "parcel": found,
        "row": row,
        "value": value,
        "summary": summary,
        "values": [defang(each) for each in summary.values.values],
        "limits": [(each.about, LIMITS[each.limit]) for each in summary.values.limits],
        "opinions": in_words(queries.opinions_about(request.actor, [row.stix_id])),
        "raw": json.dumps(value, ensure_ascii=False, indent=2),
    }
    return render(request, "intel/object.html", context)


def refused(request: ActorRequest, parcel_id: UUID) -> HttpResponseBase:
    """List what was refused of a parcel, with the reasons."""
    policy.require_receiver(request.actor)
    found = queries.parcel_for(request.actor, parcel_id)
    return respond(
        request,
        lists.refused_of(found),
        actor=request.actor,
        rows=queries.refusals_of(request.actor, found),
        template="intel/refused.html",
        context={"parcel": found, "days": actions.receiving.KEPT_FOR.days},
    )


@require_POST
def replay(request: ActorRequest, parcel_id: UUID) -> HttpResponse:
    """Read what was refused again."""
    found = queries.parcel_for(request.actor, parcel_id)
    _say(request, actions.replay_refused(request.actor, found))
    return redirect("intel:parcel", parcel_id=found.pk)


def _say(request: ActorRequest, tally: actions.Tally) -> None:
    """Say what became of what was sent in."""
    taken = ngettext("%(number)s object is in.", "%(number)s objects are in.", tally.accepted)
    messages.success(request, taken % {"number": f"{tally.accepted:,}"})
    if tally.refused:
        left = ngettext("%(number)s was refused: see why.", "%(number)s were refused: see why.", tally.refused)
        messages.warning(request, left % {"number": f"{tally.refused:,}"})
