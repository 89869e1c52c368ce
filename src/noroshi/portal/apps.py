"""The portal room as a Django app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The portal: home, navigation, search and the page that says why."""

    name = "noroshi.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"
