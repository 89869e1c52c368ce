"""Matches brought to what was heard of them, each change with its step in the history."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from noroshi.advisories import queries
from noroshi.advisories.actions.task_history import step_of, write_steps
from noroshi.advisories.domain.components import of_stored, words_of
from noroshi.advisories.domain.decisions import Table, decide
from noroshi.advisories.domain.matching import Answer, Component, Verdict, united
from noroshi.advisories.domain.urgency import Facts, due_of
from noroshi.advisories.domain.vex import VexStatus
from noroshi.advisories.models import Asset, Inventory, Match, MatchStage, StepKind, TaskStep, Vulnerability
from noroshi.advisories.queries.vex import Heard
from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.kit import bulk

TOLD: Final = (Answer.AFFECTED, Answer.UNKNOWN)
"""Answers that somebody has to hear of."""
STANDING: Final = (
    MatchStage.TO_JUDGE,
    MatchStage.OPEN,
    MatchStage.ACKNOWLEDGED,
    MatchStage.VIRTUAL,
    MatchStage.ACCEPTED,
    MatchStage.INVESTIGATED,
)

Hearings = Mapping[tuple[Component, UUID], Verdict]
"""What all sources together say of a component and a vulnerability, of which somebody has to hear."""

_SAID: Final = ("component", "answer", "confidence", "rule", "stage", "due", "decision", "counted_from", "vex")


@transaction.atomic
def bring_to(
    organisation: UUID, world: str, assets: list[Asset], heard: Hearings, began: datetime, only: Collection[UUID] | None
) -> int:
    """Bring the matches of an organisation to what was heard, of all vulnerabilities or of `only` some."""
    list(Inventory.everything.select_for_update().filter(organisation=organisation, world=world))
    rows = Match.everything.filter(organisation=organisation, world=world).select_for_update(of=("self",))
    rows = rows.select_related("asset__inventory").defer("asset__components")  # which `assets` have, once
    asked = [rows] if only is None else [rows.filter(vulnerability__in=some) for some in bulk.parts(only)]
    known = {(row.asset_id, row.vulnerability_id): row for part in asked for row in part}
    facts = Vulnerability.everything.in_bulk({number for _component, number in heard})  # one that was joined is gone
    found = _verdicts(assets, {pair: verdict for pair, verdict in heard.items() if pair[1] in facts})
    by_pk = {asset.pk: asset for asset in assets}
    said_by_vex = queries.SaidByVex(organisation, world)
    chooser = queries.who_chose(organisation, world)
    table, today = queries.chosen_table(organisation, world), timezone.localdate(began)
    fresh: list[Match] = []
    again: list[tuple[Match, list[Any]]] = []
    steps: list[TaskStep] = []
    for (asset, number), (component, verdict) in found.items():
        row = known.pop((asset, number), None)
        if row is None:
            row = Match(organisation_id=organisation, world=world, asset=by_pk[asset], vulnerability=facts[number])
            fresh.append(row)
        else:
            again.append((row, _values(row)))
        before, decided, had_vex = row.stage, row.decision, bool(row.vex)
        if had_vex:
            row.stage = row.vex["before"]  # as though nobody had said anything else
        _say(row, component, verdict, began)
        _hear(row, said_by_vex.of(by_pk[asset], component, number))
        settle(row, by_pk[asset], facts[number], table, today)
        if kind := _kind_of(before, row, decided, had_vex=had_vex):
            by = chooser if kind is StepKind.TABLE else None
            steps.append(step_of(row, kind, before=before, at=began, by=by, reason=_vex_in_a_line(row.vex)))
    _write_again(again, began)
    Match.everything.bulk_create(fresh, batch_size=bulk.AT_ONCE)
    write_steps([*steps, *_close(known.values(), began)])
    if only is None:
        Inventory.everything.filter(organisation=organisation, world=world).update(matched_at=began)
    if fresh:
        actor = Actor.system("advisories match", world)
        opened = sum(row.stage == MatchStage.OPEN for row in fresh)
        ledger.record(actor, "advisories.matches.found", fresh[0].asset.inventory, new=len(fresh), opened=opened)
    return len(found)


def _values(row: Match) -> list[Any]:
    return [getattr(row, name) for name in _SAID]


def _write_again(rows: Iterable[tuple[Match, list[Any]]], moment: datetime) -> None:
    """Write what changed of rows, each with what it was; of all others, mostly all, only that they were seen."""
    changed: list[Match] = []
    same: list[Match] = []
    for row, before in rows:
        (changed if _values(row) != before else same).append(row)
    Match.everything.bulk_update(changed, [*_SAID, "last_seen"], batch_size=bulk.AT_ONCE)
    for part in bulk.parts(row.pk for row in same):
        Match.everything.filter(pk__in=part).update(last_seen=moment)


def _verdicts(assets: list[Asset], heard: Hearings) -> dict[tuple[UUID, UUID], tuple[Component, Verdict]]:
    """Return of each asset and vulnerability the component that is hit most surely."""
    by_component: dict[Component, list[tuple[UUID, Verdict]]] = defaultdict(list)
    for (component, number), verdict in heard.items():
        by_component[component].append((number, verdict))
    found: dict[tuple[UUID, UUID], tuple[Component, Verdict]] = {}
    for asset in assets:
        for component in map(of_stored, asset.components):
            for number, verdict in by_component.get(component, ()):
                before = found.get((asset.pk, number))
                if before is None or united((before[1], verdict)) is verdict is not before[1]:
                    found[asset.pk, number] = (component, verdict)
    return found


def _say(row: Match, component: Component, verdict: Verdict, moment: datetime) -> None:
    before, row.component = row.component, words_of(component)[:300]
    row.answer, row.confidence, row.rule = verdict.answer.value, verdict.confidence.value, verdict.rule[:400]
    row.last_seen = moment
    is_other = row.stage == MatchStage.NOT_AFFECTED and row.component != before  # of which nobody judged anything
    if not row.stage or row.stage == MatchStage.GONE or is_other:
        row.due, row.decision = None, {}  # what it asked before is over: its days count from now
        row.stage = MatchStage.OPEN if verdict.opens_task else MatchStage.TO_JUDGE
    elif row.stage == MatchStage.TO_JUDGE and verdict.opens_task:
        row.stage = MatchStage.OPEN
    elif row.stage == MatchStage.FIXED and verdict.opens_task and row.decided_at and _is_listed_since(row):
        row.stage = MatchStage.OPEN  # the list was read again since, and still names the old version


_BY_VEX: Final = {
    VexStatus.NOT_AFFECTED: MatchStage.NOT_AFFECTED,
    VexStatus.FIXED: MatchStage.FIXED,
    VexStatus.UNDER_INVESTIGATION: MatchStage.INVESTIGATED,
}


def _hear(row: Match, heard: Heard | None) -> None:
    """Let a row stand as a VEX document says, unless a person judged it; that somebody took it on is no judgement."""
    status = None if heard is None else heard.statement.status
    is_judged = row.decided_by_id is not None and row.stage != MatchStage.ACKNOWLEDGED
    is_taken_on = row.stage == MatchStage.ACKNOWLEDGED and status is VexStatus.UNDER_INVESTIGATION
    if heard is None or is_judged or is_taken_on:
        row.vex = {}
        return
    row.vex = heard.stored | {"before": row.stage}
    row.stage = _BY_VEX[heard.statement.status]


def _is_listed_since(row: Match) -> bool:
    return row.decided_at is not None and row.asset.inventory.read_at > row.decided_at


def settle(row: Match, asset: Asset, vulnerability: Vulnerability, table: Table, today: date) -> None:
    """Decide what is not closed by the table; what becomes more urgent is due from today on, else it keeps its day.

    By another table than before, its days count from when they did.
    """
    decision = decide(table, facts_of(vulnerability, asset).inputs)
    if row.stage not in STANDING or row.decision == decision.stored:
        return
    due = due_of(decision, today)
    if row.decision and row.decision["table"] != decision.table:
        since = row.counted_from or timezone.localdate(row.first_seen)
        row.due, row.counted_from = due_of(decision, since), since
    elif not row.decision or (due is not None and (row.due is None or due < row.due)):
        row.due, row.counted_from = due, today
    row.decision = decision.stored


def facts_of(vulnerability: Vulnerability, asset: Asset | None) -> Facts:
    """Return what the tables ask of; without an asset nothing is known of one."""
    return Facts(
        exploited=vulnerability.exploited_since is not None,
        exploitation=vulnerability.exploitation,
        automatable=vulnerability.automatable,
        impact=vulnerability.impact,
        exposure=asset.exposure if asset else "",
        importance=asset.importance if asset else "",
    )


def _vex_in_a_line(vex: Mapping[str, Any]) -> str:
    parts = (vex.get("author"), vex.get("status"), vex.get("justification"), vex.get("detail"))
    return " · ".join(filter(None, parts))[:400]


_GROUNDS: Final = {
    "": StepKind.FOUND,
    MatchStage.GONE: StepKind.FOUND_AGAIN,
    MatchStage.NOT_AFFECTED: StepKind.FOUND_AGAIN,
    MatchStage.TO_JUDGE: StepKind.SURE,
    MatchStage.FIXED: StepKind.LISTED_STILL,
}
"""Why a match that stood at a stage stands at another by itself."""


def _kind_of(before: str, row: Match, decided: Mapping[str, Any], *, had_vex: bool) -> StepKind | None:
    """Return what happened to a row that was heard of anew; None where it stands as it stood."""
    if row.stage != before:
        if row.vex or had_vex:
            return StepKind.VEX if row.vex else StepKind.VEX_BACK
        return _GROUNDS[before]
    if row.decision == decided:
        return None
    return StepKind.RECOMPUTED if row.decision["table"] == decided.get("table") else StepKind.TABLE


def _close(rows: Iterable[Match], moment: datetime) -> list[TaskStep]:
    """Close what was not heard of any more, but what is closed already."""
    steps = []
    for row in rows:
        if row.stage in STANDING:
            before, row.stage = row.stage, MatchStage.GONE
            steps.append(step_of(row, StepKind.GONE, before=before, at=moment))
    for part in bulk.parts(step.match_id for step in steps):
        Match.everything.filter(pk__in=part).update(stage=MatchStage.GONE, last_seen=moment, vex={})
    return steps
