"""Writing a signal, looking it over, sending it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, State
from noroshi.core.errors import InvalidInput
from noroshi.kit.http import ActorRequest, posted
from noroshi.members.models import Group
from noroshi.members.queries import default_level
from noroshi.sharing import actions, policy, queries
from noroshi.sharing.domain.handling import USUAL_OBJECTIVE
from noroshi.sharing.forms.audience import AudienceForm
from noroshi.sharing.forms.signals import (
    ComposeForm,
    SendForm,
    initial_of,
    typed_words,
    usual_marking,
)
from noroshi.sharing.models import Signal
from noroshi.sharing.views.context import (
    audience_lines,
    gravity_reasons,
    handling_context,
    onward_context,
    passing_on,
    plain_preview,
    reach_context,
    shown_files,
    shown_observables,
    style_of,
    tag_choice,
    tag_choice_of,
    tags_context,
    warning_context,
    words_context,
)
from noroshi.sharing.wording import OBJECTIVES


def compose(request: ActorRequest) -> HttpResponse:
    """Write a new signal."""
    policy.require_member(request.actor)
    policy.require_sharer(request.actor)
    form = ComposeForm(posted(request), actor=request.actor, initial=_beginning(request))
    return _compose(
        request, form, lambda: actions.draft_signal(request.actor, content=form.content(), marking=form.marking())
    )


def _beginning(request: ActorRequest) -> dict[str, Any]:
    """Return what a new form shows: the usual marking, or that of the group from whose room somebody comes."""
    initial = usual_marking(request.actor)
    group = queries.groups_on_offer(request.actor).filter(slug=request.GET.get("group", "")[:60]).first()
    return (
        initial if group is None else {**initial, "groups": [group.pk], "tlp": default_level(group), "community": False}
    )


def edit(request: ActorRequest, signal_id: UUID) -> HttpResponse:
    """Change a draft."""
    signal = queries.signal_for(request.actor, signal_id)
    policy.require(request.actor, "edit", signal)
    tags = [tag.name for tag in queries.tags_of(request.actor, signal)]
    form = ComposeForm(posted(request), actor=request.actor, initial={**initial_of(signal), "tags": tags})
    return _compose(
        request,
        form,
        lambda: actions.revise_draft(request.actor, signal, content=form.content(), marking=form.marking()),
        signal,
    )


def _compose(
    request: ActorRequest, form: ComposeForm, save: Callable[[], Signal], signal: Signal | None = None
) -> HttpResponse:
    if "find_tags" in request.POST:  # where no script runs, the page comes back with what was found
        form = ComposeForm(None, actor=request.actor, initial=form.typed())
    elif form.is_valid():
        try:
            return redirect("sharing:review", signal_id=save().pk)
        except InvalidInput as error:
            form.blame(error)
    context = {
        "form": form,
        "signal": signal,
        "mailed": queries.mail_of(signal) if signal is not None else None,
        **tag_choice_of(form),
    }
    return render(request, "sharing/compose.html", context)


@require_POST
def tags(request: ActorRequest) -> HttpResponse:
    """Answer, while somebody composes, which tags there are for what was typed; what is chosen stays."""
    policy.require_member(request.actor)
    policy.require_sharer(request.actor)
    context = tag_choice(request.POST.getlist("tags"), request.POST.get("tag", ""))
    return render(request, "sharing/tag_choice.html", context)


@require_POST
def preview(request: ActorRequest) -> HttpResponse:
    """Answer, while somebody composes, who would see it as the form stands; or the sentence that refuses it."""
    policy.require_member(request.actor)
    policy.require_sharer(request.actor)
    form = AudienceForm(request.POST, actor=request.actor)
    reach = None
    if form.is_valid():
        try:
            reach = _reach_of(request.actor, form)
        except InvalidInput as error:
            form.blame(error)
    found = queries.warnings_about(request.actor, typed_words(request.POST))
    context = {
        "form": form,
        "usual": _usual_levels(form),
        **reach_context(reach),
        **warning_context(found, anonymous="anonymous" in request.POST),
    }
    return render(request, "sharing/preview.html", context)


def _usual_levels(form: AudienceForm) -> list[tuple[Group, str]]:
    """Return the groups chosen whose usual marking is another than the one chosen."""
    chosen = form.cleaned_data.get("tlp", "")
    groups = form.cleaned_data.get("groups") or ()
    return [(group, level) for group in groups if (level := default_level(group)) != chosen]


def _reach_of(actor: Actor, form: AudienceForm) -> queries.Readership:
    marking = form.marking()
    actions.check_marking(actor, marking)
    return queries.foretold_to(actor, marking.as_draft(actor.acting_organisation, actor.acting_person, actor.world))


def review(request: ActorRequest, signal_id: UUID) -> HttpResponse:
    """Show a draft as its readers will, who they are, and what was recognised in it; then send it."""
    actor = request.actor
    signal = queries.signal_for(actor, signal_id)
    policy.require(actor, "edit", signal)
    if request.method == "POST":
        return _send(request, signal)
    context = {
        "signal": signal,
        "mailed": queries.mail_of(signal),
        "observables": shown_observables(actor, signal),
        **shown_files(actor, signal),
        "gravity": gravity_reasons(signal),
        "habits": style_of(signal),
        "passing_on": passing_on(signal),
        "objectives": OBJECTIVES.items(),
        "usual_objective": USUAL_OBJECTIVE,
        **words_context(signal),
        **handling_context(signal),
        **tags_context(actor, signal),
        **warning_context(queries.warnings_of(actor, signal), anonymous=signal.author_mode != AuthorMode.NAMED),
        "audience": audience_lines(actor, signal),
        **reach_context(queries.reach_known_to(actor, signal)),
        **onward_context(actor, signal),
        "plain": plain_preview(signal),
    }
    return render(request, "sharing/review.html", context)


def _send(request: ActorRequest, signal: Signal) -> HttpResponse:
    hubs = [each.peer.pk for each in queries.onward(request.actor, signal)]
    form = SendForm(request.POST, proposed=list(queries.observables_of(request.actor, signal)), hubs=hubs)
    if not form.is_valid():
        messages.error(request, _("The draft was changed after you looked it over. Look it over again."))
        return redirect("sharing:review", signal_id=signal.pk)
    data = form.cleaned_data
    try:
        sent = actions.publish_signal(
            request.actor,
            signal,
            observables=data["observable"],
            objectives=form.own,
            objective=form.usual,
            looked_at=data["looked_at"],
            own_names_confirmed=data["own_names_confirmed"],
            hubs=data["hub"],
        )
    except InvalidInput as error:
        messages.error(request, error.message)
        back = "sharing:review" if error.field in form.fields else "sharing:edit"
        return redirect(back, signal_id=signal.pk)
    held = sent.state == State.HELD
    messages.success(request, _("It waits for a hub operator's release.") if held else _("The signal is out."))
    return redirect("sharing:detail", signal_id=signal.pk)
