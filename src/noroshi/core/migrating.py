"""What migrations of every room are written with, besides Django's own operations."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class CreateModels(Operation):
    """Creates many models at once, each as `CreateModel` does.

    After each single one Django renders every model anew that is related to it by any number of steps, which here is
    nearly all of them. What was rendered is let go of instead, and all are rendered once when the first table is made.
    """

    def __init__(self, *models: CreateModel) -> None:
        """Take them in an order in which each could be created alone."""
        self.models = models

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return what writes it into a migration."""
        return self.__class__.__qualname__, list(self.models), {}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Tell `state` of all of them."""
        state.__dict__.pop("apps", None)  # a cached property: made anew when it is asked for
        for model in self.models:
            model.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Make their tables."""
        for model in self.models:
            model.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Drop their tables, the last one first."""
        for model in reversed(self.models):
            model.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """Name it for whoever watches a migration."""
        return f"Create {len(self.models)} models"

    def references_model(self, name: str, app_label: str) -> bool:
        """Say whether one of them has to do with a model."""
        return any(model.references_model(name, app_label) for model in self.models)
