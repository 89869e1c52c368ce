"""What an institution decides of its matches: that somebody has seen it, that it is done, or that it can wait."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from noroshi.advisories import policy, queries
from noroshi.advisories.actions.match_writing import settle
from noroshi.advisories.actions.task_history import step_of, write_steps
from noroshi.advisories.models import Match, MatchStage, StepKind
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, InvalidInput, NotFound
from noroshi.sharing.actions.words import checked_sentence

MAX_REASON: Final = 400
_TASKS: Final = (
    MatchStage.OPEN,
    MatchStage.ACKNOWLEDGED,
    MatchStage.VIRTUAL,
    MatchStage.ACCEPTED,
    MatchStage.INVESTIGATED,
)
_CLOSED: Final = (MatchStage.FIXED, MatchStage.ACCEPTED, MatchStage.VIRTUAL, MatchStage.NOT_AFFECTED)
_JUDGED: Final = (MatchStage.TO_JUDGE, MatchStage.OPEN, MatchStage.NOT_AFFECTED, MatchStage.INVESTIGATED)


@dataclass(frozen=True)
class _Move:
    """What a person does to a match: where it stands then, and where it may stand before."""

    kind: StepKind
    stage: MatchStage
    allowed: tuple[MatchStage, ...]


_AFFECTED: Final = _Move(StepKind.JUDGED, MatchStage.OPEN, _JUDGED)
_NOT_AFFECTED: Final = _Move(StepKind.JUDGED, MatchStage.NOT_AFFECTED, _JUDGED)
_ACKNOWLEDGE: Final = _Move(StepKind.ACKNOWLEDGED, MatchStage.ACKNOWLEDGED, (MatchStage.OPEN, MatchStage.INVESTIGATED))
_FIX: Final = _Move(StepKind.FIXED, MatchStage.FIXED, _TASKS)
_ACCEPT: Final = _Move(StepKind.ACCEPTED, MatchStage.ACCEPTED, _TASKS)
_PATCH: Final = _Move(StepKind.VIRTUAL, MatchStage.VIRTUAL, _TASKS)
_REOPEN: Final = _Move(StepKind.REOPENED, MatchStage.OPEN, _CLOSED)


def judge_match(actor: Actor, match: Match, *, affected: bool, reason: str) -> Match:
    """Say of a match that nobody could be sure of whether the asset is affected, and why."""
    return _move(actor, match, _AFFECTED if affected else _NOT_AFFECTED, reason=reason)


def acknowledge_task(actor: Actor, match: Match) -> Match:
    """Say that somebody has taken it on."""
    return _move(actor, match, _ACKNOWLEDGE, reason=None)


def fix_task(actor: Actor, match: Match) -> Match:
    """Say that it is done. Where the list, read again later, still names the version, it is open again."""
    return _move(actor, match, _FIX, reason=None)


def accept_task(actor: Actor, match: Match, *, reason: str, until: date | None) -> Match:
    """Accept the risk until a day, with the reason."""
    return _move(actor, match, _ACCEPT, reason=reason, until=_ahead(until))


def patch_task_virtually(actor: Actor, match: Match, *, reason: str, until: date | None) -> Match:
    """Say which rule stands in front of it, and until when: then it is open again."""
    return _move(actor, match, _PATCH, reason=reason, until=_ahead(until))


def reopen_task(actor: Actor, match: Match, *, reason: str) -> Match:
    """Open again what was closed."""
    return _move(actor, match, _REOPEN, reason=reason)


def reopen_what_is_over() -> int:
    """Open again what was accepted, or patched virtually, until a day that is over; return how many."""
    today = timezone.localdate(clock.now())
    waiting = (MatchStage.ACCEPTED, MatchStage.VIRTUAL)
    number = 0
    for row in Match.everything.filter(stage__in=waiting, until__lt=today).order_by("pk"):
        number += _reopened(row, today)
    return number


@transaction.atomic
def _reopened(row: Match, today: date) -> int:
    rows = Match.everything.filter(pk=row.pk, stage=row.stage, until__lt=today)
    changed = rows.update(stage=MatchStage.OPEN)
    if changed:
        before, row.stage = row.stage, MatchStage.OPEN
        _settle_again(row)
        row.save(update_fields=_SETTLED)
        write_steps([step_of(row, StepKind.OVER, before=before, at=clock.now())])
        actor = Actor.system("advisories tasks", row.world)
        ledger.record(actor, "advisories.task.reopened", row, before=before, until=str(row.until))
    return changed


@transaction.atomic
def _move(actor: Actor, match: Match, move: _Move, *, reason: str | None, until: date | None = None) -> Match:
    policy.require_inventory_keeper(actor)
    row = Match.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=match.pk).first()
    if row is None:
        raise NotFound
    if row.stage not in move.allowed:
        raise Conflict(_("It is %(stage)s by now.") % {"stage": row.get_stage_display()})
    before, at = row.stage, clock.now()
    row.reason = checked_sentence("reason", reason, MAX_REASON) if reason is not None else ""
    row.stage, row.until, row.vex = move.stage, until, {}
    row.decided_by_id, row.decided_at = actor.acting_person, at
    if move.stage == MatchStage.OPEN:
        _settle_again(row)
    row.save(update_fields=["stage", "until", "reason", "decided_by", "decided_at", "vex", *_SETTLED])
    write_steps([step_of(row, move.kind, before=before, at=at, by=actor.acting_person, reason=row.reason)])
    ledger.record(actor, "advisories.task.decided", row, before=before, after=move.stage)
    return row


def _settle_again(row: Match) -> None:
    """What opens is due by the table that is chosen now: while it was closed, it kept the one before."""
    table = queries.chosen_table(row.organisation_id, row.world)
    settle(row, row.asset, row.vulnerability, table, timezone.localdate(clock.now()))


_SETTLED: Final = ["due", "decision", "counted_from"]


def _ahead(until: date | None) -> date:
    if until is None or until <= timezone.localdate(clock.now()):
        raise InvalidInput("until", _("Give a day that lies ahead."))
    return until
