"""The parcels of signals follow the signals, also those that were there before the store of STIX was."""

from typing import Final

from noroshi.core import ledger
from noroshi.core.domain.audience import State
from noroshi.core.models import LedgerEntry
from noroshi.intel.actions import touch_parcel
from noroshi.sharing.actions import say_in_stix
from noroshi.sharing.models import Signal, SignalObservable

SAID: Final = (
    "sharing.signal.published",
    "sharing.signal.amended",
    "sharing.signal.lowered",
    "sharing.signal.readdressed",
    "sharing.signal.withdrawn",
    "sharing.signal.commented",
    "sharing.stance.taken",
)


@ledger.subscribe("sharing.stix", *SAID, history=True)
def say_what_a_signal_says(entry: LedgerEntry) -> None:
    """Bring the parcel of the signal to what it says now."""
    if entry.subject_id is not None:
        say_in_stix(entry.subject_id)


@ledger.subscribe("sharing.stix_sightings", "intel.sighting.recorded", "intel.sighting.withdrawn")
def say_who_saw_it(entry: LedgerEntry) -> None:
    """Say how many have seen what a signal is about, and who lets itself be named."""
    if (signal := Signal.everything.filter(pk=entry.payload["item"]).first()) is not None:
        say_in_stix(signal.pk)


@ledger.subscribe("sharing.stix_votes", "intel.vote.cast", "intel.vote.withdrawn")
def say_who_doubts_it(entry: LedgerEntry) -> None:
    """Say how many call a value a false positive, with each signal that names it."""
    named = SignalObservable.everything.filter(observable=entry.payload["observable"])
    for number in named.filter(signal__state=State.PUBLISHED).values_list("signal", flat=True):
        say_in_stix(number)


@ledger.subscribe("sharing.stix_guests", "sharing.guest.invited")
def show_to_guests(entry: LedgerEntry) -> None:
    """Let the parcel reach who was invited to the signal."""
    if entry.subject_id is not None:
        touch_parcel(entry.subject_id)
