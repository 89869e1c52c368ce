"""Writes of the intel room."""

from noroshi.intel.actions.parcels import publish_parcel, replace_parcel, touch_parcel
from noroshi.intel.actions.readers import look_after
from noroshi.intel.actions.receiving import Outcome, Tally, clear_left_over, delete_received, receive
from noroshi.intel.actions.sightings import record_sighting, remember_observables, withdraw_sighting

__all__ = [
    "Outcome",
    "Tally",
    "clear_left_over",
    "delete_received",
    "look_after",
    "publish_parcel",
    "receive",
    "record_sighting",
    "remember_observables",
    "replace_parcel",
    "touch_parcel",
    "withdraw_sighting",
]
