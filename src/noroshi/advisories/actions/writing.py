"""What was read, written down: items and their revisions in batches, so that a million of them can be."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from noroshi.advisories.actions.vulnerabilities import learn
from noroshi.advisories.domain.records import Moment, Record, Refused, as_json, material_of
from noroshi.advisories.domain.sources import SourceKind
from noroshi.advisories.models import DeadLetter, Fetch, Item, Revision
from noroshi.advisories.models.sources import LONGEST_ID
from noroshi.core import clock, ids
from noroshi.kit import bulk

BATCH: Final = 1_000
"""Items that are looked up and written at once: fewer than the variables that a statement of SQLite may have."""

PARTS: Final = (
    "title", "link", "summary", "published_at", "published_as", "updated_at", "updated_as", "language", "names",
    "same_as", "categories", "claims", "is_digest",
)  # fmt: skip
WRITTEN: Final = (*PARTS, "remarks", "material", "published_zoned", "updated_zoned")

REPLACED: Final = frozenset({SourceKind.EPSS})
"""Kinds whose items change every day and say nothing by their history: their one revision is written over."""


class Readable(NamedTuple):
    """A record that can be stored, and what makes a revision of it a new one."""

    record: Record
    material: str
    claims: Sequence[Any] = ()
    """As every database keeps them."""
    fingerprint: int | None = None
    """Of the document of a file that holds it alone."""


@dataclass(frozen=True)
class Written:
    """What a batch changed."""

    new: int = 0
    changed: int = 0
    revisions: Sequence[Revision] = ()


def write_records(fetch: Fetch, found: Sequence[Readable], *, replaces: bool = False) -> Written:
    """Write down what is new of some records, none of them twice the same item, in the caller's transaction.

    What is known already costs one lookup for the whole batch, and writes nothing. With `replaces` what changed is
    written over the revision that there is.
    """
    known = _known(fetch, [each.record for each in found])
    before = {} if replaces else _before(known, found)
    now = clock.now()
    fresh: list[Item] = []
    changed: list[Item] = []
    retold: list[Item] = []
    revisions: list[Revision] = []
    for each in found:
        item = known.get(each.record.native_id)
        if item is None:
            item = Item(source_id=fetch.source_id, native_id=each.record.native_id, number=0, first_seen=now)
            fresh.append(item)
        elif item.material != each.material and not _says(before.get(item.pk), each):
            changed.append(item)
        else:
            if (item.material, each.fingerprint or item.fingerprint) != (each.material, item.fingerprint):
                item.material, item.fingerprint = each.material, each.fingerprint or item.fingerprint
                retold.append(item)
            continue
        item.material, item.fingerprint = each.material, each.fingerprint
        if not (replaces and item.number):
            item.number, item.newest_id = item.number + 1, ids.new_id()
        revisions.append(_revision(fetch, item, each, now))
    _note_changes(before, revisions)
    bulk.write(Item, fresh)  # whose revisions come in the same transaction
    bulk.write(Item, changed, update=("number", "material", "newest", "fingerprint"))
    bulk.write(Item, retold, update=("material", "fingerprint"))
    bulk.write(Revision, revisions, update=("fetch", "seen_at", *WRITTEN) if replaces else ())
    learn(fetch.source, revisions)
    return Written(len(fresh), len(changed), revisions)


def _known(fetch: Fetch, records: Sequence[Record]) -> dict[str, Item]:
    rows = Item.objects.filter(source_id=fetch.source_id, native_id__in=[record.native_id for record in records])
    return {item.native_id: item for item in rows}


def _before(known: Mapping[str, Item], found: Sequence[Readable]) -> dict[UUID, Revision]:
    """Return the newest revisions of the items of which another digest was read."""
    read = {each.record.native_id: each.material for each in found}
    others = (item.newest_id for item in known.values() if item.material != read[item.native_id])
    numbers = [number for number in others if number is not None]
    return {revision.item_id: revision for revision in Revision.objects.filter(pk__in=numbers)}


def _says(revision: Revision | None, found: Readable) -> bool:
    """Whether a revision says that already: its digest may have been made as they were made at another time."""
    if revision is None:
        return False
    claims = map(as_json, revision.claims)
    parts = (revision.title, revision.link, revision.summary, revision.names, revision.same_as, claims)
    return material_of(*parts) == found.material


def _note_changes(before: Mapping[UUID, Revision], revisions: Sequence[Revision]) -> None:
    """Say of each further revision in which parts it differs from the one before."""
    for revision in revisions:
        if (old := before.get(revision.item_id)) is not None:
            revision.changed = [name for name in PARTS if not _is_same(getattr(old, name), getattr(revision, name))]


def _is_same(one: Any, other: Any) -> bool:
    """Whether two parts are kept as the same: a list or a tuple, in whatever order of names."""
    return one == other or as_json(one) == as_json(other)


def _revision(fetch: Fetch, item: Item, found: Readable, now: datetime) -> Revision:
    record = found.record
    return Revision(
        id=item.newest_id,
        item=item,
        number=item.number,
        fetch_id=fetch.pk,
        seen_at=now,
        material=item.material,
        title=clean(record.title),
        link=clean(record.link),
        summary=clean(record.summary),
        language=record.language.value,
        names=_cleaned(record.names),
        same_as=_cleaned(record.same_as),
        categories=_cleaned(record.categories),
        claims=found.claims,
        remarks=_cleaned(record.remarks),
        is_digest=record.is_digest,
        **_moment("published", record.published),
        **_moment("updated", record.updated),
    )


def _cleaned(values: Sequence[Any]) -> list[Any]:
    """Return values of JSON as every database keeps them."""
    if not values or _is_clean(as_json(values)):
        return list(values)
    return [_without_nothing(each) for each in values]


def _is_clean(written: bytes) -> bool:
    """Whether JSON has neither the character that ends a text in C nor halves of others, which are escaped."""
    return b"\\u" not in written


def _without_nothing(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(name): _without_nothing(each) for name, each in value.items()}
    return [_without_nothing(each) for each in value] if isinstance(value, (list, tuple)) else value


def _moment(name: str, moment: Moment | None) -> dict[str, Any]:
    if moment is None:
        return {}
    return {f"{name}_at": moment.at, f"{name}_as": clean(moment.written)[:100], f"{name}_zoned": moment.zone_known}


def clean(text: str) -> str:
    """Return a text as every database keeps it: without the character that ends one in C, and half characters."""
    if text.isascii():
        return text.replace("\x00", "")
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


def readable(record: Record, fingerprint: int | None = None) -> Readable | None:
    """Return a record with its material, or None; and what it is known by again, if a document says nothing else.

    None where a database would not keep what tells it apart, or its words are no characters.
    """
    if not 0 < len(record.native_id) <= LONGEST_ID or clean(record.native_id) != record.native_id:
        return None
    claims = [claim.plain for claim in record.claims]
    written = [as_json(claim) for claim in claims]
    kept = claims if all(map(_is_clean, written)) else [_without_nothing(claim) for claim in claims]
    try:
        return Readable(record, record.material_with(written), kept, fingerprint)
    except UnicodeEncodeError:
        return None


def newest_moment(records: Iterable[Record], now: datetime) -> datetime | None:
    """Return the newest moment that the records claim; what lies ahead is a slip of the pen and counts for nothing."""
    said = (moment.at for record in records for moment in (record.published, record.updated) if moment is not None)
    return max((moment for moment in said if moment <= now), default=None)
