"""The daily sheet: put together, looked at, issued once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import starmap
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from noroshi.advisories import policy, queries
from noroshi.advisories.actions.telling import verdict_of
from noroshi.advisories.domain.daily import (
    Entry,
    Memory,
    Span,
    Watched,
    composed,
    frozen,
    is_history,
    is_told_by_catalogues,
    news_of,
    remembered,
)
from noroshi.advisories.models import CatalogueChange, Numbering, Sheet, SheetMark, Source, WatchedWord
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import Entry as AudienceLine
from noroshi.core.domain.audience import EntryKind, State
from noroshi.core.domain.tlp import TLP
from noroshi.core.domain.worlds import REAL
from noroshi.core.errors import Conflict, InvalidInput
from noroshi.core.models import AudienceEntry
from noroshi.kit import bulk
from noroshi.members.queries import the_hub
from noroshi.sharing.actions import audience_rows
from noroshi.sharing.domain.texts import one_line

SERIES: Final = "daily"
"""Of the numbers; series of bulletins have capitals."""
FIRST_REACHES_BACK: Final = timedelta(days=1)
MOST_WORDS: Final = 500
LONGEST_WORD: Final = 80
_MARKED: Final = ("grounds", "probability", "has_remedy", "is_gone")


@dataclass(frozen=True)
class Prepared:
    """What the next sheet says, and what is to be remembered once it is out."""

    said: dict[str, Any]
    span: Span
    before: Sheet | None
    changes: Sequence[int]
    marks: Mapping[UUID, Memory]
    forgotten: Sequence[UUID]


def next_sheet(actor: Actor) -> Prepared:
    """Return the next sheet as it would be now; nothing is written."""
    policy.require_sheet_issuer(actor)
    return _prepared(actor.world)


@transaction.atomic
def issue_sheet(actor: Actor, *, after: UUID | None, by_schedule: bool = False) -> Sheet:
    """Issue the next sheet, which goes on where the sheet `after` ended.

    Raises Conflict where another was issued meanwhile: what was asked for twice is done once.
    """
    policy.require_sheet_issuer(actor)
    counted = _counter()
    prepared = _prepared(actor.world)
    if (prepared.before.pk if prepared.before else None) != after:
        raise Conflict(_("Another sheet has been issued meanwhile: look at it first."))
    return _issued(actor, prepared, counted, by_schedule=by_schedule)


@transaction.atomic
def issue_scheduled_sheet(world: str = REAL) -> Sheet | None:
    """Issue the sheet of this day if its fixed time (`SHEET_AT`) has come, and it was not issued for this day before.

    All or nothing: whoever is killed meanwhile has issued none, and the next round does.
    """
    now = timezone.localtime(clock.now())
    if not _is_time(now) or queries.is_issued_by_schedule(world, now.date()) or the_hub() is None:
        return None
    counted = _counter()
    if queries.is_issued_by_schedule(world, now.date()):
        return None  # another worker was quicker
    return _issued(Actor.system("daily sheet", world), _prepared(world), counted, by_schedule=True)


@transaction.atomic
def keep_watched_words(actor: Actor, words: Sequence[str]) -> None:
    """Let the sector watch these words and no others. Raises InvalidInput."""
    policy.require_editor(actor)
    wanted = dict.fromkeys(filter(None, map(one_line, words)))
    if len(wanted) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in wanted):
        said = {"number": MOST_WORDS, "length": LONGEST_WORD}
        raise InvalidInput("words", _("At most %(number)s words of %(length)s letters.") % said)
    rows = WatchedWord.objects.filter(world=actor.world)
    known = set(rows.values_list("word", flat=True))
    rows.exclude(word__in=wanted).delete()
    WatchedWord.objects.bulk_create(
        WatchedWord(world=actor.world, word=word, added_by_id=actor.acting_person)
        for word in wanted
        if word not in known
    )
    ledger.record(actor, "advisories.words.kept", words=len(wanted))


def _is_time(now: datetime) -> bool:
    if settings.SHEET_AT is None:
        return False
    days, at = settings.SHEET_AT
    return now.weekday() in days and now.time() >= at


def _counter() -> Numbering:
    """Return the counter of the year, held: whoever issues at the same time waits here."""
    year = timezone.localtime(clock.now()).year
    return Numbering.objects.select_for_update().get_or_create(series=SERIES, year=year)[0]


def _issued(actor: Actor, prepared: Prepared, counted: Numbering, *, by_schedule: bool) -> Sheet:
    hub = the_hub()
    if hub is None:
        raise Conflict(_("There is no organisation that runs the hub yet."))
    counted.last += 1
    counted.save(update_fields=["last"])
    row = Sheet(
        owner=hub,
        author_id=actor.person,
        world=actor.world,
        tlp=TLP.GREEN,
        state=State.PUBLISHED,
        year=counted.year,
        number=counted.last,
        day=timezone.localtime(prepared.span.until).date(),
        by_schedule=by_schedule,
        since=prepared.span.since,
        until=prepared.span.until,
    )
    row.frozen = frozen(prepared.said, reference=row.reference, tlp=row.tlp)
    row.save(force_insert=True)
    AudienceEntry.objects.bulk_create(audience_rows(row, [AudienceLine(EntryKind.COMMUNITY)]))
    _remember(row, prepared)
    changes, vulnerabilities = (len(prepared.said[name]) for name in ("changes", "vulnerabilities"))
    ledger.record(actor, "advisories.sheet.issued", row, changes=changes, vulnerabilities=vulnerabilities)
    return row


def _remember(row: Sheet, prepared: Prepared) -> None:
    for changes in bulk.parts(prepared.changes):
        CatalogueChange.everything.filter(pk__in=changes).update(sheet=row)
    for forgotten in bulk.parts(prepared.forgotten):
        SheetMark.objects.filter(pk__in=forgotten).delete()
    bulk.write(SheetMark, starmap(_as_row, prepared.marks.items()), update=_MARKED)


def _prepared(world: str) -> Prepared:
    now, before = clock.now(), queries.last_sheet(world)
    span = Span(before.until if before else now - FIRST_REACHES_BACK, now, is_first=before is None)
    changes = list(queries.untold_changes(world))
    marks: dict[UUID, Memory] = {}
    forgotten: list[UUID] = []
    shown = [row for row in changes if not span.is_first or row.at > span.since]
    entries, older = _entries(world, span, {row.name for row in shown}, marks, forgotten)
    said = composed(
        span,
        changes=[_change(row) for row in shown],
        entries=entries,
        older=older,
        sources=[_source(source) for source in queries.asked_sources(world)],
    )
    return Prepared(said, span, before, [row.pk for row in changes], marks, forgotten)


def _entries(
    world: str, span: Span, changed: Collection[str], marks: dict[UUID, Memory], forgotten: list[UUID]
) -> tuple[list[Entry], int]:
    """Return what belongs on the sheet, and how much else is history; what to remember goes into `marks`."""
    words = queries.newly_named(world, Watched(queries.watched_words(world)), span.since, span.until)
    entries, older = [], 0
    for number, facts, memory, first_seen, published in queries.what_may_matter(
        world, None if span.is_first else span.since, words
    ):
        is_new = memory is None and first_seen > span.since
        news = news_of(facts, memory, is_new=is_new or span.is_first)
        _mark(number, memory, remembered(facts, memory, news), marks, forgotten)
        if not news or (span.is_first and not is_new):
            continue
        if facts.name in changed and is_told_by_catalogues(news):
            continue
        if is_new and is_history(facts, published, span.until):
            older += facts.name not in changed  # of which the sheet tells anyway
        else:
            entries.append(Entry(facts, news, is_new))
    return entries, older


def _mark(number: UUID, before: Memory | None, after: Memory, marks: dict[UUID, Memory], forgotten: list[UUID]) -> None:
    if not after.is_worth_keeping:
        if before is not None:
            forgotten.append(number)
    elif after != before:
        marks[number] = after


def _as_row(number: UUID, told: Memory) -> SheetMark:
    return SheetMark(
        vulnerability_id=number,
        grounds=sorted(told.grounds),
        probability=told.probability,
        has_remedy=told.has_remedy,
        is_gone=told.is_gone,
    )


def _change(row: CatalogueChange) -> dict[str, Any]:
    return {
        "catalogue": row.source.name,
        "name": row.name,
        "change": row.change,
        "at": row.at.isoformat(timespec="seconds"),
        "before": row.before,
        "after": row.after,
    }


def _source(source: Source) -> dict[str, Any]:
    found = verdict_of(source.state)
    checked = source.state.checked_at
    return {
        "name": source.name,
        "health": found.health.value,
        "since": found.since.isoformat(timespec="seconds") if found.since else "",
        "checked": checked.isoformat(timespec="seconds") if checked else "",
    }
