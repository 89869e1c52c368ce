"""Months and quarters."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.sharing.domain.periods import MONTHS, Period

PERIODS = st.builds(
    lambda year, place, length: Period(year, (place - 1) // length * length + 1, length),
    st.integers(2000, 2100),
    st.integers(1, 12),
    st.sampled_from([1, 3]),
)


@given(PERIODS)
def test_period_when_written_then_it_is_read_back_and_its_months_fill_it(period):
    assert Period.of(str(period)) == period
    assert (period.months[0].start, period.months[-1].end) == (period.start, period.end)
    assert period.previous.end == period.start
    assert (period.year_before.year, period.year_before.first) == (period.year - 1, period.first)
    assert period.moved(MONTHS).year_before == period


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from([1, 3]))
def test_before_when_asked_on_a_day_then_it_is_the_last_that_had_ended(day, length):
    period = Period.before(day, length)
    assert period.end <= day < period.moved(length).end


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "2026-Q5", "0000-01", "2026-11-01", "二〇二六-11", "x" * 99]
)
def test_of_when_it_is_no_period_then_nothing(text):
    assert Period.of(text) is None
