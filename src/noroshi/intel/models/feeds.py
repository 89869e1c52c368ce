"""Servers of others that an organisation reads from."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from noroshi.core import clock, ids
from noroshi.core.domain import worlds
from noroshi.core.managers import OwnManager


class FeedAuth(models.TextChoices):
    """How a server knows the organisation."""

    NONE = "none", _("Not at all")
    BASIC = "basic", _("Name and password")
    BEARER = "bearer", _("Token")
    CERTIFICATE = "certificate", _("Client certificate")


class Feed(models.Model):
    """A collection of a TAXII 2.1 server that is looked at again and again; what it brings lands in triage."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=100)
    api_root = models.CharField(max_length=1000)
    collection = models.CharField(max_length=100)
    auth = models.CharField(max_length=12, choices=FeedAuth.choices, default=FeedAuth.NONE)
    username = models.CharField(max_length=200, blank=True)
    secret = models.TextField(blank=True)
    """Password, token, or certificate with its key (PEM), encrypted by the installation's key."""
    minutes = models.PositiveIntegerField(default=60)
    paused = models.BooleanField(default=False)
    added_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(default=clock.now)
    world = models.CharField(max_length=40, default=worlds.REAL)

    added_after = models.CharField(max_length=64, blank=True)
    """Where to go on: the moment of the last object, as the server wrote it."""
    next = models.TextField(blank=True)
    """Where to go on amid the server's pages."""
    due_at = models.DateTimeField(default=clock.now)
    tried_at = models.DateTimeField(null=True)
    good_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=16, blank=True)
    """Why the last look did not end well: a code of `domain.feeds.Trouble`; empty where it did."""
    detail = models.CharField(max_length=300, blank=True)
    failures = models.PositiveIntegerField(default=0)
    accepted = models.PositiveBigIntegerField(default=0)
    refused = models.PositiveBigIntegerField(default=0)

    objects = OwnManager(holder="organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        indexes = [models.Index(fields=["due_at"], condition=models.Q(paused=False), name="feeds_due")]
        constraints = [models.UniqueConstraint(fields=["organisation", "title"], name="feed_titles_once")]

    def __str__(self) -> str:
        return self.title
