"""What the intel room keeps."""

from noroshi.intel.models.sightings import Observable, Sighting, SightingSource
from noroshi.intel.models.stix import Arrival, Parcel, Reader, Source, StixObject, Turn

__all__ = [
    "Arrival",
    "Observable",
    "Parcel",
    "Reader",
    "Sighting",
    "SightingSource",
    "Source",
    "StixObject",
    "Turn",
]
