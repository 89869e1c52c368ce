"""Matching that was asked for: by whoever read in a list, or by whoever wants it now; with how far it is."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from noroshi.advisories import policy
from noroshi.advisories.actions.matching import match_inventories
from noroshi.advisories.models import SILENT_AFTER, Inventory, MatchRun, MatchRunStage
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import NotFound
from noroshi.kit.progress import now_and_then

_KEPT: Final = timedelta(days=30)


@transaction.atomic
def ask_for_match(actor: Actor, inventory: Inventory) -> MatchRun:
    """Have the actor's inventories held against everything now; while that goes on already, return that."""
    policy.require_inventory_keeper(actor)
    mine = Inventory.objects.visible_to(actor).select_for_update().filter(pk=inventory.pk).first()
    if mine is None:
        raise NotFound
    going_on = _under_way(mine.organisation_id, mine.world)
    if going_on is not None:
        return going_on
    run = begin_run(mine.organisation_id, mine.world, asked_by=actor.acting_person)
    ledger.record(actor, "advisories.match.requested", run)
    return run


def begin_run(organisation: UUID, world: str, *, asked_by: UUID | None = None) -> MatchRun:
    """Write down that a run is to come, and forget those of long ago."""
    old = MatchRun.everything.filter(organisation=organisation, asked_at__lt=clock.now() - _KEPT)
    old.delete()
    return MatchRun.everything.create(organisation_id=organisation, world=world, asked_by_id=asked_by)


def run_match(run: MatchRun) -> None:
    """Hold what an organisation runs against all that is known, and say how far it is. It may be run again."""
    rows = MatchRun.everything.filter(pk=run.pk)

    def write(stage: str, done: int, records: int) -> None:
        rows.update(stage=stage, done=done, records=records, told_at=clock.now())

    tell = now_and_then(write)
    tell(MatchRunStage.WAITING, 0, 0)  # whoever was killed before left it elsewhere
    standing = match_inventories(run.organisation_id, run.world, tell)
    rows.update(stage=MatchRunStage.DONE, ended_at=clock.now(), standing=standing)


def _under_way(organisation: UUID, world: str) -> MatchRun | None:
    rows = MatchRun.everything.filter(organisation=organisation, world=world, ended_at=None)
    return rows.filter(told_at__gte=clock.now() - SILENT_AFTER).order_by("asked_at").last()
