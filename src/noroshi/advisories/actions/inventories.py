"""Inventories: read in, read again, given up."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.advisories import policy
from noroshi.advisories.domain.components import exposure_of, importance_said, stored
from noroshi.advisories.domain.inventory import Asset as Listed
from noroshi.advisories.domain.inventory import RefusedRow, UnreadableInventoryError, read_inventory
from noroshi.advisories.models import Asset, Inventory, Match, MatchStage
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput, NotFound

MOST_REFUSED: Final = 200
"""Refused lines that are kept to be shown."""
MOST_ASSETS: Final = 100_000
SERVICES: Final = ("service", "business", "業務", "業務名", "サービス", "システム", "業務システム")
"""Headings that name the business which an asset serves."""


@dataclass
class _Gathered:
    label: str
    name: str
    owner: str
    service: str
    exposure: str
    importance: str
    components: dict[str, dict[str, str]] = field(default_factory=dict)


def read_in(actor: Actor, *, name: str, body: bytes) -> Inventory:
    """Read a list of what the actor's organisation runs; it takes the place of the one of that name.

    Assets that it names again keep what was decided of them; the same file once more changes nothing. Raises
    InvalidInput where the whole of it cannot be read, or it holds nothing.
    """
    policy.require_inventory_keeper(actor)
    name = " ".join(name.split())[:100]
    if not name:
        raise InvalidInput("name", _("Give the list a name."))
    rows, refused, count = _read(body, name)
    return _keep(actor, name, hashlib.sha256(body).hexdigest(), rows, (refused, count))


def _read(body: bytes, name: str) -> tuple[list[_Gathered], list[dict[str, Any]], int]:
    gathered: dict[str, _Gathered] = {}
    refused: list[dict[str, Any]] = []
    count = 0
    try:
        for row in read_inventory(body):
            if isinstance(row, RefusedRow):
                count += 1
                if len(refused) < MOST_REFUSED:
                    refused.append({"place": row.place, "reason": row.reason})
            else:
                _gather(gathered, row, name)
    except UnreadableInventoryError as error:
        raise InvalidInput("file", _("The list cannot be read: %(reason)s") % {"reason": error}) from error
    if not gathered:
        raise InvalidInput("file", _("The list names nothing that could be looked for."))
    if len(gathered) > MOST_ASSETS:
        raise InvalidInput("file", _("The list names more than %(limit)s assets.") % {"limit": f"{MOST_ASSETS:,}"})
    return list(gathered.values()), refused, count


def _gather(gathered: dict[str, _Gathered], row: Listed, inventory: str) -> None:
    """Add a line to the asset that it is of; a list of one machine's software is one asset, called as the list."""
    label = (row.number or row.name or inventory)[:200]
    service = next((value for heading, value in row.other.items() if heading.strip().casefold() in SERVICES), "")
    one = gathered.setdefault(
        label,
        _Gathered(
            label,
            row.name[:200],
            row.owner[:200],
            service[:200],
            exposure_of(row.exposure),
            importance_said(row.importance, row.availability, row.confidentiality),
        ),
    )
    kept = stored(row.component)
    one.components.setdefault(repr(sorted(kept.items())), kept)


@transaction.atomic
def _keep(
    actor: Actor, name: str, digest: str, rows: Iterable[_Gathered], refused: tuple[list[dict[str, Any]], int]
) -> Inventory:
    inventory, _new = Inventory.everything.select_for_update().get_or_create(
        organisation_id=actor.acting_organisation, world=actor.world, name=name, defaults={"digest": ""}
    )
    if inventory.digest == digest and not _is_doubted(inventory):
        return inventory
    inventory.digest, inventory.read_at, inventory.read_by_id = digest, clock.now(), actor.person
    inventory.refused, inventory.refused_count = refused
    inventory.matched_at = None
    inventory.save()
    assets = [_asset(inventory, row) for row in rows]
    inventory.lines = sum(asset.component_count for asset in assets)
    inventory.save(update_fields=["lines"])
    _replace(inventory, assets)
    ledger.record(actor, "advisories.inventory.read", inventory, assets=len(assets), refused=inventory.refused_count)
    return inventory


def _is_doubted(inventory: Inventory) -> bool:
    """Whether something was called fixed since it was read: the same list once more then says that it is not."""
    fixed = Match.everything.filter(asset__inventory=inventory, stage=MatchStage.FIXED)
    return fixed.filter(decided_at__gte=inventory.read_at).exists()


def _asset(inventory: Inventory, row: _Gathered) -> Asset:
    return Asset(
        inventory=inventory,
        organisation_id=inventory.organisation_id,
        world=inventory.world,
        label=row.label,
        name=row.name,
        owner=row.owner,
        service=row.service,
        exposure=row.exposure,
        importance=row.importance,
        components=list(row.components.values()),
        component_count=len(row.components),
    )


_CHANGING: Final = ["name", "owner", "service", "exposure", "importance", "components", "component_count"]


def _replace(inventory: Inventory, assets: list[Asset]) -> None:
    """Write the assets: those of a known label as they are now, new ones besides; what is not listed is gone."""
    known = dict(Asset.everything.filter(inventory=inventory).values_list("label", "pk"))
    fresh = []
    for asset in assets:
        if asset.label in known:
            asset.pk = known.pop(asset.label)
        else:
            fresh.append(asset)
    listed = {asset.pk for asset in fresh}
    Asset.everything.filter(pk__in=known.values()).delete()
    Asset.everything.bulk_update([asset for asset in assets if asset.pk not in listed], _CHANGING, batch_size=500)
    Asset.everything.bulk_create(fresh, batch_size=500)


@transaction.atomic
def give_up(actor: Actor, inventory: Inventory) -> None:
    """Forget a list, its assets and what was decided of them."""
    policy.require_inventory_keeper(actor)
    mine = Inventory.objects.visible_to(actor).select_for_update().filter(pk=inventory.pk).first()
    if mine is None:
        raise NotFound
    ledger.record(actor, "advisories.inventory.given_up", mine, assets=Asset.everything.filter(inventory=mine).count())
    mine.delete()
