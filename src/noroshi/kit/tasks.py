"""What comes round in the kit."""

from datetime import timedelta

from noroshi.kit.idempotency import forget_calls
from noroshi.kit.jobs import recurring
from noroshi.kit.statistics import count_for_plans


@recurring("kit.forget_calls", every=timedelta(hours=1))
def forget_answered_calls() -> None:
    """Forget the answers of the API that nobody can ask for again."""
    forget_calls()


@recurring("kit.count_for_plans", every=timedelta(days=1))
def count_rows_for_plans() -> None:
    """Let the database know how its tables have grown."""
    count_for_plans()
