"""Inquiries to the hub, what was said in them, and the answers that were published without who asked."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.models.reviewed import ReviewedText
from noroshi.core import clock, ids
from noroshi.core.domain import worlds
from noroshi.core.managers import AskedManager


class InquiryState(models.TextChoices):
    """Where an inquiry stands (`domain.inquiries.Stand`)."""

    ASKED = "asked", _("Waits for the hub")
    TAKEN = "taken", _("Being answered")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Settled")


class Inquiry(models.Model):
    """What a member asks the hub: for the people of its organisation who need to know, and the hub's operators."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    world = models.CharField(max_length=40, default=worlds.REAL)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=InquiryState.choices, default=InquiryState.ASKED)
    bulletin = models.ForeignKey("advisories.Bulletin", on_delete=models.PROTECT, null=True, related_name="+")
    vulnerability = models.ForeignKey("advisories.Vulnerability", on_delete=models.PROTECT, null=True, related_name="+")
    taken_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    waits_since = models.DateTimeField(null=True, default=clock.now)
    """Since when it waits for an answer; none while it does not."""
    first_answered_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(default=clock.now)

    objects = AskedManager()
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        indexes = [
            models.Index(fields=["world", "-changed_at", "-id"], name="inquiries_by_time"),
            models.Index(fields=["organisation", "-changed_at"], name="inquiries_of_organisation"),
        ]

    def __str__(self) -> str:
        return self.subject


class InquiryMessage(models.Model):
    """One thing said in an inquiry; it does not change. It is read by the inquiry alone."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey("members.Person", on_delete=models.PROTECT, related_name="+")
    by_hub = models.BooleanField()
    """Whether it answers; else it asks."""
    text = models.TextField()
    links = models.JSONField(default=list)
    bulletins = models.JSONField(default=list)
    """Numbers of the bulletins that it names as sources; a reader is shown those that the reader sees."""
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("at", "id")


class PublishedAnswer(ReviewedText):
    """A question and its answer in the hub's own words, without who asked: title and question are one."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, null=True, related_name="+")
    """The inquiry that it came from: shown to nobody who does not see that one."""
    bulletin = models.ForeignKey("advisories.Bulletin", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(ReviewedText.Meta):
        indexes = [models.Index(fields=["world", "-published_at", "-id"], name="published_answers_by_time")]
