"""The core as a Django app."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Actor, policy, worlds and the ledger."""

    name = "noroshi.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"
