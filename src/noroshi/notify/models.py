"""Notices, and how each person wants them."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from noroshi.core import clock, ids
from noroshi.core.domain import worlds
from noroshi.core.managers import OwnManager


class NoticeKind(models.TextChoices):
    """Why a person is told."""

    SIGNAL = "signal", _("A signal reached you")
    AMENDED = "amended", _("A signal changed")
    WITHDRAWN = "withdrawn", _("A signal was withdrawn")
    COMMENT = "comment", _("Somebody commented")
    HIT = "hit", _("Found in your own logs")
    REQUEST = "request", _("A request, or its answer")
    RELEASE = "release", _("A signal waits for release")
    SIGHTING = "sighting", _("Others saw it too")
    UNMASKED = "unmasked", _("Somebody looked up who you are")


class Delivery(models.TextChoices):
    """When mail goes out."""

    AT_ONCE = "at_once", _("At once")
    DIGEST = "digest", _("Daily digest")
    INBOX = "inbox", _("Inbox only")


class Notice(models.Model):
    """A line in a person's inbox.

    It names its subject by id alone; the title is asked for when it is shown, through the policy, so a notice never
    outlives the right to see what it is about.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=NoticeKind.choices)
    subject = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    world = models.CharField(max_length=40, default=worlds.REAL)
    count = models.PositiveBigIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)
    mail_due_at = models.DateTimeField(null=True)
    """When mail about it should go; empty where the person wants none, or there is nothing left to send."""
    mailed_at = models.DateTimeField(null=True)
    event = models.BigIntegerField()
    """The ledger entry that caused it: the same event never makes two notices."""

    objects = OwnManager(holder="person")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["person", "kind", "event"], name="notice_once")]
        indexes = [
            models.Index(fields=["person", "read_at", "-created_at"], name="inbox"),
            models.Index(
                fields=["mail_due_at"],
                condition=models.Q(mailed_at__isnull=True, mail_due_at__isnull=False),
                name="mail_to_send",
            ),
        ]


class Rule(models.Model):
    """How a person wants to hear of a kind of notice. Own hits always come at once.

    Where `signal_kinds` or `groups` name something, only what is about it is mailed; the inbox has everything.
    """

    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=NoticeKind.choices)
    delivery = models.CharField(max_length=8, choices=Delivery.choices)
    signal_kinds: Any = models.JSONField(default=list)
    groups: Any = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="rule_once")]
