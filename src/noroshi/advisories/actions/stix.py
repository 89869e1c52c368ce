"""What a bulletin says, in STIX: shown by TAXII and to tools to those who see the bulletin."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from noroshi.advisories.domain.bulletins import Stage
from noroshi.advisories.domain.stix_bulletins import BulletinSaid, objects_of
from noroshi.advisories.models import Bulletin
from noroshi.core.domain.audience import State
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.intel.actions import publish_identity, publish_parcel, replace_parcel
from noroshi.intel.domain.stix.header import Header, header_of
from noroshi.intel.domain.stix.names import stable_id
from noroshi.intel.domain.stix.revoking import gone
from noroshi.intel.domain.stix.writing import as_bytes, written_moment
from noroshi.intel.models import Source, StixObject
from noroshi.members.queries import the_hub


@transaction.atomic
def say_bulletin_in_stix(bulletin_id: UUID) -> None:
    """Put what a version says into its parcel, once; of one that was withdrawn, that it was. Called again: nothing."""
    rows = Bulletin.everything.select_for_update(of=("self",)).select_related("category")
    bulletin = rows.get(pk=bulletin_id)
    said = list(StixObject.everything.filter(parcel=bulletin.pk).order_by("position").values_list("raw", flat=True))
    if bulletin.stage is Stage.WITHDRAWN:
        left = list(_taken_back(map(msgspec.json.decode, said), bulletin.changed_at))
        replace_parcel(bulletin, left, shown_at=bulletin.changed_at, state=State.PUBLISHED, source=Source.BULLETIN)
    elif bulletin.published_at is not None and not said:
        objects = objects_of(_said(bulletin, bulletin.published_at))
        publish_parcel(bulletin, _written(objects), shown_at=bulletin.published_at, source=Source.BULLETIN)


def _taken_back(objects: Iterable[dict[str, Any]], moment: datetime) -> Iterator[tuple[Header, bytes]]:
    modified = written_moment(moment)
    return _written({**left, "modified": modified} for value in objects if (left := gone(value)) is not None)


def _written(objects: Iterable[dict[str, Any]]) -> Iterator[tuple[Header, bytes]]:
    return ((header_of(value), as_bytes(value)) for value in objects)


def _said(bulletin: Bulletin, published_at: datetime) -> BulletinSaid:
    hub = the_hub()
    return BulletinSaid(
        citation=bulletin.citation,
        series=bulletin.category.series,
        level=TLP(bulletin.tlp),
        profile=Profile(bulletin.profile),
        author=publish_identity(hub) if hub is not None else stable_id("identity", "hub"),
        words=bulletin.words,
        names=bulletin.names,
        links=bulletin.links,
        url=settings.BASE_URL + reverse("bulletins:detail", args=[bulletin.pk]),
        created=_first_published_at(bulletin) or published_at,
        published=published_at,
    )


def _first_published_at(bulletin: Bulletin) -> datetime | None:
    rows = Bulletin.everything.filter(category=bulletin.category_id, year=bulletin.year, number=bulletin.number)
    return rows.filter(version=1).values_list("published_at", flat=True).first()
