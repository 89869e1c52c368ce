"""What tools fetched last, and what they report back."""

from django.db import models

from noroshi.core import clock
from noroshi.core.domain import worlds
from noroshi.core.managers import OwnManager


class ToolAnswer(models.Model):
    """What one output said to one token the last time: so that asking again costs little, and since when it says so."""

    token = models.ForeignKey("members.Token", on_delete=models.CASCADE, related_name="+")
    output = models.CharField(max_length=120)
    """Collection, format and what it was narrowed to."""
    basis = models.CharField(max_length=64)
    """Digest of the signals it was written from: where that is the same, so is what it says."""
    tag = models.CharField(max_length=64)
    """Digest of what it says."""
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "output"], name="answer_once_for_a_token")]


class Deployment(models.Model):
    """A tool of an organisation looks for a value, or blocks it, and how often that has hit. The organisation's own."""

    organisation = models.ForeignKey("members.Organisation", on_delete=models.CASCADE, related_name="+")
    tool = models.CharField(max_length=60)
    observable = models.ForeignKey("intel.Observable", on_delete=models.PROTECT, related_name="+")
    deployed_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True)
    hits = models.PositiveBigIntegerField(default=0)
    last_hit_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(default=clock.now)
    world = models.CharField(max_length=40, default=worlds.REAL)

    objects = OwnManager(holder="organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["organisation", "tool", "observable"], name="deployed_once")]
        indexes = [models.Index(fields=["observable", "organisation"], name="deployments_of_value")]
