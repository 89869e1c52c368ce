"""The page of a signal, and what is done from there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from noroshi.core import clock
from noroshi.core import policy as door
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.errors import InvalidInput, NotFound
from noroshi.federation.policy import is_node
from noroshi.intel.queries import said_seen
from noroshi.kit.http import ActorRequest, open_to_the_public, posted
from noroshi.sharing import actions, policy, queries, wording
from noroshi.sharing.domain.outline import Form
from noroshi.sharing.domain.ways import way_to
from noroshi.sharing.forms.audience import BlamingForm
from noroshi.sharing.forms.desk import AskForm, ExplainForm, HubForm, SeenForm, StanceForm
from noroshi.sharing.forms.signals import (
    AmendForm,
    CommentForm,
    LowerForm,
    RaiseForm,
    ReasonForm,
    initial_of,
)
from noroshi.sharing.models import Signal
from noroshi.sharing.views.consultations import consultation_context
from noroshi.sharing.views.context import (
    audience_lines,
    desk_context,
    gravity_reasons,
    habits_in,
    handling_context,
    onward_context,
    opinions_context,
    passing_on,
    plain_context,
    reach_context,
    replies_context,
    shown_files,
    shown_observables,
    tag_choice_of,
    tags_context,
    version_lines,
    words_context,
)
from noroshi.sharing.views.rooms import guests_context


@open_to_the_public
def detail(request: ActorRequest, signal_id: UUID) -> HttpResponse:
    """Show a signal, or what is left of one that was withdrawn; a public one to the public too."""
    return _detail_page(request, queries.signal_for(request.actor, signal_id))


def _detail_page(request: ActorRequest, signal: Signal, failed: dict[str, BlamingForm] | None = None) -> HttpResponse:
    """Answer with the page of a signal; `failed` are forms of it that were filled in wrongly, by their verb."""
    actor = request.actor
    if door.decide(actor, signal).tombstone:
        return render(
            request,
            "sharing/tombstone.html",
            {"anew": queries.issued_anew(actor, signal), "signal": signal, "looks": queries.looks_at(actor, signal)},
        )
    forms = {verb: form() for verb, form in FORMS.items()} | (failed or {})
    context = {"signal": signal, "forms": forms, "failed": failed or {}, **_detail(actor, signal)}
    if "as_it_is" in forms["comment"].errors:
        context["habits"] = habits_in(forms["comment"].data["body"])
    actions.note_read(actor, [signal])
    return render(request, "sharing/detail.html", context, status=422 if failed else 200)


def _detail(actor: Actor, signal: Signal) -> dict[str, Any]:
    way = way_to(actor, signal.as_item(), clock.now())
    return {
        "byline": queries.byline(actor, signal),
        "observables": shown_observables(actor, signal),
        "comments": queries.thread_of(actor, signal),
        "may_unmask": policy.may_unmask(actor),
        "at_node": is_node(),
        "looks": queries.looks_at(actor, signal),
        **shown_files(actor, signal),
        "versions": version_lines(actor, signal),
        **words_context(signal),
        **handling_context(signal),
        **tags_context(actor, signal),
        "verbs": policy.allowed_verbs(actor, signal),
        "is_member": policy.is_member(actor),
        "acknowledged": queries.has_acknowledged(actor, signal),
        "seen": said_seen(actor, signal.pk),
        **replies_context(actor, signal),
        **desk_context(actor, signal),
        **opinions_context(actor, signal),
        "reason": wording.REACHED_BY[way] if way else "",
        "passing_on": passing_on(signal),
        "gravity": gravity_reasons(signal) if signal.state == State.HELD else (),
        "audience": audience_lines(actor, signal),
        "taken_note": queries.organisations_that_acknowledged(actor, signal),
        **guests_context(actor, signal),
        **consultation_context(actor, signal),
        **reach_context(queries.reach_known_to(actor, signal)),
        **plain_context(actor, signal),
        **(onward_context(actor, signal) if signal.state == State.PUBLISHED else {}),
        "at_work": queries.at_work(actor, signal) if signal.state == State.PUBLISHED else None,
    }


def amend(request: ActorRequest, signal_id: UUID) -> HttpResponse:
    """Replace the words of a published signal."""
    signal = queries.signal_for(request.actor, signal_id)
    policy.require(request.actor, "amend", signal)
    form = AmendForm(posted(request), initial=_as_it_is(request.actor, signal))
    if "find_tags" in request.POST:  # where no script runs, the page comes back with what was found
        form = AmendForm(None, initial=form.typed())
    elif form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("title", "body", "plain_words", "reason")}
        try:
            actions.amend_signal(
                request.actor,
                signal,
                **words,
                outline=form.outline(),
                grading=form.grading(),
                tags=frozenset(form.cleaned_data["tags"]),
            )
        except InvalidInput as error:
            form.blame(error)
        else:
            messages.success(request, _("The new version is out."))
            return redirect("sharing:detail", signal_id=signal.pk)
    outlined = signal.form == Form.OUTLINE or "source" in request.POST
    context = {"form": form, "signal": signal, "outlined": outlined, **tag_choice_of(form)}
    return render(request, "sharing/amend.html", context)


def _as_it_is(actor: Actor, signal: Signal) -> dict[str, Any]:
    names = ("title", "body", "plain_words", "reliability", "credibility")
    tags = [tag.name for tag in queries.tags_of(actor, signal)]
    return {name: getattr(signal, name) for name in names} | signal.answers.stored | {"tags": tags}


def raise_level(request: ActorRequest, signal_id: UUID) -> HttpResponse:
    """Take a signal back and issue it anew under a higher level."""
    signal = queries.signal_for(request.actor, signal_id)
    policy.require(request.actor, "raise", signal)
    form = RaiseForm(posted(request), actor=request.actor, initial=initial_of(signal))
    if form.is_valid():
        try:
            anew = actions.raise_marking(
                request.actor, signal, marking=form.marking(), reason=form.cleaned_data["reason"]
            )
        except InvalidInput as error:
            form.blame(error)
        else:
            messages.success(request, _("It was taken back and issued anew; whoever had it is told."))
            return redirect("sharing:detail", signal_id=anew.pk)
    return render(request, "sharing/raise.html", {"form": form, "signal": signal})


@dataclass(frozen=True)
class Deed:
    """One of the small things done to a signal: by which action, what the page says after, and where that is."""

    action: Callable[..., object]
    done: Promise
    page: str = ""


DEEDS: Final = {
    "lower": Deed(actions.lower_marking, gettext_lazy("The level is lowered; whoever sees it from now on is told.")),
    "withdraw": Deed(actions.withdraw_signal, gettext_lazy("The signal was withdrawn.")),
    "discard": Deed(actions.discard_draft, gettext_lazy("The draft is gone."), "sharing:drafts"),
    "recall": Deed(actions.recall_signal, gettext_lazy("It is a draft again."), "sharing:drafts"),
    "release": Deed(actions.release_signal, gettext_lazy("The signal is out."), "sharing:release-queue"),
    "return": Deed(actions.return_signal, gettext_lazy("The signal went back to its author."), "sharing:release-queue"),
    "comment": Deed(actions.comment_on_signal, gettext_lazy("Your comment was added.")),
    "acknowledge": Deed(actions.acknowledge_signal, gettext_lazy("Acknowledged for your organisation.")),
    "seen": Deed(actions.report_seen, gettext_lazy("Noted that your organisation saw this too.")),
    "stand": Deed(actions.take_stance, gettext_lazy("Noted where your organisation stands.")),
    "approve": Deed(
        actions.approve_signal,
        gettext_lazy("Approved. Another hub operator releases it."),
        "sharing:release-queue",
    ),
    "ask": Deed(actions.ask_author, gettext_lazy("The request went to the author.")),
    "explain": Deed(actions.answer_hub, gettext_lazy("The hub has your answer.")),
    "agree": Deed(actions.agree_to_passage, gettext_lazy("Noted that you agree.")),
    "let-pass": Deed(actions.release_passage, gettext_lazy("It goes to the other hub.")),
    "end-passage": Deed(actions.end_passage, gettext_lazy("It goes there no more; what is there is called back.")),
}


FORMS: Final[dict[str, type[BlamingForm]]] = {
    "lower": LowerForm,
    "withdraw": ReasonForm,
    "return": ReasonForm,
    "comment": CommentForm,
    "seen": SeenForm,
    "stand": StanceForm,
    "ask": AskForm,
    "explain": ExplainForm,
    "agree": HubForm,
    "let-pass": HubForm,
    "end-passage": HubForm,
}


@require_POST
def act(request: ActorRequest, signal_id: UUID, verb: str) -> HttpResponse:
    """Do one of the small things to a signal, then show it again."""
    if verb not in DEEDS:
        raise NotFound
    signal, deed = queries.signal_for(request.actor, signal_id), DEEDS[verb]
    form = FORMS.get(verb, BlamingForm)(request.POST)
    try:
        if form.is_valid() and _is_looked_over(request.actor, signal, form):
            deed.action(request.actor, signal, **form.cleaned_data)
    except InvalidInput as error:
        form.blame(error)
    if form.errors:
        return _detail_page(request, signal, {verb: form})
    messages.success(request, str(deed.done))
    return redirect(deed.page or reverse("sharing:detail", args=[signal_id]))


def _is_looked_over(actor: Actor, signal: Signal, form: BlamingForm) -> bool:
    """Whether an anonymous comment shows no habit of its author, or the author has seen which and sends it anyway."""
    if not isinstance(form, CommentForm):
        return True
    as_it_is = form.cleaned_data.pop("as_it_is")
    hidden = form.cleaned_data["anonymous"] or policy.is_hidden_author(actor, signal)
    if as_it_is or not hidden or not habits_in(form.cleaned_data["body"]):
        return True
    form.add_error("as_it_is", _("Look at what could give you away, then send it again."))
    return False
