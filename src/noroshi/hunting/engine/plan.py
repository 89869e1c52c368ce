"""What a question needs read: parts of the index where they speak, parts of the events where they do not."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from noroshi.hunting.engine.index import DAY, EPOCH_DAYS
from noroshi.hunting.engine.index_parts import EventPart, IndexPart, was_complete
from noroshi.hunting.engine.manifest import Manifest
from noroshi.hunting.engine.reasons import ScanReason

FEW_SPANS: Final = 32
"""Spans up to which reading them alone is quicker than reading from the first to the last."""


@dataclass(frozen=True, slots=True)
class Store:
    """Where a lake lies, and how much memory one session may take."""

    root: Path
    manifest: Manifest
    memory_limit: str

    @property
    def spill(self) -> Path:
        """The folder for what does not fit into memory."""
        return self.root / "staging"


@dataclass(frozen=True, slots=True)
class Question:
    """Whose events (None: everybody's) with since <= time < until, in microseconds; without the index on demand.

    ``after`` leaves those of one organisation that came into the lake after the arrival of that number, and perhaps
    some that came before. Where it is known within which ``spans`` (both ends included) all of it lies, no more need be
    read.
    """

    organisations: Collection[str] | None = None
    since: int | None = None
    until: int | None = None
    index: bool = True
    after: int | None = None
    spans: Sequence[tuple[int, int]] = ()

    @property
    def only(self) -> str:
        """The one organisation that is asked about."""
        (organisation,) = self.organisations or ()
        return organisation

    def names(self, organisation: str) -> bool:
        """Tell whether an organisation's events are asked for."""
        return self.organisations is None or organisation in self.organisations

    def narrowed(self, spans: Sequence[tuple[int, int]]) -> "Question":
        """Return the question about what also lies within some spans."""
        since, until = min(first for first, _ in spans), max(last for _, last in spans) + 1
        return replace(
            self,
            since=since if self.since is None else max(self.since, since),
            until=until if self.until is None else min(self.until, until),
            spans=spans if len(spans) <= FEW_SPANS else (),
        )

    def holds(self, first: int, last: int) -> bool:
        """Tell whether all between two times is asked for."""
        return (self.since is None or first >= self.since) and (self.until is None or last < self.until)

    def touches(self, first: int, last: int) -> bool:
        """Tell whether something between two times can be asked for."""
        return (self.since is None or last >= self.since) and (self.until is None or first < self.until)


class Plan:
    """The parts of the index to look into, and the events of each organisation to read instead, with the reasons."""

    def __init__(self, store: Store, question: Question) -> None:
        self._store = store
        self._question = question
        self.index: list[IndexPart] = []
        self.events: dict[str, dict[EventPart, ScanReason]] = defaultdict(dict)
        may_be_new, news = self._may_be_new(), self._news()
        with store.manifest.opened() as (organisations, index):
            self.organisations = [name for name in organisations if question.names(name)]
            self._read(filter(may_be_new, index.uncovered()), ScanReason.NOT_INDEXED)
            speaking = index.speaking()
        for part in speaking:
            if not self._is_asked(part) or not (news is None or part.path in news):
                continue
            self.index.append(part)
            if not question.index:
                self.distrust(part, ScanReason.ASKED)
            elif not was_complete(store.root, part):
                self.distrust(part, ScanReason.UNREADABLE)

    def distrust(self, part: IndexPart, reason: ScanReason) -> None:
        """Read the events that a part of the index speaks for."""
        self.index.remove(part)
        self._read(self._store.manifest.index().covered_by(part.path), reason)

    def covered(self, organisation: str) -> list[EventPart]:
        """Return the parts of an organisation's events that the index answers for."""
        parts = self._store.manifest.index().covered(organisation, [part.path for part in self.index])
        return [part for part in parts if self._asks(part)]

    def _is_asked(self, part: IndexPart) -> bool:
        first = part.epoch * DAY
        return self._question.touches(first, first + EPOCH_DAYS * DAY) and any(
            map(self._question.names, part.organisations)
        )

    def _news(self) -> frozenset[str] | None:
        """Return the parts of the index with what is asked for, or None for all."""
        if self._question.after is None:
            return None
        return self._store.manifest.index().news(self._question.only, self._question.after)

    def _may_be_new(self) -> Callable[[EventPart], bool]:
        """Return what tells whether events that are not indexed can have arrived late enough: by their times."""
        if self._question.after is None:
            return lambda _part: True
        news = self._store.manifest.arrived(self._question.only, self._question.after)
        return lambda part: news is not None and part.first_time <= news.last_time and part.last_time >= news.first_time

    def _asks(self, part: EventPart) -> bool:
        return self._question.names(part.organisation) and self._question.touches(part.first_time, part.last_time)

    def _read(self, parts: Iterable[EventPart], reason: ScanReason) -> None:
        for part in parts:
            if self._asks(part):
                self.events[part.organisation][part] = reason
