"""Explainers: articles that explain, one by one or in a series; their pictures, and what was said in review."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.domain.explainers import MAX_NAME, MAX_PICTURE_NAME, MAX_SUMMARY, pictures_used
from noroshi.advisories.models.reviewed import ReviewedText
from noroshi.core import clock, ids
from noroshi.core.domain.audience import State
from noroshi.core.managers import PartManager
from noroshi.sharing.models import StoredFile


class Serial(models.Model):
    """Explainers that are read one after the other."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    name_ja = models.CharField(_("Name (Japanese)"), max_length=MAX_NAME)
    name_en = models.CharField(_("Name (English)"), max_length=MAX_NAME, blank=True)
    about_ja = models.CharField(max_length=MAX_SUMMARY, blank=True)
    about_en = models.CharField(max_length=MAX_SUMMARY, blank=True)
    is_retired = models.BooleanField(default=False)
    """Whether nothing new goes into it."""

    class Meta:
        ordering = ("is_retired", "name_ja", "id")

    def __str__(self) -> str:
        return (self.name_en if get_language() == "en" else "") or self.name_ja

    @property
    def about(self) -> str:
        """What it is about, in the reader's language."""
        return (self.about_en if get_language() == "en" else "") or self.about_ja


class Explainer(ReviewedText):
    """One version of an article that explains something."""

    summary_ja = models.CharField(max_length=MAX_SUMMARY)
    summary_en = models.CharField(max_length=MAX_SUMMARY, blank=True)
    byline = models.CharField(max_length=200, blank=True)
    """Who stands as its authors; empty where that is the centre."""
    tags = models.JSONField(default=list)
    bulletins = models.JSONField(default=list)
    """Bulletins that belong to it, by their id; a reader is shown those that the reader sees."""
    serial = models.ForeignKey(Serial, on_delete=models.PROTECT, null=True, related_name="+")
    part = models.PositiveSmallIntegerField(null=True)
    """Its place in the series."""

    class Meta(ReviewedText.Meta):
        constraints = [
            *ReviewedText.Meta.constraints,
            models.UniqueConstraint(
                fields=["serial", "part"],
                condition=models.Q(serial__isnull=False, state=State.PUBLISHED, superseded_at=None),
                name="explainer_part_once",
            ),
        ]
        indexes = [models.Index(fields=["world", "-published_at", "-id"], name="explainers_by_time")]

    @property
    def summary(self) -> str:
        """What it is about, in the reader's language."""
        return (self.summary_en if get_language() == "en" else "") or self.summary_ja

    @property
    def pictures(self) -> frozenset[str]:
        """The names of the pictures that its text shows, in either language."""
        return frozenset(name for text in (self.body_ja, self.body_en) for name, _said in pictures_used(text))


class Picture(StoredFile):
    """A picture of an explainer. It never changes; a reader gets it by a version that shows it, and in no other way."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    explainer = models.ForeignKey(Explainer, on_delete=models.CASCADE, related_name="+")
    """The first version of the explainer: all of them have the same pictures at hand."""
    uploader = models.ForeignKey("members.Person", on_delete=models.PROTECT, related_name="+")
    handle = models.CharField(max_length=MAX_PICTURE_NAME)
    """The name by which texts show it."""
    said = models.CharField(max_length=MAX_SUMMARY)
    """What can be seen on it, for those who do not see it."""
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["explainer", "handle"], name="explainer_picture_once")]


class ReviewComment(models.Model):
    """What an operator said about a version that was at work; it stays with that version."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    explainer = models.ForeignKey(Explainer, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey("members.Person", on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField(default=clock.now)

    objects = PartManager(whole="explainer")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        ordering = ("at", "id")
