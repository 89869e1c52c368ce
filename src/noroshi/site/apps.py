"""The installation as a Django app: it has no tables, it has checks."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Settings, addresses, commands and system checks."""

    name = "noroshi.site"
    label = "site"

    def ready(self) -> None:
        """Register the checks, so that every command of Django's makes them."""
        from noroshi.site import checks  # noqa: F401 - they register themselves
