"""What comes in from instances of MISP: the feeds that somebody follows, and the events that became drafts."""

from django.db import models

from noroshi.core import clock, ids


class MispFeed(models.Model):
    """A feed of MISP that a person follows for drafts of theirs. What the other side asks for is kept encrypted."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+")
    label = models.CharField(max_length=80)
    url = models.CharField(max_length=2000)
    authorization = models.CharField(max_length=1000, blank=True)
    """The header `Authorization`, encrypted; empty where none is sent."""
    created_at = models.DateTimeField(default=clock.now)
    asked_at = models.DateTimeField(null=True)
    good_at = models.DateTimeField(null=True)
    """When all of it was last read without an error."""
    error = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.label


class TakenEvent(models.Model):
    """An event that a person took in: which version of it, and the drafts that it became."""

    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+")
    uuid = models.UUIDField()
    stamp = models.DateTimeField()
    """The event's own `timestamp`: only a later one is taken again."""
    taken_at = models.DateTimeField(default=clock.now)
    feed = models.ForeignKey(MispFeed, on_delete=models.SET_NULL, null=True, related_name="+")
    refused = models.PositiveIntegerField(default=0)
    """How many of its parts could not be taken."""
    drafts = models.JSONField(default=list)
    """Numbers of the signals that it became; whoever reads them asks the policy."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "uuid"], name="event_taken_once")]
