"""Pages of webhooks, for the admin of their organisation."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from noroshi.core.errors import NotFound
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest
from noroshi.notify import actions, queries
from noroshi.notify.forms import ReplayForm, WebhookForm
from noroshi.notify.lists import DISPATCHES
from noroshi.notify.wording import PAUSE_REASONS


def webhooks(request: ActorRequest) -> HttpResponse:
    """List and register the webhooks of the reader's organisation; a new secret is shown this once."""
    if not queries.may_have_webhooks(request.actor):
        raise NotFound
    form = WebhookForm(request.POST or None)
    secret = form.result[1] if form.carry_out(actions.add_webhook, actor=request.actor) else ""
    context = {"rows": queries.webhooks_for(request.actor), "form": form, "secret": secret, "reasons": PAUSE_REASONS}
    return render(request, "notify/webhooks.html", context)


def webhook(request: ActorRequest, webhook_id: UUID) -> HttpResponse:
    """Show the messages of a webhook, each with its attempts; replay a span of them."""
    row = queries.webhook_for(request.actor, webhook_id)
    form = ReplayForm(request.POST or None)
    if form.carry_out(actions.replay_dispatches, actor=request.actor, webhook=row):
        return _replayed(request, webhook_id, form.result)
    listing = lists.read_list(DISPATCHES, request.GET, queries.dispatches_of(row))
    context = {"webhook": row, "listing": listing, "form": form, "reason": PAUSE_REASONS.get(row.pause_reason, "")}
    partial = request.headers.get("HX-Target") == listing.id
    return render(request, "kit/list_results.html" if partial else "notify/webhook.html", context)


@require_POST
def replay(request: ActorRequest, webhook_id: UUID, dispatch_id: UUID) -> HttpResponse:
    """Send one message again."""
    row = queries.webhook_for(request.actor, webhook_id)
    return _replayed(request, webhook_id, actions.replay_dispatches(request.actor, row, dispatch=dispatch_id))


@require_POST
def switch(request: ActorRequest, webhook_id: UUID, verb: str) -> HttpResponse:
    """Pause, wake, try or remove a webhook."""
    row = queries.webhook_for(request.actor, webhook_id)
    if verb == "remove":
        actions.remove_webhook(request.actor, row)
        messages.success(request, _("The webhook is removed."))
        return redirect("notify:webhooks")
    if verb == "try":
        actions.test_webhook(request.actor, row)
        messages.success(request, _("A test message is on its way."))
    else:
        actions.pause_webhook(request.actor, row, paused=verb == "pause")
    return redirect("notify:webhook", webhook_id=webhook_id)


def _replayed(request: ActorRequest, webhook_id: UUID, number: int) -> HttpResponse:
    sentence = ngettext("%(number)d message is sent again.", "%(number)d messages are sent again.", number)
    messages.success(request, sentence % {"number": number})
    return redirect("notify:webhook", webhook_id=webhook_id)
