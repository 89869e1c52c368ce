"""What the intel room keeps."""

from noroshi.intel.models.feeds import Feed, FeedAuth, Mark, MarkState, Push, Remote, Whose
from noroshi.intel.models.knowledge import Tag
from noroshi.intel.models.quality import FalsePositiveVote, VoteReason
from noroshi.intel.models.sightings import Observable, Sighting, SightingSource
from noroshi.intel.models.stix import Arrival, Parcel, Reader, RefusedObject, Source, StixObject, Turn
from noroshi.intel.models.taxii import Poll, PostStatus

__all__ = [
    "Arrival",
    "FalsePositiveVote",
    "Feed",
    "FeedAuth",
    "Mark",
    "MarkState",
    "Observable",
    "Parcel",
    "Poll",
    "PostStatus",
    "Push",
    "Reader",
    "RefusedObject",
    "Remote",
    "Sighting",
    "SightingSource",
    "Source",
    "StixObject",
    "Tag",
    "Turn",
    "VoteReason",
    "Whose",
]
