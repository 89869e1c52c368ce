"""Who got a signal: for its author, and for the hub's auditors."""

from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from noroshi.core.signing import public_key
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest
from noroshi.members.wording import channel_of
from noroshi.sharing import actions, policy, queries
from noroshi.sharing.lists.signals import RECEIPTS


@require_safe
def receipt_list(request: ActorRequest) -> HttpResponseBase:
    """List who got which number, when and by which way: for auditors, without content."""
    rows = queries.receipts_for(request.actor)
    actions.read_receipts(request.actor)
    context = {"public_key": public_key()}
    return lists.respond(
        request, RECEIPTS, actor=request.actor, rows=rows, template="sharing/receipt_list.html", context=context
    )


@require_safe
def receipts(request: ActorRequest, signal_id: UUID) -> HttpResponse:
    """Show who could see a signal and who did: its author numbers, an auditor everything but the content."""
    actor = request.actor
    signal = queries.disclosed_signal(actor, signal_id)
    actions.read_receipts(actor, signal)
    in_full = policy.audits_readers(actor)
    known = None if in_full else queries.disclosure_of(signal)
    context = {
        "signal": signal,
        "in_full": in_full,
        "could_see": queries.reach_of_published(signal),
        "rows": [(row, channel_of(row.channel)) for row in queries.receipts_of(signal)] if in_full else [],
        "counts": known.counts if known else None,
        "channels": [(channel_of(name), count) for name, count in known.counts.channels.items()] if known else [],
        "named": [(row, channel_of(row.channel)) for row in known.named] if known else [],
        "public_key": public_key(),
    }
    return render(request, "sharing/receipts.html", context)


@require_POST
def receipt_file(request: ActorRequest, signal_id: UUID) -> HttpResponse:
    """Hand out the signed file."""
    signal = queries.disclosed_signal(request.actor, signal_id)
    content = actions.export_receipt(request.actor, signal)
    name = f"noroshi-receipt-{signal.reference}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/json", headers=headers)
