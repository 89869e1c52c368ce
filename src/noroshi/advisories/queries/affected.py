"""What all sources together say to be affected by vulnerabilities, for what matches: no person sees the answer."""

import hashlib
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from noroshi.advisories.domain.affected import Affected
from noroshi.advisories.domain.records import ClaimKind
from noroshi.advisories.domain.sources import SourceKind
from noroshi.advisories.models import Mention, Revision, Vulnerability, VulnerabilityName

_LONGEST_READING: Final = timedelta(days=7)
"""So long a question to a source, or a file of it, is read at most."""


def revisions_since(world: str, moment: datetime) -> QuerySet[Revision]:
    """Return what was read since a moment; a score of EPSS says nothing of its own."""
    rows = Revision.objects.filter(
        fetch__source__world=world, fetch__at__gte=moment - _LONGEST_READING, seen_at__gte=moment
    )
    return rows.exclude(fetch__source__kind=SourceKind.EPSS)


def numbers_told_since(world: str, moment: datetime) -> set[UUID]:
    """Return the vulnerabilities of which anything was said since a moment, also where they read as they did.

    That they read otherwise tells too little: of what a wider range of versions hits, nothing else may have changed.
    """
    changed = Vulnerability.everything.filter(world=world, changed_at__gte=moment)
    mentions = Mention.objects.filter(item__in=revisions_since(world, moment).values("item"))
    return {*changed.values_list("pk", flat=True), *mentions.values_list("vulnerability", flat=True)}


def states_of(numbers: Collection[UUID]) -> dict[UUID, int]:
    """Return of each vulnerability a number that is another one as soon as an item of it, or a name, is."""
    said: dict[UUID, list[str]] = defaultdict(list)
    mentions = Mention.objects.filter(vulnerability__in=numbers, item__newest__isnull=False)
    for number, revision in mentions.order_by("item__first_seen", "item_id").values_list(
        "vulnerability", "item__newest"
    ):
        said[number].append(str(revision))
    for number, name in _names_of(numbers):
        said[number].append(name)
    return {number: _digest(said[number]) for number in numbers}


def affected_by(numbers: Collection[UUID]) -> dict[UUID, list[Affected]]:
    """Return what the newest revisions of all items say to be affected by each, in the order in which they came."""
    found: dict[UUID, list[Affected]] = {number: [] for number in numbers}
    names: dict[UUID, set[str]] = defaultdict(set)
    for number, name in _names_of(numbers):
        names[number].add(name)
    mentions = Mention.objects.filter(vulnerability__in=numbers, item__newest__isnull=False)
    rows = mentions.order_by("item__first_seen", "item_id").values_list("vulnerability", "item__newest__claims")
    for number, claims in rows:
        found[number] += [
            Affected.read(claim["value"])
            for claim in claims or ()
            if claim["kind"] == ClaimKind.AFFECTED and claim["about"] in names[number]
        ]
    return found


def _names_of(numbers: Collection[UUID]) -> list[tuple[UUID, str]]:
    rows = VulnerabilityName.objects.filter(vulnerability__in=numbers)
    return list(rows.order_by("name").values_list("vulnerability", "name"))


def _digest(said: Collection[str]) -> int:
    written = "\n".join(said).encode()
    return int.from_bytes(hashlib.blake2b(written, digest_size=8).digest(), signed=True)
