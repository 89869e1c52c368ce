"""The one clock. Code asks it for the time; tests set it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time

from django.utils import timezone


def _system_time() -> datetime:
    return datetime.now(UTC)


_source: ContextVar[Callable[[], datetime]] = ContextVar("clock", default=_system_time)


def now() -> datetime:
    """Return the current moment, aware, in UTC."""
    return _source.get()()


def midnight(day: date) -> datetime:
    """Return the moment at which a day begins, in the time zone in use."""
    return timezone.make_aware(datetime.combine(day, time.min))


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    """Hold the clock at `moment` (aware) inside the block."""
    token = _source.set(lambda: moment)
    try:
        yield
    finally:
        _source.reset(token)
