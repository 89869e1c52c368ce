"""How far long work is, written down now and then: often enough to be watched, seldom enough to cost nothing."""

import time
from collections.abc import Callable
from typing import Final

PAUSE: Final = 0.5
"""Seconds from one note to the next."""


def now_and_then(write: Callable[[int, int], object]) -> Callable[[int, int], None]:
    """Return what hears how much is done of how much, and has it written down now and then."""
    due = time.monotonic()

    def tell(done: int, of: int) -> None:
        nonlocal due
        if time.monotonic() >= due:
            due = time.monotonic() + PAUSE
            write(done, of)

    return tell
