"""An installation of its own, whose processes a test kills: SQLite in a folder, or a PostgreSQL database."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, connections
from django.db.utils import ConnectionHandler

from factories.shell import fresh_environment

TESTS = Path(__file__).parent.parent
SOURCE = TESTS.parent / "src"
DATABASE = f"under_fire_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
PATIENCE = 120.0


class Installation:
    """An installation that processes work on, watched by a connection of our own. `script` has what they run."""

    def __init__(self, folder: Path, address: str, script: Path) -> None:
        self.folder = folder
        self.script = script
        self.environment = fresh_environment() | {
            "DJANGO_SETTINGS_MODULE": "noroshi.site.settings",
            "NOROSHI_DATA_DIR": str(folder),
            "NOROSHI_DATABASE_URL": address,
            "NOROSHI_LOG_LEVEL": "ERROR",
            "NOROSHI_RELEASE_FOUR_EYES": "off",
            "PYTHONPATH": os.pathsep.join(map(str, (SOURCE, TESTS, script.parent))),
        }
        database = deepcopy(settings.DATABASES["default"])
        database |= {"NAME": DATABASE if address else folder / "noroshi.sqlite3"}
        # an alias of its own: Django keeps its pools of connections by alias, and "default" is this process's database
        self.connection = ConnectionHandler({"default": {}, "under_fire": database})["under_fire"]

    def start(self, call: str) -> "subprocess.Popen[bytes]":
        """Start `CALL` of the script in a process."""
        name = self.script.stem
        command = [sys.executable, "-c", f"import {name}; {name}.{call}"]
        return subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE)

    def run(self, call: str, patience: float = PATIENCE) -> None:
        with self.start(call) as process:
            assert process.wait(patience) == 0

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

    @contextmanager
    def as_default(self) -> Iterator[None]:
        """Within the block, the product's own code in this process reads this installation."""
        before = connections["default"]
        connections["default"] = self.connection
        try:
            yield
        finally:
            connections["default"] = before

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


@contextmanager
def installation_of(
    folder: Path, script: Path, migrated: Callable[[Path], None] | None = None
) -> Iterator[Installation]:
    """Make one, with `prepare()` of the script, and take it away after the block; from what is `migrated`, if given."""
    address = os.environ.get("NOROSHI_DATABASE_URL", "")
    if address:
        address = urlsplit(address)._replace(path=f"/{DATABASE}").geturl()
    _database_anew(exists=bool(address))
    if migrated is not None:
        migrated(folder)
    made = Installation(folder, address, script)
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
