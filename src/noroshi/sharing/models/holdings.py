"""What happens to a signal while it waits for release: how long, who let it go, what the hub asked its author."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from noroshi.core import clock, ids
from noroshi.core.domain import worlds
from noroshi.core.managers import PartManager
from noroshi.members.models import in_language


class Outcome(models.TextChoices):
    """How a stay in the release queue ended."""

    RELEASED = "released", _("Released")
    RETURNED = "returned", _("Handed back")
    RECALLED = "recalled", _("Recalled by its author")


class Holding(models.Model):
    """One stay in the release queue. An approval belongs to its stay: what was changed since is looked at anew."""

    signal = models.ForeignKey("sharing.Signal", on_delete=models.SET_NULL, null=True, related_name="holdings")
    """Empty once a draft that was handed back is thrown away: the time that the hub took stays."""
    world = models.CharField(max_length=40, default=worlds.REAL)
    held_at = models.DateTimeField(default=clock.now)
    approved_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)

    objects = PartManager(whole="signal")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [
            models.UniqueConstraint(
                fields=["signal"], condition=models.Q(ended_at__isnull=True), name="one_holding_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["world", "ended_at"], name="holdings_by_end")]


class Inquiry(models.Model):
    """One line between the hub and the author of what waits: a request, or the answer. Theirs alone.

    The author of an anonymous signal is written down nowhere here: whoever answers is its author.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    signal = models.ForeignKey("sharing.Signal", on_delete=models.CASCADE, related_name="inquiries")
    operator = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    """Who asked, for the hub; empty where the author answers."""
    text_ja = models.TextField()
    text_en = models.TextField()
    at = models.DateTimeField(default=clock.now)

    objects = PartManager(whole="signal")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        indexes = [models.Index(fields=["signal", "at"], name="inquiries_of_signal")]

    @property
    def text(self) -> str:
        """The text in the reader's language."""
        return in_language(self.text_ja, self.text_en)


class CannedRequest(models.Model):
    """A request for more information that the hub asks again and again, in both languages."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    title_ja = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80)
    text_ja = models.TextField()
    text_en = models.TextField()
    changed_at = models.DateTimeField(default=clock.now)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["title_en", "id"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return in_language(self.title_ja, self.title_en)

    @property
    def text(self) -> str:
        """The text in the reader's language."""
        return in_language(self.text_ja, self.text_en)
