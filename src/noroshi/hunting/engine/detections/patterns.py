"""What makes single events a detection, as SQL: so many within a time span, for each value of what they are grouped by.

Every pattern is one query of the same shape. ``seen`` are the events that its searches find between ``$since`` and
``$until``, with their keys ``k0`` ...; ``measured`` gives each a measure of the time span ``$span`` that ends with it
(``$before`` is just outside of it); an event is kept if a measure reaches ``$threshold`` no later than a span after it;
kept events of a key without a gap longer than a span are one episode, which is one row of the answer. So an episode
does not depend on where a run began, as long as the run saw it wholly; and a burst of five hours is one detection, not
thirty. All times are microseconds since 1970.

Nothing is counted within a window that slides, which some engines do anew for every event: what is within a span is
what was seen so far, less what was seen until the span began.
"""

# ruff: noqa: S608 - our own columns, `$` parameters and numbers; no text of a rule (see `conditions`)
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from noroshi.hunting.engine.detections.dialect import Dialect
from noroshi.hunting.engine.schema import EventClass

MAX_SAMPLES: Final = 5
SAMPLE: Final = ("time", "file", "line", "source")

EPISODES: Final = """\
WITH seen AS (
  {seen}
), measured AS (
  {measured}
), judged AS (
  SELECT *, {reached} AS reached FROM measured
), kept AS (
  SELECT *, CASE WHEN time - lag(time) OVER (PARTITION BY {keys} ORDER BY time, file, line) <= $span
                 THEN 0 ELSE 1 END AS begins
  FROM judged WHERE reached - time <= $span
), episodes AS (
  SELECT *, sum(begins) OVER (PARTITION BY {keys} ORDER BY time, file, line) AS episode FROM kept
), placed AS (
  SELECT *, row_number() OVER (PARTITION BY {keys}, episode ORDER BY {sample}) AS place FROM episodes
)
SELECT {keys}, min(time) AS began, max(time) AS ended, {count} AS events, max(measure) AS measured,
       array_agg(({sample})) FILTER (WHERE place <= {samples}) AS samples
FROM placed GROUP BY {keys}, episode ORDER BY began, {ordered} LIMIT $limit"""

BEHIND: Final = """\
WITH seen AS (
  {seen}
), behind AS (
  SELECT DISTINCT time, file, line FROM seen WHERE {mine} ORDER BY time, file, line LIMIT $limit
)
SELECT e.*, behind.time AS micros
FROM events AS e JOIN behind ON e.time = {moment} AND e.file = behind.file AND e.line = behind.line
ORDER BY behind.time, e.file, e.line"""

# Each event comes once as itself, and once where it stops to count: when its value comes again, or a span later.
_DIFFERENT: Final = """\
SELECT * FROM (
  SELECT *, sum(CASE WHEN {value} IS NULL THEN 0 ELSE step END) OVER ({keyed} ORDER BY turned {so_far}) AS measure
  FROM (SELECT *, CASE WHEN step = 1 THEN time ELSE least(again, time + $before) END AS turned
        FROM (SELECT *, lead(time) OVER ({keyed}, {value} ORDER BY time) AS again FROM seen)
        CROSS JOIN (VALUES (1), (-1)) AS turn(step))
) WHERE step = 1"""

# Where the pauses of a span are long enough there are few of them: nothing else is looked at one by one.
_REGULAR: Final = """\
SELECT *, CASE WHEN events <= {few} AND {middle} >= $apart AND {deviation} <= $spread * {middle}
               THEN count(pause) {within} ELSE 0 END AS measure
FROM (SELECT *, {soonest} AS sparse
      FROM (SELECT *, time - lag(time) OVER ({keyed} ORDER BY time, file, line) AS pause, {events} AS events
            FROM seen QUALIFY count(*) OVER ({keyed}) > $threshold))
WHERE sparse - time <= $span"""
_FEW: Final = "2 * $span / $apart + 3"

_SO_FAR: Final = "RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"
_UNTIL_THEN: Final = "RANGE BETWEEN UNBOUNDED PRECEDING AND $before PRECEDING"
_WITHIN: Final = "RANGE BETWEEN $span PRECEDING AND CURRENT ROW"


class Measure(StrEnum):
    """What is measured of the events of one key within a time span."""

    EVENTS = "events"
    VALUES = "values"
    """Different values of one field."""
    SUM = "sum"
    """The values of one field, added up."""
    AVERAGE = "average"
    """The same, divided by how many there are."""
    TOGETHER = "together"
    """How many of the searches found something."""
    IN_ORDER = "in_order"
    """The same, one after the other."""
    REGULAR = "regular"
    """Pauses between events, if all are about as long as each other."""


@dataclass(frozen=True, slots=True)
class Search:
    """One search in an engine's SQL: the class of its events, its condition, its keys and its counted value."""

    event_class: EventClass | None
    where: str
    keys: tuple[str, ...]
    value: str = "NULL"


def episodes_sql(measure: Measure, searches: Sequence[Search], dialect: Dialect, *, keep_keyless: bool) -> str:
    """Return the query that finds the episodes of a pattern: keys, began, ended, events, measured, samples."""
    names = key_names(searches)
    keys = ", ".join(names)
    return EPISODES.format(
        seen=_seen(searches, dialect, keep_keyless=keep_keyless),
        measured=_measured(measure, keys, len(searches), dialect),
        reached=_soonest("measure >= $threshold", keys),
        keys=keys,
        count="count(*)" if len(searches) == 1 else "count(DISTINCT (file, line))",
        sample=", ".join(SAMPLE),
        samples=MAX_SAMPLES,
        ordered=", ".join(f"{name} NULLS LAST" for name in names),
    )


def behind_sql(searches: Sequence[Search], dialect: Dialect, *, keep_keyless: bool) -> str:
    """Return the query of the events behind one episode: that of the keys ``$k0`` ... within the bounds."""
    mine = " AND ".join(f"{name} IS NOT DISTINCT FROM ${name}" for name in key_names(searches))
    seen = _seen(searches, dialect, keep_keyless=keep_keyless)
    return BEHIND.format(seen=seen, mine=mine, moment=dialect.moment("behind.time"))


def key_names(searches: Sequence[Search]) -> list[str]:
    """Return the names of the key columns in the answer."""
    return [f"k{place}" for place in range(len(searches[0].keys))]


def _seen(searches: Sequence[Search], dialect: Dialect, *, keep_keyless: bool) -> str:
    return "\n  UNION ALL\n  ".join(
        _search(search, number, dialect, keep_keyless=keep_keyless) for number, search in enumerate(searches)
    )


def _search(search: Search, number: int, dialect: Dialect, *, keep_keyless: bool) -> str:
    keys = ", ".join(f"CAST({sql} AS string) AS k{place}" for place, sql in enumerate(search.keys))
    where = [f"time >= {dialect.moment('$since')}", f"time < {dialect.moment('$until')}"]
    where += [f"class = '{search.event_class}'"] if search.event_class else []
    where.append(search.where)
    if not keep_keyless:
        where += [f"{sql} IS NOT NULL" for sql in search.keys]
    return (
        f"SELECT {dialect.micros('time')} AS time, source, file, line, {keys}, {search.value} AS value, "
        f"{number} AS search\n  FROM events WHERE {' AND '.join(where)}"
    )


def _measured(measure: Measure, keys: str, searches: int, dialect: Dialect) -> str:
    match measure:
        case Measure.EVENTS:
            return f"SELECT *, {_within('count(*)', keys)} AS measure FROM seen"
        case Measure.VALUES:
            return _different("value", keys)
        case Measure.SUM:
            return f"SELECT *, {_within('sum(value)', keys)} AS measure FROM seen"
        case Measure.AVERAGE:
            total, number = _within("sum(value)", keys), _within("count(value)", keys)
            return f"SELECT *, ({total}) / nullif({number}, 0) AS measure FROM seen"
        case Measure.TOGETHER:
            return _different("search", keys)
        case Measure.IN_ORDER:
            return _in_order(keys, searches)
        case Measure.REGULAR:
            return _regular(keys, dialect)


def _within(total: str, keys: str) -> str:
    """SQL of what was counted or added up within the span that ends with an event."""
    over = f"OVER (PARTITION BY {keys} ORDER BY time"
    return f"{total} {over} {_SO_FAR}) - coalesce({total} {over} {_UNTIL_THEN}), 0)"


def _soonest(condition: str, keys: str) -> str:
    """SQL of when, from an event on, a condition is first met."""
    return f"min(CASE WHEN {condition} THEN time END) OVER (PARTITION BY {keys} ORDER BY time DESC {_SO_FAR})"


def _different(value: str, keys: str) -> str:
    return _DIFFERENT.format(value=value, keyed=f"PARTITION BY {keys}", so_far=_SO_FAR)


def _in_order(keys: str, searches: int) -> str:
    """SQL that follows each chain of searches back to its latest beginning."""
    chain = "(SELECT *, CASE WHEN search = 0 THEN time END AS began0 FROM seen)"
    for number in range(1, searches):
        chain = (
            f"(SELECT *, CASE WHEN search = {number} THEN max(began{number - 1}) OVER (PARTITION BY {keys} "
            f"ORDER BY time {_SO_FAR}) END AS began{number} FROM {chain})"
        )
    within = f"began{searches - 1} >= time - $span"
    return f"SELECT *, CASE WHEN {within} THEN {searches} ELSE 0 END AS measure FROM {chain}"


def _regular(keys: str, dialect: Dialect) -> str:
    """SQL that counts pauses whose deviation from their median is small, beside it; a single late one does no harm."""
    within = f"OVER (PARTITION BY {keys} ORDER BY time {_WITHIN})"
    return _REGULAR.format(
        few=_FEW,
        middle=dialect.middle("pause", within),
        deviation=dialect.deviation("pause", within),
        within=within,
        soonest=_soonest(f"events <= {_FEW}", keys),
        keyed=f"PARTITION BY {keys}",
        events=_within("count(*)", keys),
    )
