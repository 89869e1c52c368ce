"""Triage: the queue, a story, and the rules that say where what comes in goes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from noroshi.advisories import actions, policy, queries
from noroshi.advisories.domain.triage import Router
from noroshi.advisories.forms.triage import (
    HOLD_DAYS,
    AssignForm,
    DropForm,
    HoldForm,
    RuleForm,
    SortForm,
    TryForm,
    initial_of_rule,
)
from noroshi.advisories.models import RoutingRule, Story
from noroshi.advisories.triage_lists import STORIES
from noroshi.advisories.triage_wording import DROP_REASONS, how_joined, state_of, tone_of, why, why_here, why_suggested
from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, InvalidInput, NotFound
from noroshi.kit.http import ActorRequest, posted
from noroshi.kit.lists import respond

KEYS: Final = 9
"""Categories that a key of their own can put a story into."""
CATEGORY: Final = "category:"


def queue(request: ActorRequest) -> HttpResponseBase:
    """List the stories; do something to those that were chosen."""
    policy.require_triager(request.actor)
    if request.method == "POST":
        return _decided(request)
    offered = queries.categories_on_offer()
    context = {
        "categories": [(row, place if place <= KEYS else "") for place, row in enumerate(offered, 1)],
        "drop_reasons": DROP_REASONS.items(),
        "hold_days": HOLD_DAYS,
        "waiting": queries.stories_waiting(request.actor).count(),
    }
    rows = queries.stories_for(request.actor)
    template = "advisories/triage.html"
    return respond(request, STORIES, actor=request.actor, rows=rows, template=template, context=context)


def _decided(request: ActorRequest) -> HttpResponse:
    """Do what was pressed, and go back to the same page of the list."""
    numbers = {number for text in request.POST.getlist("story") if (number := _number(text))}
    try:
        decide, done = _decision(request.POST)
        count = actions.decide_stories(request.actor, numbers, decide)
    except (InvalidInput, Conflict) as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"{done} ({count})")
    return redirect(request.get_full_path())


def _decision(typed: QueryDict) -> tuple[Callable[[Actor, Story], object], str]:
    """Return what was pressed in the queue, and what is said when it is done. Raises NotFound."""
    pressed = typed.get("do", "")
    if pressed.startswith(CATEGORY):
        category = queries.categories_on_offer().filter(series=pressed.removeprefix(CATEGORY)).first()
        if category is None:
            raise NotFound
        return lambda actor, row: actions.sort_story(actor, row, category=category), str(category)
    if pressed == "hold":
        days = {str(number): number for number, _label in HOLD_DAYS}.get(typed.get("days", ""), 1)
        until = clock.now() + timedelta(days=days)
        return lambda actor, row: actions.hold_story(actor, row, until=until), _("Held")
    if pressed == "drop":
        reason = str(DROP_REASONS.get(typed.get("reason", ""), next(iter(DROP_REASONS.values()))))
        return lambda actor, row: actions.drop_story(actor, row, reason=reason), _("Dropped")
    plain = {"take": (actions.take_story, _("In hand")), "back": (actions.put_back_story, _("Back in the queue"))}
    if pressed not in plain:
        raise NotFound
    return plain[pressed]


def story(request: ActorRequest, story_id: UUID) -> HttpResponse:
    """Show a story: its items and how they came together, what may belong to it, what was done."""
    policy.require_triager(request.actor)
    found = queries.story_for(request.actor, story_id)
    asked = request.GET.get("find", "")[:200]
    return render(request, "advisories/story.html", {"asked": asked, **_shown(request.actor, found, asked)})


def _shown(actor: Actor, found: Story, asked: str) -> dict[str, Any]:
    members = list(queries.members_of(found))
    suggestions = queries.suggestions_for(actor, found)
    bulletin = queries.bulletins_seen(actor, [str(found.bulletin_id)]).first() if found.bulletin_id else None
    return {
        "story": found,
        "state": state_of(found),
        "tone": tone_of(found),
        "why": why_here(found),
        "members": [(member, how_joined(member)) for member in members],
        "names": queries.names_of_story(found)[:50],
        "steps": queries.story_steps(found),
        "suggestions": [(each.story, why_suggested(each)) for each in suggestions],
        "found": queries.stories_found(actor, found, asked),
        "bulletin": bulletin,
        "may_split": len(members) > 1,
        "hold": HoldForm(),
        "drop": DropForm(),
        "sort": SortForm(initial={"category": found.category_id}),
        "assign": AssignForm(initial={"owner": found.owner_id, "due": found.due}),
        "drop_reasons": DROP_REASONS.values(),
    }


Verb = Callable[[Actor, Story, QueryDict], Any]


def _hold(actor: Actor, row: Story, typed: QueryDict) -> None:
    form = HoldForm(typed)
    until = form.cleaned_data["until"] if form.is_valid() else None
    if until is None:
        raise InvalidInput("until", _("Name a moment that is still to come."))
    actions.hold_story(actor, row, until=until)


def _drop(actor: Actor, row: Story, typed: QueryDict) -> None:
    actions.drop_story(actor, row, reason=typed.get("reason", ""))


def _sort(actor: Actor, row: Story, typed: QueryDict) -> None:
    form = SortForm(typed)
    if not form.is_valid():
        raise InvalidInput("category", _("Choose one of the list."))
    actions.sort_story(actor, row, category=form.cleaned_data["category"])


def _assign(actor: Actor, row: Story, typed: QueryDict) -> None:
    form = AssignForm(typed)
    if not form.is_valid():
        raise InvalidInput("owner", _("Choose one of the list, and a day as in 2026-04-01."))
    actions.assign_story(actor, row, **form.cleaned_data)


def _join(actor: Actor, row: Story, typed: QueryDict) -> None:
    number = _number(typed.get("story", ""))
    if number is None:
        raise Conflict(_("Choose a story first."))
    actions.join_stories(actor, row, queries.story_for(actor, number))


def _split(actor: Actor, row: Story, typed: QueryDict) -> None:
    number = _number(typed.get("item", ""))
    if number is None:
        raise Conflict(_("Choose an item first."))
    actions.split_item(actor, row, number)


VERBS: Final[dict[str, tuple[Verb, Promise]]] = {
    "take": (lambda actor, row, _typed: actions.take_story(actor, row), gettext_lazy("It is yours.")),
    "hold": (_hold, gettext_lazy("It is held.")),
    "drop": (_drop, gettext_lazy("It is dropped.")),
    "back": (lambda actor, row, _typed: actions.put_back_story(actor, row), gettext_lazy("It is in the queue again.")),
    "sort": (_sort, gettext_lazy("The category is kept.")),
    "assign": (_assign, gettext_lazy("It is kept who does it.")),
    "lock": (lambda actor, row, _typed: actions.lock_story(actor, row, on=True), gettext_lazy("It is locked.")),
    "unlock": (lambda actor, row, _typed: actions.lock_story(actor, row, on=False), gettext_lazy("It is open again.")),
    "join": (_join, gettext_lazy("They are one story now.")),
    "split": (_split, gettext_lazy("The item is a story of its own, and stays one.")),
}


@require_POST
def story_verb(request: ActorRequest, story_id: UUID, verb: str) -> HttpResponse:
    """Do one of the verbs to a story."""
    policy.require_triager(request.actor)
    if verb not in VERBS:
        raise NotFound
    found = queries.story_for(request.actor, story_id)
    act, done = VERBS[verb]
    try:
        act(request.actor, found, request.POST)
    except (InvalidInput, Conflict) as error:
        messages.error(request, error.message)
    else:
        messages.success(request, str(done))
    return redirect("advisories:story", story_id=story_id)


@require_POST
def draft(request: ActorRequest, story_id: UUID) -> HttpResponse:
    """Begin a bulletin from a story, and go on writing it."""
    policy.require_triager(request.actor)
    found = queries.story_for(request.actor, story_id)
    try:
        bulletin = actions.draft_from_story(request.actor, found)
    except (InvalidInput, Conflict) as error:
        messages.error(request, error.message)
        return redirect("advisories:story", story_id=story_id)
    messages.success(request, _("The bulletin is begun: its sources and vulnerabilities are filled in."))
    return redirect("bulletins:edit", bulletin_id=bulletin.pk)


def routing_rules(request: ActorRequest) -> HttpResponse:
    """List the rules, add one, or hold a text against them."""
    policy.require_triager(request.actor)
    is_tried = request.method == "POST" and "try" in request.POST
    tried = TryForm(request.POST if is_tried else None)
    form = _rule_form(request, None if is_tried else posted(request), None)
    if form.is_valid() and (kept := _kept(request, form, None)):
        return kept
    rows = list(queries.rules_of(request.actor))
    context = {"form": form, "tried": tried, "rows": rows, "fired": None}
    if tried.is_valid():
        facts = queries.facts_of_text(request.actor, tried.cleaned_data["text"])
        fired = Router(row.rule for row in rows if row.is_on).every(facts)
        context["fired"] = [why(each) for each in fired]
    status = 422 if form.errors or tried.errors else 200
    return render(request, "advisories/routing_rules.html", context, status=status)


@require_POST
def usual_rules(request: ActorRequest) -> HttpResponse:
    """Begin with the rules that most begin with."""
    policy.require_triager(request.actor)
    try:
        kept = actions.begin_with_usual_rules(request.actor)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(
            request, _("%(number)s rules are kept. They look at what comes in from now on.") % {"number": len(kept)}
        )
    return redirect("advisories:routing-rules")


@require_POST
def apply_rules(request: ActorRequest) -> HttpResponse:
    """Hold the rules against what waits."""
    policy.require_triager(request.actor)
    moved = actions.apply_rules(request.actor)
    messages.success(request, _("Rules applied: they moved %(number)s stories.") % {"number": moved})
    return redirect("advisories:routing-rules")


def routing_rule(request: ActorRequest, routing_rule_id: UUID) -> HttpResponse:
    """Change a rule."""
    policy.require_triager(request.actor)
    row = queries.rule_for(request.actor, routing_rule_id)
    form = _rule_form(request, posted(request), row)
    if form.is_valid() and (kept := _kept(request, form, row)):
        return kept
    context = {"form": form, "row": row}
    return render(request, "advisories/routing_rule.html", context, status=422 if form.errors else 200)


@require_POST
def switch_rule(request: ActorRequest, routing_rule_id: UUID) -> HttpResponse:
    """Let a rule fire, or no more."""
    policy.require_triager(request.actor)
    row = queries.rule_for(request.actor, routing_rule_id)
    actions.switch_rule(request.actor, row, on=not row.is_on)
    return redirect("advisories:routing-rules")


def _rule_form(request: ActorRequest, typed: QueryDict | None, row: RoutingRule | None) -> RuleForm:
    sources = {str(each.pk): each for each in queries.sources_for(request.actor).order_by("name")}
    return RuleForm(typed, sources=sources, initial=initial_of_rule(row) if row else {})


def _kept(request: ActorRequest, form: RuleForm, row: RoutingRule | None) -> HttpResponse | None:
    try:
        actions.keep_rule(request.actor, said=form.said(), row=row)
    except InvalidInput as error:
        form.blame(error)
    except Conflict as error:
        form.add_error(None, error.message)
    else:
        messages.success(request, _("The rule is kept. It looks at what comes in from now on."))
        return redirect("advisories:routing-rules")
    return None


def _number(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
