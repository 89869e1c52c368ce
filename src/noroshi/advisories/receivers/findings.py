"""A file of findings that somebody sent is taken in."""

from uuid import UUID

from noroshi.advisories import actions
from noroshi.advisories.models import FindingsImport
from noroshi.core import ledger
from noroshi.core.models import LedgerEntry
from noroshi.kit.jobs import job


@ledger.subscribe("advisories.take-in-findings", "advisories.findings.sent")
def queue_findings(entry: LedgerEntry) -> None:
    """Have it done by a job, and write down which: where that ends without it, the page says so."""
    if entry.subject_id is not None:
        queued = take_in_findings.enqueue(str(entry.subject_id))
        actions.say_queued(entry.subject_id, queued.id)


@job(retries=0)  # a file that broke something breaks it again: who sent it is told
def take_in_findings(import_id: str) -> None:
    """Take in a file of findings."""
    row = FindingsImport.everything.filter(pk=UUID(import_id)).first()
    if row is not None:
        actions.take_in_findings(row)
