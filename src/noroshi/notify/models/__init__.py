"""Notices, how each person wants them, and the webhooks of organisations."""

from noroshi.notify.models.notices import Delivery, Notice, NoticeKind, Preferences, Subscription, Weekday
from noroshi.notify.models.webhooks import Attempt, Dispatch, DispatchState, Webhook

__all__ = [
    "Attempt",
    "Delivery",
    "Dispatch",
    "DispatchState",
    "Notice",
    "NoticeKind",
    "Preferences",
    "Subscription",
    "Webhook",
    "Weekday",
]
