"""What is done in the hunting room: hunts and their hits, log files and the lake, rules and what they detect."""

from noroshi.hunting.actions.allowing import (
    Allowed,
    allow_for,
    allow_values,
    change_allowed,
    disallow_for,
    disallow_values,
    judge_hits,
    read_allow_list,
)
from noroshi.hunting.actions.arrival import laid_down, receive_logs
from noroshi.hunting.actions.detections import (
    MAX_REASON,
    ask_for_own_run,
    ask_for_run,
    handle_detection,
    run_for_shell,
    run_rules,
)
from noroshi.hunting.actions.hunts import MAX_LIST, look_again, look_back_for, search_own_lake, stop_search
from noroshi.hunting.actions.logs import (
    ingest_logs,
    notice_dropped_file,
    send_log_file,
    take_in,
    take_in_folder,
)
from noroshi.hunting.actions.replay import ask_for_replay, replay_quarantine
from noroshi.hunting.actions.rules import remove_rules, save_rules, tune_rule
from noroshi.hunting.actions.running import run_hunt
from noroshi.hunting.actions.seen import ask_own_lake
from noroshi.hunting.actions.shell import Searched, Searching, search_lakes
from noroshi.hunting.actions.sources import set_source
from noroshi.hunting.actions.streams import open_stream, stream_reading, take_in_batches
from noroshi.hunting.actions.upkeep import age_lakes, clear_waiting_rooms, compact_lakes, forget_subject, gather_index
from noroshi.hunting.actions.watch import watch_arrivals

__all__ = [
    "MAX_LIST",
    "MAX_REASON",
    "Allowed",
    "Searched",
    "Searching",
    "age_lakes",
    "allow_for",
    "allow_values",
    "ask_for_own_run",
    "ask_for_replay",
    "ask_for_run",
    "ask_own_lake",
    "change_allowed",
    "clear_waiting_rooms",
    "compact_lakes",
    "disallow_for",
    "disallow_values",
    "forget_subject",
    "gather_index",
    "handle_detection",
    "ingest_logs",
    "judge_hits",
    "laid_down",
    "look_again",
    "look_back_for",
    "notice_dropped_file",
    "open_stream",
    "read_allow_list",
    "receive_logs",
    "remove_rules",
    "replay_quarantine",
    "run_for_shell",
    "run_hunt",
    "run_rules",
    "save_rules",
    "search_lakes",
    "search_own_lake",
    "send_log_file",
    "set_source",
    "stop_search",
    "stream_reading",
    "take_in",
    "take_in_batches",
    "take_in_folder",
    "tune_rule",
    "watch_arrivals",
]
