"""Some tests of the ledger commit what they write."""

from importlib import import_module

import pytest
from django.db import connection

APPEND_ONLY = import_module("noroshi.core.migrations.0002_append_only")


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
