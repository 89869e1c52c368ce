"""Daily sheets, and what the next one is made of."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from noroshi.advisories.domain.daily import BACK_FILL, CRITICAL, FLOOR, Facts, Memory, Watched
from noroshi.advisories.domain.records import ClaimKind
from noroshi.advisories.domain.sources import SourceKind
from noroshi.advisories.models import (
    CatalogueChange,
    Mention,
    Revision,
    Sheet,
    Source,
    Vulnerability,
    WatchedWord,
)
from noroshi.core.actor import Actor
from noroshi.core.errors import NotFound
from noroshi.kit import bulk

OVERLAP: Final = timedelta(hours=1)
"""What was being written down when the last sheet was made is looked at again: what was told is remembered."""
LONGEST_READING: Final = timedelta(days=7)
FOR_THE_SHEET: Final = "a sheet is made of what every member of the world sees"


def sheets_for(actor: Actor) -> QuerySet[Sheet]:
    """Return the sheets that the actor sees, the newest first."""
    return Sheet.objects.visible_to(actor).order_by("-until", "-pk")


def sheet_for(actor: Actor, sheet_id: UUID) -> Sheet:
    """Return one of them. Raises NotFound."""
    row = sheets_for(actor).select_related("author").filter(pk=sheet_id).first()
    if row is None:
        raise NotFound
    return row


def last_sheet(world: str) -> Sheet | None:
    """Return the last sheet of a world, whoever asks: the next one begins where it ended."""
    rows = Sheet.objects.unrestricted(reason="the next sheet begins where the last one ended")
    return rows.filter(world=world).order_by("-until", "-pk").first()


def is_issued_by_schedule(world: str, day: Any) -> bool:
    """Return whether the fixed time has issued the sheet of a day."""
    rows = Sheet.objects.unrestricted(reason="the fixed time issues one a day")
    return rows.filter(world=world, day=day, by_schedule=True).exists()


def watched_words(world: str) -> list[str]:
    """Return the words that the sector watches."""
    return list(WatchedWord.objects.filter(world=world).values_list("word", flat=True))


def untold_changes(world: str) -> QuerySet[CatalogueChange]:
    """Return the changes of catalogues that no sheet has told."""
    rows = CatalogueChange.objects.unrestricted(reason=FOR_THE_SHEET)
    return rows.filter(sheet=None, source__world=world).select_related("source").order_by("pk")


def asked_sources(world: str) -> Sequence[Source]:
    """Return the sources that are switched on, with their states."""
    rows = Source.objects.unrestricted(reason=FOR_THE_SHEET).filter(world=world, enabled=True)
    return list(rows.select_related("state").order_by("name"))


Known = tuple[UUID, Facts, Memory | None, datetime, datetime | None]
"""A vulnerability: its number, what is known and remembered of it, when it was first seen, when it was published."""
_FACTS: Final = (
    "name", "title", "score", "level", "probability", "exploited_since", "due", "ransomware", "has_remedy", "state",
)  # fmt: skip
_MARK: Final = ("mark__grounds", "mark__probability", "mark__has_remedy", "mark__is_gone")


def what_may_matter(world: str, since: datetime | None, words: dict[UUID, tuple[str, ...]]) -> Iterator[Known]:
    """Yield the vulnerabilities that changed since a moment and may belong on a sheet; all of these without one."""
    rows = Vulnerability.objects.unrestricted(reason=FOR_THE_SHEET).filter(world=world)
    if since is not None:
        rows = rows.filter(changed_at__gt=since - OVERLAP)
    grave = Q(exploited_since__isnull=False) | Q(probability__gte=FLOOR) | Q(score__gte=CRITICAL)
    rows = rows.filter(grave | Q(mark__isnull=False))
    columns = ("pk", *_FACTS, *_MARK, "first_seen", "published_at")
    done = set()
    for row in rows.values(*columns).iterator(2_000):
        done.add(row["pk"])
        yield _known(row, words)
    left = [number for number in words if number not in done]
    for part in bulk.parts(left):
        named = Vulnerability.objects.unrestricted(reason=FOR_THE_SHEET).filter(pk__in=part)
        yield from (_known(row, words) for row in named.values(*columns))


def _known(row: dict[str, Any], words: dict[UUID, tuple[str, ...]]) -> Known:
    days = {name: row[name].isoformat() if row[name] else "" for name in ("exploited_since", "due")}
    facts = Facts(**{name: row[name] for name in _FACTS} | days, words=words.get(row["pk"], ()))
    memory = None
    if row["mark__grounds"] is not None:
        memory = Memory(frozenset(row["mark__grounds"]), *(row[name] for name in _MARK[1:]))
    return row["pk"], facts, memory, row["first_seen"], row["published_at"]


def newly_named(world: str, watched: Watched, since: datetime, until: datetime) -> dict[UUID, tuple[str, ...]]:
    """Return the vulnerabilities of which something new names a watched word, with these words.

    A score of EPSS names nothing, and a digest speaks of many at once: neither is looked at. Nor is what an item said
    when it was read for the first time, long after it was published: that is history, mostly hundreds of thousands.
    """
    if not watched:
        return {}
    rows = Revision.objects.filter(
        fetch__source__world=world, fetch__at__gt=since - LONGEST_READING, seen_at__gt=since - OVERLAP, is_digest=False
    )
    rows = rows.exclude(fetch__source__kind=SourceKind.EPSS)
    rows = rows.exclude(number=1, published_at__isnull=False, published_at__lt=until - BACK_FILL)
    found: dict[UUID, tuple[str, ...]] = {}
    for item, title, claims in rows.values_list("item_id", "title", "claims").iterator(1_000):
        if words := watched.found_in([title, *products_in(claims)]):
            found[item] = words
    return _by_vulnerability(found)


def products_in(claims: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield what claims call makers and products."""
    for claim in claims:
        value = claim["value"]
        named = value.get("product") if claim["kind"] == ClaimKind.AFFECTED else value
        for part in ("vendor", "name", "product"):
            if isinstance(named, dict) and isinstance(text := named.get(part), str):
                yield text


def _by_vulnerability(found: dict[UUID, tuple[str, ...]]) -> dict[UUID, tuple[str, ...]]:
    named: dict[UUID, dict[str, None]] = defaultdict(dict)
    for part in bulk.parts(found):
        rows = Mention.objects.filter(item__in=part)
        for vulnerability, item in rows.values_list("vulnerability_id", "item_id"):
            named[vulnerability] |= dict.fromkeys(found[item])
    return {number: tuple(words) for number, words in named.items()}
