"""Servers of others: what an organisation reads from them, and what it sends to them."""

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


class Remote(models.Model):
    """A collection of a TAXII 2.1 server elsewhere: how it knows the organisation, and how it was when last asked."""

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

    due_at = models.DateTimeField(default=clock.now)
    tried_at = models.DateTimeField(null=True)
    good_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=16, blank=True)
    """Why it did not end well the last time: a code of `domain.remote.Trouble`; empty where it did."""
    detail = models.CharField(max_length=300, blank=True)
    failures = models.PositiveIntegerField(default=0)

    objects = OwnManager(holder="organisation")
    everything = models.Manager()

    class Meta:
        abstract = True
        base_manager_name = "everything"

    def __str__(self) -> str:
        return self.title

    @property
    def way(self) -> tuple[str, ...]:
        """Where it leads: while that stays, it goes on where it ended."""
        return self.api_root, self.collection


class Feed(Remote):
    """A collection that is looked at again and again; what it brings lands in triage."""

    added_after = models.CharField(max_length=64, blank=True)
    """Where to go on: the moment of the last object, as the server wrote it."""
    next = models.TextField(blank=True)
    """Where to go on amid the server's pages."""
    accepted = models.PositiveBigIntegerField(default=0)
    refused = models.PositiveBigIntegerField(default=0)

    class Meta(Remote.Meta):
        indexes = [models.Index(fields=["due_at"], condition=models.Q(paused=False), name="feeds_due")]
        constraints = [models.UniqueConstraint(fields=["organisation", "title"], name="feed_titles_once")]


class Whose(models.TextChoices):
    """Who reads what is pushed: that decides what may be."""

    OWN = "own", _("Our own system")
    PARTNER = "partner", _("Somebody else's")


class Push(Remote):
    """A collection into which objects of one of the organisation's own collections are sent, as they come."""

    whose = models.CharField(max_length=8, choices=Whose.choices)
    view = models.CharField(max_length=100)
    """Which of the own collections: its id."""
    after = models.BigIntegerField(default=0)
    """Up to which moment of arrival, of the organisation as a reader, everything has its mark."""

    @property
    def way(self) -> tuple[str, ...]:
        """Where it leads, for whom, and from where."""
        return *super().way, self.whose, self.view

    class Meta(Remote.Meta):
        indexes = [models.Index(fields=["due_at"], condition=models.Q(paused=False), name="pushes_due")]
        constraints = [models.UniqueConstraint(fields=["organisation", "title"], name="push_titles_once")]


class MarkState(models.TextChoices):
    """What became of a version of an object that was to be pushed."""

    WAITING = "waiting", _("To be sent again")
    SENT = "sent", _("Sent, not answered yet")
    TAKEN = "taken", _("Taken")
    REFUSED = "refused", _("Refused there")
    SKIPPED = "skipped", _("Not sent")
    UNTOLD = "untold", _("Sent, never answered")


class Mark(models.Model):
    """What became of one version of an object for one push. There is one of each that the push came past."""

    push = models.ForeignKey(Push, on_delete=models.CASCADE, related_name="marks")
    stix_id = models.CharField(max_length=290)
    type = models.CharField(max_length=250)
    modified = models.BigIntegerField()
    """Which version: as of `StixObject`."""
    state = models.CharField(max_length=8, choices=MarkState.choices)
    reason = models.CharField(max_length=16, blank=True)
    """Why it is not taken: a code of `domain.pushing.Reason`."""
    said = models.CharField(max_length=400, blank=True)
    """What the other side said, in its words."""
    status = models.CharField(max_length=64, blank=True)
    """The status (TAXII 2.1, 4.3) that tells of it, as long as it does not tell the end."""
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["push", "stix_id", "modified"], name="marked_once")]
        indexes = [models.Index(fields=["push", "state", "-id"], name="marks_by_state")]
