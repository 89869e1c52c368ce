"""Inquiries to the hub, what was said in them, and the answers that were published without who asked."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.domain.bulletins import Words
from noroshi.core import clock, ids
from noroshi.core.domain import worlds
from noroshi.core.managers import AskedManager
from noroshi.core.models import Shareable


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


class PublishedAnswer(Shareable):
    """A question and its answer in the hub's own words, without who asked: title and question are one."""

    category = models.ForeignKey("advisories.Category", on_delete=models.PROTECT, related_name="+")
    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, null=True, related_name="+")
    """The inquiry that it came from: shown to nobody who does not see that one."""
    bulletin = models.ForeignKey("advisories.Bulletin", on_delete=models.PROTECT, null=True, related_name="+")
    title_ja = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    body_ja = models.TextField()
    body_en = models.TextField(blank=True)
    links = models.JSONField(default=list)
    names = models.JSONField(default=list)
    changed_at = models.DateTimeField(default=clock.now)
    published_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    return_reason = models.CharField(max_length=400, blank=True)
    withdrawal_reason = models.CharField(max_length=400, blank=True)

    class Meta(Shareable.Meta):
        indexes = [models.Index(fields=["world", "-published_at", "-id"], name="published_answers_by_time")]

    def __str__(self) -> str:
        return self.title

    @property
    def words(self) -> Words:
        """The question, and what answers it."""
        return Words(self.title_ja, self.body_ja, self.title_en, self.body_en)

    @property
    def title(self) -> str:
        """The question in the reader's language."""
        return self.words.title(get_language() or "ja")

    @property
    def body(self) -> str:
        """The answer in the reader's language."""
        return self.words.body(get_language() or "ja")
