"""A worker is killed with SIGKILL at random points: nothing is lost, nothing takes effect twice.

The worker is a process of its own on a real installation of its own: a data directory with SQLite, or a database
beside the test's own on PostgreSQL.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.db.utils import ConnectionHandler
from django_tasks_db.models import DBTaskResult

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
SOURCE = HERE.parent.parent / "src"
DATABASE = f"under_fire_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
EVENTS = 500
PATIENCE = 120.0


class Installation:
    """An installation that processes work on, watched by a connection of our own."""

    def __init__(self, folder: Path, address: str) -> None:
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("NOROSHI_")},
            "DJANGO_SETTINGS_MODULE": "noroshi.site.settings",
            "NOROSHI_DATA_DIR": str(folder),
            "NOROSHI_DATABASE_URL": address,
            "NOROSHI_LOG_LEVEL": "ERROR",
            "PYTHONPATH": f"{SOURCE}{os.pathsep}{HERE}",
        }
        database = deepcopy(settings.DATABASES["default"])
        database |= {"NAME": DATABASE if address else folder / "noroshi.sqlite3"}
        self.connection = ConnectionHandler({"default": database})["default"]

    def start(self, call: str) -> "subprocess.Popen[bytes]":
        """Start `under_fire.CALL` in a process."""
        command = [sys.executable, "-c", f"import under_fire; under_fire.{call}"]
        return subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE)

    def run(self, call: str) -> None:
        with self.start(call) as process:
            assert process.wait(PATIENCE) == 0

    def work(self) -> "subprocess.Popen[bytes]":
        """Start a worker; return when it works."""
        process = self.start("work()")
        assert process.stdout
        assert process.stdout.readline() == b"working\n"
        return process

    def numbers(self, query: str) -> list[int]:
        with self.connection.cursor() as cursor:
            cursor.execute(query)
            return [row[0] for row in cursor.fetchall()]

    def wait_until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < deadline
            time.sleep(0.02)


def kill(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
    assert process.stdout
    process.stdout.close()
    assert process.returncode == -signal.SIGKILL


@pytest.fixture
def installation(tmp_path: Path, django_db_blocker) -> Iterator[Installation]:
    address = os.environ.get("NOROSHI_DATABASE_URL", "")
    if address:
        address = urlsplit(address)._replace(path=f"/{DATABASE}").geturl()
    with django_db_blocker.unblock():
        _database_anew(exists=bool(address))
        made = Installation(tmp_path, address)
        made.run("prepare()")
        yield made
        made.connection.close()
        _database_anew(exists=False)
        connection.close()


def _database_anew(*, exists: bool) -> None:
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            if exists:
                cursor.execute(f"CREATE DATABASE {DATABASE}")


def test_worker_killed_at_random_points_loses_no_event_and_handles_none_twice(installation):
    moments = random.Random(20261122)
    writer = installation.start(f"burn({EVENTS})")
    heard, deaths = [], 0
    while len(heard) < EVENTS:
        worker = installation.work()
        time.sleep(moments.uniform(0.1, 1.6))
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
    assert installation.numbers(f"SELECT count(*) FROM {jobs} WHERE status = 'SUCCESSFUL'") == [1]
    assert installation.numbers("SELECT count(*) FROM kit_workerbeat") == [0]
