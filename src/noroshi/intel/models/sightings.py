"""Observables, each value once, and who has seen them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from noroshi.core import clock, ids
from noroshi.core.domain import worlds
from noroshi.core.managers import OwnManager
from noroshi.intel.domain.observables import ObservableType


class Observable(models.Model):
    """A value that can be looked for, in its canonical form. Who named it is told by signals, through the policy."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    type = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in ObservableType])
    value = models.TextField()
    digest = models.CharField(max_length=64)
    """SHA-256 of type and value: the unique key, since a URL is longer than an index likes."""
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest"], name="value_once")]


class SightingSource(models.TextChoices):
    """How a sighting came about."""

    LOGS = "logs", _("Found in logs")
    PERSON = "person", _("Said by a person")


class Sighting(models.Model):
    """An organisation has seen what an item is about. Others learn only how many organisations did, from three on."""

    item_id = models.UUIDField()
    organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=8, choices=SightingSource.choices)
    named = models.BooleanField(default=False)
    """Whether the organisation lets itself be named to those who see the item; otherwise it is one of a number."""
    count = models.PositiveBigIntegerField(default=1)
    first_seen = models.DateTimeField(null=True)
    last_seen = models.DateTimeField(null=True)
    world = models.CharField(max_length=40, default=worlds.REAL)
    at = models.DateTimeField(default=clock.now)

    objects = OwnManager(holder="organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["item_id", "organisation", "source"], name="sighting_once")]
        indexes = [models.Index(fields=["organisation", "at"], name="sightings_of_organisation")]
