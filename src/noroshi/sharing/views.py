"""Pages of the sharing room."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from noroshi.core import clock
from noroshi.core import policy as door
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, State
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.core.errors import InvalidInput, NotFound
from noroshi.intel.domain.observables import Observable, ObservableType, defang
from noroshi.intel.queries import has_said_seen, organisations_that_saw
from noroshi.intel.wording import TYPES
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest
from noroshi.sharing import actions, policy, queries, wording
from noroshi.sharing.domain.release import gravity
from noroshi.sharing.domain.ways import way_to
from noroshi.sharing.forms import (
    AmendForm,
    AudienceForm,
    BlamingForm,
    CommentForm,
    ComposeForm,
    ReasonForm,
    SendForm,
    initial_of,
)
from noroshi.sharing.lists import TOMBSTONES, signal_list_for
from noroshi.sharing.models import Signal, SignalObservable


def signal_list(request: ActorRequest) -> HttpResponseBase:
    """List the signals that the reader may read."""
    actor = request.actor
    policy.require_member(actor)
    rows = queries.published_for(actor).select_related("author__organisation")
    context = {"may_share": policy.may_share(actor)}
    return lists.respond(
        request, signal_list_for(actor), actor=actor, rows=rows, template="sharing/list.html", context=context
    )


def withdrawn_list(request: ActorRequest) -> HttpResponseBase:
    """List what is left of the signals that were withdrawn."""
    policy.require_member(request.actor)
    rows = queries.tombstones_for(request.actor)
    return lists.respond(request, TOMBSTONES, actor=request.actor, rows=rows, template="sharing/withdrawn.html")


def drafts(request: ActorRequest) -> HttpResponse:
    """List the reader's own drafts and what of theirs waits."""
    policy.require_member(request.actor)
    policy.require_sharer(request.actor)
    return render(request, "sharing/drafts.html", {"signals": queries.drafts_of(request.actor)})


def release_queue(request: ActorRequest) -> HttpResponse:
    """List what waits for a hub operator."""
    if not request.actor.is_hub_operator:
        raise NotFound
    signals = [(signal, _gravity(signal)) for signal in queries.waiting_for_release(request.actor)]
    return render(request, "sharing/release_queue.html", {"signals": signals})


def compose(request: ActorRequest) -> HttpResponse:
    """Write a new signal."""
    policy.require_member(request.actor)
    policy.require_sharer(request.actor)
    form = ComposeForm(_posted(request), actor=request.actor, initial={"tlp": TLP.AMBER})
    return _compose(
        request, form, lambda: actions.draft_signal(request.actor, content=form.content(), marking=form.marking())
    )


def edit(request: ActorRequest, signal_id: UUID) -> HttpResponse:
    """Change a draft."""
    signal = queries.signal_for(request.actor, signal_id)
    policy.require(request.actor, "edit", signal)
    form = ComposeForm(_posted(request), actor=request.actor, initial=initial_of(signal))
    return _compose(
        request,
        form,
        lambda: actions.revise_draft(request.actor, signal, content=form.content(), marking=form.marking()),
        signal,
    )


def _compose(
    request: ActorRequest, form: ComposeForm, save: Callable[[], Signal], signal: Signal | None = None
) -> HttpResponse:
    if form.is_valid():
        try:
            return redirect("sharing:review", signal_id=save().pk)
        except InvalidInput as error:
            form.blame(error)
    return render(request, "sharing/compose.html", {"form": form, "signal": signal})


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
    return render(request, "sharing/preview.html", {"form": form, **_reach_context(reach)})


def _reach_of(actor: Actor, form: AudienceForm) -> queries.Reach:
    marking = form.marking()
    actions.check_marking(actor, marking)
    return queries.reach(marking.as_draft(actor.acting_organisation, actor.acting_person, actor.world))


def review(request: ActorRequest, signal_id: UUID) -> HttpResponse:
    """Show a draft as its readers will, who they are, and what was recognised in it; then send it."""
    actor = request.actor
    signal = queries.signal_for(actor, signal_id)
    policy.require(actor, "edit", signal)
    if request.method == "POST":
        return _send(request, signal)
    context = {
        "signal": signal,
        "observables": _shown_observables(actor, signal),
        "gravity": _gravity(signal),
        "passing_on": _passing_on(signal),
        "audience": _audience(actor, signal),
        **_reach_context(queries.reach_known_to(actor, signal)),
    }
    return render(request, "sharing/review.html", context)


def _send(request: ActorRequest, signal: Signal) -> HttpResponse:
    form = SendForm(request.POST, proposed=list(queries.observables_of(request.actor, signal)))
    if not form.is_valid():
        messages.error(request, _("The draft was changed after you looked it over. Look it over again."))
        return redirect("sharing:review", signal_id=signal.pk)
    data = form.cleaned_data
    try:
        sent = actions.publish_signal(
            request.actor, signal, observables=data["observable"], looked_at=data["looked_at"]
        )
    except InvalidInput as error:
        messages.error(request, error.message)
        return redirect("sharing:edit", signal_id=signal.pk)
    held = sent.state == State.HELD
    messages.success(request, _("It waits for a hub operator's release.") if held else _("The signal is out."))
    return redirect("sharing:detail", signal_id=signal.pk)


@login_not_required
def detail(request: ActorRequest, signal_id: UUID) -> HttpResponse:
    """Show a signal, or what is left of one that was withdrawn; a public one to the public too."""
    try:
        signal = queries.signal_for(request.actor, signal_id)
    except NotFound:
        if request.actor.is_visitor:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        raise
    return _detail_page(request, signal)


def _detail_page(request: ActorRequest, signal: Signal, failed: dict[str, BlamingForm] | None = None) -> HttpResponse:
    """Answer with the page of a signal; `failed` are forms of it that were filled in wrongly, by their verb."""
    actor = request.actor
    if door.decide(actor, signal).tombstone:
        return render(request, "sharing/tombstone.html", {"signal": signal})
    forms = {verb: form() for verb, form in FORMS.items()} | (failed or {})
    context = {"signal": signal, "forms": forms, "failed": failed or {}, **_detail(actor, signal)}
    return render(request, "sharing/detail.html", context, status=422 if failed else 200)


def _detail(actor: Actor, signal: Signal) -> dict[str, Any]:
    way = way_to(actor, signal.as_item(), clock.now())
    return {
        "byline": queries.byline(actor, signal),
        "observables": _shown_observables(actor, signal),
        "comments": [(comment, queries.byline(actor, comment)) for comment in queries.comments_of(actor, signal)],
        "versions": queries.versions_of(actor, signal),
        "verbs": policy.allowed_verbs(actor, signal),
        "is_member": policy.is_member(actor),
        "acknowledged": queries.has_acknowledged(actor, signal),
        "seen": has_said_seen(actor, signal.pk),
        "seen_by": organisations_that_saw(signal.pk),
        "reason": wording.REACHED_BY[way] if way else "",
        "passing_on": _passing_on(signal),
        "gravity": _gravity(signal) if signal.state == State.HELD else (),
        "audience": _audience(actor, signal),
        "taken_note": queries.organisations_that_acknowledged(actor, signal),
        **_reach_context(queries.reach_known_to(actor, signal)),
    }


def amend(request: ActorRequest, signal_id: UUID) -> HttpResponse:
    """Replace the words of a published signal."""
    signal = queries.signal_for(request.actor, signal_id)
    policy.require(request.actor, "amend", signal)
    form = AmendForm(_posted(request), initial={"title": signal.title, "body": signal.body})
    if form.is_valid():
        try:
            actions.amend_signal(request.actor, signal, **form.cleaned_data)
        except InvalidInput as error:
            form.blame(error)
        else:
            messages.success(request, _("The new version is out."))
            return redirect("sharing:detail", signal_id=signal.pk)
    return render(request, "sharing/amend.html", {"form": form, "signal": signal})


@dataclass(frozen=True)
class Deed:
    """One of the small things done to a signal: by which action, what the page says after, and where that is."""

    action: Callable[..., object]
    done: Promise
    page: str = ""


DEEDS: Final = {
    "withdraw": Deed(actions.withdraw_signal, gettext_lazy("The signal was withdrawn.")),
    "discard": Deed(actions.discard_draft, gettext_lazy("The draft is gone."), "sharing:drafts"),
    "recall": Deed(actions.recall_signal, gettext_lazy("It is a draft again."), "sharing:drafts"),
    "release": Deed(actions.release_signal, gettext_lazy("The signal is out."), "sharing:release-queue"),
    "return": Deed(actions.return_signal, gettext_lazy("The signal went back to its author."), "sharing:release-queue"),
    "comment": Deed(actions.comment_on_signal, gettext_lazy("Your comment was added.")),
    "acknowledge": Deed(actions.acknowledge_signal, gettext_lazy("Acknowledged for your organisation.")),
    "seen": Deed(
        actions.report_seen,
        gettext_lazy("Noted that your organisation saw this too. Nobody is told which one."),
    ),
}
FORMS: Final[dict[str, type[BlamingForm]]] = {"withdraw": ReasonForm, "return": ReasonForm, "comment": CommentForm}


@require_POST
def act(request: ActorRequest, signal_id: UUID, verb: str) -> HttpResponse:
    """Do one of the small things to a signal, then show it again."""
    if verb not in DEEDS:
        raise NotFound
    signal, deed = queries.signal_for(request.actor, signal_id), DEEDS[verb]
    form = FORMS.get(verb, BlamingForm)(request.POST)
    try:
        if form.is_valid():
            deed.action(request.actor, signal, **form.cleaned_data)
    except InvalidInput as error:
        form.blame(error)
    if form.errors:
        return _detail_page(request, signal, {verb: form})
    messages.success(request, str(deed.done))
    return redirect(deed.page or reverse("sharing:detail", args=[signal_id]))


def _posted(request: ActorRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _reach_context(reach: queries.Reach | None) -> dict[str, Any]:
    """Return the context of `sharing/reach.html`: for each organisation its people, by the way that leads to them."""
    if reach is None:
        return {"reach": None}
    readers = []
    for organisation, people in reach.by_organisation.items():
        ways: dict[Any, list[str]] = {}
        for reader in people:
            ways.setdefault(wording.WAYS[reader.way], []).append(reader.person.name)
        readers.append((organisation, list(ways.items())))
    return {"reach": reach, "readers": readers}


def _audience(actor: Actor, signal: Signal) -> list[tuple[Promise, list[str]]]:
    return [(wording.GRANTS[kind], names) for kind, names in queries.audience_in_words(actor, signal)]


def _gravity(signal: Signal) -> list[Promise]:
    return [wording.GRAVITY[reason] for reason in gravity(TLP(signal.tlp), AuthorMode(signal.author_mode))]


def _passing_on(signal: Signal) -> Promise:
    return wording.PASSING_ON[Profile(signal.profile)][TLP(signal.tlp)]


def _shown_observables(actor: Actor, signal: Signal) -> list[dict[str, Any]]:
    return [_shown(place, row) for place, row in enumerate(queries.observables_of(actor, signal))]


def _shown(place: int, row: SignalObservable) -> dict[str, Any]:
    value = Observable(ObservableType(row.observable.type), row.observable.value)
    return {
        "place": place,
        "type": TYPES[value.type],
        "text": defang(value),
        "reason": wording.EXTRACTION.get(row.reason.partition("-")[0], ""),
        "benign": row.benign,
    }
