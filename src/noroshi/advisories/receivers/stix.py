"""The parcels of bulletins follow the bulletins, also those that went out before they had any."""

from noroshi.advisories.actions import say_bulletin_in_stix
from noroshi.advisories.models import Bulletin
from noroshi.core import ledger
from noroshi.core.domain.audience import State
from noroshi.core.models import LedgerEntry


@ledger.subscribe("advisories.stix", "advisories.bulletin.published", "advisories.bulletin.withdrawn", history=True)
def say_what_a_bulletin_says(entry: LedgerEntry) -> None:
    """Show to those who see the bulletin what it says, or that it was withdrawn, with every version before it."""
    number = entry.subject_id
    while number is not None:
        say_bulletin_in_stix(number)
        before = Bulletin.everything.filter(pk=number, state=State.WITHDRAWN)
        number = before.values_list("replaces", flat=True).first()
