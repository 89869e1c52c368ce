"""Hunts and their hits. A hit belongs to the organisation in whose logs it was; nobody else reads it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from noroshi.core import clock, ids
from noroshi.core.domain import worlds
from noroshi.core.managers import OwnManager


class HuntState(models.TextChoices):
    """Where a hunt stands."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Hunt(models.Model):
    """One look back through the logs: for a signal, or for values a person typed."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    signal = models.ForeignKey("sharing.Signal", on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    """Whose logs were searched, where a person asked; empty where a signal reached many."""
    requested_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    world = models.CharField(max_length=40, default=worlds.REAL)
    values = models.JSONField(default=list)
    refused = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=HuntState.choices, default=HuntState.WAITING)
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)
    wall_seconds = models.FloatField(null=True)
    cpu_seconds = models.FloatField(null=True)
    error = models.TextField(blank=True)

    objects = OwnManager(holder="organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [
            models.UniqueConstraint(
                fields=["signal", "version"],
                condition=models.Q(signal__isnull=False),
                name="one_hunt_a_version",
            )
        ]


class Hit(models.Model):
    """One value found in one organisation's logs."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    hunt = models.ForeignKey(Hunt, on_delete=models.PROTECT, related_name="hits")
    organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, related_name="+")
    type = models.CharField(max_length=16)
    value = models.TextField()
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    count = models.PositiveBigIntegerField()
    samples = models.JSONField(default=list)
    world = models.CharField(max_length=40, default=worlds.REAL)
    created_at = models.DateTimeField(default=clock.now)

    objects = OwnManager(holder="organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        indexes = [models.Index(fields=["organisation", "-created_at"], name="hits_of_organisation")]
