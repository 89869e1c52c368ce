"""What comes round in the kit."""

from datetime import timedelta

from noroshi.kit.idempotency import forget_calls
from noroshi.kit.jobs import recurring


@recurring("kit.forget_calls", every=timedelta(hours=1))
def forget_answered_calls() -> None:
    """Forget the answers of the API that nobody can ask for again."""
    forget_calls()
