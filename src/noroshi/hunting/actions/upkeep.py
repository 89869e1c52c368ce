"""Keeping the lake: what has aged goes, small parts become one, a person is forgotten. Each is in the ledger."""

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput
from noroshi.hunting import queries
from noroshi.hunting.actions.allowing import forget_allowed
from noroshi.hunting.engine import CompactReport, LakeError, Merge, Removed
from noroshi.hunting.lake import STREAMS, open_lake, waiting_rooms
from noroshi.hunting.wording import in_words
from noroshi.members.models import Organisation

ABANDONED: Final = timedelta(days=1)
"""What waits without a row and has not changed for so long is nobody's: an upload or a reading ends sooner."""


def age_lakes(actor: Actor) -> None:
    """Take out of every lake what is older than its installation, or its organisation for a source, keeps logs."""
    organisations = {organisation.slug: organisation for organisation in Organisation.objects.all()}
    kept = queries.kept_days()
    lake = open_lake()
    for status in lake.status():
        days = queries.shortest(settings.LAKE_DAYS, kept.get((status.organisation, status.source)))
        if days and status.organisation in organisations:
            before = _today() - timedelta(days=days)
            removed = lake.age(status.organisation, status.source, before)
            _record_ageing(actor, organisations[status.organisation], status.source, before, removed)


def compact_lakes() -> tuple[CompactReport, dict[str, tuple[int, int]]]:
    """Make the index one, and small parts of past days in every lake; return parts before and after by organisation.

    The index first: what speaks for all of some parts speaks for the one that they become.
    """
    lake = open_lake()
    index = lake.compact_index()
    return index, {name: lake.compact(name, _today()) for name in lake.organisations()}


def gather_index() -> None:
    """Merge what many small ingests have left of the index, so that a hunt opens few files."""
    open_lake().compact_index(Merge.SMALL)


def clear_waiting_rooms() -> int:
    """Delete what a killed process has left of a log that it never accepted; return how many things that were.

    A log that was accepted has its row; a stream's batches lie in their own folder and are taken in.
    """
    rooms, before = waiting_rooms(), clock.now().timestamp() - ABANDONED.total_seconds()
    left = [place for place in rooms.iterdir() if place.name != STREAMS] if rooms.is_dir() else []
    old = [place for place in left if _last_change(place) < before]
    waited_for = queries.files_waited_for()
    abandoned = [place for place in old if place.name not in waited_for]
    for place in abandoned:
        if place.is_dir():
            shutil.rmtree(place, ignore_errors=True)
        else:
            place.unlink(missing_ok=True)
    return len(abandoned)


def _last_change(place: Path) -> float:
    """Return when a thing in the waiting rooms, or what is in it, changed last; now, if it is just being taken away."""
    try:
        return max(each.lstat().st_mtime for each in (place, *place.rglob("*")))
    except FileNotFoundError:
        return clock.now().timestamp()


def forget_subject(actor: Actor, *, organisation: Organisation, subject: str) -> Removed:
    """Take a person's events out of an organisation's lake, and the person off its allow-list.

    The ledger learns how many that were, never who.
    """
    try:
        removed = open_lake().forget(organisation.slug, subject)
    except LakeError as error:
        raise InvalidInput("subject", in_words(str(error))) from error
    with transaction.atomic():
        ledger.record(
            actor,
            "hunting.lake.forgotten",
            organisation,
            events=removed.events,
            quarantined=removed.quarantined,
            allowed=forget_allowed(actor, organisation, subject),
        )
    return removed


def _today() -> date:
    """The lake's days are UTC's."""
    return clock.now().date()


def _record_ageing(actor: Actor, organisation: Organisation, source: str, before: date, removed: Removed) -> None:
    if removed != Removed(0, 0, 0):
        with transaction.atomic():
            ledger.record(
                actor,
                "hunting.log.aged",
                organisation,
                source=source,
                before=before.isoformat(),
                events=removed.events,
            )
