"""Writes of the notify room."""

from noroshi.notify.actions.posting import mark_read, post_notices
from noroshi.notify.actions.subscriptions import (
    CHOSEN,
    Timing,
    Wanted,
    add_subscription,
    change_subscription,
    delete_subscription,
    described,
    pause_subscription,
    set_preferences,
    settle,
    subscribe_by_search,
)
from noroshi.notify.actions.webhooks import (
    MOST_REPLAYED,
    add_webhook,
    dispatch_event,
    forget_old_dispatches,
    pause_webhook,
    remove_webhook,
    replay_dispatches,
    test_webhook,
)

__all__ = [
    "CHOSEN",
    "MOST_REPLAYED",
    "Timing",
    "Wanted",
    "add_subscription",
    "add_webhook",
    "change_subscription",
    "delete_subscription",
    "described",
    "dispatch_event",
    "forget_old_dispatches",
    "mark_read",
    "pause_subscription",
    "pause_webhook",
    "post_notices",
    "remove_webhook",
    "replay_dispatches",
    "set_preferences",
    "settle",
    "subscribe_by_search",
    "test_webhook",
]
