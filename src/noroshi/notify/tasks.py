"""What comes round in the notify room."""

from datetime import timedelta

from noroshi.kit.jobs import recurring
from noroshi.notify import mail


@recurring("notify.due_mail", every=timedelta(minutes=1))
def send_due_mail() -> None:
    """Queue digests at their hour, what was folded into one mail, and what was refused."""
    mail.queue_due()
