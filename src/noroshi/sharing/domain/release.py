"""What is grave enough to wait for a human release (docs/develop/decisions/0016)."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.tlp import TLP


class Gravity(StrEnum):
    """Why a signal waits."""

    RED = "red"
    ANONYMOUS = "anonymous"


def gravity(tlp: TLP, author_mode: AuthorMode) -> tuple[Gravity, ...]:
    """Return why a signal must be released by a hub operator before it goes out; nothing where it flows."""
    reasons = []
    if tlp is TLP.RED:
        reasons.append(Gravity.RED)
    if author_mode is not AuthorMode.NAMED:
        reasons.append(Gravity.ANONYMOUS)
    return tuple(reasons)


class FourEyes(StrEnum):
    """What two hub operators must agree on before it goes out: what is grave, all that is held, or nothing."""

    GRAVE = "grave"
    ALL = "all"
    OFF = "off"


class Step(StrEnum):
    """What one operator can do next for a held signal to go out."""

    APPROVE = "approve"
    RELEASE = "release"
    WAIT = "wait"


ATTRIBUTABLE: Final = "incident"
"""The kind of signal that says of an institution that it was hit."""


def needs_two(four_eyes: FourEyes, kind: str, reasons: Collection[Gravity]) -> bool:
    """Whether two operators must let it go: the rule is the kind and the marking alone, never who wrote it.

    Grave is what cannot be taken back and harms somebody in particular: RED, and an incident without a name.
    """
    if not reasons or four_eyes is FourEyes.OFF:
        return False
    grave = Gravity.RED in reasons or (Gravity.ANONYMOUS in reasons and kind == ATTRIBUTABLE)
    return grave or four_eyes is not FourEyes.GRAVE


def next_step(operator: UUID | None, *, two: bool, approved_by: UUID | None) -> Step:
    """Return what `operator` can do next: approve what needs two, release what another has approved, or wait."""
    if not two:
        return Step.RELEASE
    if approved_by is None:
        return Step.APPROVE
    return Step.WAIT if approved_by == operator else Step.RELEASE


def is_late(held_at: datetime, now: datetime, target: timedelta) -> bool:
    """Whether something has waited for longer than the hub has promised."""
    return now - held_at > target


def quantile(spans: Iterable[timedelta], percent: int) -> timedelta:
    """Return the span that `percent` of a hundred of them do not exceed (nearest rank); there is at least one."""
    ordered = sorted(spans)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
