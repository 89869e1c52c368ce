"""What the decision tables ask of an asset that a vulnerability hits, and until when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from noroshi.advisories.domain.decisions import BOD_26_04, HOUSE, INPUTS, SSVC_DEPLOYER, Decision, Table, decide

USUAL: Final = f"{BOD_26_04.name} {BOD_26_04.version}"
"""The table by which tasks are due where an institution chose none."""
HOUSE_TABLES: Final = tuple(f"{shape.name} {shape.version}" for shape in (BOD_26_04, SSVC_DEPLOYER, HOUSE))
"""The labels of the tables that come along, in the order in which they are shown."""


@dataclass(frozen=True)
class Facts:
    """What is known of a vulnerability and of an asset; empty or None is not known."""

    exploited: bool
    exploitation: str
    automatable: bool | None
    impact: str
    exposure: str
    importance: str

    @property
    def inputs(self) -> dict[str, str | None]:
        """Return them as the tables call them."""
        return {
            "kev": _said(self.exploited),
            "exposed": _said(self.exposure == "open") if self.exposure else None,
            "automatable": None if self.automatable is None else _said(self.automatable),
            "impact": self.impact or None,
            "exploitation": "active" if self.exploited else self.exploitation or None,
            "exposure": self.exposure or None,
            "importance": self.importance or None,
        }


def _said(holds: bool) -> str:  # noqa: FBT001 - it is the value itself
    return "yes" if holds else "no"


def decisions_of(facts: Facts, known: Iterable[Table]) -> list[Decision]:
    """Return what each table asks."""
    return [decide(table, facts.inputs) for table in known]


@dataclass(frozen=True)
class Case:
    """What a table asks of assets that are reached alike, and on which a business depends as much."""

    exposure: str
    """Empty where the table asks nothing of it."""
    importances: tuple[str, ...]
    """The gravest first; empty where it makes no difference."""
    decision: Decision


def cases_of(facts: Facts, table: Table) -> list[Case]:
    """Return what a table asks of each kind of asset that it knows, the gravest first."""
    return [
        case for exposure in _exposures_in(table) for case in _by_importance(replace(facts, exposure=exposure), table)
    ]


def _exposures_in(table: Table) -> Sequence[str]:
    asked = table.shape.inputs
    if "exposure" in asked:
        return INPUTS["exposure"][::-1]
    return ("open", "controlled") if "exposed" in asked else ("",)


def _by_importance(facts: Facts, table: Table) -> Iterable[Case]:
    asked = INPUTS["importance"][::-1] if "importance" in table.shape.inputs else ()
    each = {name: decide(table, replace(facts, importance=name).inputs) for name in asked or ("",)}
    outcomes = dict.fromkeys(decision.outcome.name for decision in each.values())
    for outcome in outcomes:
        names = tuple(name for name, decision in each.items() if decision.outcome.name == outcome)
        yield Case(facts.exposure, names if len(outcomes) > 1 else (), each[names[0]])


def due_of(decision: Decision, since: date) -> date | None:
    """Return until when it has to be done, counted from a day; None with the next upgrade."""
    days = decision.outcome.due.days
    return None if days is None else since + timedelta(days=days)
