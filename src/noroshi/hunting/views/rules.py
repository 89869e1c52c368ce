"""Pages of rules: which there are, what they ask, how they would do, and files of own ones."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from noroshi.core.errors import InvalidInput
from noroshi.hunting import actions, policy, queries, rule_wording
from noroshi.hunting.forms import RuleFileForm, TrialForm, TuneForm
from noroshi.hunting.queries import RuleLine
from noroshi.hunting.rulebook import Origin
from noroshi.kit.http import ActorRequest

SHOWN: Final = 50


def rules(request: ActorRequest) -> HttpResponse:
    """List the rules that the own organisation may use; to hub operators also how far those for all reach."""
    reach = queries.reach_of_rules(request.actor)
    lines = [
        rule_wording.RuleWords.of(line, reach.get(line.known.rule.id)) for line in queries.rules_for(request.actor)
    ]
    context = {
        "lines": lines,
        "may_hunt": policy.may_hunt(request.actor),
        "may_count": policy.may_count(request.actor),
        "files": queries.rule_files_for(request.actor),
    }
    return render(request, "hunting/rules.html", context)


def rule(request: ActorRequest, rule_id: UUID) -> HttpResponse:
    """Show one rule: why, what it needs, what it asks, and the figures that may be changed."""
    line = queries.rule_for(request.actor, rule_id)
    return _page(request, line, TuneForm(initial={"enabled": line.enabled, "threshold": line.threshold}))


@require_POST
def tune(request: ActorRequest, rule_id: UUID) -> HttpResponse:
    """Switch a rule on or off in the own logs, and choose its threshold."""
    line = queries.rule_for(request.actor, rule_id)
    form = TuneForm(request.POST)
    if form.is_valid():
        try:
            actions.tune_rule(
                request.actor, line, enabled=form.cleaned_data["enabled"], threshold=form.cleaned_data["threshold"]
            )
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            messages.success(request, _("Your choice is saved."))
            return redirect("hunting:rule", rule_id=rule_id)
    return _page(request, line, form, status=422)


def _page(request: ActorRequest, line: RuleLine, form: TuneForm, status: int = 200) -> HttpResponse:
    rule = line.known.rule
    if not rule.tunable:
        del form.fields["threshold"]
    context = {
        "line": line,
        "words": rule_wording.RuleWords.of(line),
        "form": form,
        "trial_form": TrialForm(),
        "may_hunt": policy.may_hunt(request.actor),
        "is_own": line.known.origin is Origin.OWN,
    }
    return render(request, "hunting/rule.html", context, status=status)


@require_safe
def trial(request: ActorRequest, rule_id: UUID) -> HttpResponse:
    """Show what a rule would have seen in the last days of the own logs."""
    policy.require_hunter(request.actor)
    line = queries.rule_for(request.actor, rule_id)
    form = TrialForm(request.GET)
    days = form.cleaned_data["days"] if form.is_valid() else TrialForm.DAYS
    threshold = (form.cleaned_data.get("threshold") if form.is_valid() else None) or line.threshold
    found = queries.try_rule(request.actor, line, days=days, threshold=threshold)
    context = {
        "trial": found,
        "line": line,
        "found": [rule_wording.EpisodeWords.of(line.known.rule, each) for each in found.outcome.episodes[:SHOWN]],
        "shown": SHOWN,
    }
    return render(request, "hunting/trial.html", context)


def send_rules(request: ActorRequest) -> HttpResponse:
    """Take a file of rules: for the own logs, or from a hub operator for all."""
    policy.require_onlooker(request.actor)
    form = RuleFileForm(request.POST or None, request.FILES or None)
    if not policy.may_count(request.actor):
        del form.fields["for_all"]
    elif not policy.may_hunt(request.actor):
        form.fields["for_all"].initial = True
    if request.method == "POST" and form.is_valid():
        try:
            name, content = form.named_content()
            file = actions.save_rules(
                request.actor, name=name, content=content, for_all=form.cleaned_data.get("for_all", False)
            )
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            messages.success(request, _("The rules are saved. Try each of them before you switch it on."))
            return redirect("hunting:rule-file", file_id=file.pk)
    return render(request, "hunting/send_rules.html", {"form": form}, status=422 if form.errors else 200)


def rule_file(request: ActorRequest, file_id: UUID) -> HttpResponse:
    """Show a file of rules, and take it away."""
    file = queries.rule_file_for(request.actor, file_id)
    may_remove = policy.may_count(request.actor) if file.organisation_id is None else policy.may_hunt(request.actor)
    if request.method == "POST":
        actions.remove_rules(request.actor, file)
        messages.success(request, _("The rules are gone; what they saw stays."))
        return redirect("hunting:rules")
    lines = [
        rule_wording.RuleWords.of(line) for line in queries.rules_for(request.actor) if line.known.file_id == file.pk
    ]
    return render(request, "hunting/rule_file.html", {"file": file, "lines": lines, "may_remove": may_remove})
