"""When a source is asked again: politely, and the later the oftener it fails."""

from datetime import timedelta
from typing import Final

LONGEST: Final = timedelta(days=1)
"""A source that has failed often enough is tried once a day: the circuit is broken, and closes by one good answer."""
_DOUBLINGS: Final = 10
JITTER: Final = 0.2
"""So much of a pause is left to chance, so that sources which failed together are not asked again together."""


def pause_after(failures: int, every: timedelta, chance: float, asked: timedelta = timedelta(0)) -> timedelta:
    """Return how long to leave a source in peace after so many failures in a row.

    `chance` is from 0 to 1; `asked` is how long the server itself wants peace. It is never less than that, and never
    less than its own interval.
    """
    doubled: timedelta = every * (1 << min(max(failures - 1, 0), _DOUBLINGS))
    pause = min(doubled, max(LONGEST, every))
    return max(pause * (1 + JITTER * chance), asked, every)
