"""Pages of the notify room."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from noroshi.core.errors import NotFound
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest
from noroshi.notify import actions, queries, wording
from noroshi.notify.forms import PreferencesForm, SubscriptionForm
from noroshi.notify.lists import INBOX
from noroshi.notify.models import Subscription
from noroshi.notify.presenters import present


def inbox(request: ActorRequest) -> HttpResponse:
    """Show the reader's notices. What each is about is asked for the page's rows at once."""
    _require_inbox(request)
    listing = lists.read_list(INBOX, request.GET, queries.inbox_of(request.actor))
    shown = present(request.actor, listing.page.rows)
    for notice in listing.page.rows:
        notice.shown = shown.get(notice.pk)
    partial = request.headers.get("HX-Target") == listing.id
    context = {"listing": listing, "unread": queries.unread_count(request.actor)}
    response = render(request, "kit/list_results.html" if partial else "notify/inbox.html", context)
    patch_vary_headers(response, ["HX-Target"])
    return response


def open_notice(request: ActorRequest, notice_id: UUID) -> HttpResponse:
    """Go to what a notice is about; this is where links in mails lead."""
    notice = queries.notice_of(request.actor, notice_id)
    actions.mark_read(request.actor, notice_ids=[notice.pk])
    shown = present(request.actor, [notice]).get(notice.pk)
    if shown is None:
        messages.info(request, _("What this notice is about is not shown to you."))
        return redirect("notify:inbox")
    return redirect(shown.url)


@require_POST
def read(request: ActorRequest) -> HttpResponse:
    """Mark the notices named, or all of them, as read."""
    numbers = None if "all" in request.POST else [_number(text) for text in request.POST.getlist("notice")]
    actions.mark_read(request.actor, notice_ids=numbers)
    back = request.POST.get("back", "")
    return redirect(reverse("notify:inbox") + (back if back.startswith("?") else ""))


def subscriptions(request: ActorRequest) -> HttpResponse:
    """Show what the reader subscribed to, and take what holds for all of it."""
    _require_inbox(request)
    form = PreferencesForm(request.POST or None, preferences=queries.preferences_of(request.actor.acting_person))
    if form.carry_out(actions.set_preferences, actor=request.actor):
        messages.success(request, _("Your choice is saved."))
        return redirect("notify:subscriptions")
    groups = {str(group.pk): group.name for group in queries.own_groups(request.actor)}
    lines = [_line(request, row, groups) for row in queries.subscriptions_of(request.actor)]
    return render(request, "notify/subscriptions.html", {"lines": lines, "form": form})


def _line(request: ActorRequest, row: Subscription, groups: Mapping[str, str]) -> dict[str, Any]:
    return {
        "row": row,
        "usual": row.is_usual,
        "what": wording.what_of(row),
        "when": wording.when_of(row),
        "narrowed": wording.narrowed_by(row, groups),
        "number": queries.would_have_sent(request.actor, row),
    }


def subscribe(request: ActorRequest) -> HttpResponse:
    """Take a new subscription, or say what it would have sent; a page that links here says what it is about."""
    _require_inbox(request)
    notices = request.GET.getlist("notice") or ["signal", "amended", "withdrawn"]
    usual = Subscription(notices=notices, words=request.GET.get("words", ""))
    return _edit(request, usual, partial(actions.add_subscription, request.actor))


def subscription(request: ActorRequest, subscription_id: UUID) -> HttpResponse:
    """Show and change one of the reader's subscriptions."""
    _require_inbox(request)
    row = queries.subscription_of(request.actor, subscription_id)
    return _edit(request, row, partial(actions.change_subscription, request.actor, row))


def _edit(request: ActorRequest, row: Subscription, save: Callable[..., Subscription]) -> HttpResponse:
    form = SubscriptionForm(request.POST or None, actor=request.actor, subscription=row)
    number = None
    if form.is_valid() and "preview" in request.POST:
        if form.carry_out(lambda **_values: actions.described(request.actor, form.wanted)):
            number = queries.would_have_sent(request.actor, form.result)
    elif form.carry_out(lambda **_values: save(wanted=form.wanted)):
        messages.success(request, _("The subscription is saved."))
        return redirect("notify:subscriptions")
    context = {"form": form, "row": row, "new": row.is_usual, "number": number}
    return render(request, "notify/subscription.html", context)


@require_POST
def settle(request: ActorRequest) -> HttpResponse:
    """Write down what is usual, so that it can be changed."""
    _require_inbox(request)
    actions.settle(request.actor)
    return redirect("notify:subscriptions")


@require_POST
def change(request: ActorRequest, subscription_id: UUID, verb: str) -> HttpResponse:
    """Pause, wake or delete a subscription."""
    row = queries.subscription_of(request.actor, subscription_id)
    if verb == "delete":
        actions.delete_subscription(request.actor, row)
        messages.success(request, _("The subscription is deleted."))
    else:
        actions.pause_subscription(request.actor, row, paused=verb == "pause")
    return redirect("notify:subscriptions")


def _require_inbox(request: ActorRequest) -> None:
    """Raise NotFound behind the wall: what people are told here is what members share."""
    if request.actor.is_supervisor:
        raise NotFound


def _number(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error
