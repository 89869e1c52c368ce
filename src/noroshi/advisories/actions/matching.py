"""Inventories held against what is known of vulnerabilities: by whoever runs them, on their own installation."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db.models import Min

from noroshi.advisories import queries
from noroshi.advisories.actions.kept_records import kept_records
from noroshi.advisories.actions.match_writing import TOLD, Hearings, bring_to
from noroshi.advisories.domain.components import of_stored
from noroshi.advisories.domain.matching import Component
from noroshi.advisories.engine import Held, Parts, matches
from noroshi.advisories.models import Asset, Inventory, MatchRunStage
from noroshi.core import clock
from noroshi.kit.progress import Heard


def match_inventories(organisation: UUID, world: str, tell: Heard = lambda _stage, _done, _of: None) -> int:
    """Hold all that an organisation runs against all that is known; return how many matches stand.

    What matched before and does no more is closed; what was decided stays decided. How far that is, is told, but while
    it is written: that is one transaction, of which nobody sees a part.
    """
    began = clock.now()
    assets = _assets(organisation, world)
    with kept_records(world, partial(tell, MatchRunStage.READING)) as held:
        tell(MatchRunStage.COMPARING, 0, len(held))
        heard = _heard(held, _parts(assets, organisation, world))
    tell(MatchRunStage.WRITING, 0, len(heard))
    return bring_to(organisation, world, assets, heard, began, only=None)


def match_news(world: str, since: datetime) -> int:
    """Hold all inventories against vulnerabilities of which something was said since a moment, or since they last were.

    However long nobody looked, nothing that was said meanwhile is left out; killed, it is done anew from then.
    """
    began, number = clock.now(), 0
    looked_at = Inventory.everything.filter(world=world).values_list("organisation").annotate(oldest=Min("matched_at"))
    owners = {owner: min(since, oldest or since) for owner, oldest in looked_at.order_by()}
    told = {moment: queries.numbers_told_since(world, moment) for moment in set(owners.values())}
    if any(told.values()):
        with kept_records(world) as held:
            number = sum(_match_news_of(held, owner, world, began, told[moment]) for owner, moment in owners.items())
    # One that was read meanwhile has none, and is still held against everything.
    Inventory.everything.filter(organisation__in=owners, world=world, matched_at__lt=began).update(matched_at=began)
    return number


def _match_news_of(held: Held, organisation: UUID, world: str, began: datetime, told: Collection[UUID]) -> int:
    if not told:
        return 0
    assets = _assets(organisation, world)
    heard = _heard(held, _parts(assets, organisation, world), [str(number) for number in told])
    return bring_to(organisation, world, assets, heard, began, only=told)


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
