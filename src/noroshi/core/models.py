"""What every room builds on: shareable objects, their audience, and the ledger."""

from collections.abc import Collection
from functools import cached_property
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from noroshi.core import clock, ids
from noroshi.core.domain import worlds
from noroshi.core.domain.audience import AuthorMode, Entry, EntryKind, Item, State
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.core.managers import ShareableManager


def choices(values: Any) -> list[tuple[str, str]]:
    """Return the choices of a field that stores an enum by its value."""
    return [(member.value, member.value) for member in values]


class Shareable(models.Model):
    """Base of everything with a marking and an audience. Its manager answers nobody who does not say who asks."""

    walled = True
    """Whether a supervisor's account sees none of it (POLICY, rule `wall`)."""

    confined = False
    """Whether it is a part of the group that it was given to: for those alone who are in the group now."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    owner = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    tlp = models.CharField(_("TLP"), max_length=12, choices=choices(TLP))
    profile = models.CharField(max_length=12, choices=choices(Profile), default=Profile.FIRST)
    state = models.CharField(max_length=10, choices=choices(State), default=State.DRAFT)
    author_mode = models.CharField(max_length=10, choices=choices(AuthorMode), default=AuthorMode.NAMED)
    world = models.CharField(max_length=40, default=worlds.REAL)
    embargo_until = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = ShareableManager()
    everything = models.Manager()
    """Django's own plumbing (foreign keys, save). Rooms never read through it."""

    class Meta:
        abstract = True
        base_manager_name = "everything"

    def as_item(self) -> Item:
        """Return what the policy reads of this object; costs one query for the audience."""
        return self.with_audience(audiences_of([self.pk])[self.pk])

    @cached_property
    def known_audience(self) -> frozenset[Entry]:
        """The audience as it was when this object was first asked: for reading its parts, never for changing it."""
        return audiences_of([self.pk])[self.pk]

    @classmethod
    def know_audiences(cls, rows: Collection[Self]) -> None:
        """Ask at once for the audiences of those of `rows` that do not know theirs."""
        unknown = {row.pk: row for row in rows if "known_audience" not in vars(row)}
        for number, audience in (audiences_of(unknown) if unknown else {}).items():
            unknown[number].known_audience = audience

    def with_audience(self, audience: frozenset[Entry]) -> Item:
        """Return what the policy reads of this object, whose audience the caller has asked for (`audiences_of`)."""
        return Item(
            owner=self.owner_id,
            author=self.author_id,
            tlp=TLP(self.tlp),
            profile=Profile(self.profile),
            audience=audience,
            state=State(self.state),
            author_mode=AuthorMode(self.author_mode),
            embargo_until=self.embargo_until,
            world=self.world,
        )


class AudienceEntry(models.Model):
    """One line of an item's audience. Items are named by id alone: every room's items share this table."""

    item_id = models.UUIDField()
    kind = models.CharField(max_length=24, choices=choices(EntryKind))
    target = models.UUIDField(null=True)
    organisation = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["item_id", "kind", "target"], name="audience_by_item"),
            models.Index(fields=["kind", "target", "item_id"], name="audience_by_target"),
            models.Index(fields=["kind", "organisation", "item_id"], name="audience_by_organisation"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["item_id", "kind", "target"], name="audience_line_once"),
            models.UniqueConstraint(
                fields=["item_id", "kind"],
                condition=models.Q(target__isnull=True),
                name="community_line_once",
            ),
        ]

    def as_entry(self) -> Entry:
        """Return the line as the policy reads it."""
        return Entry(EntryKind(self.kind), self.target, self.organisation)


def granted_to_group(group: UUID, item: str = "pk") -> models.Exists:
    """Return the condition that a row's item, whose id is in the column `item`, was given to a group."""
    lines = AudienceEntry.objects.filter(item_id=models.OuterRef(item), kind=EntryKind.GROUP, target=group)
    return models.Exists(lines)


def audiences_of(item_ids: Collection[UUID]) -> dict[UUID, frozenset[Entry]]:
    """Return the audience of each of some items, in one query."""
    found: dict[UUID, set[Entry]] = {item_id: set() for item_id in item_ids}
    for row in AudienceEntry.objects.filter(item_id__in=item_ids):
        found[row.item_id].add(row.as_entry())
    return {item_id: frozenset(entries) for item_id, entries in found.items()}


class LedgerEntry(models.Model):
    """One thing somebody did. Never changed, never deleted: the database refuses both.

    `payload` is what a subscriber needs to act; it holds ids and counts, no content that a marking protects.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=clock.now)
    world = models.CharField(max_length=40, default=worlds.REAL)
    action = models.CharField(max_length=80)
    person = models.UUIDField(null=True)
    organisation = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=200, blank=True)
    channel = models.CharField(max_length=20)
    rule = models.CharField(max_length=40, blank=True)
    subject = models.CharField(max_length=40, blank=True)
    subject_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=400, blank=True)
    payload = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["subject_id", "id"], name="ledger_by_subject"),
            models.Index(fields=["action", "id"], name="ledger_by_action"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.action}"


class PendingEntry(models.Model):
    """An entry that has no place in the chain yet. Written with the entry, taken away by the sealer.

    The queue is what makes the order safe: a transaction that commits late leaves its entry here, however small
    its number, so neither the chain nor a subscriber's cursor can step over it.
    """

    entry = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT, primary_key=True, related_name="+")


class Seal(models.Model):
    """An entry's place in the chain: SHA-256 over the link before it and the entry's canonical bytes."""

    position = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)


class Cursor(models.Model):
    """How far a subscriber has read the chain."""

    subscriber = models.CharField(max_length=80, primary_key=True)
    position = models.BigIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)


class ParkedEvent(models.Model):
    """An event that a subscriber could not handle, set aside with its reason until somebody replays it."""

    subscriber = models.CharField(max_length=80)
    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    parked_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "entry"], name="parked_once")]
