"""Names of products that an institution learned from its own judgements."""

from django.db import models

from noroshi.core import clock, ids
from noroshi.core.domain import worlds
from noroshi.core.managers import OwnManager


class ProductAlias(models.Model):
    """That what the institution calls one thing is what records call another."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    world = models.CharField(max_length=40, default=worlds.REAL)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.CASCADE, related_name="+")
    ours = models.CharField(max_length=400)
    """As names are compared: `domain.aliases.called`."""
    theirs = models.CharField(max_length=400)
    ours_words = models.CharField(max_length=400)
    """As a person wrote it."""
    theirs_words = models.CharField(max_length=400)
    is_sure = models.BooleanField()
    """Whether what is surely affected by this name opens a task by itself; else it waits for somebody."""
    reason = models.CharField(max_length=400)
    learned_at = models.DateTimeField(default=clock.now)
    learned_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, related_name="+")

    objects = OwnManager["ProductAlias"]("organisation")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["world", "organisation", "ours", "theirs"], name="aliases_once")]
        indexes = [models.Index(fields=["organisation", "-learned_at", "-id"], name="aliases_of_organisation")]

    def __str__(self) -> str:
        return f"{self.ours_words} = {self.theirs_words}"
