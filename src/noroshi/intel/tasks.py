"""What comes round in the intel room."""

from datetime import timedelta

from noroshi.intel import actions
from noroshi.kit.jobs import recurring


@recurring("intel.clear_left_over", every=timedelta(days=1))
def clear_left_over() -> None:
    """Delete what a killed process left halfway."""
    actions.clear_left_over()


@recurring("intel.forget", every=timedelta(hours=1))
def forget_what_is_over() -> None:
    """Forget what became of what was sent by TAXII days ago."""
    actions.forget_statuses()


@recurring("intel.forget_refused", every=timedelta(days=1))
def forget_refused() -> None:
    """Delete refused objects that nobody has read again for a month."""
    actions.forget_refused()
