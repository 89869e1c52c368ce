"""What makes single events a detection, as SQL: so many within a time span, for each value of what they are grouped by.

Every pattern is one query of the same shape. ``seen`` are the events that its searches find between ``$since`` and
``$until`` (microseconds), with their keys ``k0`` ...; ``judged`` gives each a measure of the time span (``$span``
seconds) that ends with it; an event is kept if a measure reaches ``$threshold`` no later than a span after it; kept
events of a key without a gap longer than a span are one episode, which is one row of the answer. So an episode does not
depend on where a run began, as long as the run saw it wholly; and a burst of five hours is one detection, not thirty.
"""

# ruff: noqa: S608 - our own columns, `$` parameters and numbers; no text of a rule (see `conditions`)
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from noroshi.hunting.engine.schema import EventClass

MAX_SAMPLES: Final = 5

EPISODES: Final = """\
WITH seen AS (
  {seen}
), measured AS (
  {measured}
), judged AS (
  SELECT *, max(measure) OVER (PARTITION BY {keys} ORDER BY time
                               RANGE BETWEEN CURRENT ROW AND to_seconds($span) FOLLOWING) AS reached
  FROM measured
), kept AS (
  SELECT *, CASE WHEN time - lag(time) OVER (PARTITION BY {keys} ORDER BY time, file, line) <= to_seconds($span)
                 THEN 0 ELSE 1 END AS begins
  FROM judged WHERE reached >= $threshold
), episodes AS (
  SELECT *, sum(begins) OVER (PARTITION BY {keys} ORDER BY time, file, line) AS episode FROM kept
)
SELECT {keys}, epoch_us(min(time)), epoch_us(max(time)), {count}, max(measure),
       min({{'time': epoch_us(time), 'file': file, 'line': line, 'source': source}}, {samples})
FROM episodes GROUP BY {keys}, episode ORDER BY min(time), {keys} LIMIT $limit"""

BEHIND: Final = """\
WITH seen AS (
  {seen}
), behind AS (
  SELECT DISTINCT time, file, line FROM seen WHERE {mine} ORDER BY ALL LIMIT $limit
)
SELECT e.* REPLACE (epoch_us(e.time) AS time) FROM events AS e JOIN behind USING (time, file, line)
ORDER BY e.time, e.file, e.line"""


class Measure(StrEnum):
    """What is measured of the events of one key within a time span."""

    EVENTS = "events"
    VALUES = "values"
    """Different values of one field."""
    TOGETHER = "together"
    """How many of the searches found something."""
    IN_ORDER = "in_order"
    """The same, one after the other."""
    REGULAR = "regular"
    """Pauses between events, if all are about as long as each other."""


@dataclass(frozen=True, slots=True)
class Search:
    """One search: the class and columns that it needs, its condition, the SQL of its keys and of its counted value."""

    event_class: EventClass | None
    columns: frozenset[str]
    where: str
    keys: tuple[str, ...]
    value: str = "NULL"


def episodes_sql(measure: Measure, searches: Sequence[Search], *, keep_keyless: bool) -> str:
    """Return the query that finds the episodes of a pattern."""
    names = key_names(searches)
    keys = ", ".join(names)
    return EPISODES.format(
        seen=_seen(searches, keep_keyless=keep_keyless),
        measured=_measured(measure, keys, len(searches)),
        keys=keys,
        count="count(*)" if len(searches) == 1 else "count(DISTINCT {'file': file, 'line': line})",
        samples=MAX_SAMPLES,
    )


def behind_sql(searches: Sequence[Search], *, keep_keyless: bool) -> str:
    """Return the query of the events behind one episode: that of the keys ``$k0`` ... within the bounds."""
    mine = " AND ".join(f"{name} IS NOT DISTINCT FROM ${name}" for name in key_names(searches))
    return BEHIND.format(seen=_seen(searches, keep_keyless=keep_keyless), mine=mine)


def key_names(searches: Sequence[Search]) -> list[str]:
    """Return the names of the key columns in the answer."""
    return [f"k{place}" for place in range(len(searches[0].keys))]


def _seen(searches: Sequence[Search], *, keep_keyless: bool) -> str:
    return "\n  UNION ALL\n  ".join(
        _search(search, number, keep_keyless=keep_keyless) for number, search in enumerate(searches)
    )


def _search(search: Search, number: int, *, keep_keyless: bool) -> str:
    keys = ", ".join(f"CAST({sql} AS VARCHAR) AS k{place}" for place, sql in enumerate(search.keys))
    where = ["time >= make_timestamptz($since)", "time < make_timestamptz($until)"]
    where += [f"class = '{search.event_class}'"] if search.event_class else []
    where.append(search.where)
    if not keep_keyless:
        where += [f"{sql} IS NOT NULL" for sql in search.keys]
    return (
        f"SELECT time, source, file, line, {keys}, {search.value} AS value, {number} AS search\n"
        f"  FROM events WHERE {' AND '.join(where)}"
    )


def _measured(measure: Measure, keys: str, searches: int) -> str:
    span = f"OVER (PARTITION BY {keys} ORDER BY time RANGE BETWEEN to_seconds($span) PRECEDING AND CURRENT ROW)"
    match measure:
        case Measure.EVENTS:
            return f"SELECT *, count(*) {span} AS measure FROM seen"
        case Measure.VALUES:
            return f"SELECT *, count(DISTINCT value) {span} AS measure FROM seen"
        case Measure.TOGETHER:
            return f"SELECT *, count(DISTINCT search) {span} AS measure FROM seen"
        case Measure.IN_ORDER:
            return _in_order(keys, searches)
        case Measure.REGULAR:
            return _regular(keys, span)


def _in_order(keys: str, searches: int) -> str:
    """SQL that follows each chain of searches back to its latest beginning."""
    chain = "(SELECT *, CASE WHEN search = 0 THEN time END AS began0 FROM seen)"
    for number in range(1, searches):
        chain = (
            f"(SELECT *, CASE WHEN search = {number} THEN max(began{number - 1}) OVER (PARTITION BY {keys} "
            f"ORDER BY time RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) END AS began{number} FROM {chain})"
        )
    within = f"began{searches - 1} >= time - to_seconds($span)"
    return f"SELECT *, CASE WHEN {within} THEN {searches} ELSE 0 END AS measure FROM {chain}"


def _regular(keys: str, span: str) -> str:
    """SQL that counts pauses whose deviation from their median is small, beside it; a single late one does no harm."""
    pauses = (
        f"(SELECT *, (epoch_us(time) - lag(epoch_us(time)) OVER (PARTITION BY {keys} ORDER BY time, file, line)) / 1e6 "
        f"AS pause FROM seen QUALIFY count(*) OVER (PARTITION BY {keys}) > $threshold)"
    )
    regular = f"median(pause) {span} >= $apart AND mad(pause) {span} <= $spread * median(pause) {span}"
    return f"SELECT *, CASE WHEN {regular} THEN count(pause) {span} ELSE 0 END AS measure FROM {pauses}"
