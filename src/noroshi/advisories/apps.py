"""The advisories room as a Django app."""

from django.apps import AppConfig


class AdvisoriesConfig(AppConfig):
    """Advisories: what is published outside, and what of it concerns whom."""

    name = "noroshi.advisories"
    label = "advisories"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Subscribe to events, and register what goes out."""
        from noroshi.advisories import federating, feeds, receivers, tasks, webhooks  # noqa: F401, PLC0415 - models must be loaded first
