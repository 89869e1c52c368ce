"""When single events become one detection: held against a slow and obvious reading of the same words."""

from contextlib import contextmanager
from statistics import mean

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noroshi.hunting.engine.detections.dialect import DUCKDB
from noroshi.hunting.engine.detections.patterns import Measure, Search, episodes_sql
from noroshi.hunting.engine.schema import COLUMNS

SECOND = 1_000_000
UNTIL = 10_000 * SECOND


@contextmanager
def events(rows):
    """A table of (seconds, user, action)."""
    with duckdb.connect() as connection:
        declared = ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS.items())
        connection.execute(f"CREATE TABLE events ({declared})").fetchall()
        for line, (second, user, action) in enumerate(rows):
            connection.execute(
                "INSERT INTO events (time, user_key, action, source, file, line) "
                "VALUES (make_timestamptz(?), ?, ?, 'log', 1, ?)",
                [second * SECOND, user, action, line],
            ).fetchall()
        yield connection


def found(rows, measure, *, searches=("true",), span=10, threshold=1, value="NULL", more=None):
    """The (user, first second, last second, events, measure) of each episode."""
    asked = [Search(None, where, ('"user_key"',), value) for where in searches]
    sql = episodes_sql(measure, asked, DUCKDB, keep_keyless=False)
    figures = {"span": span * SECOND, "before": span * SECOND + 1, "threshold": threshold, "limit": 100}
    figures |= {"since": 0, "until": UNTIL, **(more or {})}
    with events(rows) as connection:
        answer = connection.execute(sql, {name: figures[name] for name in figures if f"${name}" in sql}).fetchall()
    return [
        (key, first // SECOND, last // SECOND, count, int(top)) for key, first, last, count, top, _samples in answer
    ]


def obvious(rows, span, threshold, measured):
    """The same, by looking at every event with every other."""
    episodes = []
    for user in sorted({user for _second, user, _action in rows if user}):
        mine = sorted((second, action) for second, who, action in rows if who == user)
        measures = {second: measured([a for s, a in mine if second - span <= s <= second]) for second, _ in mine}
        kept = [
            second
            for second, _action in mine
            if any(m >= threshold for at, m in measures.items() if second <= at <= second + span)
        ]
        for second in kept:
            top = measures[second]
            if episodes and episodes[-1][0] == user and second - episodes[-1][2] <= span:
                _, first, _last, count, highest = episodes[-1]
                episodes[-1] = (user, first, second, count + 1, max(highest, top))
            else:
                episodes.append((user, second, second, 1, top))
    return sorted(episodes, key=lambda episode: (episode[1], episode[0]))


ROWS = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from(["a", "b", None]), st.sampled_from(["x", "y", "z"])), max_size=25
)


@settings(max_examples=40, deadline=None)
@given(ROWS, st.integers(1, 15), st.integers(1, 5))
def test_so_many_events_within_a_span_are_one_episode(rows, span, threshold):
    assert found(rows, Measure.EVENTS, span=span, threshold=threshold) == obvious(rows, span, threshold, len)


@settings(max_examples=40, deadline=None)
@given(ROWS, st.integers(1, 15), st.integers(1, 3))
def test_so_many_values_within_a_span_are_one_episode(rows, span, threshold):
    different = obvious(rows, span, threshold, lambda actions: len(set(actions)))
    assert found(rows, Measure.VALUES, span=span, threshold=threshold, value="action") == different


@settings(max_examples=30, deadline=None)
@given(ROWS, st.integers(1, 15), st.integers(100, 500))
def test_values_that_add_up_to_so_much_within_a_span_are_one_episode(rows, span, threshold):
    added = obvious(rows, span, threshold, lambda actions: sum(map(ord, actions)))
    assert found(rows, Measure.SUM, span=span, threshold=threshold, value="ascii(action)") == added


@settings(max_examples=30, deadline=None)
@given(ROWS, st.integers(1, 15), st.integers(120, 122))
def test_values_that_are_so_high_on_average_within_a_span_are_one_episode(rows, span, threshold):
    average = obvious(rows, span, threshold, lambda actions: mean(map(ord, actions)))
    answer = found(rows, Measure.AVERAGE, span=span, threshold=threshold, value="ascii(action)")
    assert answer == [(*episode, int(top)) for *episode, top in average]


def test_an_event_without_a_key_belongs_to_nobody():
    assert found([(1, None, "x"), (2, None, "x")], Measure.EVENTS) == []


SEARCHES = ("action = 'x'", "action = 'y'", "action = 'z'")


@pytest.mark.parametrize(
    ("actions", "together", "in_order"),
    [
        ([(1, "x"), (2, "y"), (3, "z")], True, True),
        ([(1, "z"), (2, "y"), (3, "x")], True, False),
        ([(1, "x"), (2, "y"), (30, "z")], False, False),
        ([(1, "x"), (9, "x"), (12, "y"), (18, "z")], True, True),
        ([(1, "x"), (9, "y"), (12, "z")], False, False),
        ([(1, "x"), (1, "y"), (1, "z")], True, True),
        ([(1, "x"), (2, "y"), (3, "x"), (4, "z")], True, True),
    ],
)
def test_steps_are_found_within_a_span_with_and_without_their_order(actions, together, in_order):
    rows = [(second, "a", action) for second, action in actions]
    for measure, expected in ((Measure.TOGETHER, together), (Measure.IN_ORDER, in_order)):
        assert bool(found(rows, measure, searches=SEARCHES, threshold=3)) is expected


def test_an_event_that_is_two_steps_is_counted_once():
    rows = [(1, "a", "x"), (2, "a", "y")]
    answer = found(rows, Measure.TOGETHER, searches=("action = 'x'", "action IN ('x', 'y')"), threshold=2)
    assert answer == [("a", 1, 2, 2, 2)]


BEACON = {"apart": 30 * SECOND, "spread": 0.1}


@pytest.mark.parametrize(
    ("seconds", "beacon"),
    [
        ([60 * n for n in range(12)], True),
        ([60 * n + n % 3 for n in range(12)], True),
        ([60 * n for n in range(12) if n != 5], True),
        ([60 * n for n in range(10)], False),
        (list(range(12)), False),
        ([n * n * 10 for n in range(12)], False),
    ],
)
def test_even_pauses_are_a_beacon_and_a_single_late_one_does_no_harm(seconds, beacon):
    rows = [(second, "a", "x") for second in seconds]
    assert bool(found(rows, Measure.REGULAR, span=3600, threshold=10, more=BEACON)) is beacon
