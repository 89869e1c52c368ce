"""What an institution runs, which vulnerabilities hit it, and what was decided: its own matter, seen by nobody else."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from noroshi.core import clock, ids
from noroshi.core.domain import worlds
from noroshi.core.managers import OwnManager


class Exposure(models.TextChoices):
    """How far an asset is reached (SSVC, System Exposure)."""

    OPEN = "open", _("From the internet")
    CONTROLLED = "controlled", _("Controlled")
    SMALL = "small", _("Hardly")


class Importance(models.TextChoices):
    """How much the business depends on an asset."""

    VERY_HIGH = "very high", _("Very high")
    HIGH = "high", _("High")
    MEDIUM = "medium", _("Medium")
    LOW = "low", _("Low")


class Inventory(models.Model):
    """A list of assets by its name: read again, it takes the place of what was read before."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    world = models.CharField(max_length=40, default=worlds.REAL)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    """SHA-256 of the file that was read last."""
    lines = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=list)
    """Lines that name nothing: the first of them, each with its place and the reason."""
    refused_count = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField(default=clock.now)
    read_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    matched_at = models.DateTimeField(null=True)
    """When it was last held against all that is known; None while that has still to be done."""

    objects = OwnManager["Inventory"]("organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["world", "organisation", "name"], name="inventory_names_once")]

    def __str__(self) -> str:
        return self.name


class Asset(models.Model):
    """Something that an institution runs."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    world = models.CharField(max_length=40, default=worlds.REAL)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.CASCADE, related_name="+")
    inventory = models.ForeignKey(Inventory, on_delete=models.CASCADE, related_name="assets")
    label = models.CharField(max_length=200)
    """By what its list knows it again: its number, else its name."""
    name = models.CharField(max_length=200, blank=True)
    owner = models.CharField(max_length=200, blank=True)
    service = models.CharField(max_length=200, blank=True)
    """The business that it serves."""
    exposure = models.CharField(max_length=10, choices=Exposure.choices, blank=True)
    importance = models.CharField(max_length=10, choices=Importance.choices, blank=True)
    components = models.JSONField(default=list)
    """What is installed: `domain.components.stored`."""
    component_count = models.PositiveIntegerField(default=0)

    objects = OwnManager["Asset"]("organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["inventory", "label"], name="assets_once")]
        indexes = [models.Index(fields=["organisation", "label", "id"], name="assets_of_organisation")]

    def __str__(self) -> str:
        return self.name or self.label


class MatchStage(models.TextChoices):
    """Where a match stands."""

    TO_JUDGE = "to_judge", _("To be judged")
    OPEN = "open", _("To be done")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    VIRTUAL = "virtual", _("Patched virtually")
    ACCEPTED = "accepted", _("The risk is accepted")
    FIXED = "fixed", _("Fixed")
    NOT_AFFECTED = "not_affected", _("Not affected")
    INVESTIGATED = "investigated", _("Its maker looks into it")
    GONE = "gone", _("Matches no more")


class Match(models.Model):
    """That a vulnerability hits, or may hit, an asset; and what the institution decided to do."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    world = models.CharField(max_length=40, default=worlds.REAL)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.CASCADE, related_name="+")
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="matches")
    vulnerability = models.ForeignKey("advisories.Vulnerability", on_delete=models.CASCADE, related_name="+")
    component = models.CharField(max_length=300)
    """The product and version that is hit, as its list names it."""
    answer = models.CharField(max_length=12)
    """A `domain.matching.Answer`."""
    confidence = models.CharField(max_length=12)
    rule = models.CharField(max_length=400)
    stage = models.CharField(max_length=12, choices=MatchStage.choices)
    due = models.DateField(null=True)
    """None where the table asks for the next upgrade."""
    decision: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    """`domain.decisions.Decision.stored`"""
    counted_from = models.DateField(null=True)
    """From when its days count: since then the facts have asked for as much. None with what is older."""
    vex: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    """Where its stage is what a VEX document says: who says what, why, and at which stage it stood `before`."""
    reason = models.CharField(max_length=400, blank=True)
    until = models.DateField(null=True)
    """Until when it is accepted, or patched virtually."""
    decided_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    first_seen = models.DateTimeField(default=clock.now)
    last_seen = models.DateTimeField(default=clock.now)

    objects = OwnManager["Match"]("organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["asset", "vulnerability"], name="matches_once")]
        indexes = [models.Index(fields=["organisation", "stage", "due", "id"], name="matches_by_due")]

    def __str__(self) -> str:
        return f"{self.asset_id} {self.vulnerability_id}: {self.stage}"


class StepKind(models.TextChoices):
    """What happened to a match."""

    FOUND = "found", _("Found to hit")
    FOUND_AGAIN = "found_again", _("Hits again")
    SURE = "sure", _("Known for sure by now")
    LISTED_STILL = "listed_still", _("Open again: a later list still names it")
    JUDGED = "judged", _("Judged")
    ACKNOWLEDGED = "acknowledged", _("Taken on")
    FIXED = "fixed", _("Called fixed")
    ACCEPTED = "accepted", _("The risk is accepted")
    VIRTUAL = "virtual", _("Patched virtually")
    REOPENED = "reopened", _("Made a task again")
    OVER = "over", _("Open again: its day is over")
    TABLE = "table", _("Worked out by the table that was chosen")
    RECOMPUTED = "recomputed", _("Worked out anew")
    VEX = "vex", _("As a VEX document says")
    VEX_BACK = "vex_back", _("What a VEX document said does not hold any more")
    GONE = "gone", _("Matches no more")


class TaskStep(models.Model):
    """One thing that happened to a match, and how it stood then; no row ever changes."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    world = models.CharField(max_length=40, default=worlds.REAL)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.CASCADE, related_name="+")
    match = models.ForeignKey(Match, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=StepKind.choices)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    """None where it happened by itself."""
    before = models.CharField(max_length=12, choices=MatchStage.choices, blank=True)
    after = models.CharField(max_length=12, choices=MatchStage.choices)
    component = models.CharField(max_length=300)
    rule = models.CharField(max_length=400)
    reason = models.CharField(max_length=400, blank=True)
    until = models.DateField(null=True)
    due = models.DateField(null=True)
    decision: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    """What was known then and what followed by which table: `domain.decisions.Decision.stored`."""

    objects = OwnManager["TaskStep"]("organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        indexes = [models.Index(fields=["match", "at", "id"], name="steps_of_match")]

    def __str__(self) -> str:
        return f"{self.match_id} {self.at}: {self.kind}"
