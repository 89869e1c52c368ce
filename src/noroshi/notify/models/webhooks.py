"""Webhooks: where an organisation's machines are told, what was to be sent, and what came of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from noroshi.core import clock, ids


class Webhook(models.Model):
    """An address of an organisation that is told. Its secret is stored encrypted: it signs every message."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.CASCADE, related_name="+")
    label = models.CharField(max_length=80)
    url = models.CharField(max_length=2000)
    secret = models.CharField(max_length=300)
    created_at = models.DateTimeField(default=clock.now)
    paused_at = models.DateTimeField(null=True)
    pause_reason = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.label


class DispatchState(models.TextChoices):
    """What became of a message."""

    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    DROPPED = "dropped", _("Not sent: withdrawn, or not for you any more")
    GIVEN_UP = "given_up", _("Given up")


class Dispatch(models.Model):
    """A message to one webhook. It names its subject by id alone; what it says is composed when it is sent.

    Its id is the message's own: sent again, it bears the same, so that the receiver can tell.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="dispatches")
    event = models.BigIntegerField(null=True)
    """The ledger entry that caused it: the same event never makes two messages."""
    type = models.CharField(max_length=40)
    subject = models.CharField(max_length=40, blank=True)
    subject_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10, choices=DispatchState.choices, default=DispatchState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=clock.now)
    leased_until = models.DateTimeField(null=True)
    """Until when the worker that took it may be at it; if it dies, another takes it then."""
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["webhook", "event"], name="dispatched_once")]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="waiting"), name="dispatch_to_send"),
            models.Index(fields=["webhook", "-created_at"], name="dispatches_by_time"),
        ]


class Attempt(models.Model):
    """One try to deliver a message. `status` is what the other side answered; empty where it did not."""

    dispatch = models.ForeignKey(Dispatch, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField(default=clock.now)
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=300, blank=True)
    milliseconds = models.PositiveIntegerField(default=0)
