"""What was read, written down: items and their revisions in batches, so that a million of them can be."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from noroshi.advisories.actions.vulnerabilities import learn
from noroshi.advisories.domain.records import Claim, Moment, Record, Refused
from noroshi.advisories.models import DeadLetter, Fetch, Item, Revision
from noroshi.advisories.models.sources import LONGEST_ID
from noroshi.core import clock

BATCH: Final = 1_000
"""Items that are looked up and written at once: fewer than the variables that a statement of SQLite may have."""

PARTS: Final = (
    "title", "link", "summary", "published_at", "published_as", "updated_at", "updated_as", "language", "names",
    "same_as", "categories", "claims", "is_digest",
)  # fmt: skip


@dataclass(frozen=True)
class Written:
    """What a batch changed."""

    new: int = 0
    changed: int = 0


def write_records(fetch: Fetch, records: Sequence[Record]) -> Written:
    """Write down what is new of some records, none of them twice the same item, in the caller's transaction.

    What is known already costs one lookup for the whole batch, and writes nothing.
    """
    known = _known(fetch, records)
    items: list[Item] = []
    revisions: list[Revision] = []
    for record in records:
        item = known.get(record.native_id) or Item(source_id=fetch.source_id, native_id=record.native_id, number=0)
        if item.material != (material := record.material):
            item.number, item.material = item.number + 1, material
            revisions.append(_revision(fetch, item, record))
            item.newest_id = revisions[-1].pk
            items.append(item)
    _note_changes(revisions)
    Item.objects.bulk_create(  # whose newest revisions come with the next line, in the same transaction
        items,
        BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["number", "material", "newest"],
    )
    Revision.objects.bulk_create(revisions, BATCH)
    learn(fetch.source.world, revisions)
    new = sum(item.number == 1 for item in items)
    return Written(new, len(items) - new)


def _known(fetch: Fetch, records: Sequence[Record]) -> dict[str, Item]:
    rows = Item.objects.filter(source_id=fetch.source_id, native_id__in=[record.native_id for record in records])
    return {item.native_id: item for item in rows}


def _note_changes(revisions: Sequence[Revision]) -> None:
    """Say of each further revision in which parts it differs from the one before."""
    further = {revision.item_id: revision for revision in revisions if revision.number > 1}
    numbers = {revision.number - 1 for revision in further.values()}
    for old in Revision.objects.filter(item__in=list(further), number__in=numbers):
        revision = further[old.item_id]
        if old.number == revision.number - 1:
            revision.changed = [name for name in PARTS if getattr(old, name) != getattr(revision, name)]


def _revision(fetch: Fetch, item: Item, record: Record) -> Revision:
    return Revision(
        item=item,
        number=item.number,
        fetch=fetch,
        seen_at=clock.now(),
        material=item.material,
        title=clean(record.title),
        link=clean(record.link),
        summary=clean(record.summary),
        language=record.language.value,
        names=_cleaned(record.names),
        same_as=_cleaned(record.same_as),
        categories=_cleaned(record.categories),
        claims=[_plain(claim) for claim in record.claims],
        is_digest=record.is_digest,
        **_moment("published", record.published),
        **_moment("updated", record.updated),
    )


def _plain(claim: Claim) -> dict[str, Any]:
    said = {"about": claim.about, "kind": claim.kind.value, "by": claim.by, "value": dict(claim.value)}
    plain: dict[str, Any] = _cleaned(said)
    return plain


def _cleaned(value: Any) -> Any:
    """Return a value of JSON as every database keeps it."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(name): _cleaned(each) for name, each in value.items()}
    return [_cleaned(each) for each in value] if isinstance(value, (list, tuple)) else value


def _moment(name: str, moment: Moment | None) -> dict[str, Any]:
    if moment is None:
        return {}
    return {f"{name}_at": moment.at, f"{name}_as": clean(moment.written)[:100], f"{name}_zoned": moment.zone_known}


def clean(text: str) -> str:
    """Return a text as every database keeps it: without the character that ends one in C, and half characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def write_letters(fetch: Fetch, letters: Iterable[DeadLetter]) -> int:
    """Keep what could not be read, each once for a source; return how many were not known before."""
    waiting = {letter.fingerprint: letter for letter in letters}
    rows = DeadLetter.objects.filter(source_id=fetch.source_id, fingerprint__in=list(waiting))
    known = set(rows.values_list("fingerprint", flat=True))
    fresh = [letter for name, letter in waiting.items() if name not in known]
    DeadLetter.objects.bulk_create(fresh, BATCH)
    return len(fresh)


def letter_of(fetch: Fetch, refused: Refused, *, document: int, name: str) -> DeadLetter:
    """Return the letter that keeps a refusal."""
    said = [name, str(refused.place), refused.reason.value, refused.detail, refused.excerpt]
    whole = "" if refused.excerpt else fetch.digest  # with nothing to tell it by, it is that answer's
    fingerprint = hashlib.sha256("\x00".join([*said, whole]).encode("utf-8", "replace")).hexdigest()
    return DeadLetter(
        source_id=fetch.source_id,
        fetch=fetch,
        document=document,
        name=clean(name)[:300],
        place=refused.place,
        reason=refused.reason.value,
        detail=clean(refused.detail)[:300],
        excerpt=clean(refused.excerpt)[:2_000],
        fingerprint=fingerprint,
    )


def is_storable(record: Record) -> bool:
    """Whether an item can be told apart by what a database keeps of its identity, and its words are characters."""
    try:
        material = record.material
    except UnicodeEncodeError:
        return False
    return bool(material) and 0 < len(record.native_id) <= LONGEST_ID and clean(record.native_id) == record.native_id


def newest_moment(records: Iterable[Record], now: datetime) -> datetime | None:
    """Return the newest moment that the records claim; what lies ahead is a slip of the pen and counts for nothing."""
    said = (moment.at for record in records for moment in (record.published, record.updated) if moment is not None)
    return max((moment for moment in said if moment <= now), default=None)
