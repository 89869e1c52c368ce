"""Sources, what became of asking them, what was read of them and what was not."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncDate

from noroshi.advisories.models import DeadLetter, Fetch, Item, LetterState, Source
from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.errors import NotFound


def sources_for(actor: Actor) -> QuerySet[Source]:
    """Return the sources that the actor sees, with their states."""
    return Source.objects.visible_to(actor).select_related("state", "added_by")


def source_for(actor: Actor, source_id: UUID) -> Source:
    """Return one of them. Raises NotFound."""
    found = sources_for(actor).filter(pk=source_id).first()
    if found is None:
        raise NotFound
    return found


def waiting_letters(sources: Sequence[Source]) -> dict[UUID, int]:
    """Return how much of each source waits to be read by somebody."""
    rows = DeadLetter.objects.filter(source__in=sources, state=LetterState.WAITING)
    return dict(rows.values_list("source").annotate(number=Count("pk")))


def fetches_of(actor: Actor, source: Source) -> QuerySet[Fetch]:
    """Return what became of asking a source, the newest first."""
    seen = Source.objects.visible_to(actor).filter(pk=source.pk)
    return Fetch.objects.filter(source__in=seen).order_by("-at", "-pk")


def fetch_for(actor: Actor, fetch_id: UUID) -> Fetch:
    """Return a fetch of a source that the actor sees. Raises NotFound."""
    rows = Fetch.objects.filter(source__in=Source.objects.visible_to(actor)).select_related("source")
    found = rows.filter(pk=fetch_id).first()
    if found is None:
        raise NotFound
    return found


def new_by_day(source: Source, days: int) -> list[tuple[date, int, int]]:
    """Return, of the last days, how many items were new and how many changed on each."""
    first = clock.now() - timedelta(days=days - 1)
    rows = Fetch.objects.filter(source=source, at__date__gte=first.date()).annotate(day=TruncDate("at"))
    counts = {row["day"]: row for row in rows.values("day").annotate(fresh=Sum("new"), risen=Sum("changed"))}
    every = [first.date() + timedelta(days=number) for number in range(days)]
    return [(day, counts[day]["fresh"], counts[day]["risen"]) if day in counts else (day, 0, 0) for day in every]


def items_of(actor: Actor, source: Source) -> QuerySet[Item]:
    """Return the items of a source in their newest revisions, the newest first."""
    seen = Source.objects.visible_to(actor).filter(pk=source.pk)
    return Item.objects.filter(source__in=seen).select_related("newest").order_by("-first_seen", "-pk")


def item_for(actor: Actor, item_id: UUID) -> Item:
    """Return an item of a source that the actor sees. Raises NotFound."""
    rows = Item.objects.filter(source__in=Source.objects.visible_to(actor)).select_related("source", "newest")
    found = rows.filter(pk=item_id).first()
    if found is None:
        raise NotFound
    return found


def letters_for(actor: Actor) -> QuerySet[DeadLetter]:
    """Return what could not be read of the sources that the actor sees, the newest first."""
    rows = DeadLetter.objects.filter(source__in=Source.objects.visible_to(actor))
    return rows.select_related("source", "fetch", "decided_by").order_by("-at", "-pk")


def letter_for(actor: Actor, letter_id: UUID) -> DeadLetter:
    """Return one of them. Raises NotFound."""
    found = letters_for(actor).filter(pk=letter_id).first()
    if found is None:
        raise NotFound
    return found
