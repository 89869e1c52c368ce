"""Bulletins: what the centre publishes, version by version, and what they are written from."""

from typing import Final

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.domain.bulletins import Checklist, Stage, reference, stage_of
from noroshi.advisories.models.reviewed import Reviewed
from noroshi.core import clock, ids
from noroshi.core.domain.audience import State


class Category(models.Model):
    """What bulletins and news are sorted into; each category numbers its own series of bulletins."""

    SERIES: Final = r"^[A-Z][A-Z0-9]{1,11}$"

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    series = models.CharField(_("Series"), max_length=12, unique=True)
    """What the numbers of its bulletins begin with: ``ALERT``."""
    name_ja = models.CharField(_("Name (Japanese)"), max_length=80)
    name_en = models.CharField(_("Name (English)"), max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    is_retired = models.BooleanField(default=False)
    """Whether nothing new goes into it."""

    class Meta:
        ordering = ("position", "series")

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ja


class Numbering(models.Model):
    """The last number of a series in a year: its row is held until the number is used, so none is left out."""

    series = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "year"], name="numbering_once")]


class Template(models.Model):
    """What a bulletin is begun from: words to fill in, and what has to hold before it goes."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    name_ja = models.CharField(_("Name (Japanese)"), max_length=80)
    name_en = models.CharField(_("Name (English)"), max_length=80, blank=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    title_ja = models.CharField(max_length=200, blank=True)
    title_en = models.CharField(max_length=200, blank=True)
    body_ja = models.TextField(blank=True)
    body_en = models.TextField(blank=True)
    checklist = models.JSONField(default=list)
    is_retired = models.BooleanField(default=False)

    class Meta:
        ordering = ("category__position", "name_ja")

    def __str__(self) -> str:
        return (self.name_en if get_language() == "en" else "") or self.name_ja


class Bulletin(Reviewed):
    """One version of a bulletin: its number, which every version has, and what went out as it went out."""

    year = models.PositiveSmallIntegerField(null=True)
    number = models.PositiveIntegerField(null=True)
    """Its number in the category's series of the year, from the moment it is published."""
    checklist = models.JSONField(default=list)
    frozen = models.JSONField(default=dict)
    """What went out (`domain.bulletins.frozen`)."""
    created_at = models.DateTimeField(default=clock.now)
    approved_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)

    class Meta(Reviewed.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["category", "year", "number", "version"],
                condition=models.Q(number__isnull=False),
                name="bulletin_number_once",
            ),
            *Reviewed.Meta.constraints,
        ]
        indexes = [
            models.Index(fields=["world", "-published_at", "-id"], name="bulletins_by_time"),
            models.Index(
                fields=["world", "state", "-changed_at"],
                condition=~models.Q(state=State.PUBLISHED),
                name="bulletins_not_out",
            ),
        ]

    def __str__(self) -> str:
        return self.reference or self.title

    @property
    def reference(self) -> str:
        """How it is cited; empty until it has a number."""
        if self.number is None or self.year is None:
            return ""
        return reference(self.category.series, self.year, self.number, self.version)

    @property
    def citation(self) -> str:
        """How all versions of it together are cited; empty until it has a number."""
        if self.number is None or self.year is None:
            return ""
        return reference(self.category.series, self.year, self.number, version=1)

    @property
    def checks(self) -> Checklist:
        """What has to hold before it goes."""
        return Checklist.of(self.checklist)

    @property
    def stage(self) -> Stage:
        """Where it stands."""
        return stage_of(
            State(self.state), approved=self.approved_at is not None, superseded=self.superseded_at is not None
        )
