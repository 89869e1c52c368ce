"""Pages of the sharing room."""

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

from noroshi.core import policy as door
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, State
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput, NotFound
from noroshi.intel.domain.observables import Observable, ObservableType, defang
from noroshi.intel.queries import has_said_seen, organisations_that_saw
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest
from noroshi.sharing import actions, policy, queries
from noroshi.sharing.domain.release import gravity
from noroshi.sharing.forms import AmendForm, CommentForm, ComposeForm, ReasonForm, initial_of
from noroshi.sharing.lists import signal_list_for
from noroshi.sharing.models import Signal, SignalObservable


def signal_list(request: ActorRequest) -> HttpResponseBase:
    """List the signals that the reader sees."""
    actor = request.actor
    rows = queries.signals_for(actor).select_related("author__organisation")
    context = {"may_share": policy.may_share(actor)}
    return lists.respond(
        request, signal_list_for(actor), actor=actor, rows=rows, template="sharing/list.html", context=context
    )


def drafts(request: ActorRequest) -> HttpResponse:
    """List the reader's own drafts and what of theirs waits."""
    return render(request, "sharing/drafts.html", {"signals": queries.drafts_of(request.actor)})


def release_queue(request: ActorRequest) -> HttpResponse:
    """List what waits for a hub operator."""
    if not request.actor.is_hub_operator:
        raise NotFound
    signals = [(signal, _gravity(signal)) for signal in queries.waiting_for_release(request.actor)]
    return render(request, "sharing/release_queue.html", {"signals": signals})


def compose(request: ActorRequest) -> HttpResponse:
    """Write a new signal."""
    door.require(policy.may_share(request.actor), _("Sharing is for analysts and coordinators of members."))
    form = ComposeForm(request.POST or None, actor=request.actor, initial={"tlp": TLP.AMBER, "target": "own_system"})
    return _compose(
        request, form, lambda: actions.draft_signal(request.actor, content=form.content(), marking=form.marking())
    )


def edit(request: ActorRequest, signal_id: UUID) -> HttpResponse:
    """Change a draft."""
    signal = queries.signal_for(request.actor, signal_id)
    policy.require(request.actor, "edit", signal)
    form = ComposeForm(request.POST or None, actor=request.actor, initial=initial_of(signal))
    return _compose(
        request,
        form,
        lambda: actions.revise_draft(request.actor, signal, content=form.content(), marking=form.marking()),
    )


def _compose(request: ActorRequest, form: ComposeForm, save: Callable[[], Signal]) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("sharing:review", signal_id=save().pk)
        except InvalidInput as error:
            form.blame(error)
    return render(request, "sharing/compose.html", {"form": form})


def review(request: ActorRequest, signal_id: UUID) -> HttpResponse:
    """Show a draft as its readers will, who they are, and what was recognised in it; then send it."""
    signal = queries.signal_for(request.actor, signal_id)
    policy.require(request.actor, "edit", signal)
    if request.method == "POST":
        return _send(request, signal)
    context = {
        "signal": signal,
        "observables": _shown_observables(request.actor, signal),
        "reach": queries.reach(signal.as_item()),
        "gravity": _gravity(signal),
        "rules": door.REASONS,
    }
    return render(request, "sharing/review.html", context)


def _send(request: ActorRequest, signal: Signal) -> HttpResponse:
    kept = [int(value) for value in request.POST.getlist("observable") if value.isascii() and value.isdigit()]
    try:
        sent = actions.publish_signal(request.actor, signal, observables=kept)
    except InvalidInput as error:
        messages.error(request, error.message)
        return redirect("sharing:edit", signal_id=signal.pk)
    held = sent.state == State.HELD
    messages.success(request, _("It waits for a hub operator's release.") if held else _("The signal is out."))
    return redirect("sharing:detail", signal_id=signal.pk)


def detail(request: ActorRequest, signal_id: UUID) -> HttpResponse:
    """Show a signal, or what is left of one that was withdrawn."""
    actor = request.actor
    signal = queries.signal_for(actor, signal_id)
    decision = door.decide(actor, signal)
    context: dict[str, Any] = {"signal": signal, "decision": decision, "reason": door.REASONS[decision.rule]}
    if decision.tombstone:
        return render(request, "sharing/tombstone.html", context)
    return render(request, "sharing/detail.html", context | _detail(actor, signal))


def _detail(actor: Actor, signal: Signal) -> dict[str, Any]:
    knows_reach = policy.is_author(actor, signal) or queries.may_know_reach(actor, signal)
    return {
        "byline": queries.byline(actor, signal),
        "observables": _shown_observables(actor, signal),
        "comments": [(comment, queries.byline(actor, comment)) for comment in queries.comments_of(actor, signal)],
        "versions": signal.versions.order_by("-number"),
        "verbs": policy.allowed_verbs(actor, signal),
        "acknowledged": queries.has_acknowledged(actor, signal),
        "seen": has_said_seen(actor, signal.pk),
        "seen_by": organisations_that_saw(signal.pk),
        "reach": queries.reach(signal.as_item()) if knows_reach else None,
        "rules": door.REASONS,
        "gravity": _gravity(signal) if signal.state == State.HELD else (),
        "comment_form": CommentForm(),
        "reason_form": ReasonForm(),
    }


def amend(request: ActorRequest, signal_id: UUID) -> HttpResponse:
    """Replace the words of a published signal."""
    signal = queries.signal_for(request.actor, signal_id)
    policy.require(request.actor, "amend", signal)
    form = AmendForm(request.POST or None, initial={"title": signal.title, "body": signal.body})
    if request.method == "POST" and form.is_valid():
        try:
            actions.amend_signal(request.actor, signal, **form.cleaned_data)
        except InvalidInput as error:
            form.blame(error)
        else:
            messages.success(request, _("The new version is out."))
            return redirect("sharing:detail", signal_id=signal.pk)
    return render(request, "sharing/amend.html", {"form": form, "signal": signal})


@require_POST
def act(request: ActorRequest, signal_id: UUID, verb: str) -> HttpResponse:
    """Do one of the small things to a signal, then show it again."""
    if verb not in DEEDS:
        raise NotFound
    signal = queries.signal_for(request.actor, signal_id)
    try:
        done, page = DEEDS[verb](request, signal)
    except InvalidInput as error:
        messages.error(request, error.message)
        return redirect("sharing:detail", signal_id=signal.pk)
    messages.success(request, done)
    return redirect(page)


Deed = Callable[[ActorRequest, Signal], tuple[str, str]]


def _address(signal: Signal) -> str:
    return reverse("sharing:detail", args=[signal.pk])


def _withdraw(request: ActorRequest, signal: Signal) -> tuple[str, str]:
    actions.withdraw_signal(request.actor, signal, reason=request.POST.get("reason", ""))
    return _("The signal was withdrawn."), _address(signal)


def _discard(request: ActorRequest, signal: Signal) -> tuple[str, str]:
    actions.discard_draft(request.actor, signal)
    return _("The draft is gone."), reverse("sharing:drafts")


def _release(request: ActorRequest, signal: Signal) -> tuple[str, str]:
    actions.release_signal(request.actor, signal)
    return _("The signal is out."), reverse("sharing:release-queue")


def _return(request: ActorRequest, signal: Signal) -> tuple[str, str]:
    actions.return_signal(request.actor, signal, reason=request.POST.get("reason", ""))
    return _("The signal went back to its author."), reverse("sharing:release-queue")


def _comment(request: ActorRequest, signal: Signal) -> tuple[str, str]:
    anonymous = bool(request.POST.get("anonymous"))
    actions.comment_on_signal(request.actor, signal, body=request.POST.get("body", ""), anonymous=anonymous)
    return _("Your comment was added."), _address(signal)


def _acknowledge(request: ActorRequest, signal: Signal) -> tuple[str, str]:
    actions.acknowledge_signal(request.actor, signal)
    return _("Taken note of."), _address(signal)


def _seen(request: ActorRequest, signal: Signal) -> tuple[str, str]:
    actions.report_seen(request.actor, signal)
    return _("Noted that your organisation saw this too. Nobody is told which one."), _address(signal)


DEEDS: Final[dict[str, Deed]] = {
    "withdraw": _withdraw,
    "discard": _discard,
    "release": _release,
    "return": _return,
    "comment": _comment,
    "acknowledge": _acknowledge,
    "seen": _seen,
}


def _gravity(signal: Signal) -> tuple[str, ...]:
    sentences = {
        "red": _("It is TLP:RED."),
        "anonymous": _("It is anonymous: somebody checks that the text names nobody by mistake."),
    }
    return tuple(sentences[reason] for reason in gravity(TLP(signal.tlp), AuthorMode(signal.author_mode)))


def _shown_observables(actor: Actor, signal: Signal) -> list[dict[str, Any]]:
    return [_shown(row) for row in queries.observables_of(actor, signal)]


def _shown(row: SignalObservable) -> dict[str, Any]:
    value = Observable(ObservableType(row.observable.type), row.observable.value)
    return {"id": row.pk, "type": value.type, "text": defang(value), "benign": row.benign}
