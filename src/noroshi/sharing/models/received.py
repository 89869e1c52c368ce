"""What was received of others and goes out with a signal."""

from django.db import models

from noroshi.core.managers import PartManager


class SignalParcel(models.Model):
    """A parcel that was sent in, of which a signal is made: its objects go out with the signal."""

    signal = models.ForeignKey("sharing.Signal", on_delete=models.CASCADE, related_name="parcels")
    parcel = models.ForeignKey("intel.Parcel", on_delete=models.PROTECT, related_name="+")

    objects = PartManager(whole="signal")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["signal", "parcel"], name="parcel_in_signal_once")]
