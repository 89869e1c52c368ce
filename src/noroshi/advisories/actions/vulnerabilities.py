"""What items say of vulnerabilities, joined: names that are one, items that speak of it, what their claims come to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import F

from noroshi.advisories.domain.records import Claim, ClaimKind
from noroshi.advisories.domain.sources import SourceKind
from noroshi.advisories.domain.summaries import Said, Summary, summary_of
from noroshi.advisories.models import Mention, Revision, Vulnerability, VulnerabilityName
from noroshi.advisories.queries import numbers_in
from noroshi.core import clock
from noroshi.kit import bulk

FAMILIES: Final = ("CVE-", "JVNDB-", "JVNVU#", "JVN#", "GHSA-")
"""Names of vulnerabilities, the one before by which it is shown; other identifiers name documents."""
_WORKED_OUT: Final = (*Summary.__dataclass_fields__, "title", "published_at", "changed_at")


def learn(world: str, revisions: Sequence[Revision]) -> int:
    """Take in what new revisions say, in the caller's transaction; return how many vulnerabilities read otherwise now.

    A digest speaks of many that have nothing else in common: it joins no names.
    """
    named = {revision.pk: names_of(revision) for revision in revisions}
    known = numbers_in(world, {name for names in named.values() for name in names})
    _add_missing(world, revisions, named, known)
    _join(revisions, known)
    mentions = [
        Mention(vulnerability_id=number, item_id=revision.item_id)
        for revision in revisions
        for number in dict.fromkeys(known[name] for name in named[revision.pk])
    ]
    bulk.write(Mention, mentions, unless_there=True)
    return work_out({mention.vulnerability_id for mention in mentions})


def names_of(revision: Revision) -> list[str]:
    """Return the names of vulnerabilities that a revision says, each once."""
    said = [*revision.names, *(claim["about"] for claim in revision.claims)]
    return [name for name in dict.fromkeys(said) if name.startswith(FAMILIES) and len(name) <= 60]  # noqa: PLR2004


def _add_missing(
    world: str, revisions: Sequence[Revision], named: Mapping[UUID, Sequence[str]], known: dict[str, UUID]
) -> None:
    """Add a vulnerability for each name that is not known, under that name."""
    vulnerabilities: list[Vulnerability] = []
    names: list[VulnerabilityName] = []
    for revision in revisions:
        for name in named[revision.pk]:
            if name not in known:
                row = Vulnerability(world=world, name=name)
                vulnerabilities.append(row)
                known[name] = row.pk
                names.append(
                    VulnerabilityName(world=world, name=name, vulnerability_id=row.pk, item_id=revision.item_id)
                )
    bulk.write(Vulnerability, vulnerabilities)
    bulk.write(VulnerabilityName, names)


def _join(revisions: Sequence[Revision], known: dict[str, UUID]) -> None:
    """Make one of two vulnerabilities where an item says that their names are: the one with the elder family stays."""
    for revision in revisions:
        for one, other in () if revision.is_digest else revision.same_as:
            first, second = known.get(one), known.get(other)
            if first is None or second is None or first == second:
                continue
            kept, gone = (first, second) if _rank(one) <= _rank(other) else (second, first)
            _merge(kept, gone)
            known.update({name: kept for name, number in known.items() if number == gone})


def _rank(name: str) -> int:
    return next(place for place, family in enumerate(FAMILIES) if name.startswith(family))


def _merge(kept: UUID, gone: UUID) -> None:
    VulnerabilityName.objects.filter(vulnerability=gone).update(vulnerability=kept)
    there = Mention.objects.filter(vulnerability=kept).values("item")
    Mention.objects.filter(vulnerability=gone, item__in=there).delete()
    Mention.objects.filter(vulnerability=gone).update(vulnerability=kept)
    Vulnerability.everything.filter(pk=gone).delete()


def work_out(numbers: Iterable[UUID]) -> int:
    """Work out anew what the claims about some vulnerabilities come to; return how many read otherwise than before."""
    return sum(_work_out(part) for part in bulk.parts(sorted(set(numbers))))


def _work_out(numbers: Sequence[UUID]) -> int:
    said, titles, published = _said_of(numbers)
    rows = Vulnerability.everything.filter(pk__in=numbers)
    fresh: list[Vulnerability] = []
    for row in rows:
        values = {
            **asdict(summary_of(said[row.pk])),
            "title": titles.get(row.pk, ("", row.title))[1],
            "published_at": published.get(row.pk, row.published_at),
        }
        if any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            row.changed_at = clock.now()
            fresh.append(row)
    bulk.write(Vulnerability, fresh, update=_WORKED_OUT)
    return len(fresh)


_TITLES: Final = {
    SourceKind.JVN_HND: 0,
    SourceKind.JVN_RSS: 0,
    SourceKind.JVN_OKA: 0,
    SourceKind.CVE5: 1,
    SourceKind.KEV: 2,
}
"""Whose title is shown: Japanese first, for whom most readers are."""


def _said_of(
    numbers: Sequence[UUID],
) -> tuple[Mapping[UUID, list[Said]], Mapping[UUID, tuple[int, str]], Mapping[UUID, datetime]]:
    names: dict[UUID, set[str]] = defaultdict(set)
    for name, number in VulnerabilityName.objects.filter(vulnerability__in=numbers).values_list(
        "name", "vulnerability"
    ):
        names[number].add(name)
    rows = Mention.objects.filter(vulnerability__in=numbers, item__newest__isnull=False).values_list(
        "vulnerability",
        F("item__source__kind"),
        F("item__newest__claims"),
        F("item__newest__title"),
        F("item__newest__published_at"),
        F("item__newest__names"),
    )
    said: dict[UUID, list[Said]] = defaultdict(list)
    titles: dict[UUID, tuple[int, str]] = {}
    published: dict[UUID, datetime] = {}
    for number, kind, claims, title, moment, about in rows.order_by("item__first_seen", "item_id"):
        source = SourceKind(kind)
        said[number].extend(_claims(source, claims, names[number]))
        alone = sum(name.startswith(FAMILIES) for name in about) == 1 or source in _TITLES
        if alone:
            ranked = (_TITLES.get(source, 3), title[:300])
            titles[number] = min(titles.get(number, ranked), ranked, key=lambda each: each[0])
            if moment is not None:
                published[number] = min(published.get(number, moment), moment)
    return said, titles, published


def _claims(kind: SourceKind, claims: Sequence[Mapping[str, Any]], names: set[str]) -> Iterable[Said]:
    for claim in claims:
        if claim["about"] in names:
            yield Said(kind, Claim(claim["about"], ClaimKind(claim["kind"]), claim["value"], claim["by"]))
