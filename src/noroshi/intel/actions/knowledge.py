"""Bringing the words of taxonomies and galaxies in."""

from collections.abc import Iterable
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.intel.domain.knowledge import misp, pack
from noroshi.intel.domain.knowledge.entries import Entry, fitting
from noroshi.intel.models import Tag

_BATCH: Final = 500
_FIELDS: Final = (
    "family", "family_title", "family_title_ja", "title", "title_ja", "meaning", "meaning_ja", "words", "edition",
    "retired",
)  # fmt: skip


@transaction.atomic
def import_knowledge(actor: Actor) -> int:
    """Bring in what the program and the installed packages know; return how many words there are now.

    What the last edition has no more is retired, not deleted: signals carry it. Imported again, nothing changes; a
    package that is not installed leaves its words as they are.
    """
    own = [entry for taxonomy in pack.own_taxonomies() for entry in taxonomy.entries]
    _bring_in(own, pack.edition(), Tag.objects.filter(family__in={entry.family.name for entry in own}))
    if misp.is_installed():
        others = pack.in_japanese(misp.entries(), pack.own_glossaries())
        edition = f"{misp.edition()}, {pack.edition()}"
        _bring_in(others, edition, Tag.objects.exclude(family__in={entry.family.name for entry in own}))
    known = Tag.objects.filter(retired=False).count()
    ledger.record(actor, "intel.knowledge.imported", words=known)
    return known


def knowledge_is_current() -> bool:
    """Whether all that could be brought in was."""
    editions = set(Tag.objects.filter(retired=False).values_list("edition", flat=True).distinct())
    return editions == {pack.edition(), *([f"{misp.edition()}, {pack.edition()}"] if misp.is_installed() else [])}


def _bring_in(entries: Iterable[Entry], edition: str, before: QuerySet[Tag]) -> None:
    rows = [_row(entry, edition) for entry in fitting(entries)]
    Tag.objects.bulk_create(
        rows, batch_size=_BATCH, update_conflicts=True, unique_fields=["name"], update_fields=_FIELDS
    )
    before.exclude(edition=edition).update(retired=True)


def _row(entry: Entry, edition: str) -> Tag:
    return Tag(
        name=entry.name,
        family=entry.family.name[:80],
        family_title=entry.family.title.strip()[:120],
        family_title_ja=entry.family.title_ja[:120],
        title=entry.title[:400],
        title_ja=entry.title_ja[:200],
        meaning=entry.meaning,
        meaning_ja=entry.meaning_ja,
        words=entry.words,
        edition=edition,
    )
