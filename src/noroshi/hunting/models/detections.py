"""Rules, their runs and what they saw. A detection is of the organisation in whose logs it was: nobody else sees it."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from noroshi.core import clock, ids
from noroshi.core.actor import Actor
from noroshi.core.domain import worlds
from noroshi.core.managers import OwnManager
from noroshi.hunting.engine.detections.rules import Words
from noroshi.hunting.models.hunts import HuntState


class RuleFileManager(OwnManager["RuleFile"]):
    """Manager of files of rules: the own organisation's, and those that the hub gave to all."""

    def visible_to(self, actor: Actor) -> models.QuerySet["RuleFile"]:
        """Return the own files and, to whoever works with rules, those for all."""
        mine = models.Q(pk__in=super().visible_to(actor).values("pk"))
        works = actor.is_active and not actor.is_supervisor and (actor.needs_to_know or actor.is_hub_operator)
        for_all = models.Q(organisation__isnull=True, world=actor.world) if works else models.Q(pk__in=())
        return self._all().filter(mine | for_all)


class RuleFile(models.Model):
    """A file of Sigma rules that a person sent: for the own logs, or by the hub's operators for everybody's."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    """Whose logs they are for; empty where they are for all."""
    name = models.CharField(max_length=120)
    content = models.TextField()
    sent_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    world = models.CharField(max_length=40, default=worlds.REAL)
    created_at = models.DateTimeField(default=clock.now)

    objects = RuleFileManager(holder="organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="one_own_file_of_rules_of_a_name"),
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(organisation__isnull=True),
                name="one_file_of_rules_for_all_of_a_name",
            ),
        ]


class RuleUse(models.Model):
    """What an organisation made of a rule, and how far the rule has come in its logs. Without a row: as it came."""

    organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, related_name="+")
    rule = models.UUIDField()
    enabled = models.BooleanField(null=True)
    """Whether the organisation switched it on or off; empty where it did neither."""
    threshold = models.PositiveIntegerField(null=True)
    """The organisation's own threshold; empty for the rule's."""
    arrival = models.PositiveBigIntegerField(default=0)
    """The number of the last arrival in the lake that the rule has seen."""
    ran_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=8, blank=True)
    """A value of `Trouble`: why the last run did not tell everything."""
    error = models.TextField(blank=True)
    world = models.CharField(max_length=40, default=worlds.REAL)

    objects = OwnManager(holder="organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["organisation", "rule"], name="one_use_of_a_rule")]


class Trouble(models.TextChoices):
    """Why a run of a rule did not tell everything."""

    CAPPED = "capped", _("It found more than is kept of one run")
    LATE = "late", _("It took too long and was stopped")
    BROKEN = "broken", _("The lake could not answer it")


class DetectionRun(models.Model):
    """One run of an organisation's rules over what is new in its logs."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, related_name="+")
    requested_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    """Who asked for it; empty where it came round by itself."""
    world = models.CharField(max_length=40, default=worlds.REAL)
    state = models.CharField(max_length=8, choices=HuntState.choices, default=HuntState.WAITING)
    rules = models.PositiveIntegerField(default=0)
    """How many rules had something new to look at."""
    done = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)

    objects = OwnManager(holder="organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        indexes = [models.Index(fields=["organisation", "-created_at"], name="runs_of_organisation")]


class DetectionLevel(models.IntegerChoices):
    """How grave a detection is, in rising order: the engine's levels as numbers, so that lists sort by them."""

    INFORMATIONAL = 0, _("Informational")
    LOW = 1, _("Low")
    MEDIUM = 2, _("Medium")
    HIGH = 3, _("High")
    CRITICAL = 4, _("Critical")


class DetectionState(models.TextChoices):
    """What the organisation made of a detection."""

    NEW = "new", _("Unanswered")
    ACKNOWLEDGED = "seen", _("Acknowledged")
    SUPPRESSED = "aside", _("Set aside")


class Detection(models.Model):
    """What one rule saw in one organisation's logs: one key, from when to when, how many events."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(DetectionRun, on_delete=models.PROTECT, related_name="detections")
    """The run that saw it first."""
    rule = models.UUIDField()
    title_en = models.CharField(max_length=2000)
    title_ja = models.CharField(max_length=2000)
    level = models.PositiveSmallIntegerField(choices=DetectionLevel.choices)
    keys = models.JSONField(default=list)
    """Pairs of field and value: what its events have in common."""
    key_digest = models.CharField(max_length=64)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    count = models.PositiveBigIntegerField()
    measure = models.PositiveBigIntegerField()
    """The highest that the rule measured within one time span."""
    samples = models.JSONField(default=list)
    """The earliest few events: time (ISO 8601), source, file, line."""
    state = models.CharField(max_length=8, choices=DetectionState.choices, default=DetectionState.NEW)
    reason = models.TextField(blank=True)
    handled_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    handled_at = models.DateTimeField(null=True)
    world = models.CharField(max_length=40, default=worlds.REAL)
    created_at = models.DateTimeField(default=clock.now)

    objects = OwnManager(holder="organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "rule", "key_digest", "first_seen"], name="one_detection_of_a_key_and_time"
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "-last_seen"], name="detections_of_organisation"),
            models.Index(fields=["rule", "created_at"], name="detections_of_rule"),
        ]

    @property
    def title(self) -> Words:
        """The rule's title, as it was then."""
        return Words(self.title_en, self.title_ja)

    @property
    def places(self) -> list[tuple[datetime, str, int]]:
        """The samples as (time, source, line)."""
        return [(datetime.fromisoformat(at["time"]), at["source"], at["line"]) for at in self.samples]
