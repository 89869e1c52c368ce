"""Bulletins: what is out, what is at work, which versions there were."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from noroshi.advisories.models import Bulletin, Category, Template
from noroshi.advisories.queries.reviewed import at_work, one_for, out_for
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.errors import NotFound

BULLETIN_KIND: Final = "bulletin"


def bulletins_for(actor: Actor) -> QuerySet[Bulletin]:
    """Return the bulletins that are out, each in its last version alone; the newest first."""
    return out_for(actor, Bulletin)


def bulletins_at_work(actor: Actor) -> QuerySet[Bulletin]:
    """Return the drafts of the actor and what waits for operators, what changed last first."""
    return at_work(actor, Bulletin)


def bulletin_for(actor: Actor, bulletin_id: UUID) -> Bulletin:
    """Return a bulletin that the actor sees, whatever its stage. Raises NotFound."""
    return one_for(actor, Bulletin, bulletin_id, "approved_by", "replaces__category")


def versions_of(actor: Actor, bulletin: Bulletin) -> QuerySet[Bulletin]:
    """Return those versions of a numbered bulletin that the actor sees, the last first; tombstones among them."""
    rows = Bulletin.objects.visible_to(actor).filter(
        category=bulletin.category_id, year=bulletin.year, number=bulletin.number, number__isnull=False
    )
    return rows.select_related("category").order_by("-version")


def bulletins_last_out(actor: Actor) -> QuerySet[Bulletin]:
    """Return of each numbered bulletin what holds now, what became of it last first: it is out, or was withdrawn."""
    rows = Bulletin.objects.visible_to(actor).filter(
        state__in=(State.PUBLISHED, State.WITHDRAWN), superseded_at=None, number__isnull=False
    )
    return rows.select_related("category").order_by("-changed_at", "-pk")


@dataclass(frozen=True)
class Edition:
    """That a version went out, and what it said is new in it; of one that the reader does not see, nothing of that."""

    version: int
    published_at: datetime
    change: str


def editions_of(actor: Actor, bulletins: Collection[Bulletin]) -> dict[UUID, list[Edition]]:
    """Return, by the version that is asked for, what went out of its bulletin up to it, the first first."""
    wanted = {_numbered(row): row for row in bulletins}
    rows = Bulletin.everything.filter(
        category__in={row.category_id for row in bulletins},
        year__in={row.year for row in bulletins},
        number__in={row.number for row in bulletins},
        published_at__isnull=False,
    ).order_by("version")
    seen = set(Bulletin.objects.visible_to(actor).filter(pk__in=rows.values("pk")).values_list("pk", flat=True))
    found: dict[UUID, list[Edition]] = {row.pk: [] for row in bulletins}
    for row in rows:
        asked = wanted.get(_numbered(row))
        if asked is not None and row.version <= asked.version and row.published_at is not None:
            change = row.change if row.pk in seen else ""
            found[asked.pk].append(Edition(row.version, row.published_at, change))
    return found


def _numbered(row: Bulletin) -> tuple[UUID, int | None, int | None]:
    return row.category_id, row.year, row.number


def newest_of(actor: Actor, bulletin: Bulletin) -> Bulletin | None:
    """Return the version that holds in the place of a superseded one; None where the actor sees none."""
    return versions_of(actor, bulletin).filter(state=State.PUBLISHED, superseded_at=None).first()


def categories() -> QuerySet[Category]:
    """Return all categories, those among them that take nothing new."""
    return Category.objects.all()


def categories_on_offer() -> QuerySet[Category]:
    """Return the categories that take something new."""
    return categories().filter(is_retired=False)


def category_named(category_id: UUID) -> Category:
    """Return a category. Raises NotFound."""
    row = categories().filter(pk=category_id).first()
    if row is None:
        raise NotFound
    return row


def templates() -> QuerySet[Template]:
    """Return all templates, those that are no longer offered last."""
    rows = Template.objects.select_related("category")
    return rows.order_by("is_retired", "category__position", "name_ja")


def templates_on_offer() -> QuerySet[Template]:
    """Return the templates that bulletins are begun from."""
    return templates().filter(is_retired=False)


def template_named(template_id: UUID) -> Template:
    """Return a template. Raises NotFound."""
    row = templates().filter(pk=template_id).first()
    if row is None:
        raise NotFound
    return row
