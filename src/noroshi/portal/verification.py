"""Checking the ledger's chain, in the background: it reads every entry there is."""

from dataclasses import asdict
from typing import Any, Final

from django_tasks_db.models import DBTaskResult

from noroshi.core import ledger
from noroshi.kit.jobs import job

PATH: Final = f"{__name__}.check_chain"


@job(retries=0)  # a check that failed is asked for again by the auditor, who sees that it failed
def check_chain() -> dict[str, Any]:
    """Recompute the whole chain; the queue keeps what was found: checked, head, broken_entry, reason."""
    return asdict(ledger.verify())


def last_check() -> "DBTaskResult[..., Any] | None":
    """Return the last check that was asked for, with its status and, once it is done, what it found."""
    return DBTaskResult.objects.filter(task_path=PATH).order_by("-enqueued_at").first()
