"""Catalogues of exploited vulnerabilities: what each holds now, and every change of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.models.sources import Source
from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.managers import GuardedManager


class CatalogueState(models.Model):
    """What is known of a catalogue (`domain.kev_changes.State`)."""

    source = models.OneToOneField("advisories.Source", on_delete=models.CASCADE, primary_key=True, related_name="+")
    released = models.DateTimeField(null=True)
    version = models.CharField(max_length=60, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    entries = models.JSONField(default=dict)
    missing = models.JSONField(default=list)
    removed = models.JSONField(default=list)


class ChangeKind(models.TextChoices):
    """What happened to an entry (`domain.kev_changes.Change`)."""

    ADDED = "added", _("Newly listed")
    REMOVED = "removed", _("Removed")
    MISSING = "missing", _("Left out once")
    RETURNED = "returned", _("There again")
    RANSOMWARE = "ransomware", _("Ransomware")
    DUE = "due", _("Due date")
    EDITED = "edited", _("Edited")


class ChangeManager(GuardedManager["CatalogueChange"]):
    """Changes are seen by whoever sees the source."""

    def visible_to(self, actor: Actor) -> models.QuerySet["CatalogueChange"]:
        """Return those of the sources that the actor sees."""
        return self._all().filter(source__in=Source.objects.visible_to(actor))


class CatalogueChange(models.Model):
    """One change of one entry."""

    source = models.ForeignKey("advisories.Source", on_delete=models.CASCADE, related_name="+")
    fetch = models.ForeignKey("advisories.Fetch", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)
    name = models.CharField(max_length=60)
    change = models.CharField(max_length=12, choices=ChangeKind.choices)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    sheet = models.ForeignKey("advisories.Sheet", on_delete=models.PROTECT, null=True, related_name="+")
    """The daily sheet that told of it: each is told once, whenever what wrote it down was done."""

    objects = ChangeManager()
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        indexes = [
            models.Index(fields=["-at", "-id"], name="catalogue_changes_by_time"),
            models.Index(fields=["id"], condition=models.Q(sheet=None), name="catalogue_changes_untold"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.change}"
