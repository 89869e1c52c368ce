"""How far long work is, written down now and then: often enough to be watched, seldom enough to cost nothing."""

import time
from collections.abc import Callable
from typing import Final

PAUSE: Final = 0.5
"""Seconds from one note to the next."""


Heard = Callable[[str, int, int], None]
"""Who hears at which stage work is, and how much of how much is done of it."""


def now_and_then(write: Callable[[str, int, int], object]) -> Heard:
    """Return what hears how far it is: a new stage is written down at once, how far that is now and then."""
    last, due = "", 0.0

    def tell(stage: str, done: int, of: int) -> None:
        nonlocal last, due
        if stage != last or time.monotonic() >= due:
            last, due = stage, time.monotonic() + PAUSE
            write(stage, done, of)

    return tell
