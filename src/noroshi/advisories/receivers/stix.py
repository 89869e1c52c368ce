"""The parcels of bulletins follow the bulletins, also those that went out before they had any."""

from noroshi.advisories.actions import say_bulletin_in_stix
from noroshi.core import ledger
from noroshi.core.models import LedgerEntry


@ledger.subscribe("advisories.stix", "advisories.bulletin.published", "advisories.bulletin.withdrawn", history=True)
def say_what_a_bulletin_says(entry: LedgerEntry) -> None:
    """Show to those who see the bulletin what it says, or that it was withdrawn."""
    if entry.subject_id is not None:
        say_bulletin_in_stix(entry.subject_id)
