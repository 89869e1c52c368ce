"""Inventories held against what is known of vulnerabilities: by whoever runs them, on their own installation."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Min

from noroshi.advisories import queries
from noroshi.advisories.actions.held import Told, kept_records
from noroshi.advisories.actions.match_writing import TOLD, Hearings, bring_to
from noroshi.advisories.domain.holding import of_stored
from noroshi.advisories.domain.matching import Component, Verdict
from noroshi.advisories.engine import Held, Parts, matches
from noroshi.advisories.models import Asset, Inventory
from noroshi.core import clock
from noroshi.kit import bulk


def match_inventories(organisation: UUID, world: str, tell: Told = lambda _done, _records: None) -> int:
    """Hold all that an organisation runs against all that is known; return how many matches stand.

    What matched before and does no more is closed; what was decided stays decided.
    """
    began = clock.now()
    assets = _assets(organisation, world)
    with kept_records(world, tell) as held:
        heard = _heard(held, _parts(assets, organisation, world))
    return bring_to(organisation, world, assets, heard, began, only=None)


def match_news(world: str, since: datetime) -> int:
    """Hold all inventories against vulnerabilities of which something was said since a moment, or since they last were.

    However long nobody looked, nothing that was said meanwhile is left out.
    """
    looked_at = Inventory.everything.filter(world=world).values_list("organisation").annotate(oldest=Min("matched_at"))
    owners = {owner: min(since, oldest or since) for owner, oldest in looked_at.order_by()}
    return sum(_match_news_of(owner, world, moment) for owner, moment in owners.items())


def _match_news_of(organisation: UUID, world: str, since: datetime) -> int:
    """Hold one organisation's inventories against the news; killed meanwhile, it is done anew from the same moment."""
    began, number = clock.now(), 0
    told = queries.numbers_told_since(world, since)
    if told:
        assets = _assets(organisation, world)
        with kept_records(world) as held:
            heard = _heard(held, _parts(assets, organisation, world), [str(each) for each in told])
        by_number = _by_number(heard)
        for some in bulk.parts(told):
            part = {pair: verdict for each in some for pair, verdict in by_number.get(each, {}).items()}
            number += bring_to(organisation, world, assets, part, began, only=frozenset(some))
    waited_for = Inventory.everything.filter(organisation=organisation, world=world, matched_at__lt=began)
    waited_for.update(matched_at=began)  # one that was read meanwhile has none, and is still held against everything
    return number


def _assets(organisation: UUID, world: str) -> list[Asset]:
    return list(Asset.everything.filter(organisation=organisation, world=world).order_by("pk"))


def _parts(assets: Iterable[Asset], organisation: UUID, world: str) -> Parts:
    return Parts(_components(assets), queries.aliases_of(organisation, world))


def _components(assets: Iterable[Asset]) -> Iterator[Component]:
    return (of_stored(value) for asset in assets for value in asset.components)


def _heard(held: Held, parts: Parts, among: Collection[str] | None = None) -> Hearings:
    """Return what is said of components by all sources together, as far as anybody has to hear of it."""
    told = matches(held, parts, among, TOLD)
    return {(each.component, UUID(each.vulnerability)): each.verdict for each in told}


def _by_number(heard: Hearings) -> Mapping[UUID, Hearings]:
    found: dict[UUID, dict[tuple[Component, UUID], Verdict]] = defaultdict(dict)
    for (component, number), verdict in heard.items():
        found[number][component, number] = verdict
    return found
