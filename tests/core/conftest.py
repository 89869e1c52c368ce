"""Tests of the ledger write entries, tamper with them, and commit them."""

from collections.abc import Callable
from contextlib import contextmanager
from importlib import import_module

import pytest
from django.db import connection, transaction

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.models import LedgerEntry

APPEND_ONLY = import_module("noroshi.core.migrations.0002_append_only")


@pytest.fixture
def say(db) -> Callable[..., LedgerEntry]:
    """Write an entry: `say("test.said", word="fire")`."""

    def write(action: str = "test.said", **payload: object) -> LedgerEntry:
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


@pytest.fixture
def _append_only_again(django_db_setup, django_db_blocker):
    yield
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        APPEND_ONLY.refuse(None, editor)


@pytest.fixture
def committing(_append_only_again, transactional_db):
    """Transactions of this test commit; so that its rows can be taken away after it, the ledger lets go of them."""
    yield
    with connection.schema_editor() as editor:
        APPEND_ONLY.allow(None, editor)
