"""Inventories held against what is known of vulnerabilities: by whoever runs them, on their own installation."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Min

from noroshi.advisories import queries
from noroshi.advisories.actions.match_writing import Hearings, bring_to
from noroshi.advisories.domain.holding import Holding, of_stored
from noroshi.advisories.domain.matching import Component, Verdict
from noroshi.advisories.domain.records import ClaimKind
from noroshi.advisories.models import Asset, Inventory, Item, Vulnerability
from noroshi.core import clock
from noroshi.kit import bulk

_TOLD_EACH: Final = 2_000


Told = Callable[[int, int], None]
"""Who hears how many records were looked at so far, and how many there are."""


def match_inventories(organisation: UUID, world: str, tell: Told = lambda _done, _records: None) -> int:
    """Hold all that an organisation runs against all that is known; return how many matches stand.

    What matched before and does no more is closed; what was decided stays decided.
    """
    began = clock.now()
    assets = _assets(organisation, world)
    holding = Holding(_components(assets), queries.aliases_of(organisation, world))
    items = Item.objects.filter(source__world=world)
    records = items.count()
    tell(0, records)
    heard = _heard(holding, items, world, tell=lambda done: tell(done, max(done, records)))
    return bring_to(organisation, world, assets, heard, began, only=None)


def match_news(world: str, since: datetime) -> int:
    """Hold all inventories against vulnerabilities of which something was said since a moment, or since they last were.

    However long nobody looked, nothing that was said meanwhile is left out.
    """
    held = Inventory.everything.filter(world=world).values_list("organisation").annotate(oldest=Min("matched_at"))
    return sum(_match_news_of(owner, world, min(since, oldest or since)) for owner, oldest in held.order_by())


def _match_news_of(organisation: UUID, world: str, since: datetime) -> int:
    """Hold one organisation's inventories against the news; killed meanwhile, it is done anew from the same moment."""
    began, number = clock.now(), 0
    changed = list(Vulnerability.everything.filter(world=world, changed_at__gte=since).values_list("pk", flat=True))
    if not changed:
        return number
    assets = _assets(organisation, world)
    holding = Holding(_components(assets), queries.aliases_of(organisation, world))
    for some in bulk.parts(changed):
        items = Item.objects.filter(mentions__vulnerability__in=some).distinct()
        heard = _heard(holding, items, world, only=frozenset(some))
        number += bring_to(organisation, world, assets, heard, began, only=frozenset(some))
    waited_for = Inventory.everything.filter(organisation=organisation, world=world, matched_at__lt=began)
    waited_for.update(matched_at=began)  # one that was read meanwhile has none, and is still held against everything
    return number


def _assets(organisation: UUID, world: str) -> list[Asset]:
    return list(Asset.everything.filter(organisation=organisation, world=world).order_by("pk"))


def _components(assets: Iterable[Asset]) -> Iterator[Component]:
    return (of_stored(value) for asset in assets for value in asset.components)


def _heard(
    holding: Holding,
    items: Any,
    world: str,
    only: frozenset[UUID] | None = None,
    tell: Callable[[int], None] = lambda _done: None,
) -> Hearings:
    """Return what the newest revisions of `items` say of what is held, by component and vulnerability."""
    by_name: dict[tuple[Component, str], list[Verdict]] = defaultdict(list)
    rows = items.values_list("newest__claims", flat=True).iterator(chunk_size=bulk.AT_ONCE)
    for done, claims in enumerate(rows, 1):
        if done % _TOLD_EACH == 0:
            tell(done)
        for claim in claims or ():
            if claim["kind"] == ClaimKind.AFFECTED:
                for component, verdict in holding.heard(claim["value"]):
                    by_name[component, claim["about"]].append(verdict)
    numbers = queries.numbers_in(world, (name for _component, name in by_name))
    heard: Hearings = defaultdict(list)
    for (component, name), verdicts in by_name.items():
        number = numbers.get(name)
        if number is not None and (only is None or number in only):
            heard[component, number].extend(verdicts)
    return heard
