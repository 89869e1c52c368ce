"""What the decision tables ask of an asset that a vulnerability hits, and until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from noroshi.advisories.domain.decisions import BOD_26_04, HOUSE, SSVC_DEPLOYER, Decision, Table, decide

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


def due_of(decision: Decision, since: date) -> date | None:
    """Return until when it has to be done, counted from a day; None with the next upgrade."""
    days = decision.outcome.due.days
    return None if days is None else since + timedelta(days=days)
