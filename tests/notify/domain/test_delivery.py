"""When mail goes out and how much it may say."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.domain.channels import Channel, carried_by
from noroshi.core.domain.tlp import TLP
from noroshi.notify.domain.delivery import DIGEST_HOUR, Form, Topic, form_of, next_digest

TOKYO = timezone(timedelta(hours=9))
LARGE = UUID(int=1)
SMALL = UUID(int=2)


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


def test_next_digest_when_before_the_hour_then_today_else_tomorrow():
    before = datetime(2026, 11, 22, DIGEST_HOUR - 1, 59, tzinfo=TOKYO)
    at = datetime(2026, 11, 22, DIGEST_HOUR, tzinfo=TOKYO)

    assert next_digest(before) == at
    assert next_digest(at) == at + timedelta(days=1)


@given(st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(TOKYO)))  # noqa: DTZ001
def test_next_digest_when_asked_at_any_time_then_it_is_later_within_a_day_and_at_the_hour(now):
    due = next_digest(now)

    assert timedelta(0) < due - now <= timedelta(days=1)
    assert (due.hour, due.minute, due.second, due.microsecond) == (DIGEST_HOUR, 0, 0, 0)


def test_next_digest_when_the_zone_is_another_then_the_hour_is_that_zone_s():
    assert next_digest(datetime(2026, 11, 22, 1, tzinfo=UTC)).tzinfo is UTC


@pytest.mark.parametrize(
    ("kinds", "groups", "wanted"),
    [
        (set(), set(), True),
        ({"phishing"}, set(), True),
        ({"malware"}, set(), False),
        (set(), {LARGE}, True),
        (set(), {SMALL}, False),
        ({"phishing"}, {LARGE, SMALL}, True),
        ({"phishing"}, {SMALL}, False),
        ({"malware"}, {LARGE}, False),
    ],
)
def test_topic_when_people_narrow_their_mail_then_kind_and_group_must_both_fit(kinds, groups, wanted):
    topic = Topic("phishing", frozenset({LARGE}))

    assert topic.is_wanted(frozenset(kinds), frozenset(groups)) is wanted


def test_topic_when_nothing_is_known_of_it_then_only_who_did_not_narrow_wants_it():
    assert Topic().is_wanted(frozenset(), frozenset())
    assert not Topic().is_wanted(frozenset({"phishing"}), frozenset())
    assert not Topic().is_wanted(frozenset(), frozenset({uuid4()}))
