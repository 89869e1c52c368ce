"""What every room's tests start from."""

import gc
import os
import shutil
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis
import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import translation

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor

# The same examples in every run: whoever hunts for new ones sets the profile (`pytest --hypothesis-profile=default`).
hypothesis.settings.register_profile("same", derandomize=True)
hypothesis.settings.load_profile("same")

SHARED_DATA = Path(__file__).parent.parent.parent / "shared" / "data"


MIGRATED = "migrated.sqlite3"

ON_A_DATABASE = {"db", "transactional_db", "installation"}
"""Fixtures that open one: a test without them says the same on each."""


def pytest_collection_modifyitems(items):
    """Mark the tests of pages and of databases, and put the long ones first, so that no process ends alone with one."""
    for item in items:
        if "pages" in item.path.stem:
            item.add_marker("pages")
        if item.get_closest_marker("django_db") or not ON_A_DATABASE.isdisjoint(item.fixturenames):
            item.add_marker("database")
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)  # stable: the rest keep their order


def pytest_collection_finish(session):
    """Count what is loaded by now as kept: looking through it again and again took a tenth of the tests' time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def pytest_sessionfinish(session):
    """Let go of it, so that extensions find nothing of theirs left at the end."""
    gc.unfreeze()


@pytest.fixture(autouse=True)
def _apart(tmp_path, settings):
    """Each test has a data directory and a cache of its own, and speaks English where it asks for no language."""
    settings.DATA_DIR = tmp_path
    settings.LAKE_DIR = tmp_path / "lake"
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.RELEASE_FOUR_EYES = "off"  # one operator releases, but where a test is about two
    cache.clear()
    with translation.override("en"):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, tmp_path_factory):
    """Keep what the migrations made: migrating takes longer than most tests."""
    if connection.vendor == "sqlite" and connection.is_in_memory_db():  # it is none where no test has asked for one
        with django_db_blocker.unblock(), closing(sqlite3.connect(tmp_path_factory.getbasetemp() / MIGRATED)) as kept:
            connection.ensure_connection()
            connection.connection.backup(kept)


@pytest.fixture(scope="session")
def migrated(django_db_setup, tmp_path_factory):
    """Lay what the migrations made into the folder of a new installation, where it was kept: `migrated(folder)`."""
    kept = tmp_path_factory.getbasetemp() / MIGRATED

    def lay_into(folder):
        folder.mkdir(exist_ok=True)
        if kept.exists():
            shutil.copy(kept, folder / "noroshi.sqlite3")

    return lay_into


@pytest.fixture
def cast(db):
    """The sector: institutions, hub, supervisor, vendor, their people and a working group."""
    from cast import gather

    return gather()


@pytest.fixture
def drain(db):
    """Deliver all events and run all jobs; fail the test if one failed or was set aside."""

    def run():
        from django_tasks import TaskResultStatus
        from django_tasks_db.models import DBTaskResult

        from noroshi.core.models import Cursor, ParkedEvent
        from noroshi.kit.jobs import run_until_idle

        run_until_idle()
        failed = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED)
        assert [job.traceback for job in failed] == []
        assert [f"{event.entry}: {event.reason}" for event in ParkedEvent.objects.select_related("entry")] == []
        assert list(Cursor.objects.filter(attempts__gt=0).values_list("subscriber", flat=True)) == []

    return run


@pytest.fixture(scope="session")
def shared_data():
    """The folder of real samples, where there is one."""
    folder = Path(os.environ.get("SHARED_DATA_DIR", SHARED_DATA))
    if not folder.is_dir():
        pytest.skip("no real samples here; SHARED_DATA_DIR names their folder")
    return folder


@dataclass
class StoppedClock:
    """A clock that moves when it is told to."""

    now: datetime

    def advance(self, **span):
        """Let time pass: `advance(days=7, seconds=1)`."""
        self.now += timedelta(**span)


@pytest.fixture
def stopped_clock():
    """The product's clock, stopped on a Sunday noon in Tokyo."""
    stopped = StoppedClock(datetime(2026, 11, 22, 3, 0, tzinfo=UTC))
    token = clock._source.set(lambda: stopped.now)
    yield stopped
    clock._source.reset(token)


@pytest.fixture
def partner(monkeypatch, stopped_clock):
    """Whoever is called from here by a webhook."""
    from factories.partner import Partner
    from noroshi.kit import outbound

    here = Partner()
    monkeypatch.setattr(outbound, "post", here.post)
    monkeypatch.setattr(outbound, "get", here.get)
    return here


@pytest.fixture
def say(db):
    """Write an entry: `say("test.said", word="fire")`."""

    def write(action="test.said", **payload):
        with transaction.atomic():
            return ledger.record(Actor.system("test"), action, **payload)

    return write


@pytest.fixture
def tampering(db):
    """Within the block the database lets a tamperer do anything; afterwards all of it is undone."""

    @contextmanager
    def block():
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL session_replication_role = replica")
            else:
                cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
                for (name,) in cursor.fetchall():
                    cursor.execute(f"DROP TRIGGER {name}")
            yield cursor
            transaction.set_rollback(True)

    return block
