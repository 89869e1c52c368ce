"""Whoever takes in and watches arriving logs is killed at random: nothing is lost, nothing is counted or told twice."""

from pathlib import Path

import pytest

from factories.arrival import EVENTS, arrive_under_fire
from factories.fire import installation_of

pytestmark = pytest.mark.slow


def test_logs_that_arrive_under_fire_are_taken_in_watched_and_told_once(tmp_path, django_db_blocker, migrated):
    script = Path(__file__).with_name("arrival_under_fire.py")
    with django_db_blocker.unblock(), installation_of(tmp_path, script, migrated) as installation:
        found = arrive_under_fire(installation, deaths=3)
    assert found.files > 3
    assert found.events == list(range(found.files * EVENTS))
    assert found.hits == [found.files]
    assert found.tellings == [1, 1]  # both analysts of the bank, of one value
