"""The adapter: what a hunt asks of an engine, asked of a Spark cluster that reads the lake's files."""

# ruff: noqa: S608 - tables and columns are constants of this package; all else is integers and names of ours
import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import lru_cache, reduce
from pathlib import Path
from typing import Any, Final

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, Row, SparkSession

from noroshi.hunting.engine.conditions import literal
from noroshi.hunting.engine.engines import DuckEvents, Events
from noroshi.hunting.engine.index import organisation_in, paths_of
from noroshi.hunting.engine.index_parts import IndexPart
from noroshi.hunting.engine.lookup import Days, days_of, inside, reaching, told_by
from noroshi.hunting.engine.needles import Keys
from noroshi.hunting.engine.observables import with_email_host
from noroshi.hunting.engine.plan import Question, Store
from noroshi.hunting.engine.scan import MAX_SAMPLES, Total
from noroshi.hunting.engine.session import session
from noroshi.hunting.engine.spark import sql
from noroshi.hunting.engine.spark.events import SparkEvents

_SAMPLES: Final = """
SELECT needle, time, file, line, source FROM (
    SELECT *, row_number() OVER (PARTITION BY needle ORDER BY time, file, line, source) AS place FROM matched)
WHERE place <= {most} ORDER BY needle, place
"""
SETTINGS: Final[dict[str, bool | float | int | str | None]] = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
"""All else is the cluster's own (`SPARK_CONF_DIR`)."""

_PICKED: Final = "SELECT DISTINCT time, file, line FROM matched"
_IS_PICKED: Final = "unix_micros(e.time) = picked.time AND e.file = picked.file AND e.line = picked.line"


class SparkEngine:
    """Opens hunts, and events for rules, on one cluster; `master` is its address, as Spark writes it.

    Rules ask events of fewer bytes than ``rules_from`` in this process: they follow what arrives, every few minutes,
    and a cluster takes seconds for each of them.
    """

    def __init__(self, master: str, *, rules_from: int = 1 << 30) -> None:
        self.master = master
        self._rules_from = rules_from

    def open(self, store: Store, keys: Keys) -> "SparkHunt":
        """Make the keys known to the cluster, by a file beside the lake that its workers read too."""
        return SparkHunt(_session(self.master), store, keys)

    def events(self, store: Store, parts: Sequence[Path]) -> Events:
        """Let the cluster read some files for rules, or this process, if they are small."""
        if sum(part.stat().st_size for part in parts if part.exists()) < self._rules_from:
            return DuckEvents(store, parts)
        return SparkEvents(_session(self.master), parts)

    def stop(self) -> None:
        """Leave the cluster; the next hunt joins it again."""
        _session(self.master).stop()
        _session.cache_clear()


class SparkHunt:
    """One hunt's keys on a cluster. Close it: the file of the keys goes then."""

    unreadable = (OSError, PySparkException, Py4JJavaError)

    def __init__(self, spark: SparkSession, store: Store, keys: Keys) -> None:
        self._spark = spark.newSession()
        self._root = store.root
        self._keys = store.spill / f"keys-{uuid.uuid4().hex}.parquet"
        self._keys.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._asked = _write_keys(store, keys, self._keys)
            self._spark.read.parquet(str(self._keys)).createTempView("key")
        except BaseException:  # whatever it is: nobody could close what was never opened
            self.close()
            raise

    def close(self) -> None:
        """Forget the keys."""
        self._keys.unlink(missing_ok=True)

    def look_up(self, parts: Sequence[IndexPart], question: Question) -> "Found":
        """Look the keys up in parts of the index."""
        if not parts:
            return Found([])
        whole = [part for part in parts if part.whole]
        reads = [self._index_rows(whole)] if whole else []
        reads += [
            self._index_rows([part]).where(organisation_in(part.organisations)) for part in parts if not part.whole
        ]
        rows = reduce(DataFrame.unionByName, reads).where(" AND ".join(reaching(question)) or "true")
        rows.selectExpr(*sql.INDEX_ROW).createOrReplaceTempView("idx")
        return Found(self._spark.sql(sql.found_in_index(self._asked, inside(question))).collect())

    def _index_rows(self, parts: Sequence[IndexPart]) -> DataFrame:
        return self._spark.read.schema(sql.INDEX).parquet(*paths_of(self._root, parts))

    def scan(self, parts: Sequence[Path], question: Question, needles: Sequence[int] | None = None) -> "Seen":
        """Read the events in some files."""
        read = self._spark.read.schema(sql.EVENTS).parquet(*map(str, parts))
        for bound, how in ((question.since, ">="), (question.until, "<")):
            read = read if bound is None else read.where(f"time {how} timestamp_micros({bound})")
        read.createOrReplaceTempView("part")
        self._spark.sql(with_email_host("part")).createOrReplaceTempView("events")
        wanted = "true" if needles is None else f"needle IN ({', '.join(map(str, needles)) or 'NULL'})"
        self._spark.sql(sql.matched(self._asked, wanted)).createOrReplaceTempView("matched")
        return Seen(self._spark)


class Found:
    """What the index shows: rows as `told_by` reads them."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = sorted(rows)

    def totals(self) -> list[Total]:
        """Return what the index could count."""
        return told_by(self._rows)[0]

    def cuts(self) -> list[Days]:
        """Return what the events themselves must be asked for."""
        return told_by(self._rows)[1]

    def days(self, organisation: str, needles: Sequence[int]) -> list[Days]:
        """Return on which days of its epochs an organisation can have seen needles."""
        asked = set(needles)
        return [days_of(row) for row in self._rows if row[1] == organisation and row[0] in asked]


class Seen:
    """What events show: the views `events` and `matched` of a session."""

    def __init__(self, spark: SparkSession) -> None:
        self._spark = spark

    def totals(self) -> list[Total]:
        """Return what the events say of each needle they show."""
        rows = self._rows("SELECT needle, organisation, count(*), min(time), max(time) FROM matched GROUP BY 1, 2")
        return [Total(*row) for row in rows]

    def samples(self) -> dict[int, list[dict[str, Any]]]:
        """Return references of the earliest events that show a needle, by the needle's number."""
        found: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for needle, *reference in self._rows(_SAMPLES.format(most=MAX_SAMPLES)):
            found[needle].append(dict(zip(("time", "file", "line", "source"), reference, strict=True)))
        return dict(found)

    def events(self, limit: int) -> list[dict[str, Any]]:
        """Return the earliest events that match any needle, column by column."""
        picked = f"({_PICKED} ORDER BY time, file, line LIMIT {int(limit)}) AS picked"
        rows = self._rows(f"SELECT e.* FROM events AS e JOIN {picked} ON {_IS_PICKED} ORDER BY e.time, e.file, e.line")
        return [_event(row) for row in rows]

    def daily_counts(self, timezone: str) -> list[tuple[date, int]]:
        """Return (day in that time zone, events) of the days with a match."""
        day = f"to_date(from_utc_timestamp(timestamp_micros(time), '{timezone}'))"
        counted = f"SELECT {day}, count(*) FROM ({_PICKED}) GROUP BY 1 ORDER BY 1"
        return [(day, count) for day, count in self._rows(counted)]

    def spread(self) -> tuple[int, int, int, int, int]:
        """Return the events that match, and of how many days, sources, source addresses and users they are."""
        (row,) = self._rows(
            "SELECT count(*), count(DISTINCT to_date(e.time)), count(DISTINCT e.source), count(DISTINCT e.src_ip), "
            "count(DISTINCT coalesce(e.user_key, e.account_key)) "
            f"FROM events AS e JOIN ({_PICKED}) AS picked ON {_IS_PICKED}"
        )
        return (row[0], row[1], row[2], row[3], row[4])

    def _rows(self, text: str) -> list[Row]:
        return self._spark.sql(text).collect()


@lru_cache(maxsize=1)
def _session(master: str) -> SparkSession:
    """Return the process's session; it takes some seconds to make, so that there is one."""
    return SparkSession.builder.master(master).appName("noroshi").config(map=SETTINGS).getOrCreate()


def _write_keys(store: Store, keys: Keys, path: Path) -> list[tuple[str, int]]:
    """Write the table of the keys as a file, and return the kinds in it with their prefix lengths."""
    duckdb = session(store.memory_limit, store.spill)
    try:
        keys.load(duckdb)
        duckdb.execute(f"COPY key TO {literal(str(path))} (FORMAT parquet)").fetchall()
        return duckdb.execute("SELECT DISTINCT kind, prefix FROM key ORDER BY ALL").fetchall()
    finally:
        duckdb.close()


def _event(row: Row) -> dict[str, Any]:
    event = row.asDict()
    event.pop("email_host")
    event["time"] = round(event["time"].timestamp() * 1_000_000)
    return event
