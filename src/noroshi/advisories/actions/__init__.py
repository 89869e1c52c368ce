"""Writes of the advisories room."""

from noroshi.advisories.actions.answers import (
    AnswerDraft,
    discard_answer,
    draft_answer,
    hand_back_answer,
    publish_answer,
    revise_answer,
    submit_answer,
    withdraw_answer,
)
from noroshi.advisories.actions.bulletins import (
    Draft,
    approve_bulletin,
    discard_bulletin,
    draft_bulletin,
    hand_back_bulletin,
    publish_bulletin,
    renew_bulletin,
    revise_bulletin,
    submit_bulletin,
    tick_bulletin,
    withdraw_bulletin,
)
from noroshi.advisories.actions.bundles import Packed, export_bundle, import_bundle
from noroshi.advisories.actions.collecting import collect, handed_out
from noroshi.advisories.actions.daily import (
    Prepared,
    issue_scheduled_sheet,
    issue_sheet,
    keep_watched_words,
    next_sheet,
)
from noroshi.advisories.actions.desk import keep_category, keep_template
from noroshi.advisories.actions.inquiries import (
    Message,
    answer_inquiry,
    ask_hub,
    close_inquiry,
    reply_to_hub,
    take_inquiry,
)
from noroshi.advisories.actions.letters import (
    LONGEST_EDITED,
    document_of,
    ignore_letter,
    replay_fetch,
    replay_letter,
)
from noroshi.advisories.actions.loading import load_file, load_stream
from noroshi.advisories.actions.sources import (
    SourceSaid,
    add_source,
    ask_from,
    ask_now,
    change_source,
    settle_source,
    source_for_files,
    switch_source,
)
from noroshi.advisories.actions.stix import say_bulletin_in_stix
from noroshi.advisories.actions.telling import look_after_sources, verdict_of
from noroshi.advisories.actions.upkeep import forget_fetched

__all__ = [
    "LONGEST_EDITED",
    "AnswerDraft",
    "Draft",
    "Message",
    "Packed",
    "Prepared",
    "SourceSaid",
    "add_source",
    "answer_inquiry",
    "approve_bulletin",
    "ask_from",
    "ask_hub",
    "ask_now",
    "change_source",
    "close_inquiry",
    "collect",
    "discard_answer",
    "discard_bulletin",
    "document_of",
    "draft_answer",
    "draft_bulletin",
    "export_bundle",
    "forget_fetched",
    "hand_back_answer",
    "hand_back_bulletin",
    "handed_out",
    "ignore_letter",
    "import_bundle",
    "issue_scheduled_sheet",
    "issue_sheet",
    "keep_category",
    "keep_template",
    "keep_watched_words",
    "load_file",
    "load_stream",
    "look_after_sources",
    "next_sheet",
    "publish_answer",
    "publish_bulletin",
    "renew_bulletin",
    "replay_fetch",
    "replay_letter",
    "reply_to_hub",
    "revise_answer",
    "revise_bulletin",
    "say_bulletin_in_stix",
    "settle_source",
    "source_for_files",
    "submit_answer",
    "submit_bulletin",
    "switch_source",
    "take_inquiry",
    "tick_bulletin",
    "verdict_of",
    "withdraw_answer",
    "withdraw_bulletin",
]
