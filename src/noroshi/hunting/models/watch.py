"""How far each organisation's arriving logs have been watched."""

from django.db import models


class WatchMark(models.Model):
    """The last arrival of an organisation's logs in which the values of signals were looked for."""

    organisation = models.OneToOneField("members.Organisation", on_delete=models.PROTECT, related_name="+")
    arrival = models.PositiveBigIntegerField(default=0)
    """A number of the lake (see `engine.manifest.Arrival`); 0: none yet."""
    watched_at = models.DateTimeField(null=True)
    """When the mark came there."""
