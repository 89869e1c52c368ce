"""Texts that were looked over before they went out: what is out, what is at work, which versions there were."""

from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from noroshi.advisories.models import Reviewed, ReviewedText
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.errors import NotFound
from noroshi.members.models import Person
from noroshi.sharing.queries import people_who_see

R = TypeVar("R", bound=Reviewed)
T = TypeVar("T", bound=ReviewedText)


def out_for(actor: Actor, model: type[R]) -> "QuerySet[R]":
    """Return what is out, each in its last version alone; the newest first."""
    rows: QuerySet[R] = model.objects.visible_to(actor).filter(state=State.PUBLISHED, superseded_at=None)
    return rows.select_related("category").order_by("-published_at", "-pk")


def at_work(actor: Actor, model: type[R]) -> "QuerySet[R]":
    """Return the drafts of the actor and what waits for operators, what changed last first."""
    rows: QuerySet[R] = model.objects.visible_to(actor).filter(state__in=(State.DRAFT, State.HELD))
    return rows.select_related("category", "author").order_by("-changed_at", "-pk")


def one_for(actor: Actor, model: type[R], number: UUID, *related: str) -> R:
    """Return one that the actor sees, wherever it stands. Raises NotFound."""
    rows = model.objects.visible_to(actor).select_related("category", "author__organisation", "published_by", *related)
    row: R | None = rows.filter(pk=number).first()
    if row is None:
        raise NotFound
    return row


def text_versions_of(actor: Actor, row: T) -> "QuerySet[T]":
    """Return those versions of a text that ever went out and that the actor sees, the last first; tombstones too."""
    rows: QuerySet[T] = type(row).objects.visible_to(actor).filter(Q(pk=row.root) | Q(first=row.root))
    return rows.filter(published_at__isnull=False).order_by("-version")


def newest_text_of(actor: Actor, row: T) -> T | None:
    """Return the version that holds in the place of a superseded one; None where the actor sees none."""
    return text_versions_of(actor, row).filter(state=State.PUBLISHED, superseded_at=None).first()


def everybody_who_had(row: Reviewed) -> list[Person]:
    """Return the active people whom what is out reaches, or whom the versions before it reached."""
    found: dict[UUID, Person] = {}
    version: Reviewed | None = row
    while version is not None:
        found |= {person.pk: person for person in people_who_see(version.as_item())}
        version = version.replaces
    return list(found.values())
