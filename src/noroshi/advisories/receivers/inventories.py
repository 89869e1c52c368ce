"""An inventory that was read in, or for which somebody asked, is held against everything that is known."""

from typing import Final
from uuid import UUID

from noroshi.advisories import actions
from noroshi.advisories.models import Inventory, MatchRun, TableChoice
from noroshi.core import ledger
from noroshi.core.models import LedgerEntry
from noroshi.kit.jobs import enqueue_once, job

MUCH: Final = 1_000
"""So many records that are new or changed take a while to be held."""


@ledger.subscribe("advisories.match", "advisories.inventory.read")
def match_what_was_read(entry: LedgerEntry) -> None:
    """Have it done by a job: with hundreds of thousands of vulnerabilities it takes its time."""
    if entry.subject_id is None:
        return
    inventory = Inventory.everything.filter(pk=entry.subject_id).first()
    if inventory is not None:
        run = actions.begin_run(inventory.organisation_id, inventory.world)
        run_match.enqueue(str(run.pk))


@ledger.subscribe("advisories.match-now", "advisories.match.requested")
def match_what_was_asked_for(entry: LedgerEntry) -> None:
    """Have it done by a job."""
    run_match.enqueue(str(entry.subject_id))


@ledger.subscribe(
    "advisories.match-anew",
    "advisories.alias.learned",
    "advisories.alias.taken_back",
    "advisories.vex.imported",
    "advisories.vex.taken_away",
)
def match_anew(entry: LedgerEntry) -> None:
    """Have all that an organisation runs held anew when it calls something otherwise, or hears something by VEX."""
    if entry.organisation is not None:
        run_match.enqueue(str(actions.begin_run(entry.organisation, entry.world).pk))


@ledger.subscribe("advisories.bring-records-up", "advisories.source.read")
def bring_records_up(entry: LedgerEntry) -> None:
    """Have much that was read held at once, so that who then asks for a match does not wait: where anybody may ask."""
    is_much = entry.payload["new"] + entry.payload["changed"] >= MUCH
    if is_much and Inventory.everything.filter(world=entry.world).exists():
        enqueue_once(hold_records, entry.world)


@job(retries=0)  # whoever matches next does it
def hold_records(world: str) -> None:
    """Hold what records say."""
    actions.bring_records_up(world)


@job()
def run_match(run_id: str) -> None:
    """Hold what an organisation runs against all that is known."""
    run = MatchRun.everything.filter(pk=UUID(run_id)).first()
    if run is not None:
        actions.run_match(run)


@ledger.subscribe("advisories.recompute", "advisories.table.chosen")
def recompute_what_is_open(entry: LedgerEntry) -> None:
    """Have the tasks that are open worked out by the table that was chosen."""
    if entry.subject_id is None:
        return
    choice = TableChoice.everything.filter(pk=entry.subject_id).first()
    if choice is not None:
        recompute_tasks.enqueue(str(choice.organisation_id), choice.world)


@job()
def recompute_tasks(organisation: str, world: str) -> None:
    """Work out anew what is open."""
    actions.recompute_tasks(UUID(organisation), world)
