"""What hunts and rules ask of an engine, and the usual one: DuckDB, in this process. Another is `spark`, on a cluster.

Both read the same files and give the same answers, to the event and the microsecond; a test holds one to the other.
"""

import threading
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import duckdb

from noroshi.hunting.engine.detections.dialect import DUCKDB, Dialect
from noroshi.hunting.engine.few import FewLookup, suits
from noroshi.hunting.engine.index_parts import IndexPart
from noroshi.hunting.engine.lookup import Days, Lookup
from noroshi.hunting.engine.needles import Keys
from noroshi.hunting.engine.plan import Question, Store
from noroshi.hunting.engine.scan import Scan, Total, are_few
from noroshi.hunting.engine.schema import events_sql
from noroshi.hunting.engine.session import UNREADABLE, connect, session

Plain = str | int | float | None
"""A parameter of a query."""


class Found(Protocol):
    """What parts of the index show of the keys: as `Lookup`."""

    def totals(self) -> list[Total]:
        """Return what the index could count."""

    def cuts(self) -> list[Days]:
        """Return what the events themselves must be asked for."""

    def days(self, organisation: str, needles: Sequence[int]) -> list[Days]:
        """Return on which days of its epochs an organisation can have seen needles."""


class Seen(Protocol):
    """What events show of the keys: as `Scan`."""

    def totals(self) -> list[Total]:
        """Return what the events say of each needle they show."""

    def samples(self) -> dict[int, list[dict[str, Any]]]:
        """Return references of the earliest events that show a needle, by the needle's number."""

    def events(self, limit: int) -> list[dict[str, Any]]:
        """Return the earliest events that match any needle, column by column."""

    def daily_counts(self, timezone: str) -> list[tuple[date, int]]:
        """Return (day in that time zone, events) of the days with a match."""

    def spread(self) -> tuple[int, int, int, int, int]:
        """Return the events that match, and of how many days, sources, source addresses and users they are."""


class Opened(Protocol):
    """An engine that knows the keys of one hunt."""

    @property
    def unreadable(self) -> tuple[type[Exception], ...]:
        """What it raises for a file that is missing or damaged."""

    def look_up(self, parts: Sequence[IndexPart], question: Question) -> Found:
        """Look the keys up in parts of the index."""

    def scan(self, parts: Sequence[Path], question: Question, needles: Sequence[int] | None = None) -> Seen:
        """Read the events in one or more files, for the keys of some needles (None: of all)."""

    def close(self) -> None:
        """Forget the keys."""


class LateError(Exception):
    """A query was stopped: it took too long."""


class MovedError(Exception):
    """A part was rewritten while it was read; asked again, it is found."""


class AskError(Exception):
    """The engine could not answer a query; it says why."""


class Events(Protocol):
    """The view ``events`` of some parts, which the queries of rules are asked of."""

    @property
    def dialect(self) -> Dialect:
        """How queries are written."""

    @property
    def patience(self) -> float:
        """Seconds that one query may usually take."""

    def rows(self, sql: str, values: Mapping[str, Plain], seconds: float) -> list[dict[str, Any]]:
        """Answer a query whose parameters are ``$name``; raise `LateError`, `MovedError` or `AskError`."""

    def close(self) -> None:
        """Forget the events."""


class Engine(Protocol):
    """Opens hunts, and events for rules."""

    def open(self, store: Store, keys: Keys) -> Opened:
        """Let the engine know the keys of a hunt."""

    def events(self, store: Store, parts: Sequence[Path]) -> Events:
        """Let the engine read one or more files of events for rules."""


class DuckEngine:
    """DuckDB in this process."""

    def open(self, store: Store, keys: Keys) -> "DuckHunt":
        """Let a session know the keys of a hunt."""
        return DuckHunt(store, keys)

    def events(self, store: Store, parts: Sequence[Path]) -> "DuckEvents":
        """Let an instance of its own read some files: one that is interrupted interrupts no other."""
        return DuckEvents(store, parts)


class DuckHunt:
    """A session of DuckDB that knows the keys of one hunt."""

    unreadable = (OSError, *UNREADABLE)

    def __init__(self, store: Store, keys: Keys) -> None:
        self._root = store.root
        self._duckdb = session(store.memory_limit, store.spill)
        self._keys = keys
        self._loaded = False

    def look_up(self, parts: Sequence[IndexPart], question: Question) -> Found:
        """Look the keys up in parts of the index."""
        if suits(self._keys):
            return FewLookup(self._duckdb, self._root, parts, question, self._keys)
        self._load()
        return Lookup(self._duckdb, self._root, parts, question)

    def _load(self) -> None:
        """Make the table of the keys, once."""
        if not self._loaded:
            self._keys.load(self._duckdb)
            self._loaded = True

    def scan(self, parts: Sequence[Path], question: Question, needles: Sequence[int] | None = None) -> Scan:
        """Read the events in some files."""
        if self._keys.file is None and are_few(needles, parts):
            keys = [key for key in self._keys.keys if key.needle in set(needles or ())]
            return Scan(self._duckdb, parts, question, needles, keys)
        self._load()
        return Scan(self._duckdb, parts, question, needles)

    def close(self) -> None:
        """Forget the keys."""
        self._duckdb.close()


class DuckEvents:
    """Events for rules, in an instance of DuckDB."""

    dialect: Dialect = DUCKDB
    patience = 60.0

    def __init__(self, store: Store, parts: Sequence[Path]) -> None:
        self._duckdb = connect(store.memory_limit, store.spill)
        self._duckdb.execute("SET VARIABLE parts = ?", [[str(part) for part in parts]]).fetchall()
        events = events_sql("getvariable('parts')")
        self._duckdb.execute(f"CREATE TEMP VIEW events AS {events}").fetchall()

    def rows(self, sql: str, values: Mapping[str, Plain], seconds: float) -> list[dict[str, Any]]:
        """Answer a query."""
        timer = threading.Timer(seconds, self._duckdb.interrupt)
        timer.start()
        try:
            rows = self._duckdb.execute(sql, values).fetchall()
        except duckdb.InterruptException as error:
            raise LateError from error
        except duckdb.IOException as error:
            raise MovedError from error
        except duckdb.Error as error:
            raise AskError(str(error)) from error
        finally:
            timer.cancel()
        names = [column[0] for column in self._duckdb.description or ()]
        return [dict(zip(names, row, strict=True)) for row in rows]

    def close(self) -> None:
        """Close the instance."""
        self._duckdb.close()
