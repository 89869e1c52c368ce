"""The mail magazine, for the hub's operators: lists, who is on them, what is mailed and what became of it."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from noroshi.advisories import actions, policy, queries
from noroshi.advisories.domain.health import ALARMING
from noroshi.advisories.domain.magazine import Obstacle
from noroshi.advisories.forms.magazine import ImportForm, MailingListForm, SubscriberForm, TryForm
from noroshi.advisories.magazine_lists import MAILING_LISTS, MAILINGS, mails_of, subscribers_of
from noroshi.advisories.magazine_wording import OBSTACLES, STAGE_TONES, refused_line
from noroshi.advisories.models import DeliveryState, Mailing, MailingList, Standing, Subscriber
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, InvalidInput, NotFound
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest, posted

MOST_SHOWN: Final = 200
"""Refused lines of a file that a page names one by one."""


def mailing_lists(request: ActorRequest) -> HttpResponseBase:
    """List the mailing lists."""
    policy.require_list_keeper(request.actor)
    rows = queries.mailing_lists_for(request.actor)
    box = queries.return_box_for(request.actor)
    context = {
        "is_open": queries.open_lists().exists(),
        "is_ailing": box is not None and actions.box_verdict(box).health in ALARMING,
        "join_address": f"{settings.BASE_URL}{reverse('magazine:join')}",
    }
    template = "advisories/magazine.html"
    return lists.respond(request, MAILING_LISTS, actor=request.actor, rows=rows, template=template, context=context)


def mailing_list_edit(request: ActorRequest, mailing_list_id: UUID | None = None) -> HttpResponse:
    """Make a list, or change one."""
    actor = request.actor
    policy.require_list_keeper(actor)
    row = queries.mailing_list_for(actor, mailing_list_id) if mailing_list_id else None
    form = MailingListForm(posted(request), row=row)
    if form.is_valid():
        try:
            kept = actions.keep_mailing_list(actor, form.said(), row)
        except InvalidInput as error:
            form.blame(error)
        except Conflict as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("The list is kept."))
            return redirect("magazine:list", mailing_list_id=kept.pk)
    context = {"form": form, "row": row}
    return render(request, "advisories/mailing_list_edit.html", context, status=422 if form.errors else 200)


def mailing_list_detail(request: ActorRequest, mailing_list_id: UUID) -> HttpResponseBase:
    """Show who is on a list."""
    actor = request.actor
    policy.require_list_keeper(actor)
    row = queries.mailing_list_for(actor, mailing_list_id)
    counted = queries.standings_of(actor, row)
    context = {
        "row": row,
        "figures": [(each.label, counted.get(each.value, 0), each.value) for each in Standing],
        "form": TryForm(actor=actor),
    }
    spec = subscribers_of(row)
    rows = queries.subscribers_for(actor, row)
    return lists.respond(
        request, spec, actor=actor, rows=rows, template="advisories/mailing_list.html", context=context
    )


def subscriber_add(request: ActorRequest, mailing_list_id: UUID) -> HttpResponse:
    """Put an address on a list."""
    actor = request.actor
    policy.require_list_keeper(actor)
    row = queries.mailing_list_for(actor, mailing_list_id)
    form = SubscriberForm(posted(request))
    if form.is_valid():
        asked = form.cleaned_data.pop("ask")
        add = actions.ask_subscriber if asked else actions.add_subscriber
        try:
            add(actor, row, **form.cleaned_data)
        except InvalidInput as error:
            form.blame(error)
        except Conflict as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("The address is asked.") if asked else _("The address is on the list."))
            return redirect("magazine:list", mailing_list_id=row.pk)
    return _adding(request, row, form, ImportForm())


def subscribers_import(request: ActorRequest, mailing_list_id: UUID) -> HttpResponse:
    """Put the addresses of a file on a list."""
    actor = request.actor
    policy.require_list_keeper(actor)
    row = queries.mailing_list_for(actor, mailing_list_id)
    if request.method != "POST":
        return redirect("magazine:add", mailing_list_id=row.pk)
    form = ImportForm(request.POST, request.FILES)
    if form.is_valid():
        data = form.cleaned_data
        try:
            done = actions.import_subscribers(
                actor, row, body=form.body(), language=data["language"], reason=data["reason"]
            )
        except InvalidInput as error:
            form.blame(error)
        else:
            refused = [(line.place, refused_line(line.reason)) for line in done.refused[:MOST_SHOWN]]
            context = {"row": row, "done": done, "refused": refused, "more": max(0, len(done.refused) - MOST_SHOWN)}
            return render(request, "advisories/subscribers_imported.html", context)
    return _adding(request, row, SubscriberForm(), form)


def _adding(request: ActorRequest, row: MailingList, one: SubscriberForm, many: ImportForm) -> HttpResponse:
    context = {"row": row, "form": one, "import_form": many}
    status = 422 if one.errors or many.errors else 200
    return render(request, "advisories/subscriber_add.html", context, status=status)


Verb = Callable[[Actor, Subscriber], Subscriber]

VERBS: Final[dict[str, tuple[Verb, Promise]]] = {
    "remove": (actions.remove_subscriber, gettext_lazy("The address is off the list.")),
    "ask": (actions.ask_again, gettext_lazy("The address is asked.")),
    "restore": (actions.restore_subscriber, gettext_lazy("The address gets mail again.")),
}


@require_POST
def subscriber_verb(request: ActorRequest, subscriber_id: UUID, verb: str) -> HttpResponse:
    """Take an address off its list, or write to it again."""
    policy.require_list_keeper(request.actor)
    row = queries.subscriber_for(request.actor, subscriber_id)
    if verb not in VERBS:
        raise NotFound
    act, done = VERBS[verb]
    try:
        act(request.actor, row)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, str(done))
    return redirect("magazine:list", mailing_list_id=row.mailing_list_id)


@require_POST
def try_out(request: ActorRequest, mailing_list_id: UUID) -> HttpResponse:
    """Mail a bulletin to oneself as the list would get it."""
    actor = request.actor
    policy.require_list_keeper(actor)
    row = queries.mailing_list_for(actor, mailing_list_id)
    form = TryForm(request.POST, actor=actor)
    if form.is_valid():
        try:
            address = actions.send_test(actor, row, form.cleaned_data["bulletin"])
        except Conflict as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("A test is on its way to %(address)s.") % {"address": address})
    else:
        messages.error(request, _("Choose a bulletin that is in force."))
    return redirect("magazine:list", mailing_list_id=row.pk)


def mailings(request: ActorRequest) -> HttpResponseBase:
    """List what was mailed, with figures."""
    policy.require_list_keeper(request.actor)
    rows = queries.mailings_for(request.actor)
    return lists.respond(request, MAILINGS, actor=request.actor, rows=rows, template="advisories/mailings.html")


def mailing(request: ActorRequest, mailing_id: UUID) -> HttpResponseBase:
    """Show a mailing: how far it is, and what became of each mail."""
    actor = request.actor
    policy.require_list_keeper(actor)
    row = queries.mailing_for(actor, mailing_id)
    rows = queries.deliveries_of(actor, row)
    template = "advisories/mailing.html"
    return lists.respond(request, mails_of(row), actor=actor, rows=rows, template=template, context=_shown(row))


def _shown(row: Mailing) -> dict[str, Any]:
    figures = {each: getattr(row, f"{each.value}_count") for each in DeliveryState}
    total = sum(figures.values())
    open_ones = figures[DeliveryState.WAITING] + figures[DeliveryState.CLAIMED]
    return {
        "row": row,
        "tone": STAGE_TONES[row.stage],
        "obstacle": OBSTACLES[Obstacle(row.obstacle)] if row.obstacle else "",
        "figures": [(each.label, number, each.value) for each, number in figures.items()],
        "total": total,
        "done": total - open_ones,
        "unknown": figures[DeliveryState.UNKNOWN],
    }


@require_POST
def mailing_stop(request: ActorRequest, mailing_id: UUID) -> HttpResponse:
    """Send no more of a mailing."""
    policy.require_list_keeper(request.actor)
    row = queries.mailing_for(request.actor, mailing_id)
    try:
        actions.stop_mailing(request.actor, row)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("No more of it is mailed."))
    return redirect("magazine:mailing", mailing_id=row.pk)


@require_POST
def mailing_resend(request: ActorRequest, mailing_id: UUID) -> HttpResponse:
    """Send again what may or may not have gone."""
    policy.require_list_keeper(request.actor)
    row = queries.mailing_for(request.actor, mailing_id)
    try:
        number = actions.resend_unknown(request.actor, row)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("%(number)d mails are sent again.") % {"number": number})
    return redirect("magazine:mailing", mailing_id=row.pk)
