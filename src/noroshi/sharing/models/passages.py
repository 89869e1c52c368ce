"""The leave of single signals to pass to single other hubs."""

from django.db import models

from noroshi.core import clock
from noroshi.core.managers import PartManager


class Passage(models.Model):
    """The author agrees that a signal goes to another hub.

    It is deleted where that is taken back; the ledger has both.
    """

    signal = models.ForeignKey("sharing.Signal", on_delete=models.CASCADE, related_name="passages")
    peer = models.ForeignKey("federation.Peer", on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(default=clock.now)
    released_version = models.PositiveIntegerField(null=True)
    """The version that a hub operator looked over and let go; TLP:AMBER needs one for each."""
    released_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)

    objects = PartManager(whole="signal")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["signal", "peer"], name="passage_once")]
