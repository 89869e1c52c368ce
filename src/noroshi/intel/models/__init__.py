"""What the intel room keeps."""

from noroshi.intel.models.sightings import Observable, Sighting, SightingSource

__all__ = ["Observable", "Sighting", "SightingSource"]
