"""A group's room: what was shared with it, as far as the reader sees it; and the guests of its signals."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, EntryKind
from noroshi.core.domain.small_numbers import FEWEST
from noroshi.core.errors import NotFound
from noroshi.core.models import AudienceEntry, granted_to_group
from noroshi.members.models import Group
from noroshi.members.queries import groups_for
from noroshi.sharing.models import Guest, Signal
from noroshi.sharing.policy import is_author
from noroshi.sharing.queries.signals import published_for

DAYS: Final = 90


def own_group(actor: Actor, slug: str) -> Group:
    """Return a group that the actor belongs to now; raise NotFound for any other.

    Its room is for its members: that something was shared with the group is theirs to know, and nobody else's.
    """
    group = groups_for(actor).filter(slug=slug, pk__in=actor.groups).first()
    if group is None:
        raise NotFound
    return group


def shared_with(actor: Actor, group: UUID) -> QuerySet[Signal]:
    """Return the signals granted to a group whose content `actor` may read, newest first."""
    return published_for(actor).filter(granted_to_group(group))


@dataclass(frozen=True)
class RoomNumbers:
    """How lively a group is, from what the reader sees: None where a number is about too few organisations."""

    days: int
    signals: int
    organisations: int | None


def room_numbers(actor: Actor, group: Group) -> RoomNumbers:
    """Return how much was shared with a group lately, and by how many organisations that gave their name.

    An anonymous author is not counted: a number above the names shown would say that it is one of the others.
    """
    since = clock.now() - timedelta(days=DAYS)
    recent = shared_with(actor, group.pk).filter(published_at__gte=since).order_by()
    named = recent.filter(author_mode=AuthorMode.NAMED).values("owner").distinct().count()
    return RoomNumbers(DAYS, recent.count(), named if named >= FEWEST else None)


def granted_groups(signal: Signal) -> set[UUID]:
    """Return the groups that a signal was granted to."""
    rows = AudienceEntry.objects.filter(item_id=signal.pk, kind=EntryKind.GROUP)
    return {target for target in rows.values_list("target", flat=True) if target}


def guests_of(actor: Actor, signal: Signal) -> QuerySet[Guest]:
    """Return the guests of a signal now: all for its author and the groups it was shared with; a guest finds itself."""
    rows = Guest.objects.of(actor, signal).filter(ended_at__isnull=True)
    rows = rows.select_related("person__organisation").order_by("invited_at", "pk")
    if is_author(actor, signal) or not actor.groups.isdisjoint(granted_groups(signal)):
        return rows
    return rows.filter(person=actor.person)
