"""Writes of the advisories room."""

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
from noroshi.advisories.actions.desk import keep_category, keep_template

__all__ = [
    "Draft",
    "approve_bulletin",
    "discard_bulletin",
    "draft_bulletin",
    "hand_back_bulletin",
    "keep_category",
    "keep_template",
    "publish_bulletin",
    "renew_bulletin",
    "revise_bulletin",
    "submit_bulletin",
    "tick_bulletin",
    "withdraw_bulletin",
]
