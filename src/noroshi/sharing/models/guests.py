"""Guests: people invited to one signal after it went out."""

from django.db import models
from django.db.models import Q

from noroshi.core import clock, ids
from noroshi.core.managers import PartManager


class Guest(models.Model):
    """Somebody's stay at one signal.

    What lets the guest in is a line of the audience, a grant to a person without the person's organisation: it means
    this one person, and no colleague (POLICY, table of levels, "whose person is granted").
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    signal = models.ForeignKey("sharing.Signal", on_delete=models.PROTECT, related_name="guests")
    person = models.ForeignKey("members.Person", on_delete=models.PROTECT, related_name="+")
    until = models.DateTimeField(null=True)
    invited_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    brought_line = models.BooleanField(default=True)
    """Whether the line came with the invitation. Where the author had named the person before, it is the author's."""

    objects = PartManager(whole="signal")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [
            models.UniqueConstraint(
                fields=["signal", "person"], condition=Q(ended_at__isnull=True), name="one_stay_as_guest"
            )
        ]
        indexes = [models.Index(fields=["until"], condition=Q(ended_at__isnull=True), name="guests_to_end")]
