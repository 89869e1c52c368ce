"""Documents of groups: the list, each of them, what is added, and the files."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from noroshi.core.domain.audience import State
from noroshi.core.errors import InvalidInput, TooLarge
from noroshi.kit import lists
from noroshi.kit.downloads import download
from noroshi.kit.http import ActorRequest, posted
from noroshi.members.wording import channel_of
from noroshi.sharing import actions, policy, queries
from noroshi.sharing.forms.audience import BlamingForm
from noroshi.sharing.forms.documents import DescriptionForm, DocumentForm, VersionForm
from noroshi.sharing.lists.documents import document_list_for
from noroshi.sharing.models import GroupDocument
from noroshi.sharing.views.context import shown_file


def document_list(request: ActorRequest, slug: str) -> HttpResponseBase:
    """List the documents of one of the reader's groups."""
    actor = request.actor
    group = queries.own_group(actor, slug)
    context = {
        "group": group,
        "may_add": policy.may_add_documents(actor, group),
        "withdrawn": queries.withdrawn_documents_of(actor, group)[:20],
    }
    rows = queries.documents_of(actor, group)
    spec = document_list_for(group)
    return lists.respond(request, spec, actor=actor, rows=rows, template="sharing/documents.html", context=context)


def document_new(request: ActorRequest, slug: str) -> HttpResponse:
    """Add a document to a group."""
    group = queries.own_group(request.actor, slug)
    policy.require_documents_of(request.actor, group)
    form = DocumentForm(posted(request), request.FILES or None, group=group)

    def add() -> GroupDocument:
        described = {name: form.cleaned_data[name] for name in ("title", "description", "tlp")}
        return actions.add_document(request.actor, group, upload=form.upload(), **described)

    return _written(request, form, add, "sharing/document_new.html", {"group": group})


def document_detail(request: ActorRequest, document_id: UUID) -> HttpResponse:
    """Show a document with its files, or what is left of it."""
    document = queries.document_for(request.actor, document_id)
    if document.state == State.WITHDRAWN:
        return render(request, "sharing/document_gone.html", {"document": document})
    return _page(request, document, VersionForm())


def _page(request: ActorRequest, document: GroupDocument, form: VersionForm) -> HttpResponse:
    actor = request.actor
    manages = policy.may_withdraw_document(actor, document)
    context = {
        "document": document,
        "versions": [shown_file(file) for file in queries.versions_of_document(actor, document)],
        "may_edit": policy.may_edit_document(actor, document),
        "may_withdraw": manages,
        "form": form,
        **(_downloads(document) if manages else {}),
    }
    return render(request, "sharing/document.html", context, status=422 if form.errors else 200)


def _downloads(document: GroupDocument) -> dict[str, Any]:
    """Return what stands there of those who got it."""
    found = queries.downloads_of(document)
    return {"counts": found.counts, "named": [(row, channel_of(row.channel)) for row in found.named]}


def document_edit(request: ActorRequest, document_id: UUID) -> HttpResponse:
    """Give a document another title and description."""
    document = queries.document_for(request.actor, document_id)
    policy.require_document(request.actor, document, policy.may_edit_document)
    form = DescriptionForm(posted(request), initial={"title": document.title, "description": document.description})

    def describe() -> GroupDocument:
        return actions.describe_document(request.actor, document, **form.cleaned_data)

    return _written(request, form, describe, "sharing/document_edit.html", {"document": document})


@require_POST
def document_renew(request: ActorRequest, document_id: UUID) -> HttpResponse:
    """Put another file in the place of the last one."""
    document = queries.document_for(request.actor, document_id)
    form = VersionForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.add_document_version(request.actor, document, upload=form.upload(), note=form.cleaned_data["note"])
        except (InvalidInput, TooLarge) as error:
            _blame(form, error)
        else:
            return redirect("sharing:document", document_id=document_id)
    policy.require_document(request.actor, document, policy.may_edit_document)
    return _page(request, document, form)


@require_POST
def document_withdraw(request: ActorRequest, document_id: UUID) -> HttpResponse:
    """Take a document back."""
    document = queries.document_for(request.actor, document_id)
    try:
        actions.withdraw_document(request.actor, document, reason=request.POST.get("reason", ""))
    except InvalidInput as error:
        messages.error(request, error.message)
        return redirect("sharing:document", document_id=document_id)
    messages.success(request, _("The document is withdrawn."))
    return redirect("sharing:group-documents", slug=document.group.slug)


@require_safe
def document_file(request: ActorRequest, document_id: UUID, number: int) -> HttpResponseBase:
    """Hand out one file of a document: to be saved, never to be shown or run by a browser."""
    file = queries.document_version(request.actor, document_id, number)
    content = partial(actions.read_document, request.actor, file)
    return download(request, file, number=f"{file.document_id.hex}-{file.number}", content=content)


def _written(
    request: ActorRequest,
    form: BlamingForm,
    write: Callable[[], GroupDocument],
    template: str,
    context: dict[str, Any],
) -> HttpResponse:
    if form.is_valid():
        try:
            return redirect("sharing:document", document_id=write().pk)
        except (InvalidInput, TooLarge) as error:
            _blame(form, error)
    return render(request, template, {"form": form, **context}, status=422 if form.errors else 200)


def _blame(form: BlamingForm, error: InvalidInput | TooLarge) -> None:
    if isinstance(error, InvalidInput):
        form.blame(error)
    else:
        form.add_error("file", error.message)
