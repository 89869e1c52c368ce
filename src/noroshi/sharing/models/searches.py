"""Searches that people keep."""

from django.db import models

from noroshi.core import clock, ids
from noroshi.core.domain import worlds
from noroshi.core.domain.tlp import TLP
from noroshi.core.managers import OwnManager
from noroshi.core.models import choices
from noroshi.sharing.domain.asked import Asked
from noroshi.sharing.models.signals import Kind


class SavedSearch(models.Model):
    """A search that a person keeps under a name. What it finds is asked each time, with its person's rights then."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+")
    world = models.CharField(max_length=40, default=worlds.REAL)
    name = models.CharField(max_length=80)
    words = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=16, choices=Kind.choices, blank=True)
    tlp = models.CharField(max_length=12, choices=choices(TLP), blank=True)
    since = models.DateField(null=True)
    with_values = models.BooleanField(default=False)
    seen = models.BigIntegerField(default=0)
    """The last entry of the search index when its person last looked: what came since is new."""
    alert = models.OneToOneField("notify.Subscription", on_delete=models.SET_NULL, null=True, related_name="+")
    """By which its person is told of what it finds; empty where not at all."""
    created_at = models.DateTimeField(default=clock.now)

    objects = OwnManager(holder="person")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        indexes = [models.Index(fields=["person", "name"], name="searches_of_person")]

    def __str__(self) -> str:
        return self.name

    @property
    def asked(self) -> Asked:
        """What it asks for."""
        return Asked(self.words, self.kind, TLP(self.tlp) if self.tlp else None, self.since, self.with_values)
