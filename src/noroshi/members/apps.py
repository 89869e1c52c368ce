"""The members room as a Django app."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """The members: organisations, people, roles, groups, tokens and sign-in."""

    name = "noroshi.members"
    label = "members"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to sign-in, and register what comes round."""
        from noroshi.members import receivers, tasks  # noqa: F401, PLC0415 - imported to register
