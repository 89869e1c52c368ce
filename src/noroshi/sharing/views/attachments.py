"""Files: sent in, handed out, taken away."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.errors import InvalidInput, TooLarge
from noroshi.kit.downloads import download
from noroshi.kit.http import ActorRequest, open_to_the_public
from noroshi.sharing import actions, policy, queries
from noroshi.sharing.forms.signals import FileForm
from noroshi.sharing.models import Attachment, Signal


@open_to_the_public
@require_safe
def attachment(request: ActorRequest, attachment_id: UUID) -> HttpResponseBase:
    """Hand a file out to whoever sees its signal: to be saved, never to be shown or run by a browser."""
    file = queries.attachment_for(request.actor, attachment_id)
    content = partial(actions.read_attachment, request.actor, file)
    return download(request, file, number=file.pk.hex, content=content)


@require_POST
def attach(request: ActorRequest, signal_id: UUID) -> HttpResponse:
    """Attach a file to an own draft or, as an amendment, to an own signal."""
    signal = queries.signal_for(request.actor, signal_id)
    _take(request, lambda upload: actions.attach_file(request.actor, signal, upload=upload))
    return redirect(page_of(request.actor, signal))


@require_POST
def attach_to_comment(request: ActorRequest, signal_id: UUID, comment_id: UUID) -> HttpResponse:
    """Attach a file to an own comment."""
    signal = queries.signal_for(request.actor, signal_id)
    comment = queries.comment_for(request.actor, signal, comment_id)
    _take(request, lambda upload: actions.attach_to_comment(request.actor, comment, upload=upload))
    return redirect(f"{page_of(request.actor, signal)}#comment-{comment.pk}")


@require_POST
def remove_attachment(request: ActorRequest, attachment_id: UUID) -> HttpResponse:
    """Take a file away."""
    file = queries.attachment_for(request.actor, attachment_id)
    actions.remove_attachment(request.actor, file)
    messages.success(request, _("The file is gone."))
    return redirect(page_of(request.actor, file.signal))


def page_of(actor: Actor, signal: Signal) -> str:
    """Return where somebody goes on with a signal: its author with a draft by looking it over."""
    looks_over = signal.state == State.DRAFT and policy.is_author(actor, signal)
    return reverse("sharing:review" if looks_over else "sharing:detail", args=[signal.pk])


def _take(request: ActorRequest, keep: Callable[[actions.Upload], Attachment]) -> None:
    """Take a file in, or say in one sentence why not."""
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Choose a file."))
        return
    try:
        kept = keep(form.upload())
    except (InvalidInput, TooLarge) as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("%(name)s is attached.") % {"name": kept.name})
