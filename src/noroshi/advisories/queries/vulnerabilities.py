"""Vulnerabilities: what is known of each, who says it since when, and what is not said any more."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db.models import QuerySet

from noroshi.advisories.models import Bulletin, CatalogueChange, Item, Revision, Vulnerability, VulnerabilityName
from noroshi.advisories.queries.bulletins import BULLETIN_KIND, bulletins_for
from noroshi.core.actor import Actor
from noroshi.core.errors import NotFound
from noroshi.kit import bulk, search

MOST_ITEMS: Final = 100
MOST_REVISIONS: Final = 500


def vulnerabilities_for(actor: Actor) -> QuerySet[Vulnerability]:
    """Return the vulnerabilities that the actor sees, what changed last first."""
    return Vulnerability.objects.visible_to(actor).order_by("-changed_at", "-pk")


def vulnerability_for(actor: Actor, vulnerability_id: UUID) -> Vulnerability:
    """Return one of them. Raises NotFound."""
    row = vulnerabilities_for(actor).filter(pk=vulnerability_id).first()
    if row is None:
        raise NotFound
    return row


def items_about(vulnerability: Vulnerability) -> QuerySet[Item]:
    """Return the items that speak of a vulnerability that the actor sees, the newest first."""
    rows = Item.objects.filter(mentions__vulnerability=vulnerability)
    return rows.select_related("source", "newest").order_by("-first_seen", "-pk")


def bulletins_about(actor: Actor, vulnerability: Vulnerability) -> QuerySet[Bulletin]:
    """Return the bulletins in force that name it, as far as the actor sees them."""
    return bulletins_for(actor).filter(search.matching(BULLETIN_KIND, vulnerability.name))


def catalogue_changes_for(actor: Actor) -> QuerySet[CatalogueChange]:
    """Return what changed in the catalogues that the actor sees, the newest first."""
    return CatalogueChange.objects.visible_to(actor).select_related("source").order_by("-at", "-pk")


def numbers_of_names(actor: Actor, names: Iterable[str]) -> dict[str, UUID]:
    """Return the vulnerabilities that go by some names, as far as the actor sees them."""
    named = {"names__world": actor.world, "names__name__in": list(names)}  # the world, too, for the index of names
    return dict(Vulnerability.objects.visible_to(actor).filter(**named).values_list("names__name", "pk"))


def numbers_in(world: str, names: Iterable[str]) -> dict[str, UUID]:
    """Return the vulnerabilities that go by some names, for what reads and matches them: no person sees the answer."""
    known: dict[str, UUID] = {}
    for part in bulk.parts(sorted(set(names))):
        rows = VulnerabilityName.objects.filter(world=world, name__in=part)
        known |= dict(rows.values_list("name", "vulnerability_id"))
    return known


@dataclass(frozen=True)
class ClaimMade:
    """A claim as an item makes it, or made it: by whom, from when, until when."""

    item: Item
    kind: str
    by: str
    value: Mapping[str, Any]
    since: datetime
    until: datetime | None = None


def claims_about(vulnerability: Vulnerability) -> list[ClaimMade]:
    """Return what is and was said of a vulnerability, in the order of sources and kinds; what was taken back last."""
    names = set(vulnerability.names.values_list("name", flat=True))
    items = {item.pk: item for item in items_about(vulnerability)[:MOST_ITEMS]}
    rows = Revision.objects.filter(item__in=items).order_by("item_id", "number").defer("summary", "title")
    by_item: dict[UUID, list[Revision]] = {}
    for revision in rows[:MOST_REVISIONS]:
        by_item.setdefault(revision.item_id, []).append(revision)
    found = [claim for number, revisions in by_item.items() for claim in _made(items[number], revisions, names)]
    return sorted(found, key=lambda claim: (claim.until is not None, claim.kind, claim.item.source.name, claim.by))


def _made(item: Item, revisions: list[Revision], names: set[str]) -> Iterator[ClaimMade]:
    """Yield each claim of an item with the time in which it stood, revision after revision."""
    standing: dict[bytes, tuple[datetime, Mapping[str, Any]]] = {}
    for revision in revisions:
        said = {_identity(claim): claim for claim in revision.claims if claim["about"] in names}
        for identity in [each for each in standing if each not in said]:
            since, claim = standing.pop(identity)
            yield _claim(item, claim, since, revision.seen_at)
        for identity, claim in said.items():
            standing.setdefault(identity, (revision.seen_at, claim))
    for since, claim in standing.values():
        yield _claim(item, claim, since, None)


def _identity(claim: Mapping[str, Any]) -> bytes:
    return msgspec.json.encode([claim["kind"], claim["by"], claim["value"]], order="sorted")


def _claim(item: Item, claim: Mapping[str, Any], since: datetime, until: datetime | None) -> ClaimMade:
    return ClaimMade(item, claim["kind"], claim["by"], claim["value"], since, until)
