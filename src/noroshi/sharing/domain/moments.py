"""How exactly a moment is told: of what is anonymous, the hour alone."""

from datetime import UTC, datetime


def to_the_hour(moment: datetime) -> datetime:
    """Return the beginning of the hour (UTC) that `moment`, which is aware, lies in."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
