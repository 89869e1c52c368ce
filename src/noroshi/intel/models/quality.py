"""What organisations think of a value."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from noroshi.core import clock
from noroshi.core.domain import worlds
from noroshi.core.managers import OwnManager


class VoteReason(models.TextChoices):
    """Why a value means no harm, from a closed list: a sentence of one's own would say who speaks."""

    SHARED = "shared", _("Many harmless services share it")
    OWN = "own", _("It belongs to a known, harmless service")
    MISREAD = "misread", _("It was misread: a typing error, an example, a part of the text")
    OVER = "over", _("It was harmful once, and has another owner now")


class FalsePositiveVote(models.Model):
    """An organisation says that a value is a false positive. Others learn how many say so, from three on; never who."""

    observable = models.ForeignKey("intel.Observable", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("Why"), max_length=8, choices=VoteReason.choices)
    world = models.CharField(max_length=40, default=worlds.REAL)
    at = models.DateTimeField(default=clock.now)

    objects = OwnManager(holder="organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [
            models.UniqueConstraint(fields=["observable", "organisation", "world"], name="one_vote_an_organisation")
        ]
