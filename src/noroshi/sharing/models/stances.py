"""What a signal means to each organisation that reads it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from noroshi.core import clock
from noroshi.core.managers import PartManager


class StanceKind(models.TextChoices):
    """Whether it concerns the organisation, and how far that is known."""

    AFFECTED = "affected", _("Affected")
    CHECKING = "checking", _("Checking")
    PATCHED = "patched", _("Protected")
    NOT_AFFECTED = "not_affected", _("Not affected")


class Stance(models.Model):
    """What an organisation said of itself. A change is a new row, so that the history stays; the last is current."""

    signal = models.ForeignKey("sharing.Signal", on_delete=models.PROTECT, related_name="stances")
    organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("members.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=StanceKind.choices)
    named = models.BooleanField(default=False)
    """Whether the organisation lets itself be named to those who see the signal; otherwise it is one of a number."""
    at = models.DateTimeField(default=clock.now)
    current = models.BooleanField(default=True)

    objects = PartManager(whole="signal")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [
            models.UniqueConstraint(
                fields=["signal", "organisation"], condition=models.Q(current=True), name="one_stance_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["signal", "organisation", "-id"], name="stances_of_signal")]
