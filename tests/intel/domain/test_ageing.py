from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.intel.domain.ageing import DECAY, STALE_BELOW, Decay, Worth, age_of
from noroshi.intel.domain.observables import ObservableType

NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
DAYS = st.floats(0, 2000).map(lambda days: timedelta(days=days))


@pytest.mark.parametrize(
    ("kind", "days", "score", "worth"),
    [
        ("ipv4", 0, 100, Worth.FRESH),
        ("ipv4", 9, 61, Worth.FRESH),
        ("ipv4", 15, 50, Worth.AGEING),  # a quarter of the lifetime, speed 2: half is left
        ("ipv4", 29, 30, Worth.AGEING),
        ("ipv4", 31, 28, Worth.STALE),
        ("ipv4", 400, 0, Worth.STALE),
        ("url", 15, 29, Worth.STALE),
        ("sha256", 31, 83, Worth.FRESH),
        ("sha256", 540, 30, Worth.AGEING),
        ("sha256", 560, 28, Worth.STALE),
    ],
)
def test_the_worth_of_a_value_falls_by_its_type(kind, days, score, worth):
    age = age_of(ObservableType(kind), NOON - timedelta(days=days), NOON)
    assert (age.score, age.worth) == (score, worth)


def test_every_type_ages():
    assert set(DECAY) == set(ObservableType)


@given(st.sampled_from(list(ObservableType)), DAYS, DAYS)
def test_a_value_never_regains_worth_by_waiting(kind, one, other):
    younger, older = sorted([one, other])
    assert DECAY[kind].score(younger) >= DECAY[kind].score(older)


@given(st.floats(1, 1000), st.floats(0.5, 5))
def test_a_value_is_stale_from_the_day_that_is_said(lifetime, speed):
    decay = Decay(timedelta(days=lifetime), speed)
    assert decay.score(decay.stale_after) == STALE_BELOW


def test_a_value_told_in_the_future_by_a_wrong_clock_is_fresh():
    assert age_of(ObservableType.IPV4, NOON + timedelta(days=3), NOON).score == 100
