"""Reads of the intel room, as far as the reader may know."""

from noroshi.intel.queries.sightings import (
    Seen,
    counts_that_saw,
    organisations_that_saw,
    own_sighting,
    said_seen,
    seen,
)

__all__ = ["Seen", "counts_that_saw", "organisations_that_saw", "own_sighting", "said_seen", "seen"]
