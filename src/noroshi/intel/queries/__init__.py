"""Reads of the intel room, as far as the reader may know."""

from noroshi.intel.domain.wanted import Version, Wanted
from noroshi.intel.queries.collections import EVERYTHING, SENT_IN, Collection, collection_for, collections_for
from noroshi.intel.queries.delivery import MOST_BYTES, Delivered, delivered
from noroshi.intel.queries.feeds import feed_for, feeds_for
from noroshi.intel.queries.knowledge import house_tags, tags_found, tags_named
from noroshi.intel.queries.opinions import Opinion, opinions_about, opinions_on_signal
from noroshi.intel.queries.pushes import (
    StaysBehind,
    marks_by_state,
    marks_of,
    push_for,
    pushed_views,
    pusher_of,
    pushes_for,
    stays_behind,
    view_of,
)
from noroshi.intel.queries.quality import doubts_about, own_vote, votes_on
from noroshi.intel.queries.sightings import (
    Seen,
    counts_that_saw,
    organisations_that_saw,
    own_sighting,
    said_seen,
    seen,
    seen_of_each,
)
from noroshi.intel.queries.taxii import polls_for, status_for
from noroshi.intel.queries.triage import object_of, objects_of, parcel_for, parcels_for, refusals_of, types_in

__all__ = [
    "EVERYTHING",
    "MOST_BYTES",
    "SENT_IN",
    "Collection",
    "Delivered",
    "Opinion",
    "Seen",
    "StaysBehind",
    "Version",
    "Wanted",
    "collection_for",
    "collections_for",
    "counts_that_saw",
    "delivered",
    "doubts_about",
    "feed_for",
    "feeds_for",
    "house_tags",
    "marks_by_state",
    "marks_of",
    "object_of",
    "objects_of",
    "opinions_about",
    "opinions_on_signal",
    "organisations_that_saw",
    "own_sighting",
    "own_vote",
    "parcel_for",
    "parcels_for",
    "polls_for",
    "push_for",
    "pushed_views",
    "pusher_of",
    "pushes_for",
    "refusals_of",
    "said_seen",
    "seen",
    "seen_of_each",
    "status_for",
    "stays_behind",
    "tags_found",
    "tags_named",
    "types_in",
    "view_of",
    "votes_on",
]
