"""Vulnerabilities: one for each, by whatever names; what is said of them stays with the items that say it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from noroshi.core import clock, ids
from noroshi.core.actor import Actor
from noroshi.core.domain import worlds
from noroshi.core.managers import GuardedManager


class VulnerabilityManager(GuardedManager["Vulnerability"]):
    """Vulnerabilities are seen by every member of the installation: what is said of them is published."""

    def visible_to(self, actor: Actor) -> models.QuerySet["Vulnerability"]:
        """Return those of the actor's world; none for a visitor, nor for a supervisor behind the wall."""
        if actor.is_visitor or actor.is_supervisor or not actor.is_active:
            return self._all().none()
        return self._all().filter(world=actor.world)


class Level(models.TextChoices):
    """How grave the author of a score calls it."""

    CRITICAL = "critical", _("Critical")
    HIGH = "high", _("High")
    MEDIUM = "medium", _("Medium")
    LOW = "low", _("Low")
    NONE = "none", _("None")


class Exploitation(models.TextChoices):
    """What CISA's decision point says."""

    ACTIVE = "active", _("Exploited")
    POC = "poc", _("Proof of concept")
    NONE = "none", _("None known")


class Vulnerability(models.Model):
    """A vulnerability, and what the claims about it come to (`domain.summaries`): worked out anew with each of them."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    world = models.CharField(max_length=40, default=worlds.REAL)
    name = models.CharField(max_length=60)
    """The name that it is shown by: a CVE identifier where it has one."""
    title = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, blank=True)
    score = models.FloatField(null=True)
    level = models.CharField(max_length=8, choices=Level.choices, blank=True)
    system = models.CharField(max_length=20, blank=True)
    vector = models.CharField(max_length=300, blank=True)
    exploited_since = models.DateField(null=True)
    due = models.DateField(null=True)
    ransomware = models.BooleanField(default=False)
    probability = models.FloatField(null=True)
    percentile = models.FloatField(null=True)
    exploitation = models.CharField(max_length=6, choices=Exploitation.choices, blank=True)
    automatable = models.BooleanField(null=True)
    impact = models.CharField(max_length=8, blank=True)
    has_remedy = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True)
    """The earliest moment that an item about it alone claims."""
    first_seen = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    """When something else was last said of it than before."""

    objects = VulnerabilityManager()
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        indexes = [
            models.Index(fields=["world", "-changed_at", "-id"], name="vulnerabilities_by_time"),
            models.Index(fields=["world", "name", "id"], name="vulnerabilities_by_name"),
            models.Index(
                fields=["world", "-exploited_since", "-id"],
                condition=models.Q(exploited_since__isnull=False),
                name="vulnerabilities_exploited",
            ),
            models.Index(fields=["world", "-score", "-id"], name="vulnerabilities_by_score"),
            models.Index(fields=["world", "-probability", "-id"], name="vulnerabilities_by_epss"),
        ]

    def __str__(self) -> str:
        return self.name


class VulnerabilityName(models.Model):
    """A name of a vulnerability, and the item that said it first; two names of one are an item's assertion."""

    world = models.CharField(max_length=40, default=worlds.REAL)
    name = models.CharField(max_length=60)
    vulnerability = models.ForeignKey(Vulnerability, on_delete=models.CASCADE, related_name="names")
    item = models.ForeignKey("advisories.Item", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "name"], name="vulnerability_names_once")]

    def __str__(self) -> str:
        return self.name


class Mention(models.Model):
    """That an item speaks of a vulnerability: of it alone, or among others as a digest does."""

    vulnerability = models.ForeignKey(Vulnerability, on_delete=models.CASCADE, related_name="mentions", db_index=False)
    """Found by `mentions_once`."""
    item = models.ForeignKey("advisories.Item", on_delete=models.PROTECT, related_name="mentions")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vulnerability", "item"], name="mentions_once")]
