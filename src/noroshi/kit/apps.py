"""The kit room as a Django app."""

from django.apps import AppConfig


class KitConfig(AppConfig):
    """The kit: what every room uses to talk to people and machines."""

    name = "noroshi.kit"
    label = "kit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what comes round."""
        from noroshi.kit import tasks  # noqa: F401, PLC0415 - models must be loaded first
