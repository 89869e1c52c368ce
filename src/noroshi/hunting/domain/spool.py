"""Lines that arrive without an end, on their way into batches that are read like files.

In the folder of a spool lie `open`, to which lines are added as they come, and closed batches: synchronised with the
disk, named once, never changed again. A process that is killed leaves its open batch, which the next one closes; a loss
of power can take the open batch, and nothing else.
"""

import fcntl
import os
import time
from pathlib import Path
from typing import Final

from noroshi.kit.domain.durable import sync

MAX_LINES: Final = 50_000
MAX_BYTES: Final = 64 * 1024 * 1024
SECONDS: Final = 2.0
"""A batch is closed so long after its first line, at the latest, unless its stream has another wish."""
MAX_CLOSED: Final = 64
"""Batches that may wait: what the disk must hold besides the lake is bounded."""

_OPEN: Final = "open"
_NEXT: Final = "next"
_LOCK: Final = "lock"
_SUFFIX: Final = ".log"


class SpoolBusyError(Exception):
    """Another process fills the spool."""


class Spool:
    """The batches of one stream. One process at a time fills it: raises `SpoolBusyError`."""

    _descriptor: int
    _bytes: int
    _lines: int
    _since: float

    def __init__(self, folder: Path, seconds: float = SECONDS) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._seconds = seconds
        self._lock = (folder / _LOCK).open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise SpoolBusyError from None
        self._last_name = 0
        self._waiting = len(self.closed())
        size = _whole_lines(folder / _OPEN)
        self._begin(self._opened(_OPEN), size)
        os.ftruncate(self._descriptor, size)
        self.close_batch()

    def leave(self) -> None:
        """Close the batch and let another process have the spool."""
        self.close_batch()
        os.close(self._descriptor)
        self._lock.close()

    def add(self, lines: bytes) -> None:
        """Add whole lines to the open batch; raise OSError, with nothing added, where the disk is full."""
        data, before = memoryview(lines), self._bytes
        try:
            while data:
                written = os.write(self._descriptor, data)
                data, self._bytes = data[written:], self._bytes + written
        except OSError:
            os.ftruncate(self._descriptor, before)
            self._bytes = before
            raise
        if lines and not self._lines:
            self._since = time.monotonic()
        self._lines += lines.count(b"\n")

    def is_due(self) -> bool:
        """Tell whether the open batch is large or old enough."""
        if self._lines >= MAX_LINES or self._bytes >= MAX_BYTES:
            return True
        return bool(self._lines) and time.monotonic() - self._since >= self._seconds

    def is_full(self) -> bool:
        """Tell whether so much waits that nothing may be added."""
        return self._waiting >= MAX_CLOSED

    def close_batch(self) -> None:
        """Bring the open batch, if it holds anything, to the disk under its name and begin another one.

        Raises OSError where the disk refuses; the batch is open then, or closed.
        """
        if not self._bytes:
            return
        following = self._opened(_NEXT)
        self._last_name = max(self._last_name + 1, time.time_ns())
        try:
            os.fsync(self._descriptor)
            (self._folder / _OPEN).rename(self._folder / f"{self._last_name}{_SUFFIX}")
        except OSError:
            os.close(following)
            raise
        (self._folder / _NEXT).rename(self._folder / _OPEN)
        os.close(self._descriptor)
        self._begin(following, 0)
        self._waiting += 1
        sync(self._folder)

    def closed(self) -> list[Path]:
        """Return the closed batches, the oldest first."""
        found = sorted(self._folder.glob(f"*{_SUFFIX}"))
        self._waiting = len(found)
        return found

    def _opened(self, name: str) -> int:
        return os.open(self._folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def _begin(self, descriptor: int, size: int) -> None:
        self._descriptor = descriptor
        self._bytes, self._lines, self._since = size, 0, 0.0


def _whole_lines(left: Path) -> int:
    """Return how many bytes of a batch that a killed process left are whole lines."""
    return left.read_bytes().rfind(b"\n") + 1 if left.exists() else 0
