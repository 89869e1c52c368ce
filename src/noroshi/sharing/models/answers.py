"""What readers say to signals."""

from django.db import models

from noroshi.core import clock, ids
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.managers import PartManager
from noroshi.core.models import choices


class Comment(models.Model):
    """What a reader adds."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    signal = models.ForeignKey("sharing.Signal", on_delete=models.PROTECT, related_name="comments")
    author = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    """Empty where another installation sent it whose author is nobody here: the voice says who speaks, if anybody."""
    author_mode = models.CharField(max_length=10, choices=choices(AuthorMode), default=AuthorMode.NAMED)
    body = models.TextField()
    created_at = models.DateTimeField(default=clock.now)
    """Of an anonymous comment the hour alone."""
    place = models.PositiveIntegerField(default=0)
    """Its place among the comments on the signal. Never shown: between named ones it would tell the minute."""

    path = models.JSONField(default=list)
    """The installations that it has passed, where it was written first; empty where that is here."""
    voice_ja = models.CharField(max_length=200, blank=True)
    voice_en = models.CharField(max_length=200, blank=True)
    voice_person = models.CharField(max_length=120, blank=True)
    files = models.PositiveIntegerField(default=0)
    """How many files it has where it was written: they do not travel."""

    objects = PartManager(whole="signal")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"


class Acknowledgement(models.Model):
    """A person has taken note, for the organisation."""

    signal = models.ForeignKey("sharing.Signal", on_delete=models.PROTECT, related_name="acknowledgements")
    person = models.ForeignKey("members.Person", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    objects = PartManager(whole="signal")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["signal", "person"], name="acknowledged_once")]
