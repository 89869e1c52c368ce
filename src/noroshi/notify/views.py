"""Pages of the notify room."""

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
from noroshi.notify import actions, queries
from noroshi.notify.forms import rule_forms
from noroshi.notify.lists import INBOX
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


def rules(request: ActorRequest) -> HttpResponse:
    """Show and take how the reader wants to hear of things."""
    _require_inbox(request)
    forms = rule_forms(request.actor, queries.rules_of(request.actor), request.POST or None)
    if request.method == "POST" and all(form.is_valid() for form in forms):
        for form in forms:
            form.save(request.actor)
        messages.success(request, _("Your rules are saved."))
        return redirect("notify:rules")
    return render(request, "notify/rules.html", {"forms": forms})


def _require_inbox(request: ActorRequest) -> None:
    """Raise NotFound behind the wall: what people are told here is what members share."""
    if request.actor.is_supervisor:
        raise NotFound


def _number(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error
