"""What comes round in the members room."""

from datetime import timedelta

from noroshi.kit.jobs import recurring
from noroshi.members import actions


@recurring("members.forget", every=timedelta(hours=1))
def forget_what_is_over() -> None:
    """Forget whence tokens were used a day ago, what was counted before that, and old alarms."""
    actions.forget_addresses()
    actions.forget_meters()
