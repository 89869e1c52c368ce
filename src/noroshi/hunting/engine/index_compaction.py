"""Compaction: the index as few large files instead of many small ones, and made anew where it does not speak.

What is merged is forgotten in the transaction that makes the merged part known. So whoever kills a compaction, or takes
events away meanwhile, leaves an index that is incomplete at worst, never wrong: what it does not cover is scanned.
"""

import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from enum import Enum
from typing import Final

from noroshi.hunting.engine import index_parts
from noroshi.hunting.engine.disk import is_full
from noroshi.hunting.engine.index import IndexWriter, epoch_of
from noroshi.hunting.engine.index_files import INDEX, remove
from noroshi.hunting.engine.index_parts import EventPart, IndexPart, is_complete
from noroshi.hunting.engine.normalise import account_pseudonyms
from noroshi.hunting.engine.plan import Store
from noroshi.hunting.engine.records import CompactReport
from noroshi.hunting.engine.schema import events_sql
from noroshi.hunting.engine.session import UNREADABLE, connect

# A part is merged with smaller ones when it has at most so many times their rows: each row is then written few times.
GROWTH: Final = 4
_EVENTS: Final = events_sql("getvariable('parts')")
# An ingest that is at work has files that the manifest does not know yet.
LEFT_BEHIND_SECONDS: Final = 3600


class Merge(Enum):
    """Which parts of an epoch are merged."""

    ALL = "all"
    SMALL = "the small ones"
    TORN = "those that still hold rows of events that were taken out"


def compact_index(store: Store, key: bytes, merge: Merge) -> CompactReport:
    """Index what is not indexed, and merge parts of the index."""
    started = time.monotonic()
    with store.manifest.compaction_lock(), closing(_Compaction(store, key)) as work:
        work.sweep()
        work.drop_incomplete()
        indexed = work.index_uncovered()
        merged = work.merge(merge)
        indexed += work.index_uncovered()  # what a part spoke for that could not be merged
    parts = store.manifest.index().speaking()
    return CompactReport(
        indexed_files=indexed,
        merged_parts=merged,
        parts=len(parts),
        rows=sum(part.rows for part in parts),
        bytes=sum(part.bytes for part in parts),
        seconds=time.monotonic() - started,
    )


class _Compaction:
    def __init__(self, store: Store, key: bytes) -> None:
        self._store = store
        self._pseudonym = account_pseudonyms(key)
        self._scratch = store.spill / ".compaction"
        shutil.rmtree(self._scratch, ignore_errors=True)
        self._scratch.mkdir(parents=True)
        self._duckdb = connect(store.memory_limit, self._scratch)
        self._writer = IndexWriter(self._duckdb, store.root, self._scratch)

    def close(self) -> None:
        self._duckdb.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def sweep(self) -> None:
        """Delete files of the index that the manifest does not know and nobody is about to make known."""
        known = {part.path for part in self._store.manifest.index().parts()}
        before = time.time() - LEFT_BEHIND_SECONDS
        for path in (self._store.root / INDEX).glob("epoch=*/*"):
            if path.relative_to(self._store.root).as_posix() not in known and path.stat().st_mtime < before:
                remove(path)

    def drop_incomplete(self) -> None:
        """Forget the parts that speak for nobody and those whose file is not what was written."""
        for part in self._store.manifest.index().parts():
            if not part.organisations or not is_complete(self._store.root, part):
                self._forget([part])

    def index_uncovered(self) -> int:
        """Index the events that no part speaks for; return how many files of them."""
        groups: dict[tuple[str, int], list[EventPart]] = defaultdict(list)
        for part in self._store.manifest.index().uncovered():
            groups[part.organisation, epoch_of(part.first_time)].append(part)
        return sum(self._index(*group, parts) for group, parts in groups.items())

    def _index(self, organisation: str, epoch: int, parts: Sequence[EventPart]) -> int:
        paths = [str(self._store.root / part.path) for part in parts]
        self._duckdb.execute("SET VARIABLE parts = ?", [paths]).fetchall()
        relation = f"({_EVENTS}) AS parts"
        try:
            made = self._writer.write(relation, organisation=organisation, epoch=epoch, pseudonym=self._pseudonym)
            with self._store.manifest.transaction() as connection:
                index_parts.add(connection, made, [part.path for part in parts])
        except UNREADABLE as error:
            if is_full(error):
                raise
            return 0  # a damaged file of events is for `verify` to tell; the other organisations go on
        except index_parts.GoneError:
            self._delete([made])
            return 0
        return len(parts)

    def merge(self, chosen: Merge) -> int:
        """Merge parts of the same epoch; return how many."""
        epochs: dict[int, list[IndexPart]] = defaultdict(list)
        for part in self._store.manifest.index().speaking():
            epochs[part.epoch].append(part)
        return sum(self._merge(_CHOOSE[chosen](parts), epoch) for epoch, parts in sorted(epochs.items()))

    def _merge(self, parts: Sequence[IndexPart], epoch: int) -> int:
        if len(parts) < 2 and all(part.whole for part in parts):  # noqa: PLR2004 - one is merged already
            return 0
        try:
            made = self._writer.merge(parts, epoch)
        except UNREADABLE as error:
            if is_full(error):
                raise
            self._forget([part for part in parts if not self._writer.can_read(part)])
            return 0
        with self._store.manifest.transaction() as connection:
            index_parts.replace(connection, [part.path for part in parts], made)
        self._delete(parts)
        return len(parts)

    def _forget(self, parts: Sequence[IndexPart]) -> None:
        with self._store.manifest.transaction() as connection:
            index_parts.forget(connection, [part.path for part in parts])
        self._delete(parts)

    def _delete(self, parts: Iterable[IndexPart]) -> None:
        for part in parts:
            remove(self._store.root / part.path)


def _torn(parts: Sequence[IndexPart]) -> list[IndexPart]:
    return [part for part in parts if not part.whole]


def _small(parts: Sequence[IndexPart]) -> list[IndexPart]:
    """Return the smallest parts, each at most `GROWTH` times as large as those before it together."""
    chosen: list[IndexPart] = []
    rows = 0
    for part in sorted(parts, key=lambda part: part.rows):
        if chosen and part.rows > GROWTH * rows:
            break
        chosen.append(part)
        rows += part.rows
    return chosen


_CHOOSE: Final[dict[Merge, Callable[[Sequence[IndexPart]], Sequence[IndexPart]]]] = {
    Merge.ALL: list,
    Merge.SMALL: _small,
    Merge.TORN: _torn,
}
