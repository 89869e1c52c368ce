"""Daily sheets: what went out, what has been told by them, and the words that the sector watches."""

from django.db import models

from noroshi.core import clock, ids
from noroshi.core.domain import worlds
from noroshi.core.models import Shareable


class Sheet(Shareable):
    """A daily sheet, as it went out; it never changes."""

    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    day = models.DateField()
    """The day on which it was issued, where the installation is."""
    by_schedule = models.BooleanField(default=False)
    """Whether the fixed time issued it, and nobody's button."""
    since = models.DateTimeField()
    until = models.DateTimeField()
    frozen = models.JSONField(default=dict)
    """What went out (`domain.daily.frozen`)."""

    class Meta(Shareable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="sheet_number_once"),
            models.UniqueConstraint(
                fields=["world", "day"], condition=models.Q(by_schedule=True), name="sheet_of_a_day_once"
            ),
        ]
        indexes = [models.Index(fields=["world", "-until", "-id"], name="sheets_by_time")]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """How it is cited."""
        return f"DAILY-{self.year}-{self.number:04d}"


class SheetMark(models.Model):
    """What sheets have told of a vulnerability (`domain.daily.Memory`)."""

    vulnerability = models.OneToOneField(
        "advisories.Vulnerability", on_delete=models.CASCADE, primary_key=True, related_name="mark"
    )
    grounds = models.JSONField(default=list)
    probability = models.FloatField(null=True)
    has_remedy = models.BooleanField(default=False)
    is_gone = models.BooleanField(default=False)


class WatchedWord(models.Model):
    """A product or a maker that the sector watches."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    world = models.CharField(max_length=40, default=worlds.REAL)
    word = models.CharField(max_length=80)
    added_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "word"], name="watched_words_once")]
        ordering = ("word",)

    def __str__(self) -> str:
        return self.word
