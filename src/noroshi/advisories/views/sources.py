"""Sources: how they are, what became of asking them, what was read of them and what was not."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from noroshi.advisories import actions, policy, queries, raw, source_lists
from noroshi.advisories.csaf_wording import remarks_of
from noroshi.advisories.domain.asking import has_pages
from noroshi.advisories.domain.health import ALARMING
from noroshi.advisories.domain.presets import BY_KEY, PRESETS
from noroshi.advisories.forms.sources import BackFillForm, LetterForm, SourceForm
from noroshi.advisories.models import DeadLetter, LetterState, Source
from noroshi.advisories.source_wording import HEALTH, KINDS, TONES, told, verdict
from noroshi.core.errors import Conflict, InvalidInput
from noroshi.kit.charts import Chart, Series, bar_chart
from noroshi.kit.http import ActorRequest
from noroshi.kit.lists import respond

DAYS: Final = 30


def sources(request: ActorRequest) -> HttpResponseBase:
    """List the sources and how they are."""
    policy.require_source_reader(request.actor)
    rows = queries.sources_for(request.actor)
    context = {"keeps": policy.may_keep_sources(request.actor)}
    spec = source_lists.SOURCES
    return respond(request, spec, actor=request.actor, rows=rows, template="advisories/sources.html", context=context)


def source(request: ActorRequest, source_id: UUID) -> HttpResponseBase:
    """Show a source: how it is and why, what became of asking it."""
    policy.require_source_reader(request.actor)
    found = queries.source_for(request.actor, source_id)
    health, keeps = verdict(found).health, policy.may_keep_sources(request.actor)
    context = {
        "source": found,
        "told": told(found),
        "health": HEALTH[health],
        "tone": TONES[health],
        "is_alarming": health in ALARMING,
        "settles": found.state.gap_since or found.state.regressed_since or found.state.shape_since,
        "kind": KINDS[found.reads],
        "plot": _plot(found),
        "letters": queries.waiting_letters([found]).get(found.pk, 0),
        "keeps": keeps,
    }
    rows = queries.fetches_of(request.actor, found)
    spec = source_lists.fetches_of(found, keeps=keeps)
    return respond(request, spec, actor=request.actor, rows=rows, template="advisories/source.html", context=context)


def _plot(found: Source) -> str:
    days = queries.new_by_day(found, DAYS)
    if not any(new or changed for _day, new, changed in days):
        return ""
    series = [
        Series(_("New"), [new for _day, new, _changed in days]),
        Series(_("Changed"), [changed for _day, _new, changed in days]),
    ]
    return bar_chart(Chart(_("Items, by day"), [f"{day:%m-%d}" for day, _new, _changed in days], series, _("items")))


def items(request: ActorRequest, source_id: UUID) -> HttpResponseBase:
    """List what was read of a source."""
    policy.require_source_reader(request.actor)
    found = queries.source_for(request.actor, source_id)
    rows = queries.items_of(request.actor, found)
    spec = source_lists.items_of(found)
    context = {"source": found}
    return respond(request, spec, actor=request.actor, rows=rows, template="advisories/items.html", context=context)


def item(request: ActorRequest, item_id: UUID) -> HttpResponse:
    """Show an item and its revisions."""
    policy.require_source_reader(request.actor)
    found = queries.item_for(request.actor, item_id)
    revisions = found.revisions.select_related("fetch").order_by("-number")[:100]
    context = {"item": found, "source": found.source, "revisions": revisions, "remarks": remarks_of(found.newest)}
    return render(request, "advisories/item.html", context)


def add_source(request: ActorRequest) -> HttpResponse:
    """Name a source, from a preset or from nothing."""
    policy.require_source_reader(request.actor)
    policy.require_source_keeper(request.actor)
    return _form(request, None)


def change_source(request: ActorRequest, source_id: UUID) -> HttpResponse:
    """Say something else of a source."""
    policy.require_source_reader(request.actor)
    policy.require_source_keeper(request.actor)
    return _form(request, queries.source_for(request.actor, source_id))


def _form(request: ActorRequest, known: Source | None) -> HttpResponse:
    form = SourceForm.of(request.POST or None, known, BY_KEY.get(request.GET.get("preset", "")))
    if request.method == "POST" and form.is_valid():
        try:
            kept = known or actions.add_source(request.actor, said=form.said())
            if known is not None:
                actions.change_source(request.actor, known, said=form.said())
        except InvalidInput as error:
            form.blame(error)
        else:
            return redirect("advisories:source", source_id=kept.pk)
    context = {"form": form, "source": known, "presets": () if known else PRESETS}
    return render(request, "advisories/source_edit.html", context, status=422 if form.errors else 200)


@require_POST
def switch_source(request: ActorRequest, source_id: UUID) -> HttpResponse:
    """Ask a source from now on, or no more."""
    found = _kept(request, source_id)
    actions.switch_source(request.actor, found, on=not found.enabled)
    return redirect("advisories:source", source_id=source_id)


@require_POST
def ask_now(request: ActorRequest, source_id: UUID) -> HttpResponse:
    """Have a source asked soon."""
    actions.ask_now(request.actor, _kept(request, source_id))
    messages.success(request, _("It is asked within a minute."))
    return redirect("advisories:source", source_id=source_id)


@require_POST
def settle_source(request: ActorRequest, source_id: UUID) -> HttpResponse:
    """Take it for seen that something is missing."""
    actions.settle_source(request.actor, _kept(request, source_id))
    messages.success(request, _("Settled: what comes next is judged anew."))
    return redirect("advisories:source", source_id=source_id)


def back_fill(request: ActorRequest, source_id: UUID) -> HttpResponse:
    """Read in what a source missed."""
    found = _kept(request, source_id)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = BackFillForm(*sent, has_pages=has_pages(found.reads, found.url))
    if form.is_valid():
        if "since" in form.cleaned_data:
            actions.ask_from(request.actor, found, day=form.cleaned_data["since"])
            messages.success(request, _("It is asked again from that day on."))
        if "file" in form.cleaned_data:
            file = form.cleaned_data["file"]
            read = actions.load_stream(request.actor, found, file, name=file.name)
            said = {"new": read.new, "changed": read.changed, "refused": read.refused}
            messages.success(request, _("%(new)s new, %(changed)s changed, %(refused)s not read.") % said)
        return redirect("advisories:source", source_id=source_id)
    context = {"form": form, "source": found}
    return render(request, "advisories/back_fill.html", context, status=422 if form.errors else 200)


@require_POST
def replay_fetch(request: ActorRequest, fetch_id: UUID) -> HttpResponse:
    """Read again what a fetch brought."""
    policy.require_source_reader(request.actor)
    found = queries.fetch_for(request.actor, fetch_id)
    try:
        read = actions.replay_fetch(request.actor, found)
    except Conflict as conflict:
        messages.error(request, conflict.message)
    else:
        said = {"new": read.new, "changed": read.changed, "refused": read.refused}
        messages.success(request, _("%(new)s new, %(changed)s changed, %(refused)s not read.") % said)
    return redirect("advisories:source", source_id=found.source_id)


def letters(request: ActorRequest) -> HttpResponseBase:
    """List what could not be read."""
    policy.require_source_reader(request.actor)
    rows = queries.letters_for(request.actor)
    return respond(request, source_lists.LETTERS, actor=request.actor, rows=rows, template="advisories/letters.html")


def letter(request: ActorRequest, letter_id: UUID) -> HttpResponse:
    """Show what could not be read; mend it and read it again, or leave it."""
    policy.require_source_reader(request.actor)
    found = queries.letter_for(request.actor, letter_id)
    if request.method == "POST":
        return _decide(request, found)
    body = actions.document_of(found)
    text = _editable(body)
    context = {
        "letter": found,
        "form": LetterForm(initial={"text": text}) if text is not None else None,
        "is_kept": body is not None or raw.is_kept(found.fetch.digest),
        "waits": found.state == LetterState.WAITING,
        "keeps": policy.may_keep_sources(request.actor),
    }
    return render(request, "advisories/letter.html", context)


def _editable(body: bytes | None) -> str | None:
    """Return a document as text that comes back the same, or None."""
    if body is None or len(body) > actions.LONGEST_EDITED:
        return None
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text else text


def _decide(request: ActorRequest, found: DeadLetter) -> HttpResponse:
    policy.require_source_keeper(request.actor)
    if "ignore" in request.POST:
        actions.ignore_letter(request.actor, found)
        messages.success(request, _("It is left as it is."))
        return redirect("advisories:letters")
    text = request.POST.get("text")
    edited = text.replace("\r\n", "\n").encode() if text is not None else None
    same = edited is not None and edited == (actions.document_of(found) or b"").replace(b"\r\n", b"\n")
    try:
        actions.replay_letter(request.actor, found, edited=None if same else edited)
    except Conflict as conflict:
        messages.error(request, conflict.message)
        return redirect("advisories:letter", letter_id=found.pk)
    messages.success(request, _("It is read."))
    return redirect("advisories:letters")


def _kept(request: ActorRequest, source_id: UUID) -> Source:
    policy.require_source_reader(request.actor)
    policy.require_source_keeper(request.actor)
    return queries.source_for(request.actor, source_id)
