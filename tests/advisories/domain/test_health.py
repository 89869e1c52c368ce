"""How a source is: silence is told apart from failure, and the most serious is said first."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.advisories.domain.health import (
    ALARMING,
    Facts,
    Health,
    Verdict,
    has_changed_shape,
    has_gap,
    is_regressed,
    verdict_on,
)
from noroshi.advisories.domain.pace import pause_after

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
WELL = Facts(True, NOW - 9 * HOUR, HOUR, checked_at=NOW, new_at=NOW)


@pytest.mark.parametrize(
    ("facts", "health", "since"),
    [
        (WELL, Health.OK, NOW),
        (replace(WELL, new_at=NOW - 5 * HOUR), Health.QUIET, NOW - 5 * HOUR),
        (replace(WELL, new_at=None), Health.QUIET, None),
        (replace(WELL, new_at=NOW - 5 * HOUR, rhythm=4 * HOUR), Health.LATE, NOW - 5 * HOUR),
        (replace(WELL, new_at=NOW - 5 * HOUR, rhythm=6 * HOUR), Health.QUIET, NOW - 5 * HOUR),
        (replace(WELL, new_at=NOW - 5 * HOUR, rhythm=4 * HOUR, since=NOW - HOUR), Health.QUIET, NOW - 5 * HOUR),
        (replace(WELL, checked_at=NOW - 4 * HOUR), Health.LATE, NOW - 4 * HOUR),
        (replace(WELL, checked_at=NOW - 4 * HOUR, failures=2), Health.OK, NOW),
        (replace(WELL, failures=3, failing_since=NOW - HOUR), Health.FAILING, NOW - HOUR),
        (replace(WELL, checked_at=None, new_at=None, since=NOW), Health.WAITING, NOW),
        (replace(WELL, checked_at=None, new_at=None), Health.LATE, NOW - 9 * HOUR),
        (replace(WELL, enabled=False, failures=9), Health.OFF, None),
        (replace(WELL, gap_since=NOW), Health.GAP, NOW),
        (replace(WELL, gap_since=NOW, regressed_since=NOW - HOUR), Health.REGRESSED, NOW - HOUR),
        (replace(WELL, regressed_since=NOW, shape_since=NOW - HOUR), Health.CHANGED_SHAPE, NOW - HOUR),
        (replace(WELL, shape_since=NOW, failures=3), Health.FAILING, None),
    ],
)
def test_the_verdict_is_the_most_serious_of_what_is_known(facts, health, since):
    assert verdict_on(facts, NOW) == Verdict(health, since)


MOMENTS = st.none() | st.timedeltas(timedelta(0), timedelta(days=9)).map(lambda ago: NOW - ago)


@given(st.builds(Facts, st.just(True), MOMENTS.filter(bool), st.just(HOUR), checked_at=MOMENTS, new_at=MOMENTS))
def test_a_source_that_nobody_asks_any_more_is_never_called_well(facts):
    asked = facts.checked_at or facts.since
    if NOW - asked > 4 * HOUR:
        assert verdict_on(facts, NOW).health in ALARMING


def test_a_window_has_a_gap_when_it_shares_nothing_with_the_one_before():
    assert has_gap(["a", "b"], ["c", "d"])
    assert not has_gap(["a", "b"], ["b", "c"])
    assert not has_gap([], ["a"])  # the first one
    assert not has_gap(["a"], [])  # an empty answer is an empty one


def test_an_answer_is_older_when_its_newest_moment_is():
    assert is_regressed(NOW - HOUR, NOW)
    assert [is_regressed(*pair) for pair in ((NOW, NOW), (None, NOW), (NOW, None))] == [False] * 3


def test_the_shape_has_changed_when_half_or_all_cannot_be_read():
    assert [has_changed_shape(*each, whole=False) for each in ((0, 0), (9, 1), (2, 1), (1, 1), (0, 1))] == [
        False, False, False, True, True,
    ]  # fmt: skip
    assert has_changed_shape(9, 1, whole=True)


@given(st.integers(1, 99), st.floats(0, 1))
def test_a_source_is_left_in_peace_the_longer_the_oftener_it_fails_and_is_tried_once_a_day_at_last(failures, chance):
    pause, following = (pause_after(number, HOUR, chance) for number in (failures, failures + 1))
    assert HOUR <= pause <= following <= timedelta(days=1) * 1.2
    assert pause_after(failures, HOUR, chance, timedelta(days=2)) == timedelta(days=2)
    assert pause_after(failures, timedelta(days=7), chance) >= timedelta(days=7)
