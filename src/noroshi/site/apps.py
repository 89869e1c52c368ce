"""The installation as a Django app: it has no tables, it has checks."""

import gc

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Settings, addresses, commands and system checks."""

    name = "noroshi.site"
    label = "site"

    def ready(self) -> None:
        """Register the checks, so that every command of Django's makes them; let cycles be looked for less often.

        Rows that are read or written by the thousand are no cycles, and looking for some among them every 700 objects
        takes a third of the time of an import.
        """
        from noroshi.site import checks  # noqa: F401 - they register themselves

        gc.set_threshold(50_000, 20, 50)
