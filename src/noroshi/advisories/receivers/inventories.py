"""An inventory that was read in is held against everything that is known."""

from uuid import UUID

from noroshi.advisories import actions
from noroshi.advisories.models import Inventory
from noroshi.core import ledger
from noroshi.core.models import LedgerEntry
from noroshi.kit.jobs import job


@ledger.subscribe("advisories.match", "advisories.inventory.read")
def match_what_was_read(entry: LedgerEntry) -> None:
    """Have it done by a job: with hundreds of thousands of vulnerabilities it takes its time."""
    if entry.subject_id is None:
        return
    inventory = Inventory.everything.filter(pk=entry.subject_id).first()
    if inventory is not None:
        match_inventories.enqueue(str(inventory.organisation_id), inventory.world)


@job()
def match_inventories(organisation: str, world: str) -> None:
    """Hold what an organisation runs against all that is known."""
    actions.match_inventories(UUID(organisation), world)
