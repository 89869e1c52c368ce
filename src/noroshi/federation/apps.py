"""The federation room as a Django app."""

from django.apps import AppConfig


class FederationConfig(AppConfig):
    """Federation: peers, outboxes, the exchange between installations."""

    name = "noroshi.federation"
    label = "federation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what comes round, and what the room itself carries."""
        from noroshi.federation import directory, reading, tasks  # noqa: F401, PLC0415 - models must be loaded first
