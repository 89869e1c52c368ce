"""Pages of peers, and the two addresses that other installations call."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from noroshi.core.errors import NotAllowed
from noroshi.federation import actions, policy, queries
from noroshi.federation.actions.pairing import Called
from noroshi.federation.forms import InviteForm, PairForm
from noroshi.federation.lists import inbox_list, outbox_list
from noroshi.federation.models import Peer
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest

JSON = "application/json"
READ = ("Content-Digest", "Signature-Input", "Signature", "Code-Id", "Code-Proof")
LONGEST = 3 * 1024 * 1024


def peers(request: ActorRequest) -> HttpResponse:
    """List the peers with their health; invite one, whose code is shown this once."""
    policy.require_reading(request.actor)
    connects = policy.may_connect(request.actor)
    form = InviteForm(request.POST or None, actor=request.actor) if connects and not policy.is_node() else None
    code = form.result[1] if form and form.carry_out(actions.invite_peer, actor=request.actor) else ""
    context = {"rows": queries.peers_for(request.actor), "form": form, "code": code, "connects": connects}
    return render(request, "federation/peers.html", context)


def pair(request: ActorRequest) -> HttpResponse:
    """Enter a code that another installation showed."""
    policy.require_connecting(request.actor)
    form = PairForm(request.POST or None)
    if form.carry_out(actions.pair_with, actor=request.actor):
        messages.success(request, _("The two installations are connected."))
        return redirect("federation:peer", peer_id=form.result.pk)
    return render(request, "federation/pair.html", {"form": form})


def peer(request: ActorRequest, peer_id: UUID) -> HttpResponseBase:
    """Show a peer and its outbox: what went there, and what did not, and why."""
    row = queries.peer_for(request.actor, peer_id)
    rows = queries.outbox_for(request.actor, row)
    context = {
        "peer": row,
        "counts": queries.counts_of(rows),
        "connects": policy.may_connect(request.actor),
    }
    return lists.respond(
        request, outbox_list(row), actor=request.actor, rows=rows, template="federation/peer.html", context=context
    )


def arrivals(request: ActorRequest, peer_id: UUID) -> HttpResponseBase:
    """Show what came from a peer."""
    row = queries.peer_for(request.actor, peer_id)
    rows = queries.inbox_for(request.actor, row)
    return lists.respond(
        request,
        inbox_list(row),
        actor=request.actor,
        rows=rows,
        template="federation/arrivals.html",
        context={"peer": row},
    )


@require_POST
def switch(request: ActorRequest, peer_id: UUID, verb: str) -> HttpResponse:
    """Cut a peer off, call it now, or say whether it is of the same community."""
    row = queries.peer_for(request.actor, peer_id)
    if verb == "cut":
        actions.cut_peer(request.actor, row)
        messages.success(request, _("The connection is cut. What the other side has, it keeps."))
    elif verb == "community":
        placed = actions.mark_community(request.actor, row, same="same" in request.POST)
        messages.success(request, _placed(placed))
    else:
        actions.retry_peer(request.actor, row)
        messages.success(request, _("It is called within seconds."))
    return redirect("federation:peer", peer_id=peer_id)


def _placed(peer: Peer) -> str:
    if peer.same_community:
        return _("It is of the same community: what is TLP:GREEN and for all members goes there.")
    return _("It is of another community: what went there for that reason alone is called back.")


@csrf_exempt
@login_not_required
@require_POST
def exchange(request: HttpRequest) -> HttpResponse:
    """Answer a peer's call."""
    return _answered(request, actions.answer_call)


@csrf_exempt
@login_not_required
@require_POST
def introduce(request: HttpRequest) -> HttpResponse:
    """Answer whoever enters a code."""
    return _answered(request, actions.answer_pairing)


def _answered(request: HttpRequest, answer: Callable[[Called], tuple[bytes, dict[str, str]]]) -> HttpResponse:
    """Hand a signed call to `answer`; whoever is refused learns that, and nothing else."""
    length = request.headers.get("Content-Length", "")
    if not length.isascii() or not length.isdigit() or int(length) > LONGEST:
        return HttpResponse(status=413)
    headers = {name: request.headers[name] for name in READ if name in request.headers}
    try:
        body, signed = answer(Called(headers, request.body, request.path))
    except NotAllowed:
        return HttpResponse(status=401)
    return HttpResponse(body, content_type=JSON, headers=signed)
