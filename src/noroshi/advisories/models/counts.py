"""Whether a member tells its hub counts of its patch tasks, and what members told."""

from typing import Any

from django.db import models

from noroshi.core import clock, ids
from noroshi.core.domain import worlds
from noroshi.core.managers import AskedManager


class CountsAgreement(models.Model):
    """That an organisation's administrator lets counts go up to the hub; without a row, none do."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    world = models.CharField(max_length=40, default=worlds.REAL)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.CASCADE, related_name="+")
    agreed_at = models.DateTimeField(default=clock.now)
    agreed_by = models.ForeignKey("members.Person", on_delete=models.SET_NULL, null=True, related_name="+")
    digest = models.CharField(max_length=64, blank=True)
    """SHA-256 of what was told last: what did not change is not told again."""

    objects = AskedManager["CountsAgreement"]()
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["world", "organisation"], name="counts_agreements_once")]

    def __str__(self) -> str:
        return str(self.organisation_id)


class MemberCounts(models.Model):
    """What a member told last."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    world = models.CharField(max_length=40, default=worlds.REAL)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.CASCADE, related_name="+")
    counts: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    """`domain.counts.Counts`"""
    told_at = models.DateTimeField(default=clock.now)

    objects = AskedManager["MemberCounts"]()
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["world", "organisation"], name="member_counts_once")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.told_at}"
