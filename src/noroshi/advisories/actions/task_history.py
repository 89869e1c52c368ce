"""The history of a match: what happened, by whom, and how it stood then; written with the change itself."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from noroshi.advisories.models import Match, StepKind, TaskStep

_AT_A_TIME: Final = 500


def step_of(
    match: Match, kind: StepKind, *, before: str, at: datetime, by: UUID | None = None, reason: str = ""
) -> TaskStep:
    """Return what happened to a match as it stands now, to be written by `write_steps`."""
    return TaskStep(
        match=match,
        organisation_id=match.organisation_id,
        world=match.world,
        kind=kind,
        at=at,
        by_id=by,
        before=before,
        after=match.stage,
        component=match.component,
        rule=match.rule,
        reason=reason,
        until=match.until,
        due=match.due,
        decision=match.decision,
    )


def write_steps(steps: Iterable[TaskStep]) -> None:
    """Write what happened."""
    TaskStep.everything.bulk_create(steps, batch_size=_AT_A_TIME)
