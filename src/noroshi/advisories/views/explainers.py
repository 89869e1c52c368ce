"""Explainers: the list, each of them, their series, and how one comes about."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from noroshi.advisories import actions, policy, queries
from noroshi.advisories.domain.bulletins import Stage
from noroshi.advisories.domain.explainers import around, pictures_used
from noroshi.advisories.explainer_lists import EXPLAINERS
from noroshi.advisories.forms.bulletins import initial_from
from noroshi.advisories.forms.explainers import ExplainerForm, PictureForm, RemarkForm, SerialForm, initial_of_explainer
from noroshi.advisories.models import Explainer
from noroshi.advisories.views.reviewed import Place, do_verb, in_other_language, shown, unfinished, usual_verbs, written
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, InvalidInput, TooLarge
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest, posted
from noroshi.kit.markdown import render as as_html

PLACE: Final = Place(
    "explainers:detail",
    "explainers:list",
    usual_verbs(
        submit=actions.submit_explainer,
        hand_back=actions.hand_back_explainer,
        publish=actions.publish_explainer,
        renew=actions.renew_explainer,
        withdraw=actions.withdraw_explainer,
        discard=actions.discard_explainer,
    ),
)


def explainer_list(request: ActorRequest) -> HttpResponseBase:
    """List what is out; editors see besides what is being written and what waits."""
    actor = request.actor
    policy.require_member(actor)
    may_edit = policy.may_edit_bulletins(actor)
    context = {
        "may_edit": may_edit,
        "at_work": queries.at_work(actor, Explainer)[:200] if may_edit else [],
        "serials": queries.serials_for(actor),
    }
    rows = queries.explainers_for(actor)
    template = "advisories/explainers.html"
    return lists.respond(request, EXPLAINERS, actor=actor, rows=rows, template=template, context=context)


def explainer_new(request: ActorRequest) -> HttpResponse:
    """Write an explainer."""
    actor = request.actor
    policy.require_member(actor)
    policy.require_editor(actor)
    form = ExplainerForm(posted(request), actor=actor, initial=initial_from(None))
    return _written(request, form, lambda: actions.draft_explainer(actor, form.article()), None)


def explainer_edit(request: ActorRequest, explainer_id: UUID) -> HttpResponse:
    """Go on with a draft."""
    actor = request.actor
    policy.require_member(actor)
    policy.require_editor(actor)
    row = queries.one_for(actor, Explainer, explainer_id)
    policy.require(policy.may_revise(actor, row), row)
    form = ExplainerForm(posted(request), actor=actor, row=row, initial=initial_of_explainer(actor, row))
    return _written(request, form, lambda: actions.revise_explainer(actor, row, form.article()), row)


def explainer_detail(request: ActorRequest, explainer_id: UUID) -> HttpResponse:
    """Show an explainer, or what is left of it."""
    policy.require_member(request.actor)
    row = queries.one_for(request.actor, Explainer, explainer_id, "serial")
    return render(request, "advisories/explainer.html", _shown(request.actor, row))


@require_POST
def explainer_verb(request: ActorRequest, explainer_id: UUID, verb: str) -> HttpResponse:
    """Do one of the verbs to an explainer."""
    policy.require_member(request.actor)
    return do_verb(request, PLACE, queries.one_for(request.actor, Explainer, explainer_id), verb)


@require_POST
def remark(request: ActorRequest, explainer_id: UUID) -> HttpResponse:
    """Say something about a version in review."""
    actor = request.actor
    policy.require_member(actor)
    row = queries.one_for(actor, Explainer, explainer_id, "serial")
    form = RemarkForm(request.POST)
    if form.is_valid():
        try:
            actions.remark_on_explainer(actor, row, text=form.cleaned_data["text"])
        except InvalidInput as error:
            form.blame(error)
        except Conflict as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("What you said stands below the text."))
            return redirect(PLACE.page, row.pk)
    return render(request, "advisories/explainer.html", {**_shown(actor, row), "remark": form}, status=422)


def serial(request: ActorRequest, serial_id: UUID) -> HttpResponse:
    """Show a series: its parts that are out, in their order."""
    actor = request.actor
    policy.require_member(actor)
    found = queries.serial_for(actor, serial_id)
    context = {
        "serial": found,
        "parts": list(queries.parts_of(actor, found)),
        "may_edit": policy.may_edit_bulletins(actor),
    }
    return render(request, "advisories/serial.html", context)


def serials(request: ActorRequest, serial_id: UUID | None = None) -> HttpResponse:
    """List all series; add one, or change one."""
    actor = request.actor
    policy.require_member(actor)
    policy.require_editor(actor)
    row = queries.serial_for(actor, serial_id) if serial_id else None
    names = ("name_ja", "name_en", "about_ja", "about_en", "is_retired")
    form = SerialForm(posted(request), initial={name: getattr(row, name) for name in names} if row else {})
    if form.is_valid():
        try:
            actions.keep_serial(actor, row=row, **form.cleaned_data)
        except InvalidInput as error:
            form.blame(error)
        else:
            messages.success(request, _("The series is kept."))
            return redirect("explainers:serials")
    context = {"form": form, "row": row, "rows": queries.serials()}
    return render(request, "advisories/serials.html", context, status=422 if form.errors else 200)


TEMPLATE: Final = "advisories/explainer_edit.html"


def _written(
    request: ActorRequest, form: ExplainerForm, write: Callable[[], Explainer], row: Explainer | None
) -> HttpResponse:
    def preview(text: str) -> SafeString:
        return _as_html(request.actor, row, text)

    context: dict[str, Any] = {"row": row}
    if row is not None:
        context |= {"pictures": queries.pictures_at_hand(row), "picture_form": PictureForm()}
        if "attach" in request.POST:
            return unfinished(request, form, TEMPLATE, {**context, "picture_form": _attached(request, row)})
        if "drop" in request.POST:
            _dropped(request, row)
            return unfinished(request, form, TEMPLATE, context)
    return written(request, form, write, PLACE, TEMPLATE, context, preview=preview)


def _attached(request: ActorRequest, row: Explainer) -> PictureForm:
    """Take a picture in; return an empty form, or what was typed with what is wrong with it."""
    form = PictureForm(request.POST, request.FILES)
    if not form.is_valid():
        return form
    said, handle = form.cleaned_data["said"], form.cleaned_data["handle"]
    try:
        actions.add_picture(request.actor, row, upload=form.upload(), handle=handle, said=said)
    except InvalidInput as error:
        form.blame(error)
        return form
    except TooLarge as error:
        form.add_error("file", error.message)
        return form
    messages.success(request, _("The picture is at hand. What you wrote is not kept yet."))
    return PictureForm()


def _dropped(request: ActorRequest, row: Explainer) -> None:
    try:
        actions.remove_picture(request.actor, row, handle=request.POST["drop"])
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The picture is gone. What you wrote is not kept yet."))


def _shown(actor: Actor, row: Explainer) -> dict[str, Any]:
    """Return what its page shows; of the series, bulletins and vulnerabilities around it what the actor sees."""
    gone = row.stage is Stage.WITHDRAWN
    if gone:
        return {**shown(actor, row), "row": row, "gone": True}
    at_work = row.stage in policy.AT_WORK
    parts = list(queries.parts_of(actor, row.serial)) if row.serial and row.stage is Stage.PUBLISHED else []
    before, after = around(parts, row)
    return {
        **shown(actor, row),
        "row": row,
        "gone": False,
        "body": _as_html(actor, row, row.body),
        "other": in_other_language(row, lambda text: _as_html(actor, row, text)) if at_work else None,
        "newest": queries.newest_text_of(actor, row) if row.stage is Stage.SUPERSEDED else None,
        "versions": list(queries.text_versions_of(actor, row)),
        "before": before,
        "after": after,
        "bulletins": queries.bulletins_seen(actor, row.bulletins) if row.bulletins else [],
        "vulnerabilities": queries.vulnerabilities_in(actor, [row.body]).items(),
        "comments": queries.comments_on(actor, row),
        "may_remark": policy.may_remark(actor, row),
        "remark": RemarkForm(),
    }


def _as_html(actor: Actor, row: Explainer | None, text: str) -> SafeString:
    """Return a text with its pictures, and the vulnerabilities that the actor sees as links to their pages."""
    names = {name for name, _said in pictures_used(text)} if row is not None else set()
    pictures = {name: reverse("explainers:picture", args=[row.pk, name]) for name in names} if row is not None else {}
    found = queries.vulnerabilities_in(actor, [text])
    links = {name: reverse("advisories:vulnerability", args=[number]) for name, number in found.items()}
    return as_html(text, pictures=pictures, links=links)
