"""Inquiries and the answers that were published: each for those alone who may read it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from noroshi.advisories.domain.inquiries import Asked, Figures, figures_of
from noroshi.advisories.models import Bulletin, Inquiry, InquiryMessage, PublishedAnswer
from noroshi.advisories.queries.bulletins import bulletins_for
from noroshi.advisories.queries.reviewed import out_for
from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.errors import NotFound

ANSWER_KIND: Final = "published-answer"
MONTHS: Final = 12


def inquiries_for(actor: Actor) -> QuerySet[Inquiry]:
    """Return the inquiries that the actor sees, what changed last first."""
    related = ("organisation", "asked_by", "taken_by")
    return Inquiry.objects.visible_to(actor).select_related(*related).order_by("-changed_at", "-pk")


def inquiry_for(actor: Actor, inquiry_id: UUID) -> Inquiry:
    """Return one of them. Raises NotFound."""
    row = inquiries_for(actor).filter(pk=inquiry_id).first()
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True)
class Said:
    """A message, with those of its bulletins that the reader sees."""

    message: InquiryMessage
    bulletins: Sequence[Bulletin]


def messages_of(actor: Actor, inquiry: Inquiry) -> list[Said]:
    """Return what was said in an inquiry that the actor sees, the first first."""
    rows = list(InquiryMessage.objects.filter(inquiry=inquiry).select_related("author"))
    wanted = {number for row in rows for number in row.bulletins}
    seen = {str(row.pk): row for row in bulletins_seen(actor, wanted)}
    return [Said(row, [seen[number] for number in row.bulletins if number in seen]) for row in rows]


def bulletins_seen(actor: Actor, numbers: Collection[str]) -> QuerySet[Bulletin]:
    """Return those of some bulletins that the actor sees."""
    return Bulletin.objects.visible_to(actor).filter(pk__in=numbers).select_related("category")


def bulletins_cited(actor: Actor, names: Collection[str]) -> dict[str, UUID]:
    """Return the bulletins in force that `names` cite (``ALERT-2026-0007``), as far as the actor sees them."""
    wanted = {name.rpartition("-")[2] for name in names}
    numbers = [int(text) for text in wanted if text.isdecimal() and len(text) < 10]  # noqa: PLR2004 - fits the column
    rows = bulletins_for(actor).filter(number__in=numbers)
    return {row.citation: row.pk for row in rows if row.citation in names}


def answers_for(actor: Actor) -> QuerySet[PublishedAnswer]:
    """Return the answers that are out, each in its last version alone; the newest first."""
    return out_for(actor, PublishedAnswer)


def answers_about(actor: Actor, bulletin: Bulletin) -> QuerySet[PublishedAnswer]:
    """Return the answers that are out about a bulletin, whatever its version, as far as the actor sees them."""
    rows = answers_for(actor)
    if bulletin.number is None:
        return rows.none()
    return rows.filter(
        bulletin__category=bulletin.category_id, bulletin__year=bulletin.year, bulletin__number=bulletin.number
    )


def inquiries_about(actor: Actor, bulletin: Bulletin) -> QuerySet[Inquiry]:
    """Return the inquiries about a bulletin that the actor sees."""
    return inquiries_for(actor).filter(bulletin=bulletin)


def service_figures(actor: Actor) -> Figures:
    """Return how the inquiries that the actor sees were served, over twelve months with this one."""
    now = timezone.localtime(clock.now())
    rows = inquiries_for(actor).values_list("asked_at", "first_answered_at", "waits_since")
    asked = [
        Asked(timezone.localtime(at), answered and timezone.localtime(answered), waits and timezone.localtime(waits))
        for at, answered, waits in rows
    ]
    first = now.replace(day=15)
    months = [f"{first - timedelta(days=back * 30.4375):%Y-%m}" for back in reversed(range(MONTHS))]
    return figures_of(asked, months, now)
