"""The parcels of signals follow the signals, also those that were there before the store of STIX was."""

from typing import Final
from uuid import UUID

from noroshi.core import ledger
from noroshi.core.domain.audience import State
from noroshi.core.models import LedgerEntry
from noroshi.intel.actions import touch_parcel
from noroshi.kit.jobs import job
from noroshi.sharing.actions import say_in_stix
from noroshi.sharing.models import Signal, SignalObservable

AT_A_TIME: Final = 50
"""Signals of one job: a value may stand in hundreds, and a worker has others to serve."""

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
    """Have it said how many call a value a false positive, with each signal that names it: by jobs, some at a time."""
    named = SignalObservable.everything.filter(observable=entry.payload["observable"])
    numbers = list(named.filter(signal__state=State.PUBLISHED).order_by("pk").values_list("signal", flat=True))
    for first in range(0, len(numbers), AT_A_TIME):
        say_again.enqueue([str(number) for number in numbers[first : first + AT_A_TIME]])


@job()
def say_again(numbers: list[str]) -> None:
    """Bring the parcels of some signals to what they say now, each in a transaction of its own."""
    for number in numbers:
        say_in_stix(UUID(number))


@ledger.subscribe("sharing.stix_guests", "sharing.guest.invited")
def show_to_guests(entry: LedgerEntry) -> None:
    """Let the parcel reach who was invited to the signal."""
    if entry.subject_id is not None:
        touch_parcel(entry.subject_id)
