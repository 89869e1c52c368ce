"""Decision tables that an institution wrote itself, and which table says until when its tasks are due."""

from typing import Any

from django.db import models

from noroshi.core import clock, ids
from noroshi.core.domain import worlds
from noroshi.core.managers import OwnManager


class DecisionTable(models.Model):
    """A version of an institution's own table: once tasks were decided by it, it never changes."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    world = models.CharField(max_length=40, default=worlds.REAL)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    version = models.CharField(max_length=30)
    content: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    """`domain.decisions.own.stored_table`"""
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey("members.Person", on_delete=models.SET_NULL, null=True, related_name="+")
    used_at = models.DateTimeField(null=True)
    """When it was chosen first; None while it can be replaced."""

    objects = OwnManager["DecisionTable"]("organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [
            models.UniqueConstraint(fields=["world", "organisation", "name", "version"], name="decision_tables_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class TableChoice(models.Model):
    """By which table an institution's tasks are due; without a row, by the usual one."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    world = models.CharField(max_length=40, default=worlds.REAL)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.CASCADE, related_name="+")
    label = models.CharField(max_length=100)
    """A `domain.decisions.Table.label`."""
    chosen_at = models.DateTimeField(default=clock.now)
    chosen_by = models.ForeignKey("members.Person", on_delete=models.SET_NULL, null=True, related_name="+")

    objects = OwnManager["TableChoice"]("organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["world", "organisation"], name="table_choices_once")]

    def __str__(self) -> str:
        return self.label
