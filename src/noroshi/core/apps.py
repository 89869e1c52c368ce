"""The core as a Django app."""

from typing import Any

from django.apps import AppConfig
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created


class CoreConfig(AppConfig):
    """Actor, policy, worlds and the ledger."""

    name = "noroshi.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell each new connection what all queries of the product have in common."""
        connection_created.connect(_without_compiling, dispatch_uid="core.without_compiling")


def _without_compiling(connection: BaseDatabaseWrapper, **_about: Any) -> None:
    """PostgreSQL compiles a query it takes for long: with the policy's that costs seconds, and saves milliseconds."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET jit = off")
