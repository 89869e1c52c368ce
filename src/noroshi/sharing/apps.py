"""The sharing room as a Django app."""

from django.apps import AppConfig


class SharingConfig(AppConfig):
    """Sharing: signals and what is said about them."""

    name = "noroshi.sharing"
    label = "sharing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Subscribe to events, and register what comes round."""
        from noroshi.sharing import (  # noqa: PLC0415 - models must be loaded first
            federating,  # noqa: F401
            feeds,  # noqa: F401
            receivers,  # noqa: F401
            tasks,  # noqa: F401
            webhooks,  # noqa: F401
        )
