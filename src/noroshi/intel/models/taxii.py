"""What the TAXII server keeps of those who use it: what became of what they sent, and when they last asked."""

from django.db import models

from noroshi.core import clock
from noroshi.core.domain import worlds
from noroshi.core.managers import OwnManager


class PostStatus(models.Model):
    """What became of objects that an organisation sent in by TAXII 2.1 (4.3), as it was answered."""

    id = models.UUIDField(primary_key=True, editable=False)
    """Version 4, as the standard wants it (section 2)."""
    organisation = models.ForeignKey("members.Organisation", on_delete=models.CASCADE, related_name="+")
    world = models.CharField(max_length=40, default=worlds.REAL)
    at = models.DateTimeField(default=clock.now, db_index=True)
    body = models.BinaryField()

    objects = OwnManager(holder="organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"


class Poll(models.Model):
    """When a token last asked a collection for objects, and how many it was given in all."""

    token = models.ForeignKey("members.Token", on_delete=models.CASCADE, related_name="+")
    collection = models.UUIDField()
    last_at = models.DateTimeField(default=clock.now)
    objects_given = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "collection"], name="polled_once")]
