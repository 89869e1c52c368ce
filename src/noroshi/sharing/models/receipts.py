"""Who has read a signal, and by which way it left."""

from django.db import models
from django.db.models import Q

from noroshi.core import clock
from noroshi.core.managers import PartManager


class Receipt(models.Model):
    """Somebody got the content of a signal by a channel: one row for all the times.

    Without a person it was a program of the organisation. Readings within an hour of each other are one, so that most
    views write nothing.
    """

    signal = models.ForeignKey("sharing.Signal", on_delete=models.PROTECT, related_name="receipts")
    person = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=20)
    rule = models.CharField(max_length=40)
    """The rule of the policy that let them in, the first time."""
    first_at = models.DateTimeField(default=clock.now)
    last_at = models.DateTimeField(default=clock.now)
    count = models.PositiveIntegerField(default=1)

    objects = PartManager(whole="signal")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [
            models.UniqueConstraint(
                fields=["signal", "person", "channel"], condition=Q(person__isnull=False), name="read_by_person_once"
            ),
            models.UniqueConstraint(
                fields=["signal", "organisation", "channel"],
                condition=Q(person__isnull=True),
                name="read_by_machine_once",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "signal"], name="read_by_person"),
            models.Index(fields=["organisation", "signal"], name="read_by_organisation"),
        ]
