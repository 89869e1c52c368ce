"""The members room as a Django app."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """The members: organisations, people, roles, groups, tokens and sign-in."""

    name = "noroshi.members"
    label = "members"
    default_auto_field = "django.db.models.BigAutoField"
