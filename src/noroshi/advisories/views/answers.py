"""Questions and answers for all who may read them: the list, each, and how one comes about."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from noroshi.advisories import actions, policy, queries
from noroshi.advisories.domain.bulletins import Stage
from noroshi.advisories.forms.bulletins import initial_from, initial_of
from noroshi.advisories.forms.inquiries import AnswerForm
from noroshi.advisories.inquiry_lists import ANSWERS
from noroshi.advisories.models import PublishedAnswer
from noroshi.advisories.views.reviewed import Place, do_verb, in_other_language, shown, usual_verbs, written
from noroshi.core.actor import Actor
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest, posted
from noroshi.kit.markdown import render as as_html


def answer_list(request: ActorRequest) -> HttpResponseBase:
    """List what was published; operators see besides what is being written and what waits."""
    actor = request.actor
    policy.require_member(actor)
    at_work = queries.at_work(actor, PublishedAnswer)[:200] if policy.may_answer(actor) else []
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
        request, form, lambda: actions.draft_answer(actor, form.draft(), inquiry=inquiry, bulletin=bulletin)
    )


def answer_edit(request: ActorRequest, answer_id: UUID) -> HttpResponse:
    """Go on with a draft."""
    actor = request.actor
    policy.require_member(actor)
    row = queries.one_for(actor, PublishedAnswer, answer_id)
    policy.require_answerer(actor)
    policy.require(policy.may_revise(actor, row), row)
    form = AnswerForm(posted(request), actor=actor, row=row, initial=initial_of(row))
    return _written(request, form, lambda: actions.revise_answer(actor, row, form.draft()))


def answer_detail(request: ActorRequest, answer_id: UUID) -> HttpResponse:
    """Show a question and its answer."""
    actor = request.actor
    policy.require_member(actor)
    row = queries.one_for(actor, PublishedAnswer, answer_id)
    return render(request, "advisories/published_answer.html", _shown(actor, row))


PLACE: Final = Place(
    "inquiries:answer",
    "inquiries:answers",
    usual_verbs(
        submit=actions.submit_answer,
        hand_back=actions.hand_back_answer,
        publish=actions.publish_answer,
        renew=actions.renew_answer,
        withdraw=actions.withdraw_answer,
        discard=actions.discard_answer,
    ),
)


@require_POST
def answer_verb(request: ActorRequest, answer_id: UUID, verb: str) -> HttpResponse:
    """Do one of the verbs to an answer."""
    policy.require_member(request.actor)
    return do_verb(request, PLACE, queries.one_for(request.actor, PublishedAnswer, answer_id), verb)


def _written(request: ActorRequest, form: AnswerForm, write: Callable[[], PublishedAnswer]) -> HttpResponse:
    context = {"heading": _("A question and its answer for all")}
    return written(request, form, write, PLACE, "advisories/published_answer_edit.html", context)


def _shown(actor: Actor, row: PublishedAnswer) -> dict[str, Any]:
    """Return what its page shows; the inquiry that it came from to those alone who see that one."""
    sources = queries.inquiries_for(actor).filter(pk=row.inquiry_id) if row.inquiry_id else None
    bulletins = queries.bulletins_seen(actor, [str(row.bulletin_id)]) if row.bulletin_id else None
    return {
        **shown(actor, row),
        "row": row,
        "gone": row.stage is Stage.WITHDRAWN,
        "body": as_html(row.body),
        "other": in_other_language(row) if row.stage in policy.AT_WORK else None,
        "newest": queries.newest_text_of(actor, row) if row.stage is Stage.SUPERSEDED else None,
        "versions": list(queries.text_versions_of(actor, row)),
        "inquiry": sources.first() if sources is not None else None,
        "bulletin": bulletins.first() if bulletins is not None else None,
    }
