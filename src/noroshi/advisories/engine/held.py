"""What records say to be affected, as spans in DuckDB: in memory, or in a file where a folder is given.

A record that comes again replaces what it said before. Each `extend` is one transaction: it is held complete or not at
all. A file is read where it lies: it need not fit into memory.
"""

import json
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Self

import duckdb

from noroshi.advisories.domain.affected import Affected
from noroshi.advisories.engine import orders, ranks, rows
from noroshi.advisories.engine.calls import UNSURE, Calls, Names, alone, calls_of, lane, names_of
from noroshi.advisories.engine.spans import Spans

Record = tuple[str, Sequence[Affected]]
"""The name of a vulnerability, and what is said of it."""

_TABLES: Final = {"record": rows.RECORD, "block": rows.BLOCK, "call": rows.CALL, "span": rows.SPAN}
_OF_RECORDS: Final = ("record", "block", "span")
_LIMITS: Final = {"memory_limit": "1GB", "autoinstall_known_extensions": "false", "TimeZone": "UTC"}
_FILE: Final = "held.duckdb"
_NO_STATES: Final[Mapping[str, int]] = {}


class Held:
    """Records that components are held against. One thread at a time."""

    def __init__(self, folder: Path | None = None) -> None:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        self.opened = duckdb.connect(":memory:" if folder is None else str(folder / _FILE), config=dict(_LIMITS))
        self.opened.execute("SET enable_progress_bar = false")
        self.placed: object = None
        """The components whose table was made last, and for how many calls."""
        for table, columns in _TABLES.items():
            rows.create(self.opened, table, columns)
        rows.create(self.opened, "mark", rows.MARK)
        self._recall()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.opened.close()

    def __len__(self) -> int:
        """Tell how many records are held."""
        ((number,),) = self._all("SELECT count(*) FROM record")
        return int(number)

    @property
    def mark(self) -> str:
        """How far whoever extends it had come; empty where nobody said."""
        return next((text for (text,) in self._all("SELECT mark FROM mark")), "")

    @mark.setter
    def mark(self, text: str) -> None:
        with self._all_or_nothing():
            self.opened.execute("DELETE FROM mark")
            self.opened.execute("INSERT INTO mark VALUES (?)", [text])

    def states(self, names: Collection[str]) -> dict[str, int]:
        """Return the states of some records; of what is not held, or without one, there is none."""
        asked = "SELECT name, state FROM record WHERE state IS NOT NULL AND name IN (SELECT unnest(?::VARCHAR[]))"
        return dict(self.opened.execute(asked, [list(names)]).fetchall())

    def extend(self, records: Iterable[Record], states: Mapping[str, int] = _NO_STATES) -> None:
        """Hold these as well, each with its state; of a record that was held already only what it says now."""
        with self._all_or_nothing(), tempfile.TemporaryDirectory() as beside:
            first = self._records
            paths = {table: Path(beside, f"{table}.csv") for table in _TABLES}
            self._write(records, states, paths)
            for table, columns in _TABLES.items():
                if paths[table].stat().st_size:
                    rows.insert(self.opened, table, columns, paths[table])
            self._replace(first)

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        self.opened.execute("BEGIN")
        try:
            yield
        except BaseException:  # even where the process is told to stop: nothing is held by half
            self.opened.execute("ROLLBACK")
            self._recall()
            raise
        self.opened.execute("COMMIT")

    def _recall(self) -> None:
        """Know what the tables hold: the next numbers, and the calls."""
        self._records, self._blocks, self._spans = (self._next(table) for table in _OF_RECORDS)
        self.calls = Calls()
        for text, scheme, is_package in self._all("SELECT text, scheme, package FROM call ORDER BY call"):
            self.calls.learn(self.calls.number(text, is_package=is_package), scheme)

    def _write(self, records: Iterable[Record], states: Mapping[str, int], paths: dict[str, Path]) -> None:
        with ExitStack() as stack:
            to = {table: stack.enter_context(rows.Writer(path)) for table, path in paths.items()}
            for name, blocks in records:
                to["record"].write((self._records, name, states.get(name)))
                names = [names_of(each) for each in blocks]
                for block, named, is_alone in zip(blocks, names, alone(names), strict=True):
                    to["block"].write((self._blocks, self._records, value_of(block)))
                    self._blocks += 1
                    self._write_spans(block, named, to, is_alone=is_alone)
                self._records += 1

    def _write_spans(self, block: Affected, names: Names, to: "dict[str, rows.Writer]", *, is_alone: bool) -> None:
        """Write spans once for each call. Those of a package come first: of one block that is what is told."""
        calls = list(calls_of(names))
        spans = list(Spans(block)) if calls else []
        for text, is_package in calls:
            number = self.calls.number(text, is_package=is_package)
            for scheme in {orders.scheme_of(span.order) for span in spans}:
                if self.calls.learn(number, scheme):
                    to["call"].write((number, int(is_package), text, scheme))
            for span in spans:
                where = (self._spans, self._records, int(is_alone), lane(number, span.order))
                rank = span.rank | ranks.of_span(self._spans)
                rule = span.rule.encode("utf-8", "surrogatepass").hex()
                by_numbers = UNSURE if span.by_numbers else 0
                to["span"].write((*where, span.low.hex(), span.high.hex(), rank, by_numbers, rule))
                self._spans += 1

    def _replace(self, first: int) -> None:
        """Forget what records said that came again."""
        again = (
            "SELECT old.record FROM record old JOIN record new USING (name) "
            "WHERE new.record >= ? AND old.record < new.record"
        )
        if numbers := [number for (number,) in self.opened.execute(again, [first]).fetchall()]:
            for table in _OF_RECORDS:
                self.opened.execute(f"DELETE FROM {table} WHERE record IN (SELECT unnest(?::INTEGER[]))", [numbers])  # noqa: S608 - names of ours

    def _next(self, table: str) -> int:
        ((number,),) = self._all(f"SELECT coalesce(max({table}) + 1, 0) FROM {table}")  # noqa: S608 - names of ours
        return int(number)

    def _all(self, sql: str) -> list[Any]:
        return self.opened.execute(sql).fetchall()


@lru_cache(maxsize=1 << 13)
def value_of(affected: Affected) -> str:
    """Return a block as it is read again, in ASCII."""
    return json.dumps(affected.value, separators=(",", ":"))
