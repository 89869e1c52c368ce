"""Packs of rules against vulnerabilities, and which of them a member has on."""

from django.db import models

from noroshi.core import clock, ids
from noroshi.core.domain import worlds
from noroshi.core.managers import OwnManager


class RulePack(models.Model):
    """A pack that the hub imported as a file; for whoever reads sources."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    world = models.CharField(max_length=40, default=worlds.REAL)
    name = models.CharField(max_length=120)
    form = models.CharField(max_length=10)
    """`domain.rule_packs.PackFormat`."""
    licence = models.CharField(max_length=120, blank=True)
    rules_read = models.PositiveIntegerField(default=0)
    without_cve = models.PositiveIntegerField(default=0)
    unread = models.JSONField(default=list)
    """The first of what could not be read: pairs of line and reason."""
    unread_count = models.PositiveIntegerField(default=0)
    imported_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "name"], name="rule_pack_once")]
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class PackRule(models.Model):
    """A rule of a pack against one vulnerability: one row for each of its CVE numbers."""

    pack = models.ForeignKey(RulePack, on_delete=models.CASCADE, related_name="rules")
    cve = models.CharField(max_length=30)
    rule_id = models.CharField(max_length=200)
    title = models.CharField(max_length=300, blank=True)
    revision = models.CharField(max_length=60, blank=True)
    action = models.CharField(max_length=60, blank=True)
    licence = models.CharField(max_length=120, blank=True)
    is_off = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pack", "cve", "rule_id"], name="pack_rule_once")]
        indexes = [models.Index(fields=["cve"], name="pack_rules_by_cve")]


class EnabledRules(models.Model):
    """Which rules of a pack an organisation has on, as one of its people said: for the organisation alone."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.CASCADE, related_name="+")
    world = models.CharField(max_length=40, default=worlds.REAL)
    pack = models.ForeignKey(RulePack, on_delete=models.CASCADE, related_name="+")
    rule_ids = models.JSONField(default=list)
    until = models.DateField()
    """The last day on which this is taken to hold."""
    said_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField(default=clock.now)

    objects = OwnManager(holder="organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["organisation", "world", "pack"], name="enabled_rules_once")]
