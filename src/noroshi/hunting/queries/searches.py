"""Reads of searches of the own lake, and of how far hunts are."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.small_numbers import told
from noroshi.hunting import policy
from noroshi.hunting.domain.stix_sightings import sightings_bundle
from noroshi.hunting.engine import HitRow, write_parquet
from noroshi.hunting.models import UNDER_WAY, Hunt
from noroshi.hunting.queries.hunts import hits_for, one
from noroshi.sharing.models import Signal


@dataclass(frozen=True)
class Hunted:
    """A signal's hunt that is under way, and how many organisations' logs are done: from three on, in threes."""

    lakes_done: int | None


def hunt_under_way(actor: Actor, signal: Signal) -> Hunted | None:
    """Return how far the hunt of a signal is: for a hub operator, whose page grows; how many it reaches is not told."""
    if not policy.may_count(actor):
        return None
    rows = Hunt.objects.unrestricted(reason="how far it is, for a hub operator who sees the signal")
    hunt = rows.filter(signal=signal, state__in=UNDER_WAY).order_by("-version").first()
    return Hunted(told(hunt.lakes_done)) if hunt else None


def searches_for(actor: Actor) -> QuerySet[Hunt]:
    """Return what people of the own organisation looked for in its lake, newest first."""
    return Hunt.objects.visible_to(actor).select_related("requested_by", "organisation").order_by("-created_at", "-pk")


@dataclass(frozen=True)
class Amount:
    """How many values were found, and in how many events."""

    values: int
    events: int


def amount_found(actor: Actor, hunt: Hunt) -> Amount:
    """Return how much a search has found by now."""
    found = hits_for(actor).filter(hunt=hunt).order_by().aggregate(values=Count("pk"), events=Sum("count"))
    return Amount(found["values"], found["events"] or 0)


def search_for(actor: Actor, hunt_id: UUID) -> Hunt:
    """Return one of them; raise NotFound where there is none for this actor."""
    return one(searches_for(actor).filter(pk=hunt_id))


def file_of(actor: Actor, hunt: Hunt) -> bytes:
    """Return what a search has found as a Parquet file, as far as the actor may take it out in bulk."""
    with TemporaryDirectory() as folder:
        target = Path(folder) / "hits.parquet"
        write_parquet(_taken_out(actor, hunt), target)
        return target.read_bytes()


def sightings_of(actor: Actor, hunt: Hunt) -> bytes:
    """Return what a search has found as a STIX bundle of sightings, as far as the actor may take it out in bulk."""
    bundle = sightings_bundle(_taken_out(actor, hunt), hunt.finished_at or hunt.created_at)
    return json.dumps(bundle, ensure_ascii=False).encode()


def _taken_out(actor: Actor, hunt: Hunt) -> Iterator[HitRow]:
    found = hits_for(actor.by(Channel.EXPORT)).filter(hunt=hunt).select_related("organisation").order_by("pk")
    for hit in found.iterator():
        yield HitRow(hit.organisation.slug, hit.type, hit.value, hit.count, hit.first_seen, hit.last_seen)
