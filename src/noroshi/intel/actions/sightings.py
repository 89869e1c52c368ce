"""Observables kept once each, and who has seen them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.intel.domain import observables as domain
from noroshi.intel.models import Observable, Sighting, SightingSource


def remember_observables(found: Iterable[domain.Observable]) -> list[Observable]:
    """Return the rows of `found`, making those that are new; two who name the same value share its row."""
    wanted = {value.digest: value for value in found}
    Observable.objects.bulk_create(
        [Observable(type=value.type, value=value.value, digest=digest) for digest, value in wanted.items()],
        ignore_conflicts=True,
    )
    rows = {row.digest: row for row in Observable.objects.filter(digest__in=wanted)}
    return [rows[digest] for digest in wanted]


@transaction.atomic
def record_sighting(  # noqa: PLR0913 - one call says everything about a sighting, by name
    actor: Actor,
    *,
    item_id: UUID,
    organisation: UUID,
    source: SightingSource,
    count: int = 1,
    first_seen: datetime | None = None,
    last_seen: datetime | None = None,
    named: bool | None = None,
) -> bool:
    """Note that `organisation` has seen what the item is about; return whether that is new.

    The same organisation and source make one sighting, brought up to date. It is anonymous unless `named`: others
    learn only how many organisations there are, from three on, and the ledger that somebody saw it. Giving the name,
    or taking it back, counts from now on; None leaves it as it was.
    """
    key: dict[str, Any] = {"item_id": item_id, "organisation_id": organisation, "source": source}
    known = Sighting.everything.select_for_update().filter(**key).first()
    shown = (known is not None and known.named) if named is None else named
    again = known is not None and known.named == shown
    Sighting.everything.update_or_create(
        **key,
        defaults={
            "count": count,
            "first_seen": first_seen,
            "last_seen": last_seen,
            "named": shown,
            "world": actor.world,
            "at": known.at if known is not None and again else clock.now(),
        },
    )
    if not again:
        ledger.record(actor if shown else actor.veiled(), "intel.sighting.recorded", item=item_id, source=source)
    return known is None


@transaction.atomic
def withdraw_sighting(actor: Actor, *, item_id: UUID, organisation: UUID, source: SightingSource) -> None:
    """Take back that `organisation` has seen what the item is about: what it saw meant nothing."""
    known = Sighting.everything.filter(item_id=item_id, organisation=organisation, source=source)
    if known.delete()[0]:
        ledger.record(actor.veiled(), "intel.sighting.withdrawn", item=item_id, source=source)
