"""What waits, for how many operators, and how long."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.sharing.domain.release import FourEyes, Gravity, Step, is_late, needs_two, next_step, quantile

ONE, OTHER = uuid4(), uuid4()
NOON = datetime(2026, 11, 22, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "reasons", "two"),
    [
        ("phishing", (Gravity.RED,), {"grave": True, "all": True, "off": False}),
        ("incident", (Gravity.ANONYMOUS,), {"grave": True, "all": True, "off": False}),
        ("phishing", (Gravity.ANONYMOUS,), {"grave": False, "all": True, "off": False}),
        ("phishing", (Gravity.RED, Gravity.ANONYMOUS), {"grave": True, "all": True, "off": False}),
        ("incident", (), {"grave": False, "all": False, "off": False}),
    ],
)
def test_two_when_it_is_grave_then_and_only_then(kind, reasons, two):
    assert {mode.value: needs_two(mode, kind, reasons) for mode in FourEyes} == two


def test_step_when_two_are_needed_then_the_second_is_another_than_the_first():
    assert next_step(ONE, two=False, approved_by=None) is Step.RELEASE
    assert next_step(ONE, two=True, approved_by=None) is Step.APPROVE
    assert next_step(ONE, two=True, approved_by=ONE) is Step.WAIT
    assert next_step(OTHER, two=True, approved_by=ONE) is Step.RELEASE


def test_late_when_the_target_has_passed_then_and_not_at_it():
    hour = timedelta(hours=1)
    assert [is_late(NOON, NOON + hour + extra, hour) for extra in (timedelta(0), timedelta(seconds=1))] == [False, True]


@given(st.lists(st.timedeltas(timedelta(0), timedelta(days=9)), min_size=1, max_size=40))
def test_quantile_when_asked_then_so_many_do_not_exceed_it_and_it_is_one_of_them(spans):
    for percent in (50, 90):
        found = quantile(spans, percent)
        assert found in spans
        assert sum(span <= found for span in spans) * 100 >= percent * len(spans)
    assert quantile(spans, 50) <= quantile(spans, 90)
