"""That an organisation's inventories are being held against all that is known, and how far that is."""

from datetime import timedelta
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from noroshi.core import clock, ids
from noroshi.core.domain import worlds
from noroshi.core.managers import OwnManager

SILENT_AFTER: Final = timedelta(minutes=15)
"""So long a run that is under way gives a sign of life, or somebody may ask anew."""


class MatchRunStage(models.TextChoices):
    """What a run is at."""

    WAITING = "waiting", _("Waiting for its turn")
    READING = "reading", _("Reading what records say")
    COMPARING = "comparing", _("Comparing")
    WRITING = "writing", _("Writing tasks")
    DONE = "done", _("Done")


class MatchRun(models.Model):
    """One time that all inventories of an organisation are held against everything."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    world = models.CharField(max_length=40, default=worlds.REAL)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey("members.Person", on_delete=models.SET_NULL, null=True, related_name="+")
    stage = models.CharField(max_length=9, choices=MatchRunStage.choices, default=MatchRunStage.WAITING)
    """Runs from before it was kept have ended and say that they wait: whether one has ended says `ended_at`."""
    done = models.PositiveIntegerField(default=0)
    """How far its stage is."""
    records = models.PositiveIntegerField(default=0)
    """How many records are read or compared, then how many hits are written; 0 while nobody knows."""
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
        return f"{self.asked_at}: {self.stage} {self.done}/{self.records}"

    @property
    def is_silent(self) -> bool:
        """Whether it has not ended and has given no sign of life for long."""
        return self.ended_at is None and self.told_at < clock.now() - SILENT_AFTER
