"""What the processes of `test_killed_worker` run, on an installation of their own. Imported by them, not by pytest."""

import time

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - models need Django first
from django.db import connection, transaction  # noqa: E402

from noroshi.core import ledger  # noqa: E402
from noroshi.core.actor import Actor  # noqa: E402
from noroshi.core.models import LedgerEntry  # noqa: E402
from noroshi.kit.jobs import Worker, job  # noqa: E402
from noroshi.kit.models import WorkerBeat  # noqa: E402


@ledger.subscribe("test.ear", "test.burned")
def hear(entry: LedgerEntry) -> None:
    """Write a row for each event, and linger in the transaction so that death finds it half-done."""
    _write("heard", entry.pk)
    time.sleep(0.008)


@job()
def carry(number: int, seconds: float) -> None:
    """Say that the job began, take its time, say that it is done."""
    _write("begun", number)
    time.sleep(seconds)
    _write("carried", number)


def _write(table: str, number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} VALUES (%s)", [number])


def prepare() -> None:
    """Make the database, and tables in which nothing keeps a second effect out."""
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        for table in ("heard", "begun", "carried"):
            cursor.execute(f"CREATE TABLE {table} (number BIGINT)")


def burn(events: int) -> None:
    """Write events, each in a transaction of its own."""
    for number in range(events):
        with transaction.atomic():
            ledger.record(Actor.system("test"), "test.burned", number=number)


def load(jobs: int, seconds: float) -> None:
    """Queue jobs."""
    for number in range(jobs):
        carry.enqueue(number, seconds)


def work() -> None:
    """Work until killed. The dead have had no pulse for long: the test does not wait for that."""
    WorkerBeat.objects.all().delete()
    print("working", flush=True)
    Worker().run()


def check() -> None:
    """Fail unless the chain holds and nothing waits in the queue."""
    found = ledger.verify()
    assert found.holds, found
    assert found.checked == LedgerEntry.objects.count()
