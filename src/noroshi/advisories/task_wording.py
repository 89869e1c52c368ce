"""The history of a task in words, each step with what was known then, worked out again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.claim_wording import INPUTS, VALUES
from noroshi.advisories.domain.decisions import Table, is_replayed
from noroshi.advisories.models import TaskStep
from noroshi.advisories.table_wording import outcome_in_words

Inputs = list[tuple[Promise | str, Promise | str]]
_ASSUMED: Final = _("not known, the gravest assumed")


@dataclass(frozen=True)
class Step:
    """A step of the history as a page shows it."""

    row: TaskStep
    outcome: Promise | str
    inputs: Inputs
    is_replayed: bool
    """Whether the table, asked anew with what was known then, comes to the same."""


def inputs_in_words(stored: Mapping[str, Any]) -> Inputs:
    """Return what a decision was made of, in words; what was not known says so."""
    known: Inputs = [(INPUTS[name], VALUES.get(value, value)) for name, value in stored.get("known", {}).items()]
    return known + [(INPUTS[name], _ASSUMED) for name in stored.get("not_known", ())]


def replays(tables: Mapping[str, Table], stored: Mapping[str, Any]) -> bool:
    """Tell whether the table that a decision names still comes to it."""
    table = tables.get(stored.get("table", ""))
    return table is not None and is_replayed(table, stored)


def history_of(steps: Iterable[TaskStep], tables: Mapping[str, Table]) -> list[Step]:
    """Return the steps of a match in words."""
    return [
        Step(
            row,
            outcome_in_words(row.decision),
            inputs_in_words(row.decision),
            replays(tables, row.decision),
        )
        for row in steps
    ]
