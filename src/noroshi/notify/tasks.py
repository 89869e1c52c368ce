"""What comes round in the notify room."""

from datetime import timedelta

from noroshi.kit.jobs import recurring
from noroshi.notify import actions, mail, webhooks


@recurring("notify.due_mail", every=timedelta(minutes=1))
def send_due_mail() -> None:
    """Queue digests at their hour, what was folded into one mail, and what was refused."""
    mail.queue_due()


@recurring("notify.due_webhooks", every=timedelta(seconds=15))
def call_due_webhooks() -> None:
    """Queue the webhooks for which something has come due."""
    webhooks.queue_due()


@recurring("notify.old_dispatches", every=timedelta(days=1))
def forget_old_dispatches() -> None:
    """Delete messages that are long over."""
    actions.forget_old_dispatches()
