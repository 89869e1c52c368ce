"""What the intel room keeps."""

from noroshi.intel.models.knowledge import Tag
from noroshi.intel.models.quality import FalsePositiveVote, VoteReason
from noroshi.intel.models.sightings import Observable, Sighting, SightingSource
from noroshi.intel.models.stix import Arrival, Parcel, Reader, Source, StixObject, Turn

__all__ = [
    "Arrival",
    "FalsePositiveVote",
    "Observable",
    "Parcel",
    "Reader",
    "Sighting",
    "SightingSource",
    "Source",
    "StixObject",
    "Tag",
    "Turn",
    "VoteReason",
]
