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
from noroshi.advisories.actions.inventories import give_up, read_in
from noroshi.advisories.actions.letters import (
    LONGEST_EDITED,
    document_of,
    ignore_letter,
    replay_fetch,
    replay_letter,
)
from noroshi.advisories.actions.loading import load_file, load_stream
from noroshi.advisories.actions.match_runs import ask_for_match, begin_run, run_match
from noroshi.advisories.actions.match_writing import facts_of
from noroshi.advisories.actions.matching import match_inventories, match_news
from noroshi.advisories.actions.rule_packs import MOST_ENABLED, import_pack, say_enabled
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
from noroshi.advisories.actions.tasks import (
    accept_task,
    acknowledge_task,
    fix_task,
    judge_match,
    patch_task_virtually,
    reopen_task,
    reopen_what_is_over,
)
from noroshi.advisories.actions.telling import look_after_sources, verdict_of
from noroshi.advisories.actions.upkeep import forget_fetched

__all__ = [
    "LONGEST_EDITED",
    "MOST_ENABLED",
    "AnswerDraft",
    "Draft",
    "Message",
    "Packed",
    "Prepared",
    "SourceSaid",
    "accept_task",
    "acknowledge_task",
    "add_source",
    "answer_inquiry",
    "approve_bulletin",
    "ask_for_match",
    "ask_from",
    "ask_hub",
    "ask_now",
    "begin_run",
    "change_source",
    "close_inquiry",
    "collect",
    "discard_answer",
    "discard_bulletin",
    "document_of",
    "draft_answer",
    "draft_bulletin",
    "export_bundle",
    "facts_of",
    "fix_task",
    "forget_fetched",
    "give_up",
    "hand_back_answer",
    "hand_back_bulletin",
    "handed_out",
    "ignore_letter",
    "import_bundle",
    "import_pack",
    "issue_scheduled_sheet",
    "issue_sheet",
    "judge_match",
    "keep_category",
    "keep_template",
    "keep_watched_words",
    "load_file",
    "load_stream",
    "look_after_sources",
    "match_inventories",
    "match_news",
    "next_sheet",
    "patch_task_virtually",
    "publish_answer",
    "publish_bulletin",
    "read_in",
    "renew_bulletin",
    "reopen_task",
    "reopen_what_is_over",
    "replay_fetch",
    "replay_letter",
    "reply_to_hub",
    "revise_answer",
    "revise_bulletin",
    "run_match",
    "say_bulletin_in_stix",
    "say_enabled",
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
