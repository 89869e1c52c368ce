"""What is done in the hunting room: hunts and their hits, log files and their way into the lake."""

from noroshi.hunting.actions.hunts import (
    finish_hunt,
    look_again,
    look_back_for,
    run_hunt,
    search_lakes,
    search_own_lake,
)
from noroshi.hunting.actions.logs import ingest_logs, send_log_file, take_in

__all__ = [
    "finish_hunt",
    "ingest_logs",
    "look_again",
    "look_back_for",
    "run_hunt",
    "search_lakes",
    "search_own_lake",
    "send_log_file",
    "take_in",
]
