"""Consultations: the list, asking, what is done to answers."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput, NotFound
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest, posted
from noroshi.sharing import actions, policy, queries
from noroshi.sharing.forms.consultations import AskForm, ItemsForm
from noroshi.sharing.lists.consultations import question_list_for
from noroshi.sharing.models import Kind, Signal


def consultation_list(request: ActorRequest) -> HttpResponseBase:
    """List the questions that the reader may read: open, answered, solved."""
    actor = request.actor
    policy.require_member(actor)
    rows = queries.listed_questions(actor)
    context = {"may_share": policy.may_share(actor)}
    spec = question_list_for(actor)
    return lists.respond(request, spec, actor=actor, rows=rows, template="sharing/consultations.html", context=context)


def ask(request: ActorRequest) -> HttpResponse:
    """Ask the other members something; the next page shows who will read it."""
    policy.require_member(request.actor)
    policy.require_sharer(request.actor)
    form = AskForm(posted(request), actor=request.actor)
    if form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("title", "body", "items")}
        try:
            draft = actions.ask_question(request.actor, **words, marking=form.marking())
        except InvalidInput as error:
            form.blame(error)
        else:
            return redirect("sharing:review", signal_id=draft.pk)
    return render(request, "sharing/ask.html", {"form": form})


def consultation_context(actor: Actor, signal: Signal) -> dict[str, Any]:
    """Return what the page of a question has beside that of a signal: nothing for any other kind."""
    if signal.kind != Kind.QUESTION:
        return {}
    helped = queries.helped_by(actor, signal)
    return {
        "is_question": True,
        "items": queries.items_of(actor, signal),
        "helped": helped,
        "is_solved": any(each.solved for each in helped.values()),
        "may_file": policy.may_file(actor, signal),
        "items_form": ItemsForm(initial={"items": ", ".join(queries.items_of(actor, signal))}),
        "may_edit_references": policy.may_edit_references(actor),
        "consents": queries.consents_asked(actor, signal),
    }


ANSWERS: Final[dict[str, Callable[..., object]]] = {
    "solved": actions.mark_solution,
    "thanks": actions.thank_for_answer,
}


@require_POST
def answer_verb(request: ActorRequest, signal_id: UUID, comment_id: UUID, verb: str) -> HttpResponse:
    """Mark an answer as the one that solved the question, or thank for it."""
    if verb not in ANSWERS:
        raise NotFound
    signal = queries.signal_for(request.actor, signal_id)
    ANSWERS[verb](request.actor, signal, comment_id=comment_id)
    return redirect(f"{reverse('sharing:detail', args=[signal_id])}#comment-{comment_id}")


@require_POST
def reopen(request: ActorRequest, signal_id: UUID) -> HttpResponse:
    """Open a question again."""
    actions.reopen_question(request.actor, queries.signal_for(request.actor, signal_id))
    return redirect("sharing:detail", signal_id=signal_id)


@require_POST
def file_question(request: ActorRequest, signal_id: UUID) -> HttpResponse:
    """Say what a question is about."""
    signal = queries.signal_for(request.actor, signal_id)
    try:
        actions.file_question(request.actor, signal, items=request.POST.get("items", ""))
    except InvalidInput as error:
        messages.error(request, error.message)
    return redirect("sharing:detail", signal_id=signal_id)


@require_POST
def consent(request: ActorRequest, signal_id: UUID, consent_id: UUID) -> HttpResponse:
    """Agree, or not, to a text that the hub would publish."""
    signal = queries.signal_for(request.actor, signal_id)
    asked = queries.consents_asked(request.actor, signal).filter(pk=consent_id).first()
    if asked is None:
        raise NotFound
    actions.answer_consent(request.actor, signal, consent=asked, agreed=request.POST.get("agreed") == "yes")
    messages.success(request, _("Thank you: the hub has your answer."))
    return redirect("sharing:detail", signal_id=signal_id)
