"""Questions and answers for all who may read them: the list, each, and how one comes about."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from noroshi.advisories import actions, policy, queries
from noroshi.advisories.forms.bulletins import initial_from
from noroshi.advisories.forms.inquiries import AnswerForm, initial_of_answer
from noroshi.advisories.inquiry_lists import ANSWERS
from noroshi.advisories.models import PublishedAnswer
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.errors import Conflict, InvalidInput, NotFound
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest, posted
from noroshi.kit.markdown import render as as_html
from noroshi.sharing.queries import foretold_to


def answer_list(request: ActorRequest) -> HttpResponseBase:
    """List what was published; operators see besides what is being written and what waits."""
    actor = request.actor
    policy.require_member(actor)
    at_work = queries.answers_at_work(actor)[:200] if policy.may_answer(actor) else []
    context = {"may_answer": policy.may_answer(actor), "may_ask": policy.may_ask(actor), "at_work": at_work}
    rows = queries.answers_for(actor)
    template = "advisories/published_answers.html"
    return lists.respond(request, ANSWERS, actor=actor, rows=rows, template=template, context=context)


def answer_new(request: ActorRequest, inquiry_id: UUID) -> HttpResponse:
    """Write, from an inquiry, what all may read: nothing of the inquiry is taken over but what it is about."""
    actor = request.actor
    policy.require_member(actor)
    policy.require_answerer(actor)
    inquiry = queries.inquiry_for(actor, inquiry_id)
    about = [str(inquiry.bulletin_id)] if inquiry.bulletin_id else []
    bulletin = queries.bulletins_seen(actor, about).first()
    form = AnswerForm(posted(request), actor=actor, initial=initial_from(None))
    return _written(
        request, form, lambda: actions.draft_answer(actor, form.answer(), inquiry=inquiry, bulletin=bulletin)
    )


def answer_edit(request: ActorRequest, answer_id: UUID) -> HttpResponse:
    """Go on with a draft."""
    actor = request.actor
    policy.require_member(actor)
    row = queries.answer_for(actor, answer_id)
    policy.require_answerer(actor)
    policy.require_stand(policy.may_revise_answer(actor, row))
    form = AnswerForm(posted(request), actor=actor, initial=initial_of_answer(row))
    return _written(request, form, lambda: actions.revise_answer(actor, row, form.answer()))


def answer_detail(request: ActorRequest, answer_id: UUID) -> HttpResponse:
    """Show a question and its answer."""
    actor = request.actor
    policy.require_member(actor)
    row = queries.answer_for(actor, answer_id)
    return render(request, "advisories/published_answer.html", _shown(actor, row))


Verb = Callable[[Actor, PublishedAnswer, QueryDict], PublishedAnswer | None]

VERBS: Final[dict[str, tuple[Verb, Promise]]] = {
    "submit": (
        lambda actor, row, _typed: actions.submit_answer(actor, row),
        gettext_lazy("It waits for another operator."),
    ),
    "hand-back": (
        lambda actor, row, typed: actions.hand_back_answer(actor, row, reason=typed.get("reason", "")),
        gettext_lazy("It is a draft again."),
    ),
    "publish": (lambda actor, row, _typed: actions.publish_answer(actor, row), gettext_lazy("The answer is out.")),
    "withdraw": (
        lambda actor, row, typed: actions.withdraw_answer(actor, row, reason=typed.get("reason", "")),
        gettext_lazy("The answer is withdrawn."),
    ),
    "discard": (
        lambda actor, row, _typed: actions.discard_answer(actor, row),
        gettext_lazy("The draft is thrown away."),
    ),
}


@require_POST
def answer_verb(request: ActorRequest, answer_id: UUID, verb: str) -> HttpResponse:
    """Do one of the verbs to an answer."""
    policy.require_member(request.actor)
    if verb not in VERBS:
        raise NotFound
    row = queries.answer_for(request.actor, answer_id)
    act, done = VERBS[verb]
    try:
        left = act(request.actor, row, request.POST)
    except (InvalidInput, Conflict) as error:
        messages.error(request, error.message)
        return redirect("inquiries:answer", answer_id=answer_id)
    messages.success(request, str(done))
    return redirect("inquiries:answer", answer_id=left.pk) if left else redirect("inquiries:answers")


def _written(request: ActorRequest, form: AnswerForm, write: Callable[[], PublishedAnswer]) -> HttpResponse:
    if form.is_valid():
        try:
            return redirect("inquiries:answer", answer_id=write().pk)
        except InvalidInput as error:
            form.blame(error)
    heading = _("A question and its answer for all")
    context = {"form": form, "heading": heading}
    return render(request, "advisories/published_answer_edit.html", context, status=422 if form.errors else 200)


def _shown(actor: Actor, row: PublishedAnswer) -> dict[str, Any]:
    """Return what its page shows; the inquiry that it came from to those alone who see that one."""
    allowed = {
        "may_revise": policy.may_revise_answer,
        "may_release": policy.may_release_answer,
        "may_hand_back": policy.may_hand_back_answer,
        "may_withdraw": policy.may_withdraw_answer,
    }
    at_work = row.state in (State.DRAFT, State.HELD)
    sources = queries.inquiries_for(actor).filter(pk=row.inquiry_id) if row.inquiry_id else None
    bulletins = queries.bulletins_seen(actor, [str(row.bulletin_id)]) if row.bulletin_id else None
    return {
        "answer": row,
        "gone": row.state == State.WITHDRAWN,
        "at_work": at_work,
        "body": as_html(row.body),
        "inquiry": sources.first() if sources is not None else None,
        "bulletin": bulletins.first() if bulletins is not None else None,
        "readers": foretold_to(actor, row.as_item()) if at_work else None,
        **{name: may(actor, row) for name, may in allowed.items()},
    }
