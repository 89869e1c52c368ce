"""Words that an institution watches before there is a CVE or a CPE, and the records that name them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from noroshi.core import clock, ids
from noroshi.core.domain import worlds
from noroshi.core.managers import OwnManager


class TermKind(models.TextChoices):
    """What is watched."""

    PRODUCT = "product", _("Product")
    VENDOR = "vendor", _("Maker")
    PHRASE = "phrase", _("Phrase")


class WatchTerm(models.Model):
    """A word that an institution watches: which ones tells what it runs, so nobody else sees them."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    world = models.CharField(max_length=40, default=worlds.REAL)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=TermKind.choices)
    words = models.CharField(max_length=100)
    added_at = models.DateTimeField(default=clock.now)
    added_by = models.ForeignKey("members.Person", on_delete=models.SET_NULL, null=True, related_name="+")
    looked_until = models.DateTimeField()
    """Up to when new records were looked through for it."""

    objects = OwnManager["WatchTerm"]("organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [
            models.UniqueConstraint(fields=["world", "organisation", "kind", "words"], name="watch_terms_once")
        ]

    def __str__(self) -> str:
        return self.words


class HitStage(models.TextChoices):
    """What came of a record that names a watched word."""

    TO_JUDGE = "to_judge", _("To be judged")
    CONCERNS = "concerns", _("Concerns us")
    NOTHING = "nothing", _("Does not concern us")


class WatchHit(models.Model):
    """That a record names watched words: of a vulnerability, or of an item that is of none alone. Each record once."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    world = models.CharField(max_length=40, default=worlds.REAL)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.CASCADE, related_name="+")
    vulnerability = models.ForeignKey("advisories.Vulnerability", on_delete=models.CASCADE, null=True, related_name="+")
    item = models.ForeignKey("advisories.Item", on_delete=models.CASCADE, related_name="+")
    """The item that named them first."""
    title = models.CharField(max_length=300)
    words: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    found_at = models.DateTimeField(default=clock.now)
    stage = models.CharField(max_length=8, choices=HitStage.choices, default=HitStage.TO_JUDGE)
    reason = models.CharField(max_length=400, blank=True)
    judged_at = models.DateTimeField(null=True)
    judged_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")

    objects = OwnManager["WatchHit"]("organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "item"], name="watch_hits_once_an_item"),
            models.UniqueConstraint(fields=["organisation", "vulnerability"], name="watch_hits_once_a_vulnerability"),
        ]
        indexes = [models.Index(fields=["organisation", "-found_at", "-id"], name="watch_hits_by_time")]

    def __str__(self) -> str:
        return self.title
