"""The notify room as a Django app."""

from django.apps import AppConfig


class NotifyConfig(AppConfig):
    """Notices: the inbox, mail and digests."""

    name = "noroshi.notify"
    label = "notify"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Subscribe to events, and register what comes round."""
        from noroshi.notify import receivers, tasks  # noqa: F401, PLC0415 - models must be loaded first
