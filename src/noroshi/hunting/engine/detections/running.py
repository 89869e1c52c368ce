"""Rules over a lake: one DuckDB session for many rules, each bounded in time and in what it may find."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import duckdb

from noroshi.hunting.engine import normalise
from noroshi.hunting.engine.detections.conditions import Pseudonym, Value
from noroshi.hunting.engine.detections.rules import Rule
from noroshi.hunting.engine.schema import events_sql
from noroshi.hunting.engine.session import connect

MAX_FOUND: Final = 1_000
"""Episodes of one rule in one run; a rule that finds more says so."""
MAX_SECONDS: Final = 60.0

MAX_ERROR: Final = 500


@dataclass(frozen=True, slots=True)
class Window:
    """A time with its beginning and without its end, in microseconds since 1970."""

    since: int
    until: int

    @property
    def bounds(self) -> dict[str, int]:
        """The window as parameters of a query."""
        return {"since": self.since, "until": self.until}

    def widened(self, seconds: int) -> "Window":
        """Return the window with so many seconds before and after it."""
        return Window(self.since - seconds * 1_000_000, self.until + seconds * 1_000_000)


@dataclass(frozen=True, slots=True)
class Episode:
    """Events of one key that a rule calls a detection. Times are microseconds since 1970.

    ``measure`` is the highest that was measured within one span; ``samples`` are the earliest events, each with time,
    source, file and line.
    """

    keys: tuple[str | None, ...]
    first: int
    last: int
    count: int
    measure: int
    samples: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule found. ``capped``: more than it may find; ``late``: it was stopped, and nothing of it counts.

    ``moved``: parts were rewritten while it read them; asked again, it finds them.
    """

    episodes: tuple[Episode, ...] = ()
    capped: bool = False
    late: bool = False
    moved: bool = False
    error: str = ""
    seconds: float = 0.0


class Session:
    """The events of some parts, to be asked by rules. Use it as a context manager."""

    def __init__(self, parts: Sequence[Path], *, key: bytes, zone: str, memory_limit: str, spill: Path) -> None:
        self._key = key
        self._zone = zone
        self._parts = [str(part) for part in parts]
        self._duckdb = connect(memory_limit, spill)

    def __enter__(self) -> Self:
        if self._parts:
            self._duckdb.execute("SET VARIABLE parts = ?", [self._parts]).fetchall()
            events = events_sql("getvariable('parts')")
            self._duckdb.execute(f"CREATE TEMP VIEW events AS {events}").fetchall()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._duckdb.close()

    def detect(
        self, rule: Rule, window: Window, *, threshold: int | None = None, seconds: float = MAX_SECONDS
    ) -> Outcome:
        """Return the episodes of one rule in a window, the earliest first. It is stopped after so many seconds."""
        if not self._parts:
            return Outcome()
        started = time.monotonic()
        figures = {"threshold": threshold or rule.threshold, "span": rule.span, "limit": MAX_FOUND + 1}
        try:
            rows = self._run(rule.sql, {**rule.values, **figures, **window.bounds}, seconds)
        except duckdb.InterruptException:
            return Outcome(late=True, seconds=time.monotonic() - started)
        except duckdb.IOException:
            return Outcome(moved=True, seconds=time.monotonic() - started)
        except duckdb.Error as error:  # isolation point: one rule's failure leaves the others running
            return Outcome(error=str(error)[:MAX_ERROR], seconds=time.monotonic() - started)
        found = tuple(_episode(row) for row in rows[:MAX_FOUND])
        return Outcome(found, capped=len(rows) > MAX_FOUND, seconds=time.monotonic() - started)

    def behind(
        self, rule: Rule, keys: Sequence[str | None], window: Window, limit: int, *, seconds: float = MAX_SECONDS
    ) -> list[dict[str, Any]]:
        """Return the earliest events behind an episode; none where that takes longer than so many seconds."""
        if not self._parts:
            return []
        mine: dict[str, Value | None] = {f"k{place}": key for place, key in enumerate(keys)}
        try:
            rows = self._run(rule.behind, {**rule.values, **mine, **window.bounds, "limit": limit}, seconds)
        except duckdb.InterruptException:
            return []
        names = [column[0] for column in self._duckdb.description or ()]
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _run(self, sql: str, values: Mapping[str, Value | None], seconds: float) -> list[Any]:
        given = {name: self._plain(value) for name, value in values.items()} | {"zone": self._zone}
        asked = {name: value for name, value in given.items() if f"${name}" in sql}
        timer = threading.Timer(seconds, self._duckdb.interrupt)
        timer.start()
        try:
            return self._duckdb.execute(sql, asked).fetchall()
        finally:
            timer.cancel()

    def _plain(self, value: Value | None) -> str | int | float | None:
        if isinstance(value, Pseudonym):
            return normalise.pseudonym(normalise.account(value.text) or "", self._key)
        return value


def _episode(row: Any) -> Episode:
    *keys, first, last, count, measure, samples = row
    return Episode(tuple(keys), first, last, count, int(measure), tuple(samples))
