"""The inquiry desk: what was asked, each inquiry, how well it is served."""

from collections.abc import Callable, Iterator
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from noroshi.advisories import actions, policy, queries
from noroshi.advisories.domain.inquiries import Figures
from noroshi.advisories.forms.inquiries import AskForm, MessageForm
from noroshi.advisories.inquiry_lists import INQUIRIES
from noroshi.advisories.inquiry_wording import figures_as_csv, plots_of
from noroshi.advisories.models import Bulletin, Inquiry, Vulnerability
from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest, posted


def inquiry_list(request: ActorRequest) -> HttpResponseBase:
    """List the inquiries that the reader sees."""
    actor = request.actor
    policy.require_reader_of_inquiries(actor)
    context = {"may_ask": policy.may_ask(actor), "may_answer": policy.may_answer(actor)}
    rows = queries.inquiries_for(actor)
    template = "advisories/inquiries.html"
    return lists.respond(request, INQUIRIES, actor=actor, rows=rows, template=template, context=context)


def inquiry_new(request: ActorRequest) -> HttpResponse:
    """Ask the hub, about a bulletin, a vulnerability or anything."""
    actor = request.actor
    policy.require_member(actor)
    policy.require_asker(actor)
    bulletin, vulnerability = _subject(actor, request.GET)
    form = AskForm(posted(request), initial={"subject": str(bulletin or vulnerability or "")})
    if form.is_valid():
        try:
            row = actions.ask_hub(
                actor,
                subject=form.cleaned_data["subject"],
                message=form.message(),
                bulletin=bulletin,
                vulnerability=vulnerability,
            )
        except InvalidInput as error:
            form.blame(error)
        else:
            messages.success(request, _("The hub has your question. You are told when it answers."))
            return redirect("inquiries:detail", inquiry_id=row.pk)
    context = {"form": form, "bulletin": bulletin, "vulnerability": vulnerability}
    return render(request, "advisories/inquiry_new.html", context, status=422 if form.errors else 200)


def inquiry_detail(request: ActorRequest, inquiry_id: UUID) -> HttpResponse:
    """Show an inquiry, and write in it: who asked asks on, an operator answers."""
    actor = request.actor
    policy.require_reader_of_inquiries(actor)
    inquiry = queries.inquiry_for(actor, inquiry_id)
    form = MessageForm(posted(request))
    answers = policy.may_answer(actor)
    if not answers:
        del form.fields["bulletins"]
    if form.is_valid():
        write = actions.answer_inquiry if answers else actions.reply_to_hub
        try:
            write(actor, inquiry, form.message())
        except InvalidInput as error:
            form.blame(error)
        except Conflict as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Your answer is sent.") if answers else _("The hub has it."))
            return redirect("inquiries:detail", inquiry_id=inquiry.pk)
    context = {"form": form, **_shown(actor, inquiry)}
    return render(request, "advisories/inquiry.html", context, status=422 if form.errors else 200)


Verb = Callable[[Actor, Inquiry], Inquiry]

VERBS: Final[dict[str, tuple[Verb, Promise]]] = {
    "take": (actions.take_inquiry, gettext_lazy("You answer it.")),
    "close": (actions.close_inquiry, gettext_lazy("It is closed.")),
}


@require_POST
def inquiry_verb(request: ActorRequest, inquiry_id: UUID, verb: str) -> HttpResponse:
    """Take an inquiry, or close it."""
    policy.require_reader_of_inquiries(request.actor)
    if verb not in VERBS:
        raise NotFound
    inquiry = queries.inquiry_for(request.actor, inquiry_id)
    act, done = VERBS[verb]
    try:
        act(request.actor, inquiry)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, str(done))
    return redirect("inquiries:detail", inquiry_id=inquiry_id)


@require_safe
def service(request: ActorRequest) -> HttpResponse:
    """Show how well the desk serves."""
    figures = _figures(request.actor)
    context = {"figures": figures, "plots": plots_of(figures)}
    return render(request, "advisories/inquiry_service.html", context)


@require_safe
def service_csv(request: ActorRequest) -> StreamingHttpResponse:
    """Hand out the same figures for a spreadsheet."""
    mark = f"{request.actor.label} {timezone.localtime(clock.now()).isoformat(timespec='seconds')}"
    lines: Iterator[str] = figures_as_csv(_figures(request.actor.by(Channel.EXPORT)), mark)
    return StreamingHttpResponse(
        [line.encode() for line in lines],
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="inquiries-service.csv"', "Cache-Control": "no-store"},
    )


def _figures(actor: Actor) -> Figures:
    policy.require_member(actor)
    if not actor.is_hub_operator:
        raise NotAllowed(_("Inquiries are answered by operators of the hub."), rule="advisories.answer")
    return queries.service_figures(actor)


def _subject(actor: Actor, asked: QueryDict) -> tuple[Bulletin | None, Vulnerability | None]:
    """Return what the address says that the question is about, where the actor sees it. Raises NotFound."""
    about = {name: _number(asked.get(name, "")) for name in ("bulletin", "vulnerability") if asked.get(name)}
    bulletin = queries.bulletin_for(actor, about["bulletin"]) if "bulletin" in about else None
    vulnerability = queries.vulnerability_for(actor, about["vulnerability"]) if "vulnerability" in about else None
    return bulletin, vulnerability


def _number(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def _shown(actor: Actor, inquiry: Inquiry) -> dict[str, Any]:
    about_bulletin = [str(inquiry.bulletin_id)] if inquiry.bulletin_id else []
    return {
        "inquiry": inquiry,
        "said": queries.messages_of(actor, inquiry),
        "bulletin": queries.bulletins_seen(actor, about_bulletin).first() if about_bulletin else None,
        "vulnerability": queries.vulnerabilities_for(actor).filter(pk=inquiry.vulnerability_id).first()
        if inquiry.vulnerability_id
        else None,
        "may_answer": policy.may_answer(actor) and inquiry.state != "closed",
        "may_reply": policy.may_reply(actor, inquiry),
        "may_take": policy.may_answer(actor) and inquiry.waits_since and inquiry.taken_by_id != actor.person,
        "may_close": policy.may_close(actor, inquiry),
        "may_publish": policy.may_answer(actor),
    }
