"""What others say by VEX of the products of an inventory."""

from typing import Any

from django.db import models

from noroshi.core import clock, ids
from noroshi.core.domain import worlds
from noroshi.core.managers import OwnManager


class VexDocument(models.Model):
    """A VEX document that was imported for an inventory; taken away, what it said holds no more."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    world = models.CharField(max_length=40, default=worlds.REAL)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.CASCADE, related_name="+")
    inventory = models.ForeignKey("advisories.Inventory", on_delete=models.CASCADE, related_name="+")
    form = models.CharField(max_length=10)
    identity = models.CharField(max_length=500)
    """By what it is known again: a newer version takes its place."""
    author = models.CharField(max_length=300, blank=True)
    title = models.CharField(max_length=500)
    said_at = models.CharField(max_length=60, blank=True)
    """As the document writes it."""
    statements: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField(default=list)
    """`domain.vex.Statement.value` of each."""
    unread: "models.JSONField[list[Any], list[Any]]" = models.JSONField(default=list)
    """The first statements that decide nothing, each with its place and the reason."""
    unread_count = models.PositiveIntegerField(default=0)
    imported_at = models.DateTimeField(default=clock.now)
    imported_by = models.ForeignKey("members.Person", on_delete=models.SET_NULL, null=True, related_name="+")

    objects = OwnManager["VexDocument"]("organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["inventory", "identity"], name="vex_documents_once")]

    def __str__(self) -> str:
        return self.title
