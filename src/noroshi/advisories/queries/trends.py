"""What a quarter comes to: bulletins, catalogues of what is exploited, and what the reader's signals tell of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import ExtractMonth
from django.utils import timezone

from noroshi.advisories.models import Bulletin, CatalogueChange, CatalogueState, Category, ChangeKind, Source
from noroshi.advisories.queries.vulnerabilities import vulnerabilities_for
from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.small_numbers import Shown
from noroshi.sharing.domain.periods import QUARTER, Period
from noroshi.sharing.queries import QUARTERS_BACK, kinds_in, tags_in, values_in

FAMILY: Final = 'misp-galaxy:ransomware="'
"""How the names of tags begin that are families of ransomware."""
MOST_NAMED: Final = 12

ByMonth = Sequence[int]
"""A count for each month of the quarter."""


@dataclass(frozen=True)
class Catalogues:
    """What catalogues of exploited vulnerabilities did: listed in each month, of these for ransomware, taken away."""

    listed: ByMonth
    ransomware: ByMonth
    removed: ByMonth
    vendors: Mapping[str, ByMonth]
    products: Mapping[str, ByMonth]


@dataclass(frozen=True)
class Signals:
    """What signals tell of a quarter that has ended, as far as fewer than three organisations are not told of."""

    kinds: Shown[str]
    by_month: Sequence[tuple[Period, Shown[str]]]
    values: Shown[str]
    families: Shown[str]


@dataclass(frozen=True)
class Trends:
    """The figures of a quarter; `signals` is None while it lasts."""

    quarter: Period
    bulletins: Mapping[Category, ByMonth]
    catalogues: Catalogues
    signals: Signals | None


def quarters_on_offer() -> list[Period]:
    """Return the quarters that can be asked for, the one that lasts first."""
    last = Period.before(timezone.localdate(clock.now()), QUARTER)
    return [last.moved(QUARTER * step) for step in range(1, -QUARTERS_BACK, -1)]


def trends_of(actor: Actor, quarter: Period) -> Trends:
    """Return the figures of one of these, of what `actor` may take out in bulk."""
    actor = actor.by(Channel.EXPORT)
    has_ended = quarter.end <= timezone.localdate(clock.now())
    signals = _signals(actor, quarter) if has_ended else None
    return Trends(quarter, _bulletins(actor, quarter), _catalogues(actor, quarter), signals)


def _signals(actor: Actor, quarter: Period) -> Signals:
    kinds, by_month = kinds_in(actor, quarter)
    return Signals(kinds, by_month, values_in(actor, quarter), tags_in(actor, quarter, FAMILY))


def _bulletins(actor: Actor, quarter: Period) -> dict[Category, ByMonth]:
    """Count the bulletins by the month of their first version; what was withdrawn since does not count."""
    rows = Bulletin.objects.visible_to(actor).filter(state=State.PUBLISHED, version=1)
    rows = _within(rows, "published_at", quarter).order_by().annotate(month=ExtractMonth("published_at"))
    counts = rows.values_list("category", "month").annotate(number=Count("pk"))
    found = {(category, month): number for category, month, number in counts}
    table = {
        each: [found.get((each.pk, month.first), 0) for month in quarter.months] for each in Category.objects.all()
    }
    return {each: numbers for each, numbers in table.items() if any(numbers) or not each.is_retired}


def _catalogues(actor: Actor, quarter: Period) -> Catalogues:
    days = {"exploited_since__gte": quarter.start, "exploited_since__lt": quarter.end}
    rows = vulnerabilities_for(actor).filter(**days).order_by().annotate(month=ExtractMonth("exploited_since"))
    counts = rows.values_list("month").annotate(number=Count("pk"), ransom=Count("pk", filter=Q(ransomware=True)))
    listed = {month: (number, ransom) for month, number, ransom in counts}
    gone = _within(CatalogueChange.objects.visible_to(actor).filter(change=ChangeKind.REMOVED), "at", quarter)
    removed = dict(gone.order_by().annotate(month=ExtractMonth("at")).values_list("month").annotate(number=Count("pk")))
    vendors, products = _named(actor, quarter)
    months = [month.first for month in quarter.months]
    return Catalogues(
        [listed.get(month, (0, 0))[0] for month in months],
        [listed.get(month, (0, 0))[1] for month in months],
        [removed.get(month, 0) for month in months],
        vendors,
        products,
    )


def _named(actor: Actor, quarter: Period) -> tuple[dict[str, ByMonth], dict[str, ByMonth]]:
    """Count the makers and the products of what was listed in the quarter and still is, the most named first."""
    vendors: dict[str, Counter[int]] = defaultdict(Counter)
    products: dict[str, Counter[int]] = defaultdict(Counter)
    sources = Source.objects.visible_to(actor).values("pk")
    for entries in CatalogueState.objects.filter(source__in=sources).values_list("entries", flat=True):
        for value in entries.values():
            month = _month(value.get("added"), quarter)
            vendor, product = (str(value.get(name) or "").strip() for name in ("vendor", "product"))
            if month and vendor:
                vendors[vendor][month] += 1
            if month and product:
                named = product if product.startswith(vendor) else f"{vendor} {product}"
                products[named][month] += 1
    return _most(vendors, quarter), _most(products, quarter)


def _month(written: object, quarter: Period) -> int | None:
    try:
        day = date.fromisoformat(str(written))
    except ValueError:
        return None
    return day.month if quarter.start <= day < quarter.end else None


def _most(counts: Mapping[str, Counter[int]], quarter: Period) -> dict[str, ByMonth]:
    ranked: Iterable[str] = sorted(counts, key=lambda name: (-counts[name].total(), name))
    return {name: [counts[name][month.first] for month in quarter.months] for name in list(ranked)[:MOST_NAMED]}


def _within(rows: QuerySet[Any], name: str, quarter: Period) -> QuerySet[Any]:
    start, end = clock.midnight(quarter.start), clock.midnight(quarter.end)
    return rows.filter(**{f"{name}__gte": start, f"{name}__lt": end})
