"""A worker is killed with SIGKILL at random points: nothing is lost, nothing takes effect twice.

The worker is a process of its own on a real installation of its own: a data directory with SQLite, or a database
beside the test's own on PostgreSQL.
"""

import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django_tasks_db.models import DBTaskResult

from factories.fire import PATIENCE, Installation, installation_of, kill

pytestmark = pytest.mark.slow

EVENTS = 500
LONGEST_LIFE = 1.0
"""Seconds: four lives are too short for all events, each of which takes eight milliseconds to be heard."""


@pytest.fixture
def installation(tmp_path: Path, django_db_blocker, migrated) -> Iterator[Installation]:
    with (
        django_db_blocker.unblock(),
        installation_of(tmp_path, Path(__file__).with_name("under_fire.py"), migrated) as made,
    ):
        yield made


def test_worker_killed_at_random_points_loses_no_event_and_handles_none_twice(installation):
    moments = random.Random(20261122)
    writer = installation.start(f"burn({EVENTS})")
    heard, deaths = [], 0
    while len(heard) < EVENTS:
        worker = installation.work()
        time.sleep(moments.uniform(0.1, LONGEST_LIFE))
        kill(worker)
        deaths += 1
        heard = installation.numbers("SELECT number FROM heard")
        assert deaths < EVENTS
    with writer:
        assert writer.wait(PATIENCE) == 0
    burned = installation.numbers("SELECT id FROM core_ledgerentry WHERE action = 'test.burned'")
    assert Counter(heard) == Counter(burned)
    assert len(burned) == EVENTS
    assert installation.numbers("SELECT id FROM core_parkedevent") == []
    assert installation.numbers("SELECT attempts FROM core_cursor WHERE attempts > 0") == []
    assert deaths >= 5
    installation.run("check()")


def test_job_of_a_killed_worker_is_run_again_by_the_next(installation):
    installation.run("load(1, 30)")
    worker = installation.work()
    installation.wait_until(lambda: installation.numbers("SELECT number FROM begun") == [0])
    kill(worker)
    assert installation.numbers("SELECT number FROM carried") == []
    next_worker = installation.work()
    installation.wait_until(lambda: installation.numbers("SELECT number FROM begun") == [0, 0])
    kill(next_worker)


def test_worker_told_to_stop_finishes_its_job_and_leaves(installation):
    installation.run("load(1, 1.5)")
    worker = installation.work()
    installation.wait_until(lambda: installation.numbers("SELECT number FROM begun") == [0])
    assert installation.numbers("SELECT count(*) FROM kit_workerbeat") == [1]
    worker.send_signal(signal.SIGTERM)
    with worker:
        assert worker.wait(30) == 0
    assert installation.numbers("SELECT number FROM carried") == [0]
    jobs = DBTaskResult._meta.db_table
    done = f"SELECT count(*) FROM {jobs} WHERE status = 'SUCCESSFUL' AND task_path = 'under_fire.carry'"
    assert installation.numbers(done) == [1]
    assert installation.numbers("SELECT count(*) FROM kit_workerbeat") == [0]
