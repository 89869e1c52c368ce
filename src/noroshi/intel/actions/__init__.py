"""Writes of the intel room."""

from noroshi.intel.actions.sightings import record_sighting, remember_observables, withdraw_sighting

__all__ = ["record_sighting", "remember_observables", "withdraw_sighting"]
