"""Writes of the intel room."""

from noroshi.intel.actions.exporting import export_objects
from noroshi.intel.actions.feeds import (
    FeedSaid,
    add_feed,
    ask_for_look,
    change_feed,
    look_at_feed,
    pause_feed,
    remove_feed,
)
from noroshi.intel.actions.identities import publish_identity
from noroshi.intel.actions.knowledge import import_knowledge, knowledge_is_current
from noroshi.intel.actions.parcels import publish_parcel, replace_parcel, touch_parcel, withdraw_parcel
from noroshi.intel.actions.pushing import (
    PushSaid,
    add_push,
    change_push,
    hurry_push,
    pause_push,
    push_out,
    remove_push,
    send_again,
)
from noroshi.intel.actions.quality import vote_false_positive, withdraw_vote
from noroshi.intel.actions.readers import look_after
from noroshi.intel.actions.receiving import (
    Outcome,
    Tally,
    clear_left_over,
    delete_received,
    forget_refused,
    receive,
    replay_refused,
)
from noroshi.intel.actions.remotes import handed_out
from noroshi.intel.actions.sightings import record_sighting, remember_observables, withdraw_sighting
from noroshi.intel.actions.taxii import add_objects, forget_statuses, note_delivery, note_page

__all__ = [
    "FeedSaid",
    "Outcome",
    "PushSaid",
    "Tally",
    "add_feed",
    "add_objects",
    "add_push",
    "ask_for_look",
    "change_feed",
    "change_push",
    "clear_left_over",
    "delete_received",
    "export_objects",
    "forget_refused",
    "forget_statuses",
    "handed_out",
    "hurry_push",
    "import_knowledge",
    "knowledge_is_current",
    "look_after",
    "look_at_feed",
    "note_delivery",
    "note_page",
    "pause_feed",
    "pause_push",
    "publish_identity",
    "publish_parcel",
    "push_out",
    "receive",
    "record_sighting",
    "remember_observables",
    "remove_feed",
    "remove_push",
    "replace_parcel",
    "replay_refused",
    "send_again",
    "touch_parcel",
    "vote_false_positive",
    "withdraw_parcel",
    "withdraw_sighting",
    "withdraw_vote",
]
