"""How one signal belongs to another."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from noroshi.core import clock
from noroshi.core.managers import PartManager


class RelationKind(models.TextChoices):
    """How the later signal belongs to the earlier one."""

    DUPLICATE = "duplicate", _("Duplicate of")
    CONTINUES = "continues", _("Continues")
    CAMPAIGN = "campaign", _("Same campaign as")


class Relation(models.Model):
    """The later of two signals belongs to the earlier. Only who sees both learns it; who said so is not kept here."""

    later = models.ForeignKey("sharing.Signal", on_delete=models.CASCADE, related_name="+")
    earlier = models.ForeignKey("sharing.Signal", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=RelationKind.choices)
    at = models.DateTimeField(default=clock.now)

    objects = PartManager(whole="later")
    """Half of the question: `queries.relations` asks whether the reader sees the earlier one too."""
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["later", "earlier"], name="related_once")]
