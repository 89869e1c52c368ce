"""What items say of vulnerabilities, joined: names that are one, items that speak of it, what their claims come to."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import F
from msgspec import structs

from noroshi.advisories.domain.records import Claim, ClaimKind
from noroshi.advisories.domain.sources import SourceKind
from noroshi.advisories.domain.summaries import TELLING, Said, Summary, summary_of
from noroshi.advisories.models import Mention, Revision, Source, Vulnerability, VulnerabilityName
from noroshi.advisories.queries import numbers_in
from noroshi.core import clock, ids
from noroshi.kit import bulk

FAMILIES: Final = ("CVE-", "JVNDB-", "JVNVU#", "JVN#", "GHSA-")
"""Names of vulnerabilities, the one before by which it is shown; other identifiers name documents."""
_HEARD: Final = (*Summary.__struct_fields__, "title", "published_at")
_WORKED_OUT: Final = (*_HEARD, "changed_at")


def learn(source: Source, revisions: Sequence[Revision]) -> int:
    """Take in what new revisions of a source say, in the caller's transaction; return how many read otherwise now.

    A digest speaks of many that have nothing else in common: it joins no names.
    """
    named = {revision.pk: names_of(revision) for revision in revisions}
    known = numbers_in(source.world, {name for names in named.values() for name in names})
    fresh = _missing(revisions, named, known)
    if any(revision.same_as and not revision.is_digest for revision in revisions):
        _write_fresh(source.world, fresh, _Heard())
        _join(revisions, known)
        fresh = {}  # after joining, what is said of each is asked of the database
    else:
        _write_fresh(source.world, fresh, _heard(source.reads, revisions, named, known, fresh))
    mentions = [
        (number, revision.item_id)
        for revision in revisions
        for number in dict.fromkeys(known[name] for name in named[revision.pk])
    ]
    old = [mention for mention in mentions if mention[0] not in fresh]
    columns = ("vulnerability_id", "item_id")
    bulk.write_values(Mention, columns, (mention for mention in mentions if mention[0] in fresh))
    bulk.write_values(Mention, columns, old, unless_there=True)
    return len(fresh) + work_out({number for number, _item in old})


def names_of(revision: Revision) -> list[str]:
    """Return the names of vulnerabilities that a revision says, each once."""
    said = [*revision.names, *(claim["about"] for claim in revision.claims)]
    return [name for name in dict.fromkeys(said) if name.startswith(FAMILIES) and len(name) <= 60]  # noqa: PLR2004


_Fresh = Mapping[UUID, tuple[str, UUID]]
"""Vulnerabilities that are to be added: by what name, and which item says it."""


def _missing(revisions: Sequence[Revision], named: Mapping[UUID, Sequence[str]], known: dict[str, UUID]) -> _Fresh:
    """Give each name that is not known a vulnerability of its own."""
    fresh: dict[UUID, tuple[str, UUID]] = {}
    for revision in revisions:
        for name in named[revision.pk]:
            if name not in known:
                known[name] = ids.new_id()
                fresh[known[name]] = (name, revision.item_id)
    return fresh


def _write_fresh(world: str, fresh: _Fresh, heard: "_Heard") -> None:
    """Add vulnerabilities with what their claims come to, each under its name."""
    now = clock.now()
    columns = ("id", "world", "name", *_HEARD, "first_seen", "changed_at")
    rows = ((number, world, name, *heard.of(number).values(), now, now) for number, (name, _item) in fresh.items())
    bulk.write_values(Vulnerability, columns, rows)
    names = ((world, name, number, item) for number, (name, item) in fresh.items())
    bulk.write_values(VulnerabilityName, ("world", "name", "vulnerability_id", "item_id"), names)


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
    heard = _said_of(numbers)
    changed: list[Vulnerability] = []
    for row in Vulnerability.everything.filter(pk__in=numbers):
        values = heard.of(row.pk, row)
        if any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            row.changed_at = clock.now()
            changed.append(row)
    bulk.write(Vulnerability, changed, update=_WORKED_OUT)
    return len(changed)


_TITLES: Final = {
    SourceKind.JVN_HND: 0,
    SourceKind.JVN_RSS: 0,
    SourceKind.JVN_OKA: 0,
    SourceKind.CVE5: 1,
    SourceKind.KEV: 2,
}
"""Whose title is shown: Japanese first, for whom most readers are."""


class _Heard:
    """What items say of vulnerabilities, item by item."""

    def __init__(self) -> None:
        self._said: dict[UUID, list[Said]] = defaultdict(list)
        self._titles: dict[UUID, tuple[int, str]] = {}
        self._published: dict[UUID, datetime] = {}

    def claims(
        self, number: UUID, names: Container[str], kind: SourceKind, claims: Iterable[Mapping[str, Any]]
    ) -> None:
        """Hear what an item claims of a vulnerability of these names, as far as a summary tells of it."""
        self._said[number] += [
            Said(kind, Claim(claim["about"], ClaimKind(claim["kind"]), claim["value"], claim["by"]))
            for claim in claims
            if claim["kind"] in TELLING and claim["about"] in names
        ]

    def words(self, number: UUID, kind: SourceKind, title: str, moment: datetime | None) -> None:
        """Hear what an item calls the one vulnerability that it is about, and since when."""
        ranked = (_TITLES.get(kind, 3), title[:300])
        self._titles[number] = min(self._titles.get(number, ranked), ranked, key=lambda each: each[0])
        if moment is not None:
            self._published[number] = min(self._published.get(number, moment), moment)

    def of(self, number: UUID, row: Vulnerability | None = None) -> dict[str, Any]:
        """Return what it comes to, by `_HEARD`; what nobody says stays as it is in `row`."""
        values = structs.asdict(summary_of(self._said.get(number, ())))
        title, published = (row.title, row.published_at) if row is not None else ("", None)
        values["title"] = self._titles.get(number, (3, title))[1]
        values["published_at"] = self._published.get(number, published)
        return values


def _heard(
    kind: SourceKind,
    revisions: Sequence[Revision],
    named: Mapping[UUID, Sequence[str]],
    known: Mapping[str, UUID],
    fresh: _Fresh,
) -> _Heard:
    """Return what revisions say of vulnerabilities that nobody else speaks of, in the order in which they are asked."""
    heard = _Heard()
    for revision in sorted(revisions, key=lambda each: (each.item.first_seen, each.item_id)):
        for name in named[revision.pk]:
            number = known[name]
            if number in fresh:
                heard.claims(number, (name,), kind, revision.claims)
                if _is_about_one(kind, revision.names):
                    heard.words(number, kind, revision.title, revision.published_at)
    return heard


def _said_of(numbers: Sequence[UUID]) -> _Heard:
    """Return what all items say of some vulnerabilities, as it is kept."""
    heard = _Heard()
    names: dict[UUID, set[str]] = defaultdict(set)
    listed = VulnerabilityName.objects.filter(vulnerability__in=numbers)
    for name, number in listed.values_list("name", "vulnerability"):
        names[number].add(name)
    rows = Mention.objects.filter(vulnerability__in=numbers, item__newest__isnull=False).values_list(
        "vulnerability",
        F("item__source__kind"),
        F("item__newest__claims"),
        F("item__newest__title"),
        F("item__newest__published_at"),
        F("item__newest__names"),
    )
    for number, kind, claims, title, moment, about in rows.order_by("item__first_seen", "item_id"):
        heard.claims(number, names[number], SourceKind(kind), claims)
        if _is_about_one(SourceKind(kind), about):
            heard.words(number, SourceKind(kind), title, moment)
    return heard


def _is_about_one(kind: SourceKind, names: Iterable[str]) -> bool:
    return kind in _TITLES or sum(name.startswith(FAMILIES) for name in names) == 1
