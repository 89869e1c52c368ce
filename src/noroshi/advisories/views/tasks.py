"""Tasks: what must be patched, and what was decided."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from noroshi.advisories import actions, policy, queries
from noroshi.advisories.claim_wording import ANSWERS, CONFIDENCES, INPUTS
from noroshi.advisories.domain.decisions import Decision
from noroshi.advisories.domain.urgency import decisions_of
from noroshi.advisories.finding_lists import show
from noroshi.advisories.forms.tasks import DecisionForm
from noroshi.advisories.models import Finding, Match, MatchStage
from noroshi.advisories.rule_wording import STANDING_TONES, STANDINGS
from noroshi.advisories.table_wording import outcome_in_words
from noroshi.advisories.task_lists import TASKS, tone_of
from noroshi.advisories.task_wording import history_of, inputs_in_words, replays
from noroshi.advisories.vex_wording import JUSTIFICATIONS, SAYS
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, InvalidInput
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest

MOST_STEPS: Final = 200
MOST_TABLES: Final = 12


def task_list(request: ActorRequest) -> HttpResponseBase:
    """List what must be patched."""
    actor = request.actor
    policy.require_inventory_reader(actor)
    rows = queries.matches_for(actor)
    context = {"inventories": queries.inventories_for(actor).count(), "may_keep": policy.may_keep_inventories(actor)}
    return lists.respond(request, TASKS, actor=actor, rows=rows, template="advisories/tasks.html", context=context)


def task_detail(request: ActorRequest, match_id: UUID) -> HttpResponse:
    """Show a task: what is hit and why, what each table asks, what was decided."""
    policy.require_inventory_reader(request.actor)
    return _task(request, queries.match_for(request.actor, match_id), DecisionForm(), 200)


def _task(request: ActorRequest, row: Match, form: DecisionForm, status: int) -> HttpResponse:
    facts = actions.facts_of(row.vulnerability, row.asset)
    known = queries.tables_for(request.actor)
    names = {row.vulnerability.name, *(each.name for each in row.vulnerability.names.all())}
    stage = MatchStage(row.stage)
    context = {
        "match": row,
        "tone": tone_of(row),
        "form": form,
        "answer": ANSWERS[row.answer],
        "confidence": CONFIDENCES[row.confidence],
        "outcome": outcome_in_words(row.decision),
        "inputs": inputs_in_words(row.decision),
        "is_replayed": replays(known, row.decision),
        "tables": [
            (each.table, outcome_in_words(each.stored), _missing(each))
            for each in decisions_of(facts, list(known.values())[:MOST_TABLES])
        ],
        "history": history_of(queries.steps_of(request.actor, row)[:MOST_STEPS], known),
        "hints": [
            (each, STANDINGS[each.standing], STANDING_TONES[each.standing])
            for each in queries.hints_about(request.actor, names)
        ],
        "findings": _findings(request.actor, row, names),
        "may_keep": policy.may_keep_inventories(request.actor),
        "vex": _vex(row),
        "is_to_judge": stage in (MatchStage.TO_JUDGE, MatchStage.INVESTIGATED),
        "is_open": stage in (MatchStage.OPEN, MatchStage.INVESTIGATED),
        "is_task": stage in (*queries.AT_WORK, MatchStage.VIRTUAL, MatchStage.ACCEPTED),
        "is_closed": stage in (MatchStage.FIXED, MatchStage.NOT_AFFECTED, MatchStage.ACCEPTED, MatchStage.VIRTUAL),
    }
    return render(request, "advisories/task.html", context, status=status)


def _findings(actor: Actor, row: Match, names: set[str]) -> list[Finding]:
    """Return the failing configuration checks of the asset, and those that name the vulnerability."""
    found = list(queries.failing_about(actor, row.asset, names))
    show(actor, found)
    return found


def _vex(row: Match) -> tuple[Promise, Promise | str] | None:
    """Return what a VEX document says of a match, and why, in words; None where it does not stand by one."""
    if not row.vex:
        return None
    return SAYS[row.vex["status"]], JUSTIFICATIONS.get(row.vex["justification"], row.vex["justification"])


def _missing(decision: Decision) -> list[Promise]:
    return [INPUTS[name] for name in decision.not_known]


Verb = Callable[[Actor, Match, dict[str, Any]], Match]
VERBS: Final[dict[str, tuple[Verb, Promise]]] = {
    "affected": (
        lambda actor, row, said: actions.judge_match(actor, row, affected=True, reason=said["reason"]),
        gettext_lazy("It is a task now."),
    ),
    "not-affected": (
        lambda actor, row, said: actions.judge_match(actor, row, affected=False, reason=said["reason"]),
        gettext_lazy("It is not affected."),
    ),
    "acknowledge": (
        lambda actor, row, _said: actions.acknowledge_task(actor, row),
        gettext_lazy("You have taken it on."),
    ),
    "fix": (lambda actor, row, _said: actions.fix_task(actor, row), gettext_lazy("It is fixed.")),
    "accept": (
        lambda actor, row, said: actions.accept_task(actor, row, reason=said["reason"], until=said["until"]),
        gettext_lazy("It is accepted until then."),
    ),
    "virtual": (
        lambda actor, row, said: actions.patch_task_virtually(actor, row, reason=said["reason"], until=said["until"]),
        gettext_lazy("It is patched virtually until then."),
    ),
    "reopen": (
        lambda actor, row, said: actions.reopen_task(actor, row, reason=said["reason"]),
        gettext_lazy("It is open again."),
    ),
}


@require_POST
def task_verb(request: ActorRequest, match_id: UUID, verb: str) -> HttpResponse:
    """Decide something of a task."""
    policy.require_inventory_reader(request.actor)
    row = queries.match_for(request.actor, match_id)
    form = DecisionForm(request.POST)
    if verb not in VERBS or not form.is_valid():
        return _task(request, row, form, 422)
    act, sentence = VERBS[verb]
    try:
        act(request.actor, row, form.said())
    except InvalidInput as error:
        form.blame(error)
        return _task(request, row, form, 422)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, str(sentence))
    return redirect("advisories:task", match_id=row.pk)
