"""The lists of tasks, of assets."""

from collections.abc import Sequence
from typing import Any, Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.models import Exposure, Importance, Match, MatchStage
from noroshi.advisories.queries import AT_WORK, assets_for, matches_for
from noroshi.advisories.table_wording import outcome_in_words
from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.kit.lists import ChoiceFilter, Column, ListSpec, TextFilter
from noroshi.kit.lists.spec import Rows

TONES: Final = {
    MatchStage.TO_JUDGE: "waiting",
    MatchStage.OPEN: "failing",
    MatchStage.ACKNOWLEDGED: "late",
    MatchStage.VIRTUAL: "late",
    MatchStage.ACCEPTED: "waiting",
    MatchStage.FIXED: "ok",
    MatchStage.NOT_AFFECTED: "off",
    MatchStage.INVESTIGATED: "waiting",
    MatchStage.GONE: "off",
}


def tone_of(row: Match) -> str:
    """Return the tone in which the stage of a match is shown."""
    return TONES[MatchStage(row.stage)]


def _tone(_actor: Actor, rows: Sequence[Any]) -> None:
    for row in rows:
        row.tone = tone_of(row)


def _stage(rows: Rows, value: str) -> Rows:
    return rows.filter(stage__in=AT_WORK) if value == "at_work" else rows.filter(stage=value)


def _overdue(rows: Rows, _value: str) -> Rows:
    return rows.filter(due__lt=timezone.localdate(clock.now()), stage__in=AT_WORK)


def _outcome(row: Match) -> Promise | str:
    return outcome_in_words(row.decision)


TASKS: Final = ListSpec(
    name="patch-tasks",
    columns=(
        Column("due", _("Due"), lambda row: row.due, "urgency", "advisories/cells/due.html", "tight"),
        Column("asset", _("Asset"), lambda row: str(row.asset), "asset__label", "advisories/cells/task.html"),
        Column(
            "vulnerability",
            _("Vulnerability"),
            lambda row: row.vulnerability.name,
            "vulnerability__name",
            style="tight",
        ),
        Column("component", _("What is hit"), lambda row: row.component, style="wide"),
        Column("outcome", _("What the table asks"), _outcome),
        Column(
            "stage",
            _("Where it stands"),
            lambda row: row.get_stage_display(),
            "stage",
            "advisories/cells/stage.html",
            "tight",
        ),
        Column("service", _("Business"), lambda row: row.asset.service, shown=False),
        Column("owner", _("Owner"), lambda row: row.asset.owner, shown=False),
        Column("answer", _("Verdict"), lambda row: row.answer, shown=False),
        Column("confidence", _("How sure"), lambda row: row.confidence, shown=False),
        Column("rule", _("Rule"), lambda row: row.rule, shown=False),
        Column("until", _("Until the day"), lambda row: row.until, shown=False),
        Column("reason", _("Reason"), lambda row: row.reason, shown=False),
    ),
    filters=(
        TextFilter(
            "q", _("Search"), ("asset__label", "asset__name", "vulnerability__name", "component", "asset__service")
        ),
        ChoiceFilter(
            "stage", _("Where it stands"), [("at_work", _("Something is to be done")), *MatchStage.choices], _stage
        ),
        ChoiceFilter("overdue", _("Overdue"), [("yes", _("Overdue"))], _overdue),
        ChoiceFilter("importance", _("Importance"), Importance.choices, "asset__importance"),
    ),
    default_sort="due",
    empty=_("Nothing is to be done: no system of yours is known to be hit."),
    export_queryset=matches_for,
    on_show=_tone,
)
ASSETS: Final = ListSpec(
    name="assets",
    columns=(
        Column("label", _("Asset"), lambda row: row.label, "label", "advisories/cells/asset.html", "tight"),
        Column("name", _("Name"), lambda row: row.name, style="wide"),
        Column("service", _("Business"), lambda row: row.service),
        Column("owner", _("Owner"), lambda row: row.owner),
        Column("exposure", _("Exposure"), lambda row: row.get_exposure_display(), "exposure", style="tight"),
        Column("importance", _("Importance"), lambda row: row.get_importance_display(), "importance", style="tight"),
        Column("components", _("Components"), lambda row: row.component_count, "component_count", style="end"),
        Column("open", _("Open tasks"), lambda row: row.open_count, "open_count", style="end"),
        Column("inventory", _("List"), lambda row: row.inventory.name, shown=False),
    ),
    filters=(
        TextFilter("q", _("Search"), ("label", "name", "service", "owner")),
        ChoiceFilter("exposure", _("Exposure"), Exposure.choices, "exposure"),
        ChoiceFilter("importance", _("Importance"), Importance.choices, "importance"),
    ),
    default_sort="label",
    empty=_("No asset yet: read in a list of what you run."),
    export_queryset=assets_for,
)
