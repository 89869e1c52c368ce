"""Writes of the notify room."""

from noroshi.notify.actions.posting import mark_read, post_notices
from noroshi.notify.actions.subscriptions import (
    CHOSEN,
    Wanted,
    add_subscription,
    change_subscription,
    delete_subscription,
    described,
    pause_subscription,
    set_preferences,
    settle,
)

__all__ = [
    "CHOSEN",
    "Wanted",
    "add_subscription",
    "change_subscription",
    "delete_subscription",
    "described",
    "mark_read",
    "pause_subscription",
    "post_notices",
    "set_preferences",
    "settle",
]
