"""Rules over a lake: one session of an engine for many rules, each bounded in time and in what it may find."""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from noroshi.hunting.engine import normalise
from noroshi.hunting.engine.detections.conditions import Pseudonym, Value
from noroshi.hunting.engine.detections.patterns import SAMPLE
from noroshi.hunting.engine.detections.reasons import RuleError
from noroshi.hunting.engine.detections.rules import Query, Rule
from noroshi.hunting.engine.engines import AskError, Events, LateError, MovedError, Plain

MAX_FOUND: Final = 1_000
"""Episodes of one rule in one run; a rule that finds more says so."""
MAX_ERROR: Final = 500

_PARAMETER: Final = re.compile(r"\$(\w+)")


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
    """The events of some parts (None: there are none), to be asked by rules. Use it as a context manager.

    ``key`` makes the pseudonyms of what rules name; hours and days are those of the time zone ``zone``.
    """

    def __init__(self, events: Events | None, *, key: bytes, zone: str) -> None:
        self._key = key
        self._zone = zone
        self._events = events

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._events:
            self._events.close()

    def detect(
        self, rule: Rule, window: Window, *, threshold: int | None = None, seconds: float | None = None
    ) -> Outcome:
        """Return the episodes of one rule in a window, the earliest first.

        It is stopped after so many seconds, or when the engine loses its patience.
        """
        if self._events is None:
            return Outcome()
        started = time.monotonic()
        span = rule.span * 1_000_000
        figures = {"threshold": threshold or rule.threshold, "span": span, "before": span + 1, "limit": MAX_FOUND + 1}
        try:
            query = rule.episodes(self._events.dialect)
            rows = self._ask(self._events, query, {**figures, **window.bounds}, seconds or self._events.patience)
        except LateError:
            return Outcome(late=True, seconds=time.monotonic() - started)
        except MovedError:
            return Outcome(moved=True, seconds=time.monotonic() - started)
        except (AskError, RuleError) as error:  # isolation point: one rule's failure leaves the others running
            told = f"“{rule.title.en}”: {error}"
            return Outcome(error=told[:MAX_ERROR], seconds=time.monotonic() - started)
        found = tuple(_episode(rule, row) for row in rows[:MAX_FOUND])
        return Outcome(found, capped=len(rows) > MAX_FOUND, seconds=time.monotonic() - started)

    def behind(
        self, rule: Rule, keys: Sequence[str | None], window: Window, limit: int, *, seconds: float | None = None
    ) -> list[dict[str, Any]]:
        """Return the earliest events behind an episode; none where that takes longer than so many seconds."""
        if self._events is None:
            return []
        mine = {f"k{place}": key for place, key in enumerate(keys or [None])}
        try:
            query = rule.behind(self._events.dialect)
            more = {**mine, **window.bounds, "limit": limit}
            rows = self._ask(self._events, query, more, seconds or self._events.patience)
        except LateError:
            return []
        return [row | {"time": row.pop("micros")} for row in rows]

    def _ask(self, events: Events, query: Query, more: Mapping[str, Plain], seconds: float) -> list[dict[str, Any]]:
        values = {name: self._plain(value) for name, value in query.values.items()}
        given: dict[str, Plain] = {**values, **more, "zone": self._zone}
        asked = set(_PARAMETER.findall(query.sql))
        return events.rows(query.sql, {name: value for name, value in given.items() if name in asked}, seconds)

    def _plain(self, value: Value) -> str | int | float:
        if isinstance(value, Pseudonym):
            return normalise.pseudonym(normalise.account(value.text) or "", self._key)
        return value


def _episode(rule: Rule, row: Mapping[str, Any]) -> Episode:
    keys = tuple(row[f"k{place}"] for place in range(max(len(rule.keys), 1)))
    samples = tuple(dict(zip(SAMPLE, sample, strict=True)) for sample in sorted(row["samples"]))
    return Episode(keys, row["began"], row["ended"], row["events"], int(row["measured"]), samples)
