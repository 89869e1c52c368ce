"""Inventories held against what is known of vulnerabilities: by whoever runs them, on their own installation."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from noroshi.advisories.domain.decisions import Table, tables
from noroshi.advisories.domain.holding import Holding, of_stored, words_of
from noroshi.advisories.domain.matching import Answer, Component, Verdict, united
from noroshi.advisories.domain.records import ClaimKind
from noroshi.advisories.domain.urgency import USUAL, Facts, due_of, usual_decision
from noroshi.advisories.models import Asset, Inventory, Item, Match, MatchStage, Vulnerability, VulnerabilityName
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor

_AT_A_TIME: Final = 500
_TOLD: Final = (Answer.AFFECTED, Answer.UNKNOWN)
"""Answers that somebody has to hear of."""
_STANDING: Final = (
    MatchStage.TO_JUDGE,
    MatchStage.OPEN,
    MatchStage.ACKNOWLEDGED,
    MatchStage.VIRTUAL,
    MatchStage.ACCEPTED,
)

Heard = dict[tuple[Component, UUID], list[Verdict]]
"""What was said of a component and a vulnerability."""


_SAID: Final = ["component", "answer", "confidence", "rule", "last_seen", "stage", "due", "decision"]


def match_inventories(organisation: UUID, world: str) -> int:
    """Hold all that an organisation runs against all that is known; return how many matches stand.

    What matched before and does no more is closed; what was decided stays decided.
    """
    began = clock.now()
    assets = _assets(organisation, world)
    holding = Holding(_components(assets))
    heard = _heard(holding, Item.objects.filter(source__world=world), world)
    return _write(organisation, world, assets, heard, began, only=None)


def match_news(world: str, since: datetime) -> int:
    """Hold all inventories against vulnerabilities of which something was said since a moment, or since they last were.

    However long nobody looked, nothing that was said meanwhile is left out.
    """
    held = Inventory.everything.filter(world=world).values_list("organisation").annotate(oldest=Min("matched_at"))
    return sum(_match_news_of(owner, world, min(since, oldest or since)) for owner, oldest in held.order_by())


def _match_news_of(organisation: UUID, world: str, since: datetime) -> int:
    """Hold one organisation's inventories against the news; killed meanwhile, it is done anew from the same moment."""
    began, number = clock.now(), 0
    changed = list(Vulnerability.everything.filter(world=world, changed_at__gte=since).values_list("pk", flat=True))
    if not changed:
        return number
    assets = _assets(organisation, world)
    holding = Holding(_components(assets))
    for start in range(0, len(changed), _AT_A_TIME):
        some = changed[start : start + _AT_A_TIME]
        items = Item.objects.filter(mentions__vulnerability__in=some).distinct()
        heard = _heard(holding, items, world, only=frozenset(some))
        number += _write(organisation, world, assets, heard, began, only=frozenset(some))
    waited_for = Inventory.everything.filter(organisation=organisation, world=world, matched_at__lt=began)
    waited_for.update(matched_at=began)  # one that was read meanwhile has none, and is still held against everything
    return number


def _assets(organisation: UUID, world: str) -> list[Asset]:
    return list(Asset.everything.filter(organisation=organisation, world=world).order_by("pk"))


def _components(assets: Iterable[Asset]) -> Iterator[Component]:
    return (of_stored(value) for asset in assets for value in asset.components)


def _heard(holding: Holding, items: Any, world: str, only: frozenset[UUID] | None = None) -> Heard:
    """Return what the newest revisions of `items` say of what is held, by component and vulnerability."""
    by_name: dict[tuple[Component, str], list[Verdict]] = defaultdict(list)
    for claims in items.values_list("newest__claims", flat=True).iterator(chunk_size=_AT_A_TIME):
        for claim in claims or ():
            if claim["kind"] == ClaimKind.AFFECTED:
                for component, verdict in holding.heard(claim["value"]):
                    by_name[component, claim["about"]].append(verdict)
    numbers = _numbers({name for _component, name in by_name}, world)
    heard: Heard = defaultdict(list)
    for (component, name), verdicts in by_name.items():
        number = numbers.get(name)
        if number is not None and (only is None or number in only):
            heard[component, number].extend(verdicts)
    return heard


def _numbers(names: Collection[str], world: str) -> dict[str, UUID]:
    known: dict[str, UUID] = {}
    ordered = sorted(names)
    for start in range(0, len(ordered), _AT_A_TIME):
        rows = VulnerabilityName.objects.filter(world=world, name__in=ordered[start : start + _AT_A_TIME])
        known.update(rows.values_list("name", "vulnerability"))
    return known


@transaction.atomic
def _write(
    organisation: UUID, world: str, assets: list[Asset], heard: Heard, began: datetime, only: frozenset[UUID] | None
) -> int:
    """Bring the matches of an organisation to what was heard, of all vulnerabilities or of `only` some."""
    list(Inventory.everything.select_for_update().filter(organisation=organisation, world=world))
    rows = Match.everything.filter(organisation=organisation, world=world)
    rows = rows if only is None else rows.filter(vulnerability__in=only)
    known = {(row.asset_id, row.vulnerability_id): row for row in rows.select_related("asset__inventory")}
    found = _verdicts(assets, heard)
    facts = Vulnerability.everything.in_bulk({number for _asset, number in found})
    by_pk = {asset.pk: asset for asset in assets}
    table, today = tables()[USUAL], timezone.localdate(began)
    fresh: list[Match] = []
    again: list[Match] = []
    for (asset, number), (component, verdict) in found.items():
        row = known.pop((asset, number), None)
        if row is None:
            row = Match(organisation_id=organisation, world=world, asset=by_pk[asset], vulnerability=facts[number])
            fresh.append(row)
        else:
            again.append(row)
        _say(row, component, verdict, began)
        _settle(row, by_pk[asset], facts[number], table, today)
    Match.everything.bulk_update(again, _SAID, batch_size=_AT_A_TIME)
    Match.everything.bulk_create(fresh, batch_size=_AT_A_TIME)
    _close(known.values(), began)
    if only is None:
        Inventory.everything.filter(organisation=organisation, world=world).update(matched_at=began)
    if fresh:
        actor = Actor.system("advisories match", world)
        opened = sum(row.stage == MatchStage.OPEN for row in fresh)
        ledger.record(actor, "advisories.matches.found", fresh[0].asset.inventory, new=len(fresh), opened=opened)
    return len(found)


def _verdicts(assets: list[Asset], heard: Heard) -> dict[tuple[UUID, UUID], tuple[Component, Verdict]]:
    """Return of each asset and vulnerability the component that is hit most surely, where anybody has to hear of it."""
    by_component: dict[Component, list[tuple[UUID, Verdict]]] = defaultdict(list)
    for (component, number), verdicts in heard.items():
        if (verdict := united(verdicts)).answer in _TOLD:
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


def _is_listed_since(row: Match) -> bool:
    return row.decided_at is not None and row.asset.inventory.read_at > row.decided_at


def _settle(row: Match, asset: Asset, vulnerability: Vulnerability, table: Table, today: date) -> None:
    """Decide by the table; what becomes more urgent is due from today on, what becomes less so keeps its day."""
    decision = usual_decision(facts_of(vulnerability, asset), table)
    if row.decision == decision.stored:
        return
    due = due_of(decision, today)
    row.due = due if row.due is None or (due is not None and due < row.due) else row.due
    row.decision = decision.stored


def facts_of(vulnerability: Vulnerability, asset: Asset) -> Facts:
    """Return what the tables ask of."""
    return Facts(
        exploited=vulnerability.exploited_since is not None,
        exploitation=vulnerability.exploitation,
        automatable=vulnerability.automatable,
        impact=vulnerability.impact,
        exposure=asset.exposure,
        importance=asset.importance,
    )


def _close(rows: Iterable[Match], moment: datetime) -> None:
    gone = [row.pk for row in rows if row.stage in _STANDING]
    Match.everything.filter(pk__in=gone).update(stage=MatchStage.GONE, last_seen=moment)
