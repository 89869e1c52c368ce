"""Hunts, their hits, and log files on their way into the lake.

A hit belongs to the organisation in whose logs it was; nobody else reads it.
"""

from datetime import datetime
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from noroshi.core import clock, ids
from noroshi.core.actor import Actor
from noroshi.core.domain import worlds
from noroshi.core.domain.audience import State
from noroshi.core.managers import OwnManager
from noroshi.intel.domain.observables import Observable, ObservableType, defang
from noroshi.sharing.models import Signal


class HuntState(models.TextChoices):
    """Where a hunt, or a log file, stands."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    STOPPED = "stopped", _("Stopped")
    """By a person: of a search alone."""


UNDER_WAY: Final = (HuntState.WAITING, HuntState.RUNNING)
ENDED: Final = (HuntState.DONE, HuntState.STOPPED)


class Hunt(models.Model):
    """One look back through the logs: for a signal, or for values a person typed."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    signal = models.ForeignKey("sharing.Signal", on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    """Whose logs were searched, where a person asked; empty where a signal reached many."""
    requested_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    world = models.CharField(max_length=40, default=worlds.REAL)
    values = models.JSONField(default=list)
    """Pairs of type and value that a person asked for; empty for a signal, which has its own."""
    refused = models.JSONField(default=list)
    """Pairs of what was not looked for, or is harmless, and why."""
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    """The events that are looked at: since <= time < until, each as far as it is given."""
    harmless_too = models.BooleanField(default=False)
    """Whether values that a warning list calls harmless are shown."""
    scanned = models.JSONField(default=list)
    """Pairs of why events were read where the index could not tell, and how many files of them."""
    capped = models.BooleanField(default=False)
    """Whether more was found than one hunt may hold."""
    state = models.CharField(max_length=8, choices=HuntState.choices, default=HuntState.WAITING)
    lakes = models.PositiveIntegerField(default=0)
    """Organisations whose logs are searched; `lakes_done` of them have been."""
    lakes_done = models.PositiveIntegerField(default=0)
    parts = models.PositiveIntegerField(default=0)
    """Parts of the index that were looked up."""
    files = models.PositiveIntegerField(default=0)
    """Files of events that must be read, as far as that is known; `files_read` of them have been."""
    files_read = models.PositiveIntegerField(default=0)
    stopped_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)
    wall_seconds = models.FloatField(null=True)
    cpu_seconds = models.FloatField(null=True)
    error = models.TextField(blank=True)

    objects = OwnManager(holder="organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [
            models.UniqueConstraint(
                fields=["signal", "version"],
                condition=models.Q(signal__isnull=False),
                name="one_hunt_a_version",
            )
        ]

    @property
    def asked_by(self) -> str:
        """Who asked for a search: a person, or their organisation's machine."""
        return str(self.requested_by or self.organisation)


class HitManager(OwnManager["Hit"]):
    """Manager of hits. A hit quotes the signal that asked for it, so it is never wider than the signal.

    What the organisation allows is no hit, and is read by verbs of its own.
    """

    def visible_to(self, actor: Actor) -> models.QuerySet["Hit"]:
        """Return the hits in the own logs, as far as the actor sees the signal and it was not withdrawn."""
        return self._found_for(actor).filter(allowed__isnull=True)

    def suppressed_for(self, actor: Actor) -> models.QuerySet["Hit"]:
        """Return what would be a hit that the actor sees, were it not allowed."""
        return self._found_for(actor).filter(allowed__isnull=False)

    def unrestricted(self, *, reason: str) -> models.QuerySet["Hit"]:
        """Return all hits, for a task of the installation itself that `reason` names."""
        return super().unrestricted(reason=reason).filter(allowed__isnull=True)

    def unrestricted_suppressed(self, *, reason: str) -> models.QuerySet["Hit"]:
        """Return all that is suppressed, for such a task."""
        return super().unrestricted(reason=reason).filter(allowed__isnull=False)

    def _found_for(self, actor: Actor) -> models.QuerySet["Hit"]:
        signals = Signal.objects.visible_to(actor).filter(state=State.PUBLISHED)
        asked = models.Q(hunt__signal__isnull=True) | models.Q(hunt__signal__in=signals.values("pk"))
        return super().visible_to(actor).filter(asked)


class Hit(models.Model):
    """One value found in one organisation's logs, by the hunt that found it first."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    hunt = models.ForeignKey(Hunt, on_delete=models.PROTECT, related_name="hits")
    organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, related_name="+")
    type = models.CharField(max_length=16)
    value = models.TextField()
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    count = models.PositiveBigIntegerField()
    samples = models.JSONField(default=list)
    """The earliest few events: time (ISO 8601), source, file, line."""
    allowed = models.ForeignKey("hunting.AllowedValue", on_delete=models.SET_NULL, null=True, related_name="+")
    """What the organisation allows that stands for the value: then it is no hit, and told to nobody."""
    world = models.CharField(max_length=40, default=worlds.REAL)
    created_at = models.DateTimeField(default=clock.now)

    objects = HitManager(holder="organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        indexes = [models.Index(fields=["organisation", "-created_at"], name="hits_of_organisation")]

    @property
    def places(self) -> list[tuple[datetime, str, str, int]]:
        """The samples as (time, source, file, line)."""
        return [(datetime.fromisoformat(at["time"]), at["source"], at["file"], at["line"]) for at in self.samples]

    @property
    def defanged(self) -> str:
        """The value so that nobody opens it by a click."""
        return defang(Observable(ObservableType(self.type), self.value))


class LogFile(models.Model):
    """A log file that a person sent from the page, or that was dropped into a folder, on its way into the lake."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, related_name="+")
    sent_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=63)
    name = models.CharField(max_length=255)
    dropped = models.BooleanField(default=False)
    """Whether it lies in the folder of its source; else in the waiting room."""
    world = models.CharField(max_length=40, default=worlds.REAL)
    state = models.CharField(max_length=8, choices=HuntState.choices, default=HuntState.WAITING)
    lines_read = models.PositiveBigIntegerField(default=0)
    lines = models.PositiveBigIntegerField(default=0)
    events = models.PositiveBigIntegerField(default=0)
    quarantined = models.PositiveBigIntegerField(default=0)
    known = models.BooleanField(default=False)
    """Whether the lake had the same content already, so that it added nothing."""
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)

    objects = OwnManager(holder="organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        indexes = [models.Index(fields=["organisation", "-created_at"], name="log_files_of_organisation")]


class LogSource(models.Model):
    """What an organisation has said of one of its log sources: how its logs are read, and how long they are kept."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=63)
    mapping = models.TextField(blank=True)
    """A mapping file (see `engine.mapping`)."""
    keep_days = models.PositiveIntegerField(null=True)
    """Empty: as long as the installation keeps logs, which is the most in any case."""
    world = models.CharField(max_length=40, default=worlds.REAL)
    changed_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)

    objects = OwnManager(holder="organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="one_log_source_of_a_name")]
