"""Sources outside: what is known of each, what became of each question, and what was read of the answers."""

from typing import Any, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.domain.records import RefusedBecause
from noroshi.advisories.domain.sources import SourceKind
from noroshi.core import clock, ids
from noroshi.core.actor import Actor
from noroshi.core.domain import worlds
from noroshi.core.managers import GuardedManager

LONGEST_ID: Final = 500


class SourceManager(GuardedManager["Source"]):
    """Sources are seen by every member of the installation: what they publish is public, or for all of its members."""

    def visible_to(self, actor: Actor) -> models.QuerySet["Source"]:
        """Return those of the actor's world; none for a visitor, nor for a supervisor behind the wall."""
        if actor.is_visitor or actor.is_supervisor or not actor.is_active:
            return self._all().none()
        return self._all().filter(world=actor.world)


class Source(models.Model):
    """A source: where it is, how it is read, how often it is asked."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=12)
    """A `SourceKind`."""
    url = models.CharField(max_length=2000, blank=True)
    """Empty where files alone are read in."""
    zone = models.CharField(max_length=60, default="UTC")
    """Of dates that name none."""
    language = models.CharField(max_length=2, blank=True)
    category = models.CharField(max_length=12, blank=True)
    """The series of the category that its items usually belong to."""
    terms = models.CharField(max_length=500, blank=True)
    """Its licence, or where its terms are written."""
    selector = models.CharField(max_length=200, blank=True)
    minutes = models.PositiveIntegerField(default=60)
    rhythm_hours = models.PositiveIntegerField(default=0)
    """For how long it has nothing new at most; 0: nobody can say."""
    gap_seconds = models.PositiveSmallIntegerField(default=2)
    """Between two questions to its host."""
    most_mb = models.PositiveIntegerField(default=20)
    """Of one answer."""
    ports = models.JSONField(default=list)
    """Open besides 80 and 443."""
    networks = models.JSONField(default=list)
    """Networks inside that are open to it."""
    secret = models.TextField(blank=True)
    """A key that the server asks for, encrypted by the installation's key."""
    enabled = models.BooleanField(default=False)
    added_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(default=clock.now)
    world = models.CharField(max_length=40, default=worlds.REAL)

    objects = SourceManager()
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["world", "name"], name="source_names_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def reads(self) -> SourceKind:
        """Return its kind."""
        return SourceKind(self.kind)


class SourceState(models.Model):
    """How far a source has been read, and how it is."""

    source = models.OneToOneField(Source, on_delete=models.CASCADE, primary_key=True, related_name="state")
    host = models.CharField(max_length=255, blank=True, db_index=True)
    etag = models.CharField(max_length=500, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    """Of the last answer that was read."""
    cursor = models.JSONField(default=dict)
    """`domain.asking.Cursor`"""
    window = models.JSONField(default=list)
    """The items of the last answer, where answers are windows of the newest ones."""
    high_water = models.DateTimeField(null=True)
    """The newest moment that an item ever claimed, as far as it does not lie ahead."""
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    due_at = models.DateTimeField(default=clock.now)
    leased_until = models.DateTimeField(null=True)
    """While it is being asked: until then nobody else asks it, nor another source of its host."""
    since = models.DateTimeField(default=clock.now)
    """When the source was last switched on."""
    checked_at = models.DateTimeField(null=True)
    new_at = models.DateTimeField(null=True)
    shape_since = models.DateTimeField(null=True)
    regressed_since = models.DateTimeField(null=True)
    gap_since = models.DateTimeField(null=True)
    health = models.CharField(max_length=16, default="waiting", db_index=True)
    """A `domain.health.Health`, as it was last told."""
    health_since = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.source_id}: {self.health}"


class Origin(models.TextChoices):
    """Where the bytes of a fetch came from."""

    NET = "net", _("Fetched")
    FILE = "file", _("Read from a file")
    REPLAY = "replay", _("Read again from what was kept")
    LETTER = "letter", _("One that had been refused")


class Outcome(models.TextChoices):
    """How a fetch ended."""

    READING = "reading", _("Being read")
    GOOD = "good", _("Taken in")
    UNCHANGED = "unchanged", _("Nothing new")
    FAILED = "failed", _("No answer")
    SET_ASIDE = "set_aside", _("Set aside as a whole")


class Fetch(models.Model):
    """One question to a source, or one file of it, and what became of it."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="fetches")
    at = models.DateTimeField(default=clock.now)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.NET)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.READING)
    address = models.CharField(max_length=2000, blank=True)
    status = models.PositiveSmallIntegerField(default=0)
    """Of HTTP; 0 where none came."""
    detail = models.CharField(max_length=300, blank=True)
    seconds = models.FloatField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    headers = models.JSONField(default=dict)
    cursor = models.JSONField(default=dict)
    """Where to go on behind it."""
    place = models.PositiveBigIntegerField(default=0)
    """Up to which document everything is written down: where to go on when it was interrupted."""
    read = models.PositiveBigIntegerField(default=0)
    new = models.PositiveBigIntegerField(default=0)
    changed = models.PositiveBigIntegerField(default=0)
    refused = models.PositiveBigIntegerField(default=0)
    has_gap = models.BooleanField(default=False)
    is_regressed = models.BooleanField(default=False)
    is_misshapen = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["source", "-at"], name="fetches_of_source")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.at}: {self.outcome}"


class Item(models.Model):
    """One item of a source, whatever its version."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="items", db_index=False)
    """Found by `items_once`, as an index of its own would find it."""
    native_id = models.CharField(max_length=LONGEST_ID)
    material = models.CharField(max_length=64)
    """`records.Record.material` of the newest revision."""
    fingerprint = models.BigIntegerField(null=True)
    """Of the document of a file that says the newest revision and nothing else; None where none was read."""
    number = models.PositiveIntegerField(default=1)
    """Of the newest revision."""
    newest = models.ForeignKey("advisories.Revision", on_delete=models.PROTECT, null=True, related_name="+")
    """Found by an index of its own: with each revision that is written SQLite looks for the item that waits for it."""
    first_seen = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "native_id"], name="items_once")]
        indexes = [models.Index(fields=["source", "first_seen", "id"], name="items_by_time")]
        """Upwards, though it is walked downwards: what is new then comes to its end, which costs least."""

    def __str__(self) -> str:
        return self.native_id


class Revision(models.Model):
    """One version of an item, as it was read; it is never changed."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="revisions", db_index=False)
    """Found by `revisions_once`."""
    number = models.PositiveIntegerField(default=1)
    fetch = models.ForeignKey(Fetch, on_delete=models.PROTECT, related_name="revisions")
    seen_at = models.DateTimeField(default=clock.now)
    material = models.CharField(max_length=64)
    changed: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    """Which of its parts differ from the version before."""
    title = models.TextField(blank=True)
    link = models.TextField(blank=True)
    summary = models.TextField(blank=True)
    published_at = models.DateTimeField(null=True)
    published_as = models.CharField(max_length=100, blank=True)
    """As it was written; empty where nothing was."""
    published_zoned = models.BooleanField(default=True)
    """Whether a zone was written too."""
    updated_at = models.DateTimeField(null=True)
    updated_as = models.CharField(max_length=100, blank=True)
    updated_zoned = models.BooleanField(default=True)
    language = models.CharField(max_length=2, blank=True)
    names: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    same_as: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    categories: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    claims: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    """`records.Claim` as an object each: about, kind, by, value."""
    remarks: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    """`records.Record.remarks`"""
    is_digest = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="revisions_once")]

    def __str__(self) -> str:
        return self.title


class LetterState(models.TextChoices):
    """What became of what could not be read."""

    WAITING = "waiting", _("Waits for somebody")
    REPLAYED = "replayed", _("Read in the end")
    IGNORED = "ignored", _("Left as it is")


REASONS: Final = {
    RefusedBecause.NOT_JSON: _("It is no JSON."),
    RefusedBecause.NOT_XML: _("It is no XML."),
    RefusedBecause.DANGEROUS_XML: _("It is XML that declares entities or nests too deep."),
    RefusedBecause.NOT_CSV: _("It is no CSV."),
    RefusedBecause.SHAPE: _("It is not what this source usually sends."),
    RefusedBecause.NO_IDENTITY: _("It has no identity of its own."),
    RefusedBecause.TOO_LARGE: _("It is too large."),
    RefusedBecause.ENCODING: _("Its characters cannot be told."),
    RefusedBecause.ERROR_ANSWER: _("The source says itself that something went wrong."),
    RefusedBecause.CHECKSUM: _("It is not what the checksum beside it says."),
    RefusedBecause.SIGNATURE: _("Its signature is missing or not good."),
}


class DeadLetter(models.Model):
    """A part of an answer that could not be read."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="letters")
    fetch = models.ForeignKey(Fetch, on_delete=models.PROTECT, related_name="letters")
    at = models.DateTimeField(default=clock.now)
    document = models.PositiveBigIntegerField()
    """Which document of the fetch, from 1."""
    name = models.CharField(max_length=300, blank=True)
    """Where in an archive it lay."""
    place = models.PositiveIntegerField()
    """Which item of the document; 0: all of it."""
    reason = models.CharField(max_length=16, choices=[(each.value, text) for each, text in REASONS.items()])
    detail = models.CharField(max_length=300, blank=True)
    excerpt = models.TextField(blank=True)
    fingerprint = models.CharField(max_length=64)
    """The same letter is kept once of a source."""
    state = models.CharField(max_length=8, choices=LetterState.choices, default=LetterState.WAITING)
    edited = models.BinaryField(null=True)
    """The document as a person mended it."""
    decided_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "fingerprint"], name="letters_once")]
        indexes = [models.Index(fields=["source", "state", "-at"], name="letters_by_state")]

    def __str__(self) -> str:
        return f"{self.name} {self.place}: {self.reason}"
