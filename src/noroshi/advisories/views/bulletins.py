"""Bulletins: the list, each of them, the desk at which they are written and looked over."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from noroshi.advisories import actions, policy, queries
from noroshi.advisories.csaf import document_address
from noroshi.advisories.domain.bulletins import Stage
from noroshi.advisories.domain.magazine import Obstacle
from noroshi.advisories.forms.bulletins import BeginForm, BulletinForm, initial_from, initial_of
from noroshi.advisories.lists import BULLETINS
from noroshi.advisories.magazine_wording import OBSTACLES, STAGE_TONES
from noroshi.advisories.models import Bulletin, Template
from noroshi.advisories.sheets import bulletin_as_pdf
from noroshi.advisories.views.reviewed import Place, do_verb, in_other_language, shown, usual_verbs, written
from noroshi.advisories.wording import STAGES, TONES
from noroshi.core.actor import Actor
from noroshi.core.errors import NotFound
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest, posted
from noroshi.kit.markdown import render as as_html

MOST_LINKED: Final = 20


def bulletin_list(request: ActorRequest) -> HttpResponseBase:
    """List the bulletins that are out."""
    actor = request.actor
    policy.require_member(actor)
    context = {"may_edit": policy.may_edit_bulletins(actor)}
    rows = queries.bulletins_for(actor)
    return lists.respond(
        request, BULLETINS, actor=actor, rows=rows, template="advisories/bulletins.html", context=context
    )


def desk(request: ActorRequest) -> HttpResponse:
    """List what is being written and what waits for a second pair of eyes."""
    actor = request.actor
    policy.require_member(actor)
    policy.require_editor(actor)
    rows = [(row, STAGES[row.stage], TONES[row.stage]) for row in queries.bulletins_at_work(actor)[:200]]
    return render(request, "advisories/desk.html", {"rows": rows, "form": BeginForm()})


def bulletin_new(request: ActorRequest) -> HttpResponse:
    """Write a bulletin, from a template or from nothing."""
    policy.require_member(request.actor)
    policy.require_editor(request.actor)
    template = _template(request.GET)
    form = BulletinForm(posted(request), actor=request.actor, template=template, initial=initial_from(template))
    return _written(request, form, lambda: actions.draft_bulletin(request.actor, form.draft()), None)


def bulletin_edit(request: ActorRequest, bulletin_id: UUID) -> HttpResponse:
    """Go on with a draft."""
    actor = request.actor
    bulletin = queries.bulletin_for(actor, bulletin_id)
    policy.require_editor(actor)
    policy.require(policy.may_revise(actor, bulletin), bulletin)
    form = BulletinForm(posted(request), actor=actor, row=bulletin, initial=initial_of(bulletin))
    return _written(request, form, lambda: actions.revise_bulletin(actor, bulletin, form.draft()), bulletin)


def bulletin_detail(request: ActorRequest, bulletin_id: UUID) -> HttpResponse:
    """Show a bulletin: as it went out, as it would, or what is left of it."""
    policy.require_member(request.actor)
    bulletin = queries.bulletin_for(request.actor, bulletin_id)
    template = "advisories/bulletin_gone.html" if bulletin.stage is Stage.WITHDRAWN else "advisories/bulletin.html"
    return render(request, template, _shown(request.actor, bulletin))


@require_safe
def bulletin_pdf(request: ActorRequest, bulletin_id: UUID) -> HttpResponse:
    """Hand out a bulletin as a file, in the reader's language."""
    policy.require_member(request.actor)
    bulletin = queries.bulletin_for(request.actor, bulletin_id)
    if bulletin.stage not in (Stage.PUBLISHED, Stage.SUPERSEDED):
        raise NotFound
    answer = HttpResponse(bulletin_as_pdf(bulletin), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{bulletin.reference.replace(" ", "-")}.pdf"'
    return answer


def _tick(actor: Actor, bulletin: Bulletin, typed: QueryDict) -> Bulletin:
    places = {int(text) for text in typed.getlist("line") if text.isdecimal() and len(text) < 4}  # noqa: PLR2004
    return actions.tick_bulletin(actor, bulletin, places)


PLACE: Final = Place(
    "bulletins:detail",
    "bulletins:desk",
    {
        **usual_verbs(
            submit=actions.submit_bulletin,
            hand_back=actions.hand_back_bulletin,
            publish=actions.publish_bulletin,
            renew=actions.renew_bulletin,
            withdraw=actions.withdraw_bulletin,
            discard=actions.discard_bulletin,
        ),
        "tick": (_tick, _("The checklist is kept.")),
        "approve": (lambda actor, row, _typed: actions.approve_bulletin(actor, row), _("It is approved.")),
    },
)


@require_POST
def bulletin_verb(request: ActorRequest, bulletin_id: UUID, verb: str) -> HttpResponse:
    """Do one of the verbs to a bulletin."""
    policy.require_member(request.actor)
    return do_verb(request, PLACE, queries.bulletin_for(request.actor, bulletin_id), verb)


def _written(
    request: ActorRequest, form: BulletinForm, write: Callable[[], Bulletin], bulletin: Bulletin | None
) -> HttpResponse:
    return written(request, form, write, PLACE, "advisories/bulletin_edit.html", {"bulletin": bulletin})


def _shown(actor: Actor, bulletin: Bulletin) -> dict[str, Any]:
    """Return what its page shows: of what is out, the very HTML that was frozen."""
    may_publish = policy.may_publish(actor, bulletin)
    return {
        **shown(actor, bulletin),
        "bulletin": bulletin,
        "may_publish": may_publish,
        "may_be_mailed": queries.most_mailed(actor, bulletin) if may_publish else [],
        "body": _html(bulletin),
        "other": in_other_language(bulletin),
        "checks": [(line.text(get_language() or "ja"), bool(line.by)) for line in bulletin.checks.lines],
        "newest": queries.newest_of(actor, bulletin) if bulletin.stage is Stage.SUPERSEDED else None,
        "versions": list(queries.versions_of(actor, bulletin)),
        "csaf_address": document_address(bulletin) if bulletin.stage is Stage.PUBLISHED else "",
        "may_ask": policy.may_ask(actor) and bulletin.stage not in policy.AT_WORK,
        "answers": queries.answers_about(actor, bulletin)[:MOST_LINKED],
        "stories": queries.stories_about(actor, bulletin)[:MOST_LINKED],
        "inquiries": queries.inquiries_about(actor, bulletin)[:MOST_LINKED],
        "mailings": _mailings(actor, bulletin),
    }


def _mailings(actor: Actor, bulletin: Bulletin) -> list[dict[str, Any]]:
    """Return where it went by mail, for those who keep the lists, and what kept it from going."""
    if not policy.may_keep_lists(actor) or bulletin.published_at is None:
        return []
    return [
        {"row": row, "tone": STAGE_TONES[row.stage], "why": OBSTACLES[Obstacle(row.obstacle)] if row.obstacle else ""}
        for row in queries.mailings_of(actor, bulletin)
    ]


def _html(bulletin: Bulletin) -> SafeString:
    language = get_language() or "ja"
    kept: dict[str, str] = bulletin.frozen.get("html", {})
    if not kept:
        return as_html(bulletin.words.body(language))
    return mark_safe(kept.get(language) or kept["ja"])  # noqa: S308 - cleaned when it was frozen


def _template(typed: QueryDict) -> Template | None:
    form = BeginForm(typed)
    return form.cleaned_data["template"] if form.is_valid() else None
