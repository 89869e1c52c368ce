"""What records say to be affected, kept beside the database as the fast matcher reads it.

It is a copy: whoever loses it loses nothing, it is made anew. Each machine that runs workers has its own.
"""

import fcntl
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Final
from uuid import UUID

import duckdb
from django.conf import settings

from noroshi.advisories import queries
from noroshi.advisories.engine import Held, Record
from noroshi.advisories.models import Vulnerability
from noroshi.core import clock
from noroshi.kit import bulk

Told = Callable[[int, int], None]
"""Who hears how many vulnerabilities were read so far, and how many there are."""

_OVERLAP: Final = timedelta(minutes=30)
"""Longer than what is written takes to be seen by others; what is read twice is not written twice."""
_AT_ONCE: Final = 10_000
"""Vulnerabilities that are held in one transaction: spans of one product then lie beside each other in few places."""


@contextmanager
def kept_records(world: str, tell: Told = lambda _done, _records: None) -> Iterator[Held]:
    """Hold what is said now of all vulnerabilities of a world, each by its key; one at a time on this machine."""
    folder = Path(settings.DATA_DIR) / "matching" / world.replace(":", "-")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with _opened(folder / version("noroshi")) as held:
            _bring_up(held, world, tell)
            yield held


def bring_records_up(world: str) -> None:
    """Hold what was said lately before anybody asks: who then does, does not wait for it."""
    with kept_records(world):
        pass


def _opened(folder: Path) -> Held:
    """Open what this version keeps; what another one read, perhaps otherwise, or nobody can read, goes."""
    for other in folder.parent.glob("*/"):
        if other != folder:
            shutil.rmtree(other)
    try:
        return Held(folder)
    except duckdb.Error:
        shutil.rmtree(folder)
        return Held(folder)


def _bring_up(held: Held, world: str, tell: Told) -> None:
    """Hold also what was said since; killed meanwhile, it is gone on with from the same moment."""
    began = clock.now()
    everything = Vulnerability.everything.filter(world=world)
    count = everything.count()
    todo = sorted(_told_since(held.mark, world) if held.mark else everything.values_list("pk", flat=True))
    done = count - len(todo)
    tell(done, count)
    for part in bulk.parts(todo, _AT_ONCE):
        now = {str(number): state for some in bulk.parts(part) for number, state in queries.states_of(some).items()}
        known = held.states(now)
        changed = [number for number in part if known.get(str(number)) != now[str(number)]]
        if changed:
            held.extend(_said_of(changed, tell, done, count), now)
        done += len(part)
        tell(done, count)
    held.mark = began.isoformat()


def _told_since(mark: str, world: str) -> set[UUID]:
    return queries.numbers_told_since(world, datetime.fromisoformat(mark) - _OVERLAP)


def _said_of(numbers: Sequence[UUID], tell: Told, done: int, count: int) -> Iterator[Record]:
    for some in bulk.parts(numbers):
        tell(done, count)
        done += len(some)
        for number, said in queries.affected_by(some).items():
            yield str(number), said
