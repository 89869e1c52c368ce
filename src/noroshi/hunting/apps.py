"""The hunting room as a Django app."""

from django.apps import AppConfig


class HuntingConfig(AppConfig):
    """Hunting: log lakes and what is found in them."""

    name = "noroshi.hunting"
    label = "hunting"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Subscribe to events, register jobs and presenters."""
        from noroshi.hunting import presenters, receivers, tasks  # noqa: F401, PLC0415 - models must be loaded first
