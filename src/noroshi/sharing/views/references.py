"""Published answers: the list, each of them, and the hub's desk where they are written."""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from noroshi.core.domain.audience import State
from noroshi.core.errors import Conflict, InvalidInput, NotFound
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest, posted
from noroshi.notify.models import NoticeKind
from noroshi.sharing import actions, policy, queries, wording
from noroshi.sharing.forms.consultations import ReferenceChangeForm, ReferenceForm
from noroshi.sharing.lists.consultations import REFERENCES
from noroshi.sharing.models import ReferenceAnswer


def reference_list(request: ActorRequest) -> HttpResponseBase:
    """List the published answers that the reader may read."""
    actor = request.actor
    policy.require_member(actor)
    editor = policy.may_edit_references(actor)
    context = {
        "drafts": queries.reference_drafts_of(actor) if editor else (),
        "withdrawn": queries.withdrawn_references_for(actor)[:20],
        "follow": _following(request),
    }
    rows = queries.listed_references(actor)
    return lists.respond(
        request, REFERENCES, actor=actor, rows=rows, template="sharing/references.html", context=context
    )


def _following(request: ActorRequest) -> str:
    """Return the query by which a subscription begins: new answers about what the list is narrowed to."""
    words = " ".join(filter(None, (request.GET.get(name, "").strip() for name in ("q", "item"))))
    return urlencode({"notice": NoticeKind.ANSWER, "words": words})


def reference_detail(request: ActorRequest, reference_id: UUID) -> HttpResponse:
    """Show a published answer, or what is left of it; to whoever writes it, the draft."""
    actor = request.actor
    policy.require_member(actor)
    reference = queries.reference_for(actor, reference_id)
    if reference.state == State.WITHDRAWN:
        return render(request, "sharing/reference_gone.html", {"reference": reference})
    draft = reference.state == State.DRAFT
    consent = queries.consent_state(reference) if draft else ""
    context = {
        "reference": reference,
        "items": queries.items_of_reference(actor, reference),
        "versions": queries.reference_versions_of(actor, reference),
        "editor": policy.may_edit_references(actor),
        "consent": consent,
        "consent_text": wording.CONSENT.get(consent, ""),
        "may_publish": consent in ("unneeded", "given"),
        "may_amend": not draft and not queries.needs_consent(reference),
    }
    return render(request, "sharing/reference.html", context)


def reference_new(request: ActorRequest, signal_id: UUID) -> HttpResponse:
    """Begin a published answer from a solved consultation: its fields are empty, its words are the editor's own."""
    signal = queries.signal_for(request.actor, signal_id)
    policy.require_editor(request.actor)
    policy.require_solved(signal)
    form = ReferenceForm(posted(request), initial={"items": ", ".join(queries.items_of(request.actor, signal))})

    def write() -> ReferenceAnswer:
        return actions.draft_reference(request.actor, signal, words=form.words(), tlp=form.cleaned_data["tlp"])

    return _written(request, form, write, {"signal": signal})


def reference_edit(request: ActorRequest, reference_id: UUID) -> HttpResponse:
    """Change a draft, or publish another version."""
    reference = queries.reference_for(request.actor, reference_id)
    policy.require_editor(request.actor)
    if reference.state == State.WITHDRAWN:
        raise Conflict(_("This answer is not in the state that this needs."))
    initial = {name: getattr(reference, name) for name in ("title", "question", "answer", "tlp")}
    initial["items"] = ", ".join(queries.items_of_reference(request.actor, reference))
    draft = reference.state == State.DRAFT
    form = (ReferenceForm if draft else ReferenceChangeForm)(posted(request), initial=initial)

    def write() -> ReferenceAnswer:
        data = form.cleaned_data
        if draft:
            return actions.revise_reference_draft(request.actor, reference, words=form.words(), tlp=data["tlp"])
        return actions.amend_reference(request.actor, reference, words=form.words(), reason=data["reason"])

    return _written(request, form, write, {"reference": reference})


def _written(
    request: ActorRequest, form: ReferenceForm, write: Callable[[], ReferenceAnswer], context: dict[str, Any]
) -> HttpResponse:
    if form.is_valid():
        try:
            return redirect("sharing:reference", reference_id=write().pk)
        except InvalidInput as error:
            form.blame(error)
    return render(request, "sharing/reference_form.html", {"form": form, **context})


REFERENCE_VERBS: Final[dict[str, Callable[..., object]]] = {
    "ask": actions.ask_consent,
    "publish": actions.publish_reference,
    "discard": actions.discard_reference,
    "withdraw": actions.withdraw_reference,
}


@require_POST
def reference_verb(request: ActorRequest, reference_id: UUID, verb: str) -> HttpResponse:
    """Ask for consent, publish, throw a draft away, withdraw."""
    if verb not in REFERENCE_VERBS:
        raise NotFound
    reference = queries.reference_for(request.actor, reference_id)
    more = {"reason": request.POST.get("reason", "")} if verb == "withdraw" else {}
    try:
        REFERENCE_VERBS[verb](request.actor, reference, **more)
    except InvalidInput as error:
        messages.error(request, error.message)
    if verb == "discard":
        return redirect("sharing:references")
    return redirect("sharing:reference", reference_id=reference_id)
