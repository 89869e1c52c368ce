"""The mailbox to which mail of the magazine comes back, how it is, and which letters were read there."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.models.magazine import OperatorsManager
from noroshi.core import clock, ids


class ReturnBox(models.Model):
    """The mailbox: where it is, how far it has been read, and how it is. An installation has one at most."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    only = models.BooleanField(default=True, unique=True, editable=False)
    """So that there is no second one."""
    url = models.CharField(max_length=2000)
    """As in ``imaps://user@host/INBOX`` (`domain.mailboxes.Mailbox`)."""
    secret = models.TextField(blank=True)
    """Its password, encrypted by the installation's key."""
    minutes = models.PositiveIntegerField(default=5)
    ports = models.JSONField(default=list)
    """Open besides 993."""
    networks = models.JSONField(default=list)
    """Networks inside that are open to it."""
    enabled = models.BooleanField(default=False)
    place = models.JSONField(default=dict)
    """`imap.Place`"""
    since = models.DateTimeField(default=clock.now)
    """When it was last switched on."""
    due_at = models.DateTimeField(default=clock.now)
    leased_until = models.DateTimeField(null=True)
    """While it is being read: until then nobody else reads it."""
    checked_at = models.DateTimeField(null=True)
    new_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)
    """Why it was not read the last time; empty where it was."""
    health = models.CharField(max_length=16, default="off")
    """A `domain.health.Health`, as it was last told."""

    objects = OperatorsManager()
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="one_return_box")]

    def __str__(self) -> str:
        return self.url


class Fate(models.TextChoices):
    """What became of a letter that was read as one that came back."""

    COUNTED = "counted", _("Counted")
    KNOWN = "known", _("Was counted before")
    NOT_OURS = "not_ours", _("About no mail of ours")
    NO_BOUNCE = "no_bounce", _("No returned mail")
    BROKEN = "broken", _("Could not be read")


class ReturnedLetter(models.Model):
    """A letter that was read in the mailbox, whatever it says: what was not counted, a person may look for there."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    """`domain.bounces.digest_of`: numbered anew, the same letter is the same."""
    at = models.DateTimeField(default=clock.now)
    sender = models.CharField(max_length=254, blank=True)
    """What it says of its sender: shown, believed by nobody."""
    subject = models.CharField(max_length=300, blank=True)
    fate = models.CharField(max_length=10, choices=Fate.choices)
    detail = models.CharField(max_length=300, blank=True)
    """Why the mail came back, as it says."""
    delivery = models.ForeignKey("advisories.Delivery", on_delete=models.PROTECT, null=True, related_name="+")
    """The mail that it is about, where it is one of ours."""

    objects = OperatorsManager()
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        indexes = [
            models.Index(fields=["-at", "-id"], name="returned_letters_by_time"),
            models.Index(fields=["fate", "-at"], name="returned_letters_by_fate"),
        ]

    def __str__(self) -> str:
        return self.subject
