"""The page on which a trusted operator looks up an anonymous author."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from noroshi.core.domain.audience import AuthorMode
from noroshi.core.errors import InvalidInput, NotFound
from noroshi.kit.http import ActorRequest, posted
from noroshi.sharing import actions, policy, queries
from noroshi.sharing.forms.signals import ReasonForm
from noroshi.sharing.models import Signal


def unmask(request: ActorRequest, signal_id: UUID) -> HttpResponse:
    """Ask for the reason, then show once who wrote a signal or a comment. The answer is on no other page."""
    actor = request.actor
    signal = queries.signal_for(actor, signal_id)
    policy.require_unmasking(actor)
    said = _said(request, signal, request.GET["comment"]) if "comment" in request.GET else None
    if (said.comment if said else signal).author_mode == AuthorMode.NAMED:
        raise NotFound
    form, found = ReasonForm(posted(request)), None
    if form.is_valid():
        try:
            found = actions.unmask_author(
                actor, signal, comment=said.comment if said else None, reason=form.cleaned_data["reason"]
            )
        except InvalidInput as error:
            form.blame(error)
    context = {"signal": signal, "said": said, "form": form, "found": found}
    return render(request, "sharing/unmask.html", context, status=422 if form.errors else 200)


def _said(request: ActorRequest, signal: Signal, number: str) -> queries.Said:
    for said in queries.thread_of(request.actor, signal):
        if str(said.comment.pk) == number:
            return said
    raise NotFound
