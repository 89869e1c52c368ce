"""The intel room as a Django app."""

from django.apps import AppConfig
from django.conf import settings

from noroshi.intel.domain import warning_lists


class IntelConfig(AppConfig):
    """Intel: observables, warning lists and sightings."""

    name = "noroshi.intel"
    label = "intel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say where the warning lists are kept as one file, and register what comes round."""
        from noroshi.intel import tasks  # noqa: F401, PLC0415 - models must be loaded first

        warning_lists.keep_in(settings.CACHE_DIR)
