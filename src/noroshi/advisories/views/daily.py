"""Daily sheets: the list, each of them, the next one, and the words that are watched."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from noroshi.advisories import actions, policy, queries
from noroshi.advisories.daily_lists import SHEETS
from noroshi.advisories.daily_wording import as_csv, grouped, percent, reasons_in_words, sentences, severity
from noroshi.advisories.daily_wording import source_in_words as source_words
from noroshi.advisories.forms.daily import WordsForm
from noroshi.advisories.sheets import sheet_as_pdf
from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.errors import Conflict, InvalidInput
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest, posted


def sheet_list(request: ActorRequest) -> HttpResponseBase:
    """List the sheets."""
    actor = request.actor
    policy.require_member(actor)
    context = {"may_issue": policy.may_issue_sheets(actor)}
    rows = queries.sheets_for(actor)
    return lists.respond(request, SHEETS, actor=actor, rows=rows, template="advisories/sheets.html", context=context)


def sheet_detail(request: ActorRequest, sheet_id: UUID) -> HttpResponse:
    """Show a sheet as it went out."""
    policy.require_member(request.actor)
    sheet = queries.sheet_for(request.actor, sheet_id)
    return render(request, "advisories/sheet.html", {"sheet": sheet, **_shown(request.actor, sheet.frozen)})


def next_sheet(request: ActorRequest) -> HttpResponse:
    """Show the next sheet as it would be now."""
    policy.require_member(request.actor)
    prepared = actions.next_sheet(request.actor)
    context = {"before": prepared.before, **_shown(request.actor, prepared.said)}
    return render(request, "advisories/sheet_next.html", context)


@require_POST
def issue_sheet(request: ActorRequest) -> HttpResponse:
    """Issue the next sheet, behind the one that the page named."""
    policy.require_member(request.actor)
    try:
        sheet = actions.issue_sheet(request.actor, after=_number(request.POST.get("after", "")))
    except Conflict as error:
        messages.error(request, error.message)
        return redirect("advisories:sheets")
    messages.success(request, _("The sheet is out."))
    return redirect("advisories:sheet", sheet_id=sheet.pk)


@require_safe
def sheet_csv(request: ActorRequest, sheet_id: UUID) -> StreamingHttpResponse:
    """Hand out a sheet for a spreadsheet."""
    policy.require_member(request.actor)
    actor = request.actor.by(Channel.EXPORT)
    sheet = queries.sheet_for(actor, sheet_id)
    mark = f"{actor.label} {timezone.localtime(clock.now()).isoformat(timespec='seconds')}"
    return StreamingHttpResponse(
        [line.encode() for line in as_csv(sheet.frozen, mark)],
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{sheet.reference}.csv"',
            "Cache-Control": "no-store",
        },
    )


@require_safe
def sheet_pdf(request: ActorRequest, sheet_id: UUID) -> HttpResponse:
    """Hand out a sheet as a file, in the reader's language."""
    policy.require_member(request.actor)
    sheet = queries.sheet_for(request.actor, sheet_id)
    answer = HttpResponse(sheet_as_pdf(sheet), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{sheet.reference}.pdf"'
    return answer


def watched_words(request: ActorRequest) -> HttpResponse:
    """Change the words that the sector watches."""
    policy.require_member(request.actor)
    policy.require_editor(request.actor)
    initial = {"words": "\n".join(queries.watched_words(request.actor.world))}
    form = WordsForm(posted(request), initial=initial)
    if form.is_valid():
        try:
            actions.keep_watched_words(request.actor, form.lines)
        except InvalidInput as error:
            form.blame(error)
        else:
            messages.success(request, _("The words are kept."))
            return redirect("advisories:next-sheet")
    return render(request, "advisories/watched_words.html", {"form": form}, status=422 if form.errors else 200)


def _number(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Conflict(_("Another sheet has been issued meanwhile: look at it first.")) from None


def _shown(actor: Actor, said: dict[str, Any]) -> dict[str, Any]:
    """Return what the page of a sheet shows; a name leads to its vulnerability."""
    every = (*said["changes"], *said["vulnerabilities"])
    numbers = queries.numbers_of_names(actor, {each["name"] for each in every})
    return {
        "said": said,
        "sentences": sentences(said),
        "groups": [
            (label, [(each, words, numbers.get(each["name"])) for each, words in lines])
            for label, lines in grouped(said)
        ],
        "vulnerabilities": [
            (each, severity(each), percent(each["probability"]), reasons_in_words(each), numbers.get(each["name"]))
            for each in said["vulnerabilities"]
        ],
        "sources": [(each, source_words(each)) for each in said["sources"]],
    }
