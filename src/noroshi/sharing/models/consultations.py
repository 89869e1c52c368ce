"""Consultations: what a question is about, what solved it, who was helped; and the hub's published answers.

A question is a signal of that kind and its answers are the comments: one way to ask, to be anonymous, to be read.
A published answer is an item of its own, with its own words and marking: it is nobody's comment any more.
"""

from django.db import models
from django.db.models import Q

from noroshi.core import clock, ids
from noroshi.core.managers import PartManager
from noroshi.core.models import Shareable


class ItemOfFramework(models.Model):
    """An item of a framework that something is about."""

    framework = models.CharField(max_length=60)
    number = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    """What is searched: `domain.items.FrameworkItem.key`."""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.framework} {self.number}"


class QuestionItem(ItemOfFramework):
    """What a question is about."""

    signal = models.ForeignKey("sharing.Signal", on_delete=models.CASCADE, related_name="items")

    objects = PartManager(whole="signal")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["signal", "key"], name="question_item_once")]
        indexes = [models.Index(fields=["key"], name="questions_by_item")]


class Solution(models.Model):
    """An answer that solved a question, as the asker or the hub marked it."""

    signal = models.ForeignKey("sharing.Signal", on_delete=models.PROTECT, related_name="solutions")
    comment = models.OneToOneField("sharing.Comment", on_delete=models.PROTECT, related_name="+")

    objects = PartManager(whole="signal")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"


class Thanks(models.Model):
    """Somebody was helped by an answer. Told as a number of organisations."""

    signal = models.ForeignKey("sharing.Signal", on_delete=models.PROTECT, related_name="thanks")
    comment = models.ForeignKey("sharing.Comment", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("members.Person", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, related_name="+")

    objects = PartManager(whole="signal")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["comment", "person"], name="thanked_once")]


class ReferenceAnswer(Shareable):
    """A question and its answer in the hub's own words, published to all members under a number.

    Its only grant is the community and it has no exclusion and no embargo, so whoever sees one of a level sees all of
    that level: its number, counted by level, has no gap that would tell of one that is hidden.
    """

    number = models.PositiveIntegerField(null=True)
    title = models.CharField(max_length=200)
    question = models.TextField()
    answer = models.TextField()
    version = models.PositiveIntegerField(default=1)
    source = models.ForeignKey("sharing.Signal", on_delete=models.PROTECT, related_name="+")
    """The consultation it came from: shown to nobody who reads the answer."""
    created_at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(default=clock.now)
    withdrawal_reason = models.CharField(max_length=400, blank=True)

    class Meta(Shareable.Meta):
        constraints = [models.UniqueConstraint(fields=["world", "tlp", "number"], name="answer_number_once")]
        indexes = [models.Index(fields=["world", "-published_at", "-id"], name="answers_by_time")]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """The number by which it is cited."""
        return f"QA-{self.tlp}-{self.number:03}" if self.number else ""


class ReferenceVersion(models.Model):
    """What a published answer said before it was revised."""

    reference = models.ForeignKey(ReferenceAnswer, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    question = models.TextField()
    answer = models.TextField()
    replaced_at = models.DateTimeField(default=clock.now)
    reason = models.CharField(max_length=400)

    objects = PartManager(whole="reference")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["reference", "number"], name="answer_version_once")]


class ReferenceItem(ItemOfFramework):
    """What a published answer is about."""

    reference = models.ForeignKey(ReferenceAnswer, on_delete=models.CASCADE, related_name="items")

    objects = PartManager(whole="reference")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["reference", "key"], name="answer_item_once")]
        indexes = [models.Index(fields=["key"], name="answers_by_item")]


class Consent(models.Model):
    """The hub asks whoever asked a question whether an edited text may be published.

    A part of the question, not of the text: the asker reads it there, in the words that would go out, and an anonymous
    asker stays nobody. Another wording needs another consent.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    signal = models.ForeignKey("sharing.Signal", on_delete=models.PROTECT, related_name="consents")
    reference = models.ForeignKey(ReferenceAnswer, on_delete=models.CASCADE, related_name="consents")
    title = models.CharField(max_length=200)
    question = models.TextField()
    answer = models.TextField()
    tlp = models.CharField(max_length=12)
    asked_at = models.DateTimeField(default=clock.now)
    agreed = models.BooleanField(null=True)

    objects = PartManager(whole="signal")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [
            models.UniqueConstraint(
                fields=["reference"], condition=Q(agreed__isnull=True), name="one_consent_asked_at_a_time"
            )
        ]
