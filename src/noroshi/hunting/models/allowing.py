"""What an organisation knows as harmless in its own logs."""

from datetime import date, timedelta

from django.db import models
from django.utils import timezone

from noroshi.core import clock, ids
from noroshi.core.domain import worlds
from noroshi.core.managers import OwnManager
from noroshi.intel.domain.observables import Observable, ObservableType, defang


class AllowedValue(models.Model):
    """A value on an organisation's allow-list. No other organisation, and no hub, reads it."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, related_name="+")
    type = models.CharField(max_length=16)
    value = models.TextField()
    """In canonical form."""
    digest = models.CharField(max_length=64)
    """SHA-256 of type and value: a value may be longer than what an index holds."""
    reason = models.TextField()
    until = models.DateTimeField(null=True)
    """From then on it is allowed no more; empty: until somebody takes it off."""
    added_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    """Who allowed it, or last changed why and how long; empty for a machine or the shell."""
    added_at = models.DateTimeField(default=clock.now)
    world = models.CharField(max_length=40, default=worlds.REAL)

    objects = OwnManager(holder="organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "world", "digest"], name="one_allowed_value_of_a_kind")
        ]

    @property
    def defanged(self) -> str:
        """The value so that nobody opens it by a click."""
        return defang(Observable(ObservableType(self.type), self.value))

    @property
    def last_day(self) -> date | None:
        """The last day of which it is allowed the whole, or a part."""
        return self.until and timezone.localdate(self.until - timedelta(microseconds=1))

    @property
    def has_ended(self) -> bool:
        """Whether it is allowed no more."""
        return self.until is not None and self.until <= clock.now()
