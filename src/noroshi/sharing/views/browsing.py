"""Lists of signals."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from noroshi.kit import lists
from noroshi.kit.http import ActorRequest
from noroshi.sharing import policy, queries
from noroshi.sharing.lists.signals import TOMBSTONES, signal_list_for


def signal_list(request: ActorRequest) -> HttpResponseBase:
    """List the signals that the reader may read."""
    actor = request.actor
    policy.require_member(actor)
    rows = queries.with_own_stance(actor, queries.published_for(actor)).select_related("author__organisation")
    context = {"may_share": policy.may_share(actor)}
    return lists.respond(
        request, signal_list_for(actor), actor=actor, rows=rows, template="sharing/list.html", context=context
    )


def withdrawn_list(request: ActorRequest) -> HttpResponseBase:
    """List what is left of the signals that were withdrawn."""
    policy.require_member(request.actor)
    rows = queries.tombstones_for(request.actor)
    return lists.respond(request, TOMBSTONES, actor=request.actor, rows=rows, template="sharing/withdrawn.html")


def drafts(request: ActorRequest) -> HttpResponse:
    """List the reader's own drafts and what of theirs waits."""
    policy.require_member(request.actor)
    policy.require_sharer(request.actor)
    return render(request, "sharing/drafts.html", {"signals": queries.drafts_of(request.actor)})
