"""When mail goes out and how much it may say."""

from datetime import UTC, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.domain.channels import Channel, carried_by
from noroshi.core.domain.tlp import TLP
from noroshi.notify.domain.delivery import Form, Quiet, form_of, next_day_at, next_hour, next_week_at

TOKYO = timezone(timedelta(hours=9))


@pytest.mark.parametrize(
    ("tlp", "form"),
    [
        (TLP.CLEAR, Form.CONTENT),
        (TLP.GREEN, Form.CONTENT),
        (TLP.AMBER, Form.KIND),
        (TLP.AMBER_STRICT, Form.NEUTRAL),
        (TLP.RED, Form.NEUTRAL),
    ],
)
def test_form_when_the_policy_answers_for_mail_then_it_is_the_row_of_its_table(tlp, form):
    assert form_of(tlp, content_travels=tlp in carried_by(Channel.MAIL_CONTENT)) is form


@given(st.sampled_from(TLP))
def test_form_when_content_does_not_travel_then_no_level_shows_it(tlp):
    assert form_of(tlp, content_travels=False) is not Form.CONTENT


NEW_YORK = ZoneInfo("America/New_York")


def test_next_day_when_before_the_time_then_today_else_tomorrow():
    before, at = datetime(2026, 11, 22, 7, 59, tzinfo=TOKYO), datetime(2026, 11, 22, 8, tzinfo=TOKYO)
    assert (next_day_at(before, time(8)), next_day_at(at, time(8))) == (at, at + timedelta(days=1))


@given(
    st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(TOKYO)),  # noqa: DTZ001
    st.times(),
    st.integers(0, 6),
)
def test_next_when_asked_at_any_time_then_it_is_the_first_such_moment(now, at, weekday):
    hour, day, week = next_hour(now), next_day_at(now, at), next_week_at(now, weekday, at)

    assert timedelta(0) < hour - now <= timedelta(hours=1)
    assert (hour.minute, hour.second, hour.microsecond) == (0, 0, 0)
    assert timedelta(0) < day - now <= timedelta(days=1)
    assert timedelta(0) < week - now <= timedelta(days=7)
    assert (day.time(), week.time(), week.weekday()) == (at, at, weekday)


def test_next_day_when_the_clocks_go_back_then_it_is_the_same_time_on_the_wall():
    before = datetime(2026, 10, 31, 9, tzinfo=NEW_YORK)

    assert next_day_at(before, time(8)) == datetime(2026, 11, 1, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("begins", "ends", "now", "until"),
    [
        (22, 7, (22, 0), (23, 7)),
        (22, 7, (21, 59), None),
        (22, 7, (6, 59), (22, 7)),
        (22, 7, (7, 0), None),
        (12, 13, (12, 30), (22, 13)),
        (12, 13, (13, 0), None),
    ],
)
def test_quiet_when_the_hour_falls_into_it_then_it_says_until_when(begins, ends, now, until):
    quiet = Quiet(time(begins), time(ends))
    end = quiet.end_for(datetime(2026, 11, 22, *now, tzinfo=TOKYO))

    assert end == (datetime(2026, 11, *until, tzinfo=TOKYO) if until else None)
