"""What configuration checks found of an institution's systems: its own matter, seen by nobody else."""

from typing import Any, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.domain.findings import SEVERITIES, Severity
from noroshi.core import clock, ids
from noroshi.core.domain import worlds
from noroshi.core.managers import OwnManager

_WORDS: Final = {
    Severity.UNKNOWN: _("Not known"),
    Severity.INFORMATIONAL: _("Informational"),
    Severity.LOW: _("Low"),
    Severity.MEDIUM: _("Medium"),
    Severity.HIGH: _("High"),
    Severity.CRITICAL: _("Critical"),
    Severity.FATAL: _("Fatal"),
}


class FindingStage(models.TextChoices):
    """How a check stands: a `domain.findings.Outcome`, or that a later scan names it no more."""

    FAILING = "failing", _("Fails the check")
    MANUAL = "manual", _("To be looked at by hand")
    MUTED = "muted", _("Muted in the tool")
    PASSED = "passed", _("Passes the check")
    CLOSED = "closed", _("Not in the last scan any more")


class Finding(models.Model):
    """How one check of one resource stands; a newer import takes its place."""

    SEVERITIES: Final = tuple((number, _WORDS[each]) for number, each in enumerate(SEVERITIES))

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    world = models.CharField(max_length=40, default=worlds.REAL)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    """SHA-256 of `domain.findings.Checked.key`: the parts together are too long for an index."""
    product = models.CharField(max_length=100, blank=True)
    account = models.CharField(max_length=200, blank=True)
    check_name = models.CharField(max_length=200)
    title = models.CharField(max_length=300)
    severity = models.PositiveSmallIntegerField(choices=SEVERITIES)
    """The `severity_id` of OCSF, so that it can be put in order."""
    stage = models.CharField(max_length=8, choices=FindingStage.choices)
    resource_uid = models.CharField(max_length=500)
    resource_name = models.CharField(max_length=300)
    resource_kind = models.CharField(max_length=100, blank=True)
    region = models.CharField(max_length=100, blank=True)
    detail = models.CharField(max_length=1000, blank=True)
    remediation = models.TextField(blank=True)
    references: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    """Addresses, and commands too."""
    cves = models.TextField(blank=True)
    """CVE numbers with a space before and behind each: a whole one is found, and none within another."""
    frameworks: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    first_seen = models.DateTimeField()
    seen_at = models.DateTimeField()
    """When a scan saw it last."""
    stands_since = models.DateTimeField()
    """The scan by which it stands so; nothing older changes it."""
    imported_at = models.DateTimeField(default=clock.now)
    imported_by = models.ForeignKey("members.Person", on_delete=models.SET_NULL, null=True, related_name="+")

    objects = OwnManager["Finding"]("organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["world", "organisation", "key"], name="findings_once")]
        indexes = [
            models.Index(fields=["organisation", "stage", "-severity", "id"], name="findings_by_severity"),
            models.Index(fields=["organisation", "product", "account"], name="findings_of_a_scan"),
        ]

    def __str__(self) -> str:
        return f"{self.resource_name}: {self.title}"


class ImportStage(models.TextChoices):
    """How far a file of findings is."""

    WAITING = "waiting", _("Waiting for its turn")
    READING = "reading", _("Findings being read")
    WRITING = "writing", _("Findings being written")
    DONE = "done", _("Findings taken in")
    REFUSED = "refused", _("Findings not taken in")


ON_ITS_WAY: Final = (ImportStage.WAITING, ImportStage.READING, ImportStage.WRITING)


class FindingsImport(models.Model):
    """A file of findings that a person sent: how far it is, and what came of it."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    world = models.CharField(max_length=40, default=worlds.REAL)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.CASCADE, related_name="+")
    sent_at = models.DateTimeField(default=clock.now)
    sent_by = models.ForeignKey("members.Person", on_delete=models.SET_NULL, null=True, related_name="+")
    """In whose name it is taken in, if they still may when its turn comes."""
    name = models.CharField(max_length=200)
    """What the file is called."""
    is_whole = models.BooleanField()
    """Whether it is the whole scan of its accounts."""
    stage = models.CharField(max_length=8, choices=ImportStage.choices, default=ImportStage.WAITING)
    done = models.PositiveIntegerField(default=0)
    """Findings that were read so far."""
    items = models.PositiveIntegerField(default=0)
    """How many the file holds; 0 until that is known."""
    job = models.CharField(max_length=64, blank=True)
    """What it is called on the queue; empty until it is there."""
    ended_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=20, blank=True)
    """Why it was not taken in: a value of `domain.findings.Unreadable` or `Hindered`."""
    fresh = models.PositiveIntegerField(default=0)
    renewed = models.PositiveIntegerField(default=0)
    older = models.PositiveIntegerField(default=0)
    """What was known by a newer scan, and stands as that says."""
    closed = models.PositiveIntegerField(default=0)
    unread = models.PositiveIntegerField(default=0)
    unread_first: "models.JSONField[list[list[Any]], list[list[Any]]]" = models.JSONField(default=list)
    """The first of these: the place of each, and a value of `domain.findings.Unclear`."""

    objects = OwnManager["FindingsImport"]("organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        indexes = [models.Index(fields=["organisation", "world", "sent_at"], name="findings_imports_of")]

    def __str__(self) -> str:
        return f"{self.name}: {self.stage}"

    @property
    def is_on_its_way(self) -> bool:
        """Whether it still waits, or is being taken in."""
        return self.stage in ON_ITS_WAY
