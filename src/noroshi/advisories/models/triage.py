"""Stories: what sources tell of one thing, on its way from noise to a bulletin; rules that say where to."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.domain import triage
from noroshi.core import clock, ids
from noroshi.core.actor import Actor
from noroshi.core.domain import worlds
from noroshi.core.managers import GuardedManager

LONGEST_NOTE: Final = 400


class StoryState(models.TextChoices):
    """What became of a story."""

    NEW = "new", _("To be looked at")
    HELD = "held", _("Held")
    TAKEN = "taken", _("In hand")
    DROPPED = "dropped", _("Dropped")


class Priority(models.IntegerChoices):
    """How soon somebody has to look (`domain.triage.Priority`)."""

    LOW = 1, _("Low")
    NORMAL = 2, _("Normal")
    HIGH = 3, _("High")
    URGENT = 4, _("Urgent")


class RoutingWay(models.TextChoices):
    """What becomes of what a rule fires for (`domain.triage.Way`)."""

    QUEUE = "queue", _("Put it into the queue")
    HOLD = "hold", _("Hold it")
    DROP = "drop", _("Drop it")


class JoinedBy(models.TextChoices):
    """How an item came into its story."""

    FIRST = "first", _("It began the story")
    NAME = "name", _("It names the same vulnerability")
    PERSON = "person", _("Joined by a person")
    SPLIT = "split", _("Split off by a person")


class Step(models.TextChoices):
    """What happened to a story."""

    OPENED = "opened", _("Opened")
    GREW = "grew", _("Another item came")
    CHANGED = "changed", _("An item changed")
    ABSORBED = "absorbed", _("Another story turned out to be this one")
    REOPENED = "reopened", _("Back in the queue")
    ROUTED = "routed", _("The rules were applied anew")
    TAKEN = "taken", _("Somebody took it")
    HELD = "held", _("Held")
    DROPPED = "dropped", _("Dropped")
    SORTED = "sorted", _("Put into a category")
    ASSIGNED = "assigned", _("Given to somebody")
    SPLIT = "split", _("An item was split off")
    JOINED = "joined", _("Joined with another story")
    LOCKED = "locked", _("Locked")
    UNLOCKED = "unlocked", _("Unlocked")
    DRAFTED = "drafted", _("A bulletin was begun")


class RoutingRule(models.Model):
    """A rule that says where what comes in goes; the first in the order that fires decides."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    world = models.CharField(max_length=40, default=worlds.REAL)
    name = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField(default=100)
    is_on = models.BooleanField(default=True)
    words: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    names: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    products: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    is_exploited = models.BooleanField(default=False)
    source = models.ForeignKey("advisories.Source", on_delete=models.PROTECT, null=True, related_name="+")
    category = models.ForeignKey("advisories.Category", on_delete=models.PROTECT, null=True, related_name="+")
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    way = models.CharField(max_length=5, choices=RoutingWay.choices, default=RoutingWay.QUEUE)
    days = models.PositiveSmallIntegerField(default=1)
    """For how long what it holds is held."""
    changed_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("position", "id")
        constraints = [models.UniqueConstraint(fields=["world", "name"], name="routing_rules_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def rule(self) -> triage.Rule:
        """What it means."""
        asked = triage.Conditions(
            tuple(self.words), tuple(self.names), tuple(self.products), self.is_exploited, self.source_id
        )
        way, priority = triage.Way(self.way), triage.Priority(self.priority)
        return triage.Rule(self.pk, self.name, asked, priority, way, self.category_id, self.days)


class StoryManager(GuardedManager["Story"]):
    """Stories are the workbench of the hub's operators: nobody else sees them."""

    def visible_to(self, actor: Actor) -> models.QuerySet["Story"]:
        """Return those of the actor's world, for an operator of the hub; for everybody else none."""
        if not (actor.is_active and actor.is_hub_operator) or actor.is_supervisor:
            return self._all().none()
        return self._all().filter(world=actor.world)


class Story(models.Model):
    """What one or more items tell of one thing, and what is done about it."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    world = models.CharField(max_length=40, default=worlds.REAL)
    title = models.CharField(max_length=300)
    state = models.CharField(max_length=8, choices=StoryState.choices, default=StoryState.NEW)
    category = models.ForeignKey("advisories.Category", on_delete=models.PROTECT, null=True, related_name="+")
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    is_exploited = models.BooleanField(default=False)
    """Whether a catalogue listed one of its vulnerabilities when something was last read of it."""
    rule = models.ForeignKey(RoutingRule, on_delete=models.SET_NULL, null=True, related_name="+")
    because = models.JSONField(default=dict)
    """`domain.triage.Routing.said` of the rule that fired; empty where none did."""
    reason = models.CharField(max_length=LONGEST_NOTE, blank=True)
    """Why a person dropped it."""
    held_until = models.DateTimeField(null=True)
    owner = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    due = models.DateField(null=True)
    is_locked = models.BooleanField(default=False)
    """Whether nothing comes into it by itself."""
    is_touched = models.BooleanField(default=False)
    """Whether a person has decided anything about it: then no machine makes it a part of another one."""
    bulletin = models.ForeignKey("advisories.Bulletin", on_delete=models.SET_NULL, null=True, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    """When something was last read of it, or done about it."""

    objects = StoryManager()
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        indexes = [
            models.Index(fields=["world", "state", "-priority", "-id"], name="stories_by_state"),
            models.Index(fields=["world", "-priority", "-id"], name="stories_by_priority"),
            models.Index(fields=["world", "-changed_at", "-id"], name="stories_by_time"),
        ]

    def __str__(self) -> str:
        return self.title


class Membership(models.Model):
    """That an item belongs to a story, how it came there, and by what."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="members")
    item = models.OneToOneField("advisories.Item", on_delete=models.PROTECT, related_name="membership")
    joined_by = models.CharField(max_length=6, choices=JoinedBy.choices)
    names: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    """By which identifiers."""
    glues = models.BooleanField(default=True)
    """Whether others come to it by identifiers: no digest, and nothing that a person split off."""
    by = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)


class StoryStep(models.Model):
    """One thing that happened to a story; it does not change."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="steps")
    step = models.CharField(max_length=10, choices=Step.choices)
    note = models.CharField(max_length=LONGEST_NOTE, blank=True)
    by = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    """Nobody, where sources did it."""
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("at", "id")
