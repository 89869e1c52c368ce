from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from noroshi.sharing.domain.moments import to_the_hour

MOMENTS = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=9)), timezone(timedelta(hours=5.5))]))


@given(MOMENTS.filter(lambda moment: 1 < moment.year < 9999))
def test_hour_when_taken_then_it_holds_the_moment_and_nothing_finer(moment):
    hour = to_the_hour(moment)
    assert timedelta(0) <= moment - hour < timedelta(hours=1)
    assert (hour.tzinfo, hour.minute, hour.second, hour.microsecond) == (UTC, 0, 0, 0)
    assert to_the_hour(hour) == hour


@given(st.integers(0, 59), st.integers(0, 59))
def test_hour_when_two_moments_lie_in_it_then_they_cannot_be_told_apart(one, other):
    first, second = (datetime(2026, 11, 22, 9, minute, tzinfo=UTC) for minute in (one, other))
    assert to_the_hour(first) == to_the_hour(second)
