"""The intel room as a Django app."""

from django.apps import AppConfig


class IntelConfig(AppConfig):
    """Intel: observables, warning lists and sightings."""

    name = "noroshi.intel"
    label = "intel"
    default_auto_field = "django.db.models.BigAutoField"
