"""That an organisation's inventories are being held against all that is known, and how far that is."""

from django.db import models

from noroshi.core import clock, ids
from noroshi.core.domain import worlds
from noroshi.core.managers import OwnManager


class MatchRun(models.Model):
    """One time that all inventories of an organisation are held against everything."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    world = models.CharField(max_length=40, default=worlds.REAL)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey("members.Person", on_delete=models.SET_NULL, null=True, related_name="+")
    done = models.PositiveIntegerField(default=0)
    """Records that were looked at so far."""
    records = models.PositiveIntegerField(default=0)
    """How many there are; 0 until it has begun."""
    told_at = models.DateTimeField(default=clock.now)
    """When it last gave a sign of life."""
    ended_at = models.DateTimeField(null=True)
    standing = models.PositiveIntegerField(default=0)
    """How many matches stood when it had ended."""

    objects = OwnManager["MatchRun"]("organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        indexes = [models.Index(fields=["organisation", "world", "asked_at"], name="match_runs_of_organisation")]

    def __str__(self) -> str:
        return f"{self.asked_at}: {self.done}/{self.records}"
